/** When: due moments, maintenance windows, pauses after failures, and clocks that do not run evenly. */
import { describe, expect, test } from 'vitest';
import type { MaintenanceWindow } from '../../src/core/certificate.ts';
import { dayMs, hourMs, minuteMs, secondMs } from '../../src/core/durations.ts';
import { assertWorld, paidOrders } from '../builders/assert-world.ts';
import type { Wanted } from '../builders/inventory.ts';
import { createWorld } from '../builders/world.ts';
import { worldStart } from '../builders/world/surroundings.ts';
import type { World } from '../builders/world/contract.ts';

const nightly: MaintenanceWindow = { cron: '0 2 * * *', durationMs: 2 * hourMs, timezone: 'Europe/Berlin' };

function decisionOf(world: World) {
  return world.driver.entries()[0]?.decision;
}

async function begun(world: World): Promise<number> {
  return (await world.store.renewalsOf('shop', 100)).length;
}

/** A pass at the given moment, and what follows from it at once. */
async function passAt(world: World, at: Date): Promise<void> {
  world.clock.set(at);
  await world.driver.pass();
  await world.driver.idle();
  await world.driver.advanceDue();
  await world.driver.idle();
}

describe('due', () => {
  test('not a second early, and at once when the moment has come', async () => {
    const world = await createWorld();
    await world.seed({ name: 'shop', daysLeft: 100, paidDays: 300 });
    await world.configure([{ name: 'shop' }]);
    await world.runToRest();
    const dueAt = decisionOf(world)?.moments?.dueAt ?? new Date(Number.NaN);
    await passAt(world, new Date(dueAt.getTime() - secondMs));
    expect(await begun(world)).toBe(0);
    await passAt(world, dueAt);
    expect(await begun(world)).toBe(1);
    await world.runToRest();
    await assertWorld(world);
  });

  test('the same moment after a restart', async () => {
    const world = await createWorld();
    await world.seed({ name: 'shop', daysLeft: 100, paidDays: 300 });
    await world.configure([{ name: 'shop' }]);
    await world.runToRest();
    const before = decisionOf(world);
    await world.restart();
    await world.runToRest();
    expect(decisionOf(world)).toEqual(before);
  });

  test('an expired certificate is replaced at once', async () => {
    const world = await createWorld();
    await world.seed({ name: 'shop', daysLeft: -3, paidDays: 100 });
    await world.configure([{ name: 'shop' }]);
    await world.runToRest();
    expect(await world.renewal('shop')).toMatchObject({ action: 'reissue', state: 'served' });
    await assertWorld(world);
  });

  test('expired together with its order: bought anew', async () => {
    const world = await createWorld();
    await world.seed({ name: 'shop', daysLeft: -3, paidDays: -1 });
    await world.configure([{ name: 'shop' }]);
    await world.runToRest();
    expect(await world.renewal('shop')).toMatchObject({
      action: 'create',
      reason: 'due-create',
      state: 'served',
    });
    expect(paidOrders(world)).toBe(1);
    await assertWorld(world);
  });

  test('held: looked at, never acted on', async () => {
    const world = await createWorld();
    await world.seed({ name: 'shop', daysLeft: 1, paidDays: 100 });
    await world.configure([{ name: 'shop', hold: true }]);
    await world.runToRest();
    expect(decisionOf(world)).toMatchObject({ action: 'none', reason: 'held' });
    expect(world.sandbox.history.entries()).toEqual([]);
    await world.configure([{ name: 'shop' }]);
    await world.runToRest();
    expect((await world.renewal('shop')).state).toBe('served');
  });
});

