/** What resellers, limits and people do to a renewal on its way. */
import { setTimeout as pause } from 'node:timers/promises';
import { describe, expect, test } from 'vitest';
import { dayMs, hourMs } from '../../src/core/durations.ts';
import { RenewdError } from '../../src/core/errors.ts';
import { assertWorld, paidOrders, wholeLedger } from '../builders/assert-world.ts';
import { createWorld } from '../builders/world.ts';
import { worldStart } from '../builders/world/surroundings.ts';
import type { World } from '../builders/world/contract.ts';

async function stateOf(world: World, name = 'shop'): Promise<string> {
  const [newest] = await world.store.renewalsOf(name, 1);
  return newest?.state ?? 'none';
}

const blocked = (world: World, name?: string) => async () => (await stateOf(world, name)) === 'blocked';

/** Two are wanted, one is had: turns until the other is held up. Returns the one that is. */
async function heldUp(world: World): Promise<string> {
  await world.configure([{ name: 'one' }, { name: 'two' }]);
  await world.run(async () => {
    const states = [await stateOf(world, 'one'), await stateOf(world, 'two')];
    return states.includes('served') && states.includes('blocked');
  });
  // What was published for the one that is done is withdrawn in the turn after.
  await world.step();
  return (await stateOf(world, 'one')) === 'blocked' ? 'one' : 'two';
}

function boughtAt(world: World): readonly number[] {
  const invoices = world.sandbox.vendors.get('rrpproxy')?.simulator.invoices() ?? [];
  return invoices.map(({ at }) => at.getTime());
}

