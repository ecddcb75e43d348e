/** Every planted bug is found, by the promise that it breaks, within a few seeds. */
import { expect, test, vi } from 'vitest';
import { plants } from './plants.ts';
import { simulate } from './simulate.ts';

vi.mock('undici', () => import('./undici.ts'));

const seedsMax = 6;

test.each(plants)('found: $name', { timeout: 300_000 }, async (plant) => {
  for (let seed = 1; seed <= seedsMax; seed += 1) {
    const { violation } = await simulate({ seed, certificates: 8, years: 0.5, storm: true, plant });
    if (violation === undefined) continue;
    expect(plant.breaks, violation.text).toContain(violation.promised);
    return;
  }
  expect.fail(`not found by ${seedsMax} seeds`);
});
