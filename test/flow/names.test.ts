/** Which names, which key: shared and delegated proofs, keys kept and changed, names added and dropped. */
import { describe, expect, test } from 'vitest';
import { hourMs } from '../../src/core/durations.ts';
import { assertWorld, keysOnDisk, paidOrders } from '../builders/assert-world.ts';
import { createWorld } from '../builders/world.ts';
import type { World } from '../builders/world/contract.ts';
import { otherZone } from '../builders/world/zones.ts';

const endingSoon = { daysLeft: 12, paidDays: 180 };

describe('where the proof stands', () => {
  test('apex and wildcard share one TXT name, beside a record of somebody else', async () => {
    const world = await createWorld();
    world.sandbox.dns.addRecord({ name: 'apex.example.test', type: 'TXT', value: 'v=spf1 -all' });
    const before = world.records();
    await world.configure([{ name: 'apex', names: ['apex.example.test', '*.apex.example.test'] }]);
    let most = 0;
    await world.run(async () => {
      most = Math.max(most, world.sandbox.dns.records('apex.example.test', 'TXT').length);
      return (await world.renewal('apex')).state === 'served';
    });
    await world.runToRest();
    expect(most).toBeGreaterThan(1);
    expect(world.records()).toEqual(before);
    expect(world.records()).toContain('apex.example.test TXT v=spf1 -all');
  });

  test('two certificates with proofs at the same name do not take away each other', async () => {
    const world = await createWorld();
    await world.configure([
      { name: 'one', names: ['same.example.test'] },
      { name: 'two', names: ['same.example.test'], provider: 'inx' },
      { name: 'three', names: ['*.same.example.test'] },
    ]);
    await world.runToRest();
    for (const name of ['one', 'two', 'three']) expect((await world.renewal(name)).state).toBe('served');
    await assertWorld(world);
  });

  test('a proof is put into the zone that its name is delegated to, and taken out again', async () => {
    const world = await createWorld();
    world.sandbox.dns.addRecord({
      name: 'shop.example.test',
      type: 'CNAME',
      value: `shop.proofs.${otherZone}`,
    });
    const before = world.records();
    await world.configure([{ name: 'shop', dcv: { publisher: 'ns1' } }]);
    let seen = 0;
    await world.run(async () => {
      seen = Math.max(seen, world.sandbox.dns.records(`shop.proofs.${otherZone}`, 'TXT').length);
      return (await world.renewal('shop')).state === 'served';
    });
    await world.runToRest();
    expect(seen).toBe(1);
    expect(world.records()).toEqual(before);
    const [challenge] = await world.store.challenges((await world.renewal('shop')).id);
    expect(challenge).toMatchObject({ publisher: 'ns2', targetName: `shop.proofs.${otherZone}` });
  });

  test('a CNAME record proves control where the product wants one', async () => {
    const world = await createWorld();
    await world.configure([{ name: 'shop', product: 'positivessldv', dcv: { record: 'cname' } }]);
    await world.runToRest();
    expect((await world.renewal('shop')).state).toBe('served');
    await assertWorld(world);
  });

  test('a zone that no publisher may write blocks the renewal', async () => {
    const world = await createWorld();
    await world.configure([{ name: 'shop', names: ['shop.elsewhere.test'] }]);
    await world.run(async () => (await world.renewal('shop')).state === 'blocked');
    const blocked = await world.renewal('shop');
    expect(blocked.failure?.kind).not.toBe('invariant');
    expect(paidOrders(world)).toBe(1);
    await assertWorld(world);
  });
});

