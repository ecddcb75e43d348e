/** A fixed set of seeds, small enough for every run of the tests; `npm run simulate` runs larger ones. */
import { expect, test, vi } from 'vitest';
import { simulate } from './simulate.ts';

vi.mock('undici', () => import('./undici.ts'));

const timeoutMs = 240_000;

/** What a failing run tells. */
function told({ seed, violation }: Awaited<ReturnType<typeof simulate>>): string | undefined {
  if (violation === undefined) return undefined;
  const { promised, at, text, story } = violation;
  return [`seed ${seed}: ${promised} at ${at.toISOString()}: ${text}`, ...story].join('\n');
}

test.each([1, 2, 3])('three years keep every promise, seed %i', { timeout: timeoutMs }, async (seed) => {
  const report = await simulate({ seed, certificates: 3, years: 3 });
  expect(told(report)).toBeUndefined();
  expect(report.excused).toBe(0);
  expect(report.renewals).toBeGreaterThan(20);
  expect(report.restarts).toBeGreaterThan(20);
});

test('half a year of storms', { timeout: timeoutMs }, async () => {
  expect(told(await simulate({ seed: 4, certificates: 4, years: 0.5, storm: true }))).toBeUndefined();
});

test('one seed is one run, bit for bit', { timeout: timeoutMs }, async () => {
  const options = { seed: 5, certificates: 4, years: 0.5, storm: true };
  const [first, second] = [await simulate(options), await simulate(options)];
  expect(second.digest).toBe(first.digest);
  expect(second.events).toBe(first.events);
  expect((await simulate({ ...options, seed: 6 })).digest).not.toBe(first.digest);
});
