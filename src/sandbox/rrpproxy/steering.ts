/** Misfortune ordered by the common name, for people who can reach nothing but the inventory. See options.ts. */
import type { RrpproxyOptions } from './options.ts';

const STEERS = ['refuse', 'fail', 'slow', 'credit'] as const;

export function steerOf(
  names: readonly string[],
  options: RrpproxyOptions,
): (typeof STEERS)[number] | undefined {
  if (!options.steeredByName) return undefined;
  const host = (names[0] ?? '').replace(/^(\*|www)\./, '');
  return STEERS.find((steer) => host.startsWith(`${steer}-`));
}

/** Milliseconds between the CA's answer and the reseller's passing it on. */
export function lateBy(names: readonly string[], options: RrpproxyOptions): number {
  return steerOf(names, options) === 'slow' ? options.slowMs : 0;
}
