/** The inventory goes over to another provider, or a provider gets another name, while an order is under way. */
import { expect, test } from 'vitest';
import type { Configuration } from '../../src/core/certificate.ts';
import { hourMs } from '../../src/core/durations.ts';
import { assertWorld, paidOrders } from '../builders/assert-world.ts';
import { createWorld } from '../builders/world.ts';
import type { World } from '../builders/world/contract.ts';

function asked(world: World, vendor: string): number {
  return world.sandbox.history.entries().filter((entry) => entry.vendor === vendor).length;
}

test('an order that exists is followed where it is, and collected', async () => {
  const world = await createWorld({ issuanceDelayMs: hourMs });
  await world.configure([{ name: 'shop' }]);
  await world.run(async () => (await world.renewal('shop')).state === 'awaiting-issuance');
  await world.configure([{ name: 'shop', provider: 'inx' }]);
  await world.runToRest();
  expect(await world.renewal('shop')).toMatchObject({ provider: 'cnr', action: 'create', state: 'served' });
  expect(asked(world, 'internetx')).toBe(0);
  expect(paidOrders(world)).toBe(1);
  await assertWorld(world);
});

test('an order whose answer was lost is looked up where it was sent, and not bought at the other one', async () => {
  const world = await createWorld();
  let seen = 0;
  // The first `AddCertificate` tells the price.
  world.interfere((vendor, command) => {
    if (command !== 'AddCertificate' || (seen += 1) !== 2) return undefined;
    return { vendor, kind: 'lose-answer' };
  });
  let turned = false;
  world.onPassage = ({ to }) => {
    if (to !== 'order-unconfirmed' || turned) return;
    turned = true;
    void world.configure([{ name: 'shop', provider: 'inx' }]);
  };
  await world.configure([{ name: 'shop' }]);
  await world.runToRest();
  expect(turned).toBe(true);
  expect(await world.renewal('shop')).toMatchObject({ provider: 'cnr', state: 'served' });
  expect(paidOrders(world)).toBe(1);
  await assertWorld(world);
});

test('nothing ordered yet: begun anew at the provider that the inventory names now', async () => {
  const world = await createWorld({ spend: { cnr: { ordersPerDay: 0 } } });
  await world.configure([{ name: 'shop' }]);
  await world.run(async () => (await world.renewal('shop')).state === 'blocked');
  await world.configure([{ name: 'shop', provider: 'inx' }]);
  await world.runToRest();
  expect(await world.renewal('shop')).toMatchObject({ provider: 'inx', state: 'served' });
  expect((await world.store.renewalsOf('shop', 9)).map(({ state }) => state)).toEqual([
    'served',
    'superseded',
  ]);
  expect(paidOrders(world)).toBe(1);
  await assertWorld(world);
});

test('gone over between the intent and the call: not sent', async () => {
  const world = await createWorld();
  world.onPassage = ({ to }) => {
    if (to === 'ordering') void world.configure([{ name: 'shop', provider: 'inx' }]);
  };
  await world.configure([{ name: 'shop' }]);
  await world.runToRest();
  expect(await world.renewal('shop')).toMatchObject({ provider: 'inx', state: 'served' });
  expect(world.sandbox.vendors.get('rrpproxy')?.simulator.invoices()).toEqual([]);
  expect(paidOrders(world)).toBe(1);
  await assertWorld(world);
});

test('a provider that was given another name: nothing is bought, and it goes on once the old name is there', async () => {
  let name = 'cnr';
  const renamed = (configuration: Configuration): Configuration => ({
    ...configuration,
    providers: configuration.providers.map((one) => (one.name === 'cnr' ? { ...one, name } : one)),
    certificates: configuration.certificates.map((one) => ({ ...one, provider: name })),
  });
  const world = await createWorld({ issuanceDelayMs: hourMs, adjust: renamed });
  await world.configure([{ name: 'shop' }]);
  await world.run(async () => (await world.renewal('shop')).state === 'awaiting-issuance');
  name = 'reseller';
  await world.configure([{ name: 'shop' }]);
  const start = world.clock.now().getTime();
  await world.run(() => world.clock.now().getTime() > start + 2 * hourMs);
  expect(await world.renewal('shop')).toMatchObject({
    provider: 'cnr',
    state: 'awaiting-issuance',
    failure: { code: 'config-invalid', message: 'no provider "cnr" is configured' },
  });
  name = 'cnr';
  await world.configure([{ name: 'shop' }]);
  await world.runToRest();
  expect(await world.renewal('shop')).toMatchObject({ state: 'served' });
  expect(paidOrders(world)).toBe(1);
  await assertWorld(world);
});
