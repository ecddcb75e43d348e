/** DNS names as certificate orders use them: lower-case A-labels, no trailing dot, perhaps a leading `*.`. */
import { domainToASCII } from 'node:url';

const LABEL = /^(?!-)[a-z0-9-]{1,63}(?<!-)$/;

/** The name in the form a certificate carries it, or undefined when it is no DNS name. */
export function normaliseName(text: string): string | undefined {
  const trimmed = text.trim().replace(/\.$/, '').toLowerCase();
  const wildcard = trimmed.startsWith('*.');
  const bare = wildcard ? trimmed.slice(2) : trimmed;
  if (bare === '' || bare.includes('*')) return undefined;
  const ascii = domainToASCII(bare);
  const labels = ascii.split('.');
  if (labels.length < 2 || ascii.length > 253 || !labels.every((label) => LABEL.test(label)))
    return undefined;
  return wildcard ? `*.${ascii}` : ascii;
}

export function isWildcard(name: string): boolean {
  return name.startsWith('*.');
}

export function withoutWildcard(name: string): string {
  return isWildcard(name) ? name.slice(2) : name;
}

/** Second-level labels under which people register domains in many country zones; enough for a sandbox. */
const REGISTRY_LABELS = new Set(['ac', 'co', 'com', 'edu', 'gov', 'net', 'or', 'org']);

/** What one registers at a registry: `a.b.example.co.uk` gives `example.co.uk`. */
export function baseDomain(name: string): string {
  const labels = withoutWildcard(name).split('.');
  const [top = '', second = ''] = [labels.at(-1), labels.at(-2)];
  const keep = top.length === 2 && REGISTRY_LABELS.has(second) && labels.length > 2 ? 3 : 2;
  return labels.slice(-keep).join('.');
}

/** Is `parent` the name itself or one of the domains above it (never a bare top-level domain)? */
export function isSameOrParent(parent: string, name: string): boolean {
  const bare = withoutWildcard(name);
  return parent.includes('.') && (bare === parent || bare.endsWith(`.${parent}`));
}

/** The other half of the pair a CA gives for free: the domain of a wildcard, `www.` of a host and back. */
export function freeAlternative(name: string): string {
  if (isWildcard(name)) return withoutWildcard(name);
  if (name.startsWith('www.') && name.split('.').length > 2) return name.slice(4);
  return `www.${name}`;
}

/** Mailboxes a CA takes as proof of control without looking at WHOIS. */
export const APPROVER_MAILBOXES = [
  'admin',
  'administrator',
  'hostmaster',
  'webmaster',
  'postmaster',
] as const;
