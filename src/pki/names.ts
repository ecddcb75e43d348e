/** DNS names in certificates: which names a set of SANs covers (RFC 6125 §6.4, RFC 9525 §6.3). Pure. */

/** Lower case, no trailing dot. */
export function normalName(name: string): string {
  const lower = name.toLowerCase();
  return lower.endsWith('.') ? lower.slice(0, -1) : lower;
}

/**
 * Whether a server with this SAN may serve `name`. A wildcard stands for exactly one whole leftmost label, and never
 * for a wildcard below it; partial wildcards ("w*.example.com") cover nothing.
 */
export function sanCovers(san: string, name: string): boolean {
  const pattern = normalName(san);
  const wanted = normalName(name);
  if (pattern === wanted) return true;
  if (!pattern.startsWith('*.') || pattern.includes('*', 1)) return false;
  const dot = wanted.indexOf('.');
  return dot > 0 && !wanted.startsWith('*') && wanted.slice(dot) === pattern.slice(1);
}

/** Whether one of the SANs covers the name. */
export function covers(sans: readonly string[], name: string): boolean {
  return sans.some((san) => sanCovers(san, name));
}

/** The names that no SAN covers, in their order. */
export function missingNames(sans: readonly string[], names: readonly string[]): string[] {
  return names.filter((name) => !covers(sans, name));
}
