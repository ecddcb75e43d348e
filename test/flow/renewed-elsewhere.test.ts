/** Somebody else renews: the reseller by itself, a person at its pages, or a second provider in an emergency. */
import { expect, test } from 'vitest';
import { dayMs, hourMs } from '../../src/core/durations.ts';
import type { OrderReading } from '../../src/contracts/order.ts';
import { emptyRecord } from '../../src/renewal/commit.ts';
import { paidOrders } from '../builders/assert-world.ts';
import { createWorld } from '../builders/world.ts';
import { worldStart } from '../builders/world/surroundings.ts';

test('an order that the reseller prolonged by itself is not renewed, but reissued', async () => {
  let prolonged: Date | undefined;
  const world = await createWorld({
    wrapProvider: (_, provider) => ({
      ...provider,
      read: async (...asked) => {
        const reading = await provider.read(...asked);
        return prolonged === undefined ? reading : { ...reading, paidUntil: prolonged };
      },
    }),
  });
  const { orderId = null, certificateId } = await world.seed({ name: 'shop', daysLeft: 31, paidDays: 40 });
  const paidUntil = new Date(worldStart.getTime() + 40 * dayMs);
  const known = { ...emptyRecord('shop', 0), provider: 'cnr', product: 'ssl123dv', orderId, certificateId };
  await world.store.saveCertificates([{ ...known, paidUntil, orderReadAt: worldStart }]);
  await world.restart();
  await world.configure([{ name: 'shop' }]);
  await world.runToRest();
  world.clock.advance(10 * dayMs);
  prolonged = new Date(worldStart.getTime() + 400 * dayMs);
  await world.run(async () => (await world.store.renewalsOf('shop', 1)).length > 0);
  expect(await world.renewal('shop')).toMatchObject({ action: 'reissue', reason: 'due-reissue' });
  expect(await world.store.certificate('shop')).toMatchObject({ paidUntil: prolonged });
  expect(paidOrders(world)).toBe(0);
});

test('what was paid for at the first provider is reissued there after an emergency at the second', async () => {
  const failover = { provider: 'inx', product: 'SSL123', order: {}, record: 'txt' } as const;
  const world = await createWorld();
  // Bought here, for a year.
  await world.configure([{ name: 'shop', failover }]);
  await world.runToRest();
  let down = true;
  world.interfere((vendor) =>
    down && vendor === 'rrpproxy' ? { vendor, kind: 'html', status: 503 } : undefined,
  );
  const [entry] = world.driver.entries();
  world.clock.set(entry?.decision?.moments?.emergencyAt ?? world.clock.now());
  await world.run(async () => (await world.store.certificate('shop'))?.provider === 'inx', {
    steps: 3000,
    passEveryMs: hourMs,
  });
  await world.runToRest({ passEveryMs: hourMs });
  down = false;
  // Whatever asks for another certificate now.
  await world.configure([{ name: 'shop', failover, key: { type: 'rsa-2048' } }]);
  await world.runToRest({ passEveryMs: hourMs });
  expect(await world.renewal('shop')).toMatchObject({ provider: 'cnr', action: 'reissue', state: 'served' });
  expect(paidOrders(world)).toBe(2);
});

test('a kept key: the earlier certificate, shown for a while after a reissue, is not taken for the new one', async () => {
  let stale = 0;
  let before: OrderReading | undefined;
  const world = await createWorld({
    wrapProvider: (_, provider) => ({
      ...provider,
      read: async (...asked) => {
        const reading = await provider.read(...asked);
        if (before === undefined || (stale += 1) > 3) return reading;
        const { leafPem, caPems } = before;
        return {
          ...reading,
          status: 'issued',
          challenges: [],
          ...(leafPem === undefined ? {} : { leafPem }),
          ...(caPems === undefined ? {} : { caPems }),
        };
      },
    }),
  });
  const kept = { name: 'shop', key: { reuse: true } } as const;
  await world.configure([kept]);
  await world.runToRest();
  const first = await world.renewal('shop');
  const issuer = world.sandbox.ca.intermediatePem;
  before = {
    handle: {},
    status: 'issued',
    statusWord: 'ACTIVE',
    challenges: [],
    leafPem: first.leafPem ?? '',
    caPems: [issuer],
  };
  const decision = () => world.driver.entries()[0]?.decision;
  await world.run(() => decision()?.reason === 'healthy');
  world.clock.set(decision()?.until ?? world.clock.now());
  await world.runToRest();
  const second = await world.renewal('shop');
  expect(stale).toBeGreaterThan(3);
  expect(second).toMatchObject({ action: 'reissue', state: 'served', spkiSha256: first.spkiSha256 });
  expect(second.fingerprint256).not.toBe(first.fingerprint256);
  expect((await world.store.renewalsOf('shop', 9)).length).toBe(2);
});
