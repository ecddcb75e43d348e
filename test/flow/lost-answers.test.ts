/** What becomes of an order whose answer was lost: looked up, never sent blindly again, and a person where nobody can tell. */
import { describe, expect, test } from 'vitest';
import { dayMs, hourMs } from '../../src/core/durations.ts';
import { assertWorld, ordersByKey, paidOrders, wholeLedger } from '../builders/assert-world.ts';
import { accounts, showsPaidTerm } from '../builders/accounts.ts';
import type { ProviderName } from '../builders/inventory.ts';
import { createWorld } from '../builders/world.ts';
import type { World } from '../builders/world/contract.ts';

const verbs = [
  ['cnr', 'create', 'AddCertificate'],
  ['cnr', 'reissue', 'ReissueCertificate'],
  ['cnr', 'renew', 'RenewCertificate'],
  ['inx', 'create', 'POST /certificate'],
  ['inx', 'reissue', 'PUT /certificate/{id}'],
  ['inx', 'renew', 'PUT /certificate/{id}/_renew'],
  ['xml', 'create', '400101'],
  ['xml', 'reissue', '400102'],
  ['xml', 'renew', '400106'],
  ['hx', 'create', 'CreateSSLCert'],
  ['hx', 'reissue', 'ReissueSSLCert'],
  ['hx', 'renew', 'RenewSSLCert'],
  ['epp', 'create', 'CreateSSLCert'],
  ['epp', 'reissue', 'ReissueSSLCert'],
  ['epp', 'renew', 'RenewSSLCert'],
  ['rs', 'create', 'POST /ssl-certificate'],
  ['rs', 'reissue', 'POST /ssl-certificate/{id}/reissue'],
  ['rs', 'renew', 'POST /ssl-certificate/{id}/renew'],
  ['old', 'reissue', 'ReissueCertificate'],
] as const;

const seeds = {
  create: undefined,
  reissue: { daysLeft: 12, paidDays: 180 },
  renew: { daysLeft: 6, paidDays: 8 },
} as const;

const otherKey = { daysLeft: 150, paidDays: 150, keyType: 'rsa-2048' } as const;

async function worldFor(provider: ProviderName, action: keyof typeof seeds): Promise<World> {
  const world = await createWorld({ internetx: showsPaidTerm });
  // An order of API 1 never lasts longer by a reissue: another key is what it is good for.
  const seed = provider === 'old' ? otherKey : seeds[action];
  if (seed !== undefined) await world.seed({ name: 'shop', provider, ...seed });
  return world;
}

async function states(world: World): Promise<readonly string[]> {
  return (await wholeLedger(world))
    .filter(({ kind }) => kind === 'transition')
    .map(({ detail }) => String(detail['event']));
}

