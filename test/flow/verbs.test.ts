/** Create, reissue and renew, at each reseller, proved by DNS and by file: the plain way through. */
import { describe, expect, test } from 'vitest';
import { dayMs } from '../../src/core/durations.ts';
import { assertWorld, keysOnDisk, paidOrders } from '../builders/assert-world.ts';
import { showsPaidTerm } from '../builders/accounts.ts';
import type { ProviderName } from '../builders/inventory.ts';
import { createWorld } from '../builders/world.ts';
import type { Seed, World } from '../builders/world/contract.ts';

const providers: readonly ProviderName[] = ['cnr', 'inx', 'xml', 'hx', 'epp', 'rs'];
const proofs = [
  { method: 'dns' },
  { method: 'file', publisher: 'web' },
  { method: 'file', publisher: 'responder' },
] as const;

/** Nothing new is sold there, and a reissue ends when its order does: good for another key. */
const reissuers: readonly ProviderName[] = ['old'];

/** Ends soon, in an order that lasts. */
const reissuable = { daysLeft: 12, paidDays: 180 };
/** Ends soon, and so does its order. */
const renewable = { daysLeft: 6, paidDays: 8 };

async function seeded(
  provider: ProviderName,
  seed: Pick<Seed, 'daysLeft' | 'paidDays' | 'dcvMethod'>,
): Promise<World> {
  const world = await createWorld({ internetx: showsPaidTerm });
  await world.seed({ name: 'shop', provider, ...seed });
  return world;
}

describe.each(providers)('%s', (provider) => {
  describe.each(proofs)('proved by $method $publisher', (dcv) => {
    test('creates what does not exist yet', async () => {
      const world = await createWorld();
      await world.configure([{ name: 'shop', provider, dcv }]);
      await world.runToRest();
      const renewal = await world.renewal('shop');
      expect(renewal).toMatchObject({ action: 'create', state: 'served', reason: 'crt-missing' });
      expect(paidOrders(world)).toBe(1);
      const record = await world.store.certificate('shop');
      expect(record).toMatchObject({ provider, certificateId: renewal.certificateId, servedMatches: true });
      expect(record?.paidUntil?.getTime()).toBeGreaterThan(world.clock.now().getTime() + 360 * dayMs);
      await assertWorld(world);
    });

    test('reissues within a paid order, free of charge and with a key of its own', async () => {
      const world = await seeded(provider, { ...reissuable, dcvMethod: dcv.method });
      await world.configure([{ name: 'shop', provider, dcv }]);
      await world.runToRest();
      expect(await world.renewal('shop')).toMatchObject({
        action: 'reissue',
        state: 'served',
        reason: 'due-reissue',
      });
      expect(paidOrders(world)).toBe(0);
      expect(keysOnDisk(world).size).toBe(1);
      await assertWorld(world);
    });

    test('renews when the order ends too', async () => {
      const world = await seeded(provider, { ...renewable, dcvMethod: dcv.method });
      await world.configure([{ name: 'shop', provider, dcv }]);
      await world.runToRest();
      const renewal = await world.renewal('shop');
      expect(renewal).toMatchObject({ action: 'renew', state: 'served', reason: 'due-renew' });
      expect(renewal.notAfter?.getTime()).toBeGreaterThan(world.clock.now().getTime() + 190 * dayMs);
      expect(paidOrders(world)).toBe(1);
      await assertWorld(world);
    });
  });

  test('does nothing for a certificate that has time left', async () => {
    const world = await seeded(provider, { daysLeft: 150, paidDays: 300 });
    await world.configure([{ name: 'shop', provider }]);
    await world.runToRest();
    expect(world.driver.entries()[0]?.decision).toMatchObject({ action: 'none', reason: 'healthy' });
    expect(await world.store.renewalsOf('shop', 1)).toEqual([]);
    expect(world.sandbox.history.entries()).toEqual([]);
  });

  test('goes through two years of its life', async () => {
    const world = await createWorld();
    await world.configure([{ name: 'shop', provider }]);
    await world.runToRest();
    for (let year = 0; year < 4; year += 1) {
      world.sandbox.ca.maxValidityDays = world.clock.now() >= new Date('2027-03-15') ? 99 : 199;
      const [entry] = world.driver.entries();
      world.clock.set(entry?.decision?.until ?? world.clock.now());
      await world.runToRest();
      expect((await world.renewal('shop')).state).toBe('served');
      await assertWorld(world);
    }
  });
});

describe.each(reissuers)('%s', (provider) => {
  test.each(proofs)('reissues by $method $publisher, and deletes exactly what was replaced', async (dcv) => {
    const world = await createWorld();
    const rekey = { daysLeft: 150, paidDays: 150, keyType: 'rsa-2048' } as const;
    await world.seed({ name: 'shop', provider, dcvMethod: dcv.method, ...rekey });
    await world.configure([{ name: 'shop', provider, dcv }]);
    await world.runToRest();
    const renewal = await world.renewal('shop');
    expect(renewal).toMatchObject({
      action: 'reissue',
      state: 'served',
      reason: 'key-type-changed',
      discard: 'done',
    });
    expect(paidOrders(world)).toBe(0);
    const deleted = world.sandbox.history.entries().filter(({ command }) => command === 'DeleteCertificate');
    expect(deleted.map(({ parameters }) => parameters)).toEqual([
      expect.objectContaining({ certificate: renewal.orderId, sub: renewal.previousCertificateId }),
    ]);
    expect(renewal.previousCertificateId).not.toBe(renewal.certificateId);
    await assertWorld(world);
  });

  test('says what to do when the order ends, and buys nothing', async () => {
    const world = await seeded(provider, renewable);
    await world.configure([{ name: 'shop', provider }]);
    await world.runToRest();
    const [entry] = world.driver.entries();
    expect(entry?.decision).toMatchObject({ action: 'blocked', reason: 'verb-closed' });
    expect(entry?.decision?.sentence).toMatch(/migrate/);
    expect(paidOrders(world)).toBe(0);
  });
});