describe('limits of spending', () => {
  test('so many orders a day: the next one waits until a day is over', async () => {
    const world = await createWorld({ spend: { cnr: { ordersPerDay: 1 } } });
    const late = await heldUp(world);
    expect(paidOrders(world)).toBe(1);
    expect((await world.renewal(late)).failure).toMatchObject({ code: 'spend-limit', kind: 'funds' });
    await world.runToRest({ passEveryMs: hourMs });
    expect(await stateOf(world, late)).toBe('served');
    const [first = 0, second = 0] = boughtAt(world);
    expect(second - first).toBeGreaterThanOrEqual(dayMs - 1);
    await assertWorld(world);
  });

  test('so much a month: the next one waits until there is room again', async () => {
    const world = await createWorld({ spend: { cnr: { perMonthHundredths: 50_00 } } });
    const late = await heldUp(world);
    world.clock.advance(27 * dayMs);
    await world.step();
    expect(await stateOf(world, late)).toBe('blocked');
    await world.runToRest({ passEveryMs: hourMs });
    expect(await stateOf(world, late)).toBe('served');
    const [first = 0, second = 0] = boughtAt(world);
    expect(second - first).toBeGreaterThanOrEqual(28 * dayMs);
    expect(second - first).toBeLessThan(32 * dayMs);
    await assertWorld(world);
  });

  test('a price above the limit for one order blocks until the limit is raised', async () => {
    const world = await createWorld({ spend: { cnr: { perOrderHundredths: 41_99 } } });
    await world.configure([{ name: 'shop' }]);
    await world.run(blocked(world));
    expect((await world.renewal('shop')).failure?.code).toBe('price-changed');
    for (let passes = 0; passes < 50; passes += 1) await world.step();
    expect(paidOrders(world)).toBe(0);
    await world.configure([{ name: 'shop' }], { cnr: { perOrderHundredths: 42_00 } });
    await world.runToRest();
    expect(await stateOf(world)).toBe('served');
    await assertWorld(world);
  });

  test('a limit over all providers: two that want the last order get it one after the other', async () => {
    const world = await createWorld({ spend: { overall: { ordersPerDay: 1 } } });
    await world.configure([
      { name: 'shop' },
      { name: 'mail', provider: 'inx', names: ['mail.example.test'] },
    ]);
    await world.run(() => world.clock.now().getTime() > worldStart.getTime() + 20 * hourMs);
    const states = [await stateOf(world, 'shop'), await stateOf(world, 'mail')];
    expect(states.toSorted()).toEqual(['blocked', 'served']);
    const held = states[0] === 'blocked' ? 'shop' : 'mail';
    expect((await world.renewal(held)).failure?.message).toMatch(/^all providers together: 1 paid order/);
    await world.runToRest({ passEveryMs: hourMs });
    expect(await stateOf(world, held)).toBe('served');
    await assertWorld(world);
  });

  test('two that read the limit at the same moment are not both the last that fits', async () => {
    const world = await createWorld({ spend: { overall: { ordersPerDay: 1 } } });
    let readers = 0;
    let both: () => void = () => undefined;
    const met = new Promise<void>((resolve) => (both = resolve));
    // Whoever reads first is held until the other one reads too, which must not come to pass.
    world.life.alter = (point, result) => {
      if (point !== 'store spent') return result;
      readers += 1;
      if (readers === 2) both();
      return Promise.race([met, pause(500)]).then(() => result);
    };
    await world.configure([
      { name: 'shop' },
      { name: 'mail', provider: 'inx', names: ['mail.example.test'] },
    ]);
    await world.run(() => world.clock.now().getTime() > worldStart.getTime() + hourMs);
    expect(paidOrders(world)).toBe(1);
    await assertWorld(world);
  });

  test('a limit of money where no price can be had blocks', async () => {
    const world = await createWorld({ spend: { inx: { perMonthHundredths: 100_000 } } });
    await world.configure([{ name: 'shop', provider: 'inx' }]);
    await world.run(blocked(world));
    expect((await world.renewal('shop')).failure?.code).toBe('spend-limit');
    expect(paidOrders(world)).toBe(0);
  });

  test('a limit that was raised is taken up at once; one that was not holds it up as before', async () => {
    const world = await createWorld({ spend: { cnr: { ordersPerDay: 0 } } });
    await world.configure([{ name: 'shop' }]);
    await world.run(blocked(world));
    await world.configure([{ name: 'shop' }]);
    await world.step();
    const { state, nextAt } = await world.renewal('shop');
    expect(state).toBe('blocked');
    expect(nextAt?.getTime()).toBeGreaterThan(world.clock.now().getTime() + hourMs / 2);
    const before = world.clock.now().getTime();
    await world.configure([{ name: 'shop' }], { cnr: { ordersPerDay: 1 } });
    await world.runToRest();
    expect(await stateOf(world)).toBe('served');
    expect(world.clock.now().getTime() - before).toBeLessThan(hourMs / 2);
    await assertWorld(world);
  });

  test('a limit of nothing lets reissues through, which are free', async () => {
    const world = await createWorld({ spend: { cnr: { ordersPerDay: 0 } } });
    await world.seed({ name: 'shop', daysLeft: 12, paidDays: 180 });
    await world.configure([{ name: 'shop' }]);
    await world.runToRest();
    expect(await stateOf(world)).toBe('served');
  });

  test('credit that runs out in the middle blocks the rest', async () => {
    const world = await createWorld({ rrpproxy: { credit: 50 } });
    const { failure, nextAt } = await world.renewal(await heldUp(world));
    expect(failure).toMatchObject({ code: 'provider-funds', kind: 'funds' });
    expect(nextAt).not.toBeNull();
    expect(paidOrders(world)).toBe(1);
    await assertWorld(world);
  });

  test('after a top-up it goes on by itself, and counts once against the limits', async () => {
    const world = await createWorld({ spend: { inx: { ordersPerDay: 1 } } });
    let poor = true;
    world.interfere((vendor, command) =>
      poor && command === 'POST /certificate' ? { vendor, kind: 'code', code: '402' } : undefined,
    );
    await world.configure([{ name: 'shop', provider: 'inx' }]);
    await world.run(() => world.clock.now().getTime() > worldStart.getTime() + 5 * hourMs);
    expect((await world.renewal('shop')).failure).toMatchObject({ code: 'provider-funds' });
    poor = false;
    await world.runToRest();
    expect(await stateOf(world)).toBe('served');
    expect(world.clock.now().getTime()).toBeLessThan(worldStart.getTime() + 7 * hourMs);
    await assertWorld(world);
  });
});

