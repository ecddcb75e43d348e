/** Several certificates at one place: vendors use one path for the proof files of all orders. And what is held stays held. */
import { expect, test } from 'vitest';
import { assertWorld } from '../builders/assert-world.ts';
import { createWorld } from '../builders/world.ts';

test.each(['cnr', 'inx'] as const)('%s: orders that share a web root take turns', async (provider) => {
  const world = await createWorld();
  const dcv = { method: 'file', publisher: 'web' } as const;
  await world.configure(['shop', 'blog', 'mail'].map((name) => ({ name, provider, dcv })));
  await world.runToRest();
  for (const name of ['shop', 'blog', 'mail']) {
    expect(await world.renewal(name)).toMatchObject({ action: 'create', state: 'served' });
  }
  await assertWorld(world);
});

test('a planned renewal that is held asks for no waking', async () => {
  const world = await createWorld();
  const held = { name: 'shop', hold: true, provider: 'cnr' } as const;
  await world.configure([{ ...held, hold: false }]);
  // The price is asked for first, and that fails: the renewal stays planned and would be tried again.
  world.sandbox.faults.add({
    vendor: 'rrpproxy',
    command: 'AddCertificate',
    kind: 'code',
    code: '421',
    times: 3,
  });
  await world.driver.pass();
  await world.driver.idle();
  await world.configure([held]);
  await world.driver.pass();
  await world.driver.idle();
  expect(await world.store.openRenewals()).toMatchObject([{ state: 'planned' }]);
  expect(world.driver.nextWake()).toBeUndefined();
});

test('a reissue that was asked for does not become a purchase', async () => {
  const world = await createWorld();
  await world.seed({ name: 'shop', provider: 'cnr', daysLeft: 100, paidDays: -1 });
  await world.store.addRequest({
    id: 'asked',
    at: world.clock.now(),
    certificate: 'shop',
    kind: 'renew',
    options: { action: 'reissue' },
    by: 'operator',
  });
  await world.configure([{ name: 'shop', provider: 'cnr' }]);
  await world.runToRest();
  expect(await world.store.renewalsOf('shop', 5)).toEqual([]);
  expect(await world.store.pendingRequests()).toEqual([]);
  const notes = await world.store.ledger({ certificate: 'shop', limit: 10 });
  expect(notes.map(({ subject }) => subject)).toContain('refused');
});
