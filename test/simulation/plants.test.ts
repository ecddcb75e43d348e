/** Every planted bug is found by an invariant that is named for it; the same seed without a bug keeps every promise. */
import { expect, test, vi } from 'vitest';
import { plants } from './plants.ts';
import { simulate } from './simulate.ts';

vi.mock('undici', () => import('./undici.ts'));

const world = { certificates: 6, years: 0.3, storm: true } as const;
/** Finds nearly all of them. */
const usualSeed = 4;
const timeoutMs = 600_000;
const seeds = [...new Set(plants.map(({ seed = usualSeed }) => seed))];

test('there are bugs enough, each with a name of its own', () => {
  expect(plants.length).toBeGreaterThanOrEqual(10);
  expect(new Set(plants.map(({ name }) => name)).size).toBe(plants.length);
});

test.each(plants)('found: $name', { timeout: timeoutMs }, async (plant) => {
  const { seed = usualSeed, breaks } = plant;
  const { violation } = await simulate({ ...world, seed, plant });
  expect(violation === undefined ? 'nothing was found' : breaks, violation?.text).toContain(
    violation?.promised,
  );
});

test.each(seeds)('without a bug seed %i keeps every promise', { timeout: timeoutMs }, async (seed) => {
  const { violation, faults } = await simulate({ ...world, seed });
  expect(violation?.text).toBeUndefined();
  expect(faults).toBeGreaterThan(100);
});