describe.each(verbs)('%s %s', (provider, action, command) => {
  const { vendor } = accounts[provider];
  // With `checkonly` the same command tells the price first; that one must come through.
  const skip = provider === 'cnr' && action === 'create' ? 1 : 0;

  function faultOn(world: World, kind: 'lose-answer' | 'drop-before'): void {
    let seen = 0;
    world.interfere((asked, name) => {
      if (asked !== vendor || name !== command) return undefined;
      seen += 1;
      return seen === skip + 1 ? { vendor, kind } : undefined;
    });
  }

  test('applied, answer lost: found, and bought once', async () => {
    const world = await worldFor(provider, action);
    faultOn(world, 'lose-answer');
    await world.configure([{ name: 'shop', provider }]);
    await world.runToRest();
    expect(await world.renewal('shop')).toMatchObject({ action, state: 'served' });
    expect(await states(world)).toEqual(expect.arrayContaining(['answer-lost', 'order-found']));
    expect(paidOrders(world)).toBe(action === 'reissue' ? 0 : 1);
    expect([...ordersByKey(world).values()]).toEqual([1]);
    await assertWorld(world);
  });

  test('never applied: proved absent after the grace period, then sent again', async () => {
    const world = await worldFor(provider, action);
    faultOn(world, 'drop-before');
    await world.configure([{ name: 'shop', provider }]);
    await world.runToRest();
    const renewal = await world.renewal('shop');
    expect(renewal).toMatchObject({ action, state: 'served' });
    expect(await states(world)).toEqual(expect.arrayContaining(['answer-lost', 'order-absent']));
    const intents = (await wholeLedger(world)).filter(
      ({ kind, subject }) => kind === 'intent' && subject.startsWith('submit '),
    );
    expect(intents.length).toBe(2);
    const [first, second] = intents;
    expect((second?.at.getTime() ?? 0) - (first?.at.getTime() ?? 0)).toBeGreaterThanOrEqual(120_000);
    expect([...ordersByKey(world).values()]).toEqual([1]);
    await assertWorld(world);
  });

  test('the process ends between intent and answer: found after the restart', async () => {
    const world = await worldFor(provider, action);
    await world.configure([{ name: 'shop', provider }]);
    await world.restart({ point: `${provider} submit`, call: 1, injury: 'crashed' });
    await world.run(() => false);
    expect(world.life.dead).toBe(true);
    await world.restart();
    await world.runToRest();
    expect(await world.renewal('shop')).toMatchObject({ action, state: 'served' });
    expect([...ordersByKey(world).values()]).toEqual([1]);
    await assertWorld(world);
  });
});

describe('a clock that was set after a lost answer', () => {
  test('ahead by hours: the lag of the list is waited for all the same', async () => {
    let looks = 0;
    const world = await createWorld({
      wrapProvider: (_, provider) => ({
        ...provider,
        // The order shows after four looks.
        find: async (...asked) =>
          (looks += 1) <= 4 ? { matches: [], complete: true } : provider.find(...asked),
      }),
    });
    let lost = false;
    world.interfere((vendor, command) => {
      if (lost || command !== 'POST /certificate') return undefined;
      lost = true;
      return { vendor, kind: 'lose-answer' };
    });
    world.onPassage = ({ to }) => {
      if (to === 'order-unconfirmed') world.skewMs = 3 * hourMs;
      // Name servers refuse signatures from hours ahead.
      else world.skewMs = 0;
    };
    await world.configure([{ name: 'shop', provider: 'inx' }]);
    await world.runToRest();
    expect(looks).toBe(5);
    expect(paidOrders(world)).toBe(1);
    expect([...ordersByKey(world).values()]).toEqual([1]);
  });

  test('back by days: looked for from then on, and found', async () => {
    const world = await createWorld();
    world.skewMs = 5 * dayMs;
    let lost = false;
    world.interfere((vendor, command) => {
      if (lost || command !== 'POST /certificate') return undefined;
      lost = true;
      return { vendor, kind: 'lose-answer' };
    });
    world.onPassage = ({ to }) => {
      if (to === 'order-unconfirmed') world.skewMs = 0;
    };
    await world.configure([{ name: 'shop', provider: 'inx' }]);
    const start = world.clock.now().getTime();
    await world.runToRest();
    expect(lost).toBe(true);
    expect(world.clock.now().getTime() - start).toBeLessThan(hourMs);
    expect(paidOrders(world)).toBe(1);
    expect([...ordersByKey(world).values()]).toEqual([1]);
  });
});

/** The provider takes the order, says nothing, and then cannot be asked. */
async function ambiguous(): Promise<World> {
  const world = await createWorld();
  let ordered = 0;
  world.interfere((vendor, command) => {
    if (command === 'POST /certificate') {
      ordered += 1;
      return ordered === 1 ? { vendor, kind: 'lose-answer' } : undefined;
    }
    return /_search/.test(command) ? { vendor, kind: 'html' } : undefined;
  });
  await world.configure([{ name: 'shop', provider: 'inx' }]);
  await world.run(async () => (await world.renewal('shop')).state === 'blocked');
  return world;
}