describe('which key', () => {
  test.each(['cnr', 'inx'] as const)('%s: a key that is to be kept is kept', async (provider) => {
    const world = await createWorld();
    await world.configure([{ name: 'shop', provider, key: { reuse: true } }]);
    await world.runToRest();
    const first = await world.renewal('shop');
    world.clock.set(world.driver.entries()[0]?.decision?.until ?? new Date(Number.NaN));
    await world.runToRest();
    const second = await world.renewal('shop');
    expect(second).toMatchObject({ action: 'reissue', state: 'served', keyId: first.keyId });
    expect(second.id).not.toBe(first.id);
    expect(keysOnDisk(world).size).toBe(1);
    await assertWorld(world);
  });

  test('an operator may ask for a fresh key where keys are kept', async () => {
    const world = await createWorld();
    await world.configure([{ name: 'shop', key: { reuse: true } }]);
    await world.runToRest();
    const first = await world.renewal('shop');
    await world.store.addRequest({
      id: 'q1',
      at: world.clock.now(),
      certificate: 'shop',
      kind: 'renew',
      options: { newKey: true },
      by: 'ada',
    });
    await world.restart();
    await world.runToRest();
    const second = await world.renewal('shop');
    expect(second).toMatchObject({ state: 'served', reason: 'requested' });
    expect(second.keyId).not.toBe(first.keyId);
    await assertWorld(world);
  });

  test('another key type is a reissue with a fresh key, even where keys are kept', async () => {
    const world = await createWorld();
    await world.configure([{ name: 'shop', key: { reuse: true } }]);
    await world.runToRest();
    await world.configure([{ name: 'shop', key: { reuse: true, type: 'rsa-2048' } }]);
    await world.runToRest();
    expect(await world.renewal('shop')).toMatchObject({
      action: 'reissue',
      reason: 'key-type-changed',
      state: 'served',
    });
    expect(paidOrders(world)).toBe(1);
    expect(keysOnDisk(world).size).toBe(2);
    await assertWorld(world);
  });

  describe('that is changed while a limit holds the order up', () => {
    const closed = { cnr: { ordersPerDay: 0 } };
    const open = { cnr: { ordersPerDay: 5 } };
    const rsa = { key: { type: 'rsa-2048' } } as const;
    const isBlocked = (world: World) => async () =>
      (await world.store.renewalsOf('shop', 1))[0]?.state === 'blocked';

    test.each([
      { what: 'a first order', order: {}, seed: undefined, action: 'create' },
      { what: 'proved before it', order: { immediate: true }, seed: undefined, action: 'create' },
      { what: 'a renewal', order: {}, seed: { daysLeft: 6, paidDays: 8 }, action: 'renew' },
    ])('$what: that order has it, and no reissue follows', async ({ order, seed, action }) => {
      const world = await createWorld({ spend: closed });
      if (seed !== undefined) await world.seed({ name: 'shop', ...seed });
      await world.configure([{ name: 'shop', order }]);
      await world.run(isBlocked(world));
      const first = await world.renewal('shop');
      await world.configure([{ name: 'shop', order, ...rsa }], open);
      await world.runToRest({ passEveryMs: hourMs });
      const done = await world.renewal('shop');
      expect(done).toMatchObject({ id: first.id, action, state: 'served' });
      expect(done.keyId).not.toBe(first.keyId);
      expect(world.driver.entries()[0]?.decision).toMatchObject({ action: 'none', reason: 'healthy' });
      expect(world.sandbox.ca.orders()).toHaveLength(1);
      expect(paidOrders(world)).toBe(1);
      await assertWorld(world);
    });

    test('and back again, where it is why one was wanted: nothing is ordered', async () => {
      const world = await createWorld({ spend: closed });
      // Its order is at another reseller: here another key is a new order.
      await world.seed({ name: 'shop', provider: 'inx', daysLeft: 150, paidDays: 300 });
      await world.configure([{ name: 'shop', ...rsa }]);
      await world.run(isBlocked(world));
      expect(await world.renewal('shop')).toMatchObject({ action: 'create', reason: 'key-type-changed' });
      await world.configure([{ name: 'shop' }], open);
      await world.runToRest({ passEveryMs: hourMs });
      expect((await world.renewal('shop')).state).toBe('superseded');
      expect(world.driver.entries()[0]?.decision).toMatchObject({ action: 'none', reason: 'healthy' });
      expect(world.sandbox.ca.orders()).toEqual([]);
      await assertWorld(world);
    });
  });

  test('a lost answer with a kept key is not mistaken for the order before', async () => {
    const world = await createWorld();
    await world.configure([{ name: 'shop', provider: 'inx', key: { reuse: true } }]);
    await world.runToRest();
    world.clock.set(world.driver.entries()[0]?.decision?.until ?? new Date(Number.NaN));
    world.sandbox.faults.add({ vendor: 'internetx', command: 'PUT /certificate/{id}', kind: 'lose-answer' });
    await world.runToRest();
    expect(await world.renewal('shop')).toMatchObject({ action: 'reissue', state: 'served' });
    await assertWorld(world);
  });
});