describe('what resellers say later', () => {
  test('an event makes a reading due earlier', async () => {
    const world = await createWorld({ issuanceDelayMs: 6 * hourMs });
    await world.configure([{ name: 'shop' }]);
    await world.run(async () => {
      const [order] = world.sandbox.ca.orders();
      return order?.status === 'issued';
    });
    const issuedAt = world.clock.now().getTime();
    const waits = (await world.renewal('shop')).nextAt?.getTime() ?? 0;
    expect(waits - issuedAt).toBeGreaterThan(60_000);
    world.clock.advance(61_000);
    await world.driver.advanceDue();
    await world.driver.idle();
    await world.driver.advanceDue();
    await world.driver.idle();
    expect(['served', 'deployed', 'verified', 'issued']).toContain(await stateOf(world));
    await world.runToRest();
    await assertWorld(world);
  });

  test.each(['cnr', 'inx'] as const)(
    '%s: events of others, and the same event twice, do no harm',
    async (provider) => {
      const world = await createWorld({ issuanceDelayMs: 5 * 60_000 });
      const simulator = world.sandbox.vendors.get(provider === 'cnr' ? 'rrpproxy' : 'internetx')?.simulator;
      for (let events = 0; events < 5; events += 1) simulator?.queueForeignEvent();
      await world.configure([{ name: 'shop', provider }]);
      let turns = 0;
      await world.run(async () => {
        turns += 1;
        if (turns % 4 === 0) simulator?.queueForeignEvent();
        if ((await stateOf(world)) === 'awaiting-issuance' && turns % 5 === 0)
          simulator?.redeliverLastEvent();
        return (await stateOf(world)) === 'served';
      });
      await world.runToRest();
      expect((await world.store.renewalsOf('shop', 9)).length).toBe(1);
      await assertWorld(world);
    },
  );

  test('the proof that is asked for changes after the order', async () => {
    const world = await createWorld({
      rrpproxy: { dcvDataChangesAfterOrder: true },
      issuanceDelayMs: 60_000,
    });
    await world.configure([{ name: 'shop' }]);
    await world.runToRest();
    expect(await stateOf(world)).toBe('served');
    await assertWorld(world);
  });

  test('a reseller that never issues: looked at for weeks, bought once, and it shows', async () => {
    const world = await createWorld({ issuanceDelayMs: 400 * dayMs });
    await world.configure([{ name: 'shop', provider: 'inx' }]);
    await world.run(() => world.clock.now().getTime() > worldStart.getTime() + 3 * dayMs, {
      steps: 2000,
      passEveryMs: hourMs,
    });
    const renewal = await world.renewal('shop');
    expect(['awaiting-issuance', 'awaiting-dcv', 'blocked']).toContain(renewal.state);
    expect(renewal.nextAt).not.toBeNull();
    expect(paidOrders(world)).toBe(1);
    await assertWorld(world);
  });

  test.each(['cnr', 'inx'] as const)(
    '%s: an order that the CA gives up on fails; later there is another',
    async (provider) => {
      const world = await createWorld({ issuanceDelayMs: 60_000 });
      await world.configure([{ name: 'shop', provider }]);
      await world.run(async () => (await stateOf(world)) === 'awaiting-issuance');
      const [order] = world.sandbox.ca.orders();
      world.sandbox.ca.fail(order?.id ?? '', 'CAA forbids it');
      const first = await world.renewal('shop');
      await world.run(async () => (await world.renewal('shop')).id !== first.id);
      expect(await world.store.renewal(first.id)).toMatchObject({
        state: 'failed',
        failure: { code: 'order-failed' },
      });
      await world.runToRest();
      expect(await stateOf(world)).toBe('served');
      await assertWorld(world);
    },
  );

  test('a reseller out of order for an hour delays, and nothing more', async () => {
    const world = await createWorld();
    await world.seed({ name: 'shop', daysLeft: 12, paidDays: 180 });
    world.interfere((vendor) =>
      world.clock.now().getTime() < worldStart.getTime() + hourMs
        ? { vendor, kind: 'html', status: 503 }
        : undefined,
    );
    await world.configure([{ name: 'shop' }]);
    await world.runToRest();
    expect(await stateOf(world)).toBe('served');
    expect((await world.store.renewalsOf('shop', 9)).length).toBe(1);
    await assertWorld(world);
  });
});

describe('people', () => {
  test.each(['cnr', 'inx'] as const)(
    '%s: an approval by mail takes days, and then it goes on',
    async (provider) => {
      const world = await createWorld();
      const approver = 'hostmaster@shop.example.test';
      await world.configure([{ name: 'shop', provider, dcv: { method: 'email', approver } }]);
      await world.run(() => world.clock.now().getTime() > worldStart.getTime() + 2 * dayMs, {
        steps: 2000,
        passEveryMs: hourMs,
      });
      expect(await stateOf(world)).toBe('awaiting-issuance');
      const requests = world.sandbox.history.entries().length;
      expect(requests).toBeLessThan(1500);
      for (const { id } of world.sandbox.ca.orders()) world.sandbox.ca.approveByEmail(id);
      await world.runToRest();
      expect(await stateOf(world)).toBe('served');
      expect(paidOrders(world)).toBe(1);
      await assertWorld(world);
    },
  );

  test.each([undefined, 'reissue', 'renew'] as const)('asked to renew now, saying how: %s', async (verb) => {
    const world = await createWorld();
    await world.seed({ name: 'shop', daysLeft: 150, paidDays: 300 });
    await world.configure([{ name: 'shop' }]);
    await world.runToRest();
    await world.store.addRequest({
      id: 'q1',
      at: world.clock.now(),
      certificate: 'shop',
      kind: 'renew',
      options: verb === undefined ? {} : { action: verb },
      by: 'ada',
    });
    await world.restart();
    await world.runToRest();
    const renewal = await world.renewal('shop');
    expect(renewal).toMatchObject({ reason: 'requested', forced: true, state: 'served' });
    expect(renewal.action).toBe(verb ?? 'reissue');
    expect(await world.store.pendingRequests()).toEqual([]);
    expect((await world.store.renewalsOf('shop', 9)).length).toBe(1);
    await assertWorld(world);
  });

  test('an entry taken out of the inventory: nothing begun, the order that exists is left and told', async () => {
    const world = await createWorld({ issuanceDelayMs: hourMs, spend: { inx: { perMonthHundredths: 1 } } });
    await world.configure([{ name: 'shop' }, { name: 'blog', provider: 'inx' }]);
    await world.run(
      async () =>
        (await stateOf(world)) === 'awaiting-issuance' && (await stateOf(world, 'blog')) === 'blocked',
    );
    await world.configure([]);
    for (let passes = 0; passes < 20; passes += 1) await world.step();
    expect(await stateOf(world, 'blog')).toBe('superseded');
    expect(await stateOf(world)).toBe('awaiting-issuance');
    expect(world.lines.some((line) => line.includes('no longer in the inventory'))).toBe(true);
    await world.configure([{ name: 'shop' }]);
    await world.runToRest();
    expect(await stateOf(world)).toBe('served');
    expect(paidOrders(world)).toBe(1);
    await assertWorld(world);
  });
});