describe('maintenance windows', () => {
  async function dueWith(windows: Wanted['windows'], daysLeft = 20, start?: Date): Promise<World> {
    const world = await createWorld(start === undefined ? {} : { start });
    await world.seed({ name: 'shop', daysLeft, paidDays: 180 });
    await world.configure([{ name: 'shop', ...(windows === undefined ? {} : { windows }) }]);
    return world;
  }

  test('an order waits for its window', async () => {
    const world = await dueWith({ order: [nightly] });
    await world.run(async () => (await begun(world)) > 0);
    // 2 o'clock in Berlin is 1 o'clock UTC in winter.
    expect((await world.renewal('shop')).createdAt).toEqual(new Date('2026-12-02T01:00:00Z'));
    await world.runToRest();
    await assertWorld(world);
  });

  test('ordered at once, deployed in the window for deploying', async () => {
    const world = await dueWith({ deploy: [nightly] });
    const old = world.stage.serves('shop-0.tls.test');
    await world.run(
      async () => (await begun(world)) > 0 && (await world.renewal('shop')).state === 'verified',
    );
    expect(world.clock.now().getTime()).toBeLessThan(worldStart.getTime() + hourMs);
    expect(world.stage.serves('shop-0.tls.test')).toBe(old);
    await world.runToRest();
    expect((await world.renewal('shop')).state).toBe('served');
    expect(world.clock.now().getTime()).toBeGreaterThanOrEqual(Date.parse('2026-12-02T01:00:00Z'));
    expect(world.clock.now().getTime()).toBeLessThan(Date.parse('2026-12-02T03:00:00Z'));
    await assertWorld(world);
  });

  test('an emergency does not wait, for ordering nor for deploying', async () => {
    const never: MaintenanceWindow = { cron: '0 0 29 2 *', durationMs: hourMs, timezone: 'UTC' };
    const world = await dueWith({ order: [never], deploy: [never] }, 9);
    await world.runToRest();
    expect((await world.renewal('shop')).state).toBe('served');
    expect((await world.renewal('shop')).sentence).toContain('emergency');
    await assertWorld(world);
  });

  test('a window that never opens ends with the emergency', async () => {
    const never: MaintenanceWindow = { cron: '0 0 29 2 *', durationMs: hourMs, timezone: 'UTC' };
    const world = await dueWith({ order: [never] }, 15);
    await world.run(async () => (await begun(world)) > 0, { passEveryMs: hourMs });
    const emergencyAt = worldStart.getTime() + 15 * dayMs - (199 * dayMs) / 20;
    const { createdAt } = await world.renewal('shop');
    expect(createdAt.getTime()).toBeGreaterThanOrEqual(emergencyAt - secondMs);
    expect(createdAt.getTime()).toBeLessThan(emergencyAt + hourMs);
  });

  test.each([
    // Summer begins on 28 March 2027 in Berlin: 02:00 does not exist that night, and croner takes the moment after the gap.
    ['forward', '2027-03-27T12:00:00Z', '2027-03-28T01:00:00Z'],
    // It ends on 31 October 2027: 02:00 comes twice, and the first one counts.
    ['back', '2027-10-30T12:00:00Z', '2027-10-31T00:00:00Z'],
  ])('opens once in the night that the clocks go %s', async (_, start, opensAt) => {
    const world = await dueWith({ order: [nightly] }, 11, new Date(start));
    await world.run(async () => (await begun(world)) > 0);
    expect((await world.renewal('shop')).createdAt).toEqual(new Date(opensAt));
    await world.runToRest();
    expect(await begun(world)).toBe(1);
    expect((await world.renewal('shop')).state).toBe('served');
  });
});