describe('which names', () => {
  test('InterNetX: an added name is a reissue in the same order', async () => {
    const world = await createWorld();
    await world.seed({ name: 'shop', provider: 'inx', daysLeft: 150, paidDays: 300 });
    await world.configure([
      { name: 'shop', provider: 'inx', names: ['shop.example.test', 'more.example.test'] },
    ]);
    await world.runToRest();
    expect(await world.renewal('shop')).toMatchObject({
      action: 'reissue',
      reason: 'names-added',
      state: 'served',
    });
    expect(paidOrders(world)).toBe(0);
    await assertWorld(world);
  });

  test('RRPproxy: an added name is a new order, because a reissue cannot add one', async () => {
    const world = await createWorld();
    await world.seed({ name: 'shop', daysLeft: 150, paidDays: 300 });
    await world.configure([{ name: 'shop', names: ['shop.example.test', 'more.example.test'] }]);
    await world.runToRest();
    expect(await world.renewal('shop')).toMatchObject({
      action: 'create',
      reason: 'names-added',
      state: 'served',
    });
    expect(paidOrders(world)).toBe(1);
    await assertWorld(world);
  });

  test('names that are added while a limit holds the order up are in that order, not in a second one', async () => {
    const world = await createWorld({ spend: { cnr: { ordersPerDay: 0 } } });
    const names = ['shop.example.test', 'more.example.test'];
    await world.configure([{ name: 'shop' }]);
    await world.run(async () => (await world.renewal('shop')).state === 'blocked');
    const first = await world.renewal('shop');
    await world.configure([{ name: 'shop', names }], { cnr: { ordersPerDay: 5 } });
    await world.runToRest({ passEveryMs: hourMs });
    expect(await world.renewal('shop')).toMatchObject({ names, state: 'served' });
    expect((await world.store.renewal(first.id))?.state).toBe('superseded');
    expect(paidOrders(world)).toBe(1);
    await assertWorld(world);
  });

  test('a dropped name is refused without an explicit word', async () => {
    const world = await createWorld();
    const names = ['shop.example.test', 'old.example.test'];
    await world.seed({ name: 'shop', provider: 'inx', names, daysLeft: 150, paidDays: 300 });
    const fewer = { name: 'shop', provider: 'inx', names: ['shop.example.test'] } as const;
    await world.configure([fewer]);
    await world.runToRest();
    expect(world.driver.entries()[0]?.decision).toMatchObject({ action: 'blocked', reason: 'names-dropped' });
    expect(await world.store.renewalsOf('shop', 1)).toEqual([]);
    await world.configure([{ ...fewer, allowDroppingNames: true }]);
    await world.runToRest();
    expect(world.driver.entries()[0]?.decision).toMatchObject({ action: 'none', reason: 'healthy' });
    await assertWorld(world);
  });

  test('the file of somebody else is left alone', async () => {
    const world = await createWorld();
    await world.seed({ name: 'shop', names: ['somebody.example.test'], ...endingSoon });
    await world.configure([{ name: 'shop' }]);
    await world.runToRest();
    expect(world.driver.entries()[0]?.decision).toMatchObject({ action: 'blocked', reason: 'crt-foreign' });
    expect(await world.store.renewalsOf('shop', 1)).toEqual([]);
    expect(paidOrders(world)).toBe(0);
  });
});
