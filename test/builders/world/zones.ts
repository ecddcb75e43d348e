/** The zones of a simulated world, and what stands in them. */
import type { Sandbox } from '../../../src/sandbox/index.ts';

export const zone = 'example.test';
export const otherZone = 'delegated.test';

/** Every record that a proof could be, as text. */
export function recordTexts(sandbox: Sandbox): string[] {
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- a snapshot is for people; this is its form
  const { zones } = sandbox.dns.snapshot() as {
    zones: readonly { records: readonly { name: string; type: string; value: string }[] }[];
  };
  return zones
    .flatMap(({ records }) => records)
    .filter(({ type }) => type === 'TXT' || type === 'CNAME')
    .map(({ name, type, value }) => `${name} ${type} ${value}`)
    .sort();
}
