/** What was published and cannot be withdrawn now: tried again, never in a hot loop. */
import { expect, test } from 'vitest';
import { minuteMs } from '../../src/core/durations.ts';
import { assertWorld } from '../builders/assert-world.ts';
import { createWorld } from '../builders/world.ts';

test('a full disk while evidence is withdrawn: asked again ever more rarely, and withdrawn once there is space', async () => {
  const world = await createWorld();
  await world.configure([{ name: 'shop' }]);
  world.onPassage = ({ to }) => {
    if (to === 'served') world.disk.error = 'ENOSPC';
  };
  await world.run(async () => (await world.renewal('shop')).state === 'served');
  const complaints = () => world.lines.filter((line) => line.includes('could not be withdrawn yet')).length;
  // As the daemon's loop, which every piece of work that ends wakes at once.
  for (let turns = 0; turns < 30; turns += 1) {
    await world.driver.advanceDue().catch(() => undefined);
    await world.driver.idle();
  }
  expect(complaints()).toBeGreaterThan(0);
  expect(complaints()).toBeLessThan(5);
  for (let seconds = 0; seconds < 60; seconds += 1) {
    world.clock.advance(1000);
    await world.driver.advanceDue().catch(() => undefined);
    await world.driver.idle();
  }
  expect(complaints()).toBeLessThan(10);
  expect(world.driver.nextWake()?.getTime()).toBeGreaterThan(world.clock.now().getTime());
  world.disk.error = undefined;
  world.clock.advance(11 * minuteMs);
  await world.runToRest();
  expect(world.records()).toEqual(world.recordsBefore);
  await assertWorld(world);
});