describe('after failures', () => {
  interface Failing extends World {
    mend(): void;
  }

  async function failing(daysLeft: number): Promise<Failing> {
    let refuses = true;
    const world = await createWorld({
      rrpproxy: { caRefuses: () => (refuses ? 'CAA forbids it' : undefined) },
    });
    await world.seed({ name: 'shop', daysLeft, paidDays: 180 });
    await world.configure([{ name: 'shop' }]);
    return Object.assign(world, {
      mend() {
        refuses = false;
      },
    });
  }

  test('the pauses grow, and a restart does not shorten them', async () => {
    const world = await failing(20);
    await world.run(async () => (await begun(world)) === 3, { steps: 500 });
    const [third, second, first] = await world.store.renewalsOf('shop', 3);
    const gap = (a: typeof first, b: typeof first): number =>
      (b?.createdAt.getTime() ?? 0) - (a?.updatedAt.getTime() ?? 0);
    expect(gap(first, second)).toBeGreaterThanOrEqual(5 * minuteMs);
    expect(gap(second, third)).toBeGreaterThanOrEqual(20 * minuteMs);
    await world.driver.idle();
    for (let times = 0; times < 5; times += 1) {
      await world.restart();
      await world.driver.pass();
      await world.driver.idle();
    }
    expect(await begun(world)).toBe(3);
    expect(decisionOf(world)).toMatchObject({ action: 'wait', reason: 'backing-off' });
    await assertWorld(world);
  });

  test('near the end the pauses are short, but there are pauses', async () => {
    const world = await failing(2);
    await world.run(async () => (await begun(world)) === 6);
    const spent = world.clock.now().getTime() - worldStart.getTime();
    expect(spent).toBeGreaterThanOrEqual(5 * 5 * minuteMs);
    expect(spent).toBeLessThan(90 * minuteMs);
  });

  test('a success ends the pauses', async () => {
    const world = await failing(20);
    await world.run(async () => (await begun(world)) === 2);
    world.mend();
    await world.run(async () => (await world.renewal('shop')).state === 'served', { steps: 500 });
    await world.runToRest();
    expect(await world.store.certificate('shop')).toMatchObject({ failures: 0, lastFailureAt: null });
    await assertWorld(world);
  });
});

describe('clocks that were set', () => {
  test('back by a month while pausing after a failure: the pause begins anew, and ends', async () => {
    let refuses = true;
    const world = await createWorld({
      internetx: { caRefuses: () => (refuses ? 'CAA forbids it' : undefined) },
    });
    await world.seed({ name: 'shop', provider: 'inx', daysLeft: 20, paidDays: 180 });
    await world.configure([{ name: 'shop', provider: 'inx' }]);
    await world.run(async () => (await begun(world)) === 2);
    await world.driver.idle();
    refuses = false;
    world.clock.advance(-3 * dayMs);
    const stepped = world.clock.now().getTime();
    await world.run(
      async () => (await world.store.renewalsOf('shop', 9)).some(({ state }) => state === 'served'),
      { steps: 100 },
    );
    expect(world.clock.now().getTime() - stepped).toBeLessThan(2 * hourMs);
  });

  test('back by a month in the middle: nothing stands still for a month', async () => {
    const world = await createWorld({ issuanceDelayMs: 10 * minuteMs });
    await world.configure([{ name: 'shop' }]);
    await world.run(async () => (await world.renewal('shop')).state === 'awaiting-issuance');
    world.clock.advance(-30 * dayMs);
    world.sandbox.ca.delayMs = -31 * dayMs;
    const stepped = world.clock.now().getTime();
    await world.runToRest();
    expect(world.clock.now().getTime() - stepped).toBeLessThan(10 * minuteMs);
    expect((await world.renewal('shop')).state).toBe('served');
    await assertWorld(world);
  });

  test('forward by a month in the middle', async () => {
    const world = await createWorld({ issuanceDelayMs: 10 * minuteMs });
    await world.configure([{ name: 'shop' }]);
    await world.run(async () => (await world.renewal('shop')).state === 'awaiting-issuance');
    world.clock.advance(30 * dayMs);
    await world.runToRest();
    expect((await world.renewal('shop')).state).toBe('served');
    expect(paidOrders(world)).toBe(1);
    await assertWorld(world);
  });

  test('asleep for weeks while due: caught up with at once, and once', async () => {
    const world = await createWorld();
    await world.seed({ name: 'shop', daysLeft: 40, paidDays: 180 });
    await world.configure([{ name: 'shop' }]);
    await world.runToRest();
    world.clock.advance(39 * dayMs);
    await world.runToRest();
    expect(await begun(world)).toBe(1);
    expect((await world.renewal('shop')).state).toBe('served');
    await assertWorld(world);
  });
});
