/** A second provider: asked in an emergency in which the first gets nowhere, within its budget, and only then. */
import { describe, expect, test } from 'vitest';
import { dayMs, hourMs } from '../../src/core/durations.ts';
import { assertWorld } from '../builders/assert-world.ts';
import { createWorld } from '../builders/world.ts';
import type { World } from '../builders/world/contract.ts';

const failover = { provider: 'inx', product: 'SSL123', order: {}, record: 'txt' } as const;
const shop = { name: 'shop', failover } as const;

function invoices(world: World, vendor: string): number {
  return world.sandbox.vendors.get(vendor)?.simulator.invoices().length ?? 0;
}

/** The first reseller's API answers nothing but "try again". */
async function withFirstDown(
  options: Parameters<typeof createWorld>[0] = {},
): Promise<World & { up(): void }> {
  const world = await createWorld({ spend: { inx: { ordersPerDay: 1 } }, ...options });
  let down = true;
  world.interfere((vendor) =>
    down && vendor === 'rrpproxy' ? { vendor, kind: 'html', status: 503 } : undefined,
  );
  return Object.assign(world, {
    up: () => {
      down = false;
    },
  });
}

describe('a first provider that is down', () => {
  test('is waited for until the emergency, and then the second one is asked, once', async () => {
    const world = await withFirstDown();
    await world.seed({ name: 'shop', daysLeft: 12, paidDays: 180 });
    await world.configure([shop]);
    const start = world.clock.now().getTime();
    await world.run(() => world.clock.now().getTime() > start + 1.5 * dayMs, {
      steps: 3000,
      passEveryMs: hourMs,
    });
    expect(invoices(world, 'internetx')).toBe(0);

    await world.run(async () => (await world.store.certificate('shop'))?.provider === 'inx', {
      steps: 3000,
      passEveryMs: hourMs,
    });
    // 9.95 days before the end, and the second one needs no longer than an order takes.
    const passedMs = world.clock.now().getTime() - start;
    expect(passedMs).toBeGreaterThan(2 * dayMs);
    expect(passedMs).toBeLessThan(3 * dayMs);
    await world.runToRest({ passEveryMs: hourMs });
    expect(await world.renewal('shop')).toMatchObject({
      provider: 'inx',
      product: 'SSL123',
      action: 'create',
      reason: 'failover',
      state: 'served',
    });
    expect(invoices(world, 'internetx')).toBe(1);
    await assertWorld(world);

    // The next time it is the first one's turn again.
    world.up();
    const [entry] = world.driver.entries();
    world.clock.set(entry?.decision?.until ?? world.clock.now());
    await world.runToRest({ passEveryMs: hourMs });
    expect(await world.renewal('shop')).toMatchObject({ provider: 'cnr', action: 'create', state: 'served' });
    expect(invoices(world, 'internetx')).toBe(1);
    await assertWorld(world);
  });

  test('without a budget the second one is not paid', async () => {
    const world = await withFirstDown({ spend: { inx: { ordersPerDay: 0 } } });
    await world.seed({ name: 'shop', daysLeft: 9, paidDays: 180 });
    await world.configure([shop]);
    const start = world.clock.now().getTime();
    await world.run(() => world.clock.now().getTime() > start + 4 * dayMs, {
      steps: 4000,
      passEveryMs: hourMs,
    });
    expect(invoices(world, 'internetx')).toBe(0);
    expect(await world.renewal('shop')).toMatchObject({ state: 'blocked', failure: { code: 'spend-limit' } });
  });
});

describe('an order at the first provider', () => {
  test('that is free and stuck is given up, and its evidence is withdrawn', async () => {
    const world = await createWorld({ spend: { inx: { ordersPerDay: 1 } }, issuanceDelayMs: 300 * dayMs });
    await world.seed({ name: 'shop', daysLeft: 9, paidDays: 180 });
    await world.configure([shop]);
    await world.run(async () => (await world.store.renewalsOf('shop', 1))[0]?.provider === 'inx', {
      steps: 4000,
      passEveryMs: hourMs,
    });
    const [now, before] = await world.store.renewalsOf('shop', 2);
    expect(now).toMatchObject({ action: 'create', reason: 'failover' });
    expect(before).toMatchObject({ action: 'reissue', provider: 'cnr', state: 'superseded' });
    await world.run(async () => (await world.store.challengesToWithdraw()).length === 0);
  });

  test('that is paid for is never given up', async () => {
    const world = await createWorld({ spend: { inx: { ordersPerDay: 1 } }, issuanceDelayMs: 300 * dayMs });
    await world.seed({ name: 'shop', daysLeft: 6, paidDays: 8 });
    await world.configure([shop]);
    const start = world.clock.now().getTime();
    await world.run(() => world.clock.now().getTime() > start + 5.9 * dayMs, {
      steps: 4000,
      passEveryMs: hourMs,
    });
    expect(invoices(world, 'rrpproxy')).toBe(1);
    expect(invoices(world, 'internetx')).toBe(0);
    expect(await world.renewal('shop')).toMatchObject({ provider: 'cnr', state: 'awaiting-issuance' });
  });
});