async function say(world: World, options: Record<string, unknown>): Promise<void> {
  const at = world.clock.now();
  await world.store.addRequest({ id: 'q1', at, certificate: 'shop', kind: 'resolve', options, by: 'ada' });
  // The command line is another process; a restart shows its word as surely as the change counter does.
  world.interfere(() => undefined);
  await world.restart();
}

describe('a provider that cannot tell', () => {
  test('blocks after hours of asking, and nothing is sent meanwhile', async () => {
    const world = await ambiguous();
    const blocked = await world.renewal('shop');
    expect(blocked).toMatchObject({ state: 'blocked', nextAt: null, failure: { code: 'order-ambiguous' } });
    expect(world.clock.now().getTime() - blocked.createdAt.getTime()).toBeGreaterThanOrEqual(6 * hourMs);
    expect(paidOrders(world)).toBe(1);
    await assertWorld(world);
  });

  test.each(['certificateId', 'orderId'] as const)('a person names the order by its %s', async (id) => {
    const world = await ambiguous();
    const [order] = world.sandbox.vendors.get('internetx')?.simulator.invoices() ?? [];
    await say(world, { [id]: order?.[id] });
    await world.runToRest();
    expect(await world.renewal('shop')).toMatchObject({
      state: 'served',
      certificateId: order?.certificateId,
    });
    expect(paidOrders(world)).toBe(1);
    await assertWorld(world);
  });

  test('a person says that there is none', async () => {
    const world = await ambiguous();
    const [job] = world.sandbox.ca.orders();
    if (job !== undefined) world.sandbox.ca.fail(job.id, 'withdrawn by hand');
    world.sandbox.vendors.get('internetx')?.simulator.invoices();
    await say(world, { none: true });
    await world.runToRest();
    expect(await world.renewal('shop')).toMatchObject({ state: 'served' });
    expect(paidOrders(world)).toBe(1);
  });

  test('a person gives it up; the next attempt waits and is an order of its own', async () => {
    const world = await ambiguous();
    const given = await world.renewal('shop');
    await say(world, { cancel: true });
    await world.run(async () => (await world.renewal('shop')).id !== given.id);
    expect((await world.store.renewal(given.id))?.state).toBe('failed');
    await world.runToRest();
    expect((await world.renewal('shop')).state).toBe('served');
    expect(await world.store.pendingRequests()).toEqual([]);
    await assertWorld(world);
  });

  test('a word about a renewal that is not blocked is noted and dropped', async () => {
    const world = await createWorld();
    await world.configure([{ name: 'shop' }]);
    await world.runToRest();
    await say(world, { none: true });
    await world.runToRest();
    expect(await world.store.pendingRequests()).toEqual([]);
    expect((await wholeLedger(world)).some(({ subject }) => subject === 'resolve')).toBe(true);
    expect((await world.store.renewalsOf('shop', 5)).length).toBe(1);
  });
});

describe('orders that this store does not know', () => {
  test.each(['cnr', 'inx'] as const)('%s: adopted before anything is bought', async (provider) => {
    const world = await createWorld();
    await world.configure([{ name: 'shop', provider }]);
    await world.runToRest();
    await world.loseStore();
    await world.runToRest();
    const until = world.driver.entries()[0]?.decision?.until;
    world.clock.set(until ?? new Date(Number.NaN));
    await world.runToRest();
    expect(await world.renewal('shop')).toMatchObject({
      action: 'reissue',
      reason: 'due-reissue',
      state: 'served',
    });
    expect(paidOrders(world)).toBe(1);
  });

  test('asked again and again, with pauses, while the provider is away', async () => {
    const world = await createWorld();
    await world.seed({ name: 'shop', daysLeft: 12, paidDays: 180 });
    world.sandbox.faults.add({ vendor: 'rrpproxy', kind: 'html', times: 40 });
    await world.configure([{ name: 'shop' }]);
    await world.runToRest();
    expect(await world.renewal('shop')).toMatchObject({ action: 'reissue', state: 'served' });
    expect(paidOrders(world)).toBe(0);
    await assertWorld(world);
  });
});