const hanging = Array.from({ length: 24 }, (_, index) => ({ name: `slow-${index}` }));

/** Nobody is idle for as long as a reseller hangs: turns are taken without waiting for it. */
async function marchUntilServed(world: World, name: string): Promise<void> {
  for (let turns = 0; turns < 5000 && (await stateOf(world, name)) !== 'served'; turns += 1) {
    await world.driver.advanceDue();
    if (turns === 0) await world.driver.pass();
    await pause(5);
    await world.sandbox.tick();
    world.clock.advance(250);
  }
}

describe('one certificate and its trouble', () => {
  test('a reseller that hangs holds up nobody else, however many wait for it', async () => {
    const world = await createWorld();
    world.sandbox.faults.add({ vendor: 'rrpproxy', kind: 'delay', delayMs: 600_000, times: 1000 });
    await world.configure([...hanging, { name: 'quick', provider: 'inx' }]);
    await marchUntilServed(world, 'quick');
    expect(await stateOf(world, 'quick')).toBe('served');
    expect(await stateOf(world, 'slow-0')).toBe('planned');
    expect(paidOrders(world)).toBe(1);
  });

  test('a reseller that hangs holds up no deployment of what it has issued', async () => {
    const world = await createWorld();
    world.command.mood = 'fails';
    await world.configure([{ name: 'issued' }]);
    await world.run(async () => (await world.renewal('issued')).failure?.code === 'reload-failed');
    expect(await stateOf(world, 'issued')).toBe('verified');
    world.sandbox.faults.add({ vendor: 'rrpproxy', kind: 'delay', delayMs: 600_000, times: 1000 });
    // Everything that may be asked of it at once is under way before the deployment's pause is over.
    await world.configure([{ name: 'issued' }, ...hanging]);
    await world.driver.pass();
    await expect.poll(() => world.sandbox.history.entries().at(-1)?.fault).toBe('delay');
    world.command.mood = 'works';
    await marchUntilServed(world, 'issued');
    expect(await stateOf(world, 'issued')).toBe('served');
    expect(await stateOf(world, 'slow-0')).toBe('planned');
    expect(paidOrders(world)).toBe(1);
  });

  test('one that cannot even be begun does not keep the others from beginning', async () => {
    const world = await createWorld();
    await world.restart({ point: 'store createRenewal', call: 1, injury: 'failed' });
    await world.configure([{ name: 'one' }, { name: 'two' }]);
    await world.driver.pass();
    await world.driver.idle();
    expect(await stateOf(world, 'one')).toBe('none');
    expect(await stateOf(world, 'two')).not.toBe('none');
    await world.runToRest();
    expect(await stateOf(world, 'one')).toBe('served');
    expect((await wholeLedger(world)).length).toBeGreaterThan(0);
    await assertWorld(world);
  });
});

test('evidence that cannot be withdrawn is tried again with pauses, however often the loop is woken', async () => {
  const world = await createWorld();
  let [broken, asked] = [true, 0];
  world.life.alter = (point, result) => {
    if (point !== 'ns1 withdraw') return result;
    asked += 1;
    if (broken) throw new RenewdError('dcv-publish-failed', 'the name server does not answer');
    return result;
  };
  await world.configure([{ name: 'shop' }]);
  await world.run(async () => (await stateOf(world)) === 'served');
  const wakeOften = async (): Promise<void> => {
    for (let turn = 0; turn < 50; turn += 1) {
      await world.driver.advanceDue();
      await world.driver.idle();
    }
  };
  await wakeOften();
  expect(asked).toBe(1);
  world.clock.advance(2000);
  await wakeOften();
  expect(asked).toBe(2);
  broken = false;
  world.clock.advance(4000);
  await wakeOften();
  expect(asked).toBe(3);
  await assertWorld(world);
});
