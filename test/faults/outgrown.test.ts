/**
 * Another key type while a limit holds the order up: any call between that change and the order's answer fails, is applied
 * but unanswered, or is the last of its process. One order is sent, with a key of the type that is wanted now.
 */
import { expect, test } from 'vitest';
import { hourMs } from '../../src/core/durations.ts';
import { csrKeyType } from '../../src/pki/csr-key-type.ts';
import { assertWorld, paidOrders } from '../builders/assert-world.ts';
import { createWorld } from '../builders/world.ts';
import type { World } from '../builders/world/contract.ts';
import { injuries, type Injection, type PointCall } from '../builders/write-points.ts';
import { flow, type Flow } from './flows.ts';
import { allOf, storyOf } from './run.ts';

const rsa = { type: 'rsa-2048' } as const;
const plain = flow('cnr', 'create', 'dns');
// Its evidence goes out before the order, for the key that was there then.
const proved: Flow = { ...plain, wanted: { ...plain.wanted, order: { immediate: true } } };
/** What the change itself goes through; the rest is in the matrix of all flows. */
const ofInterest = /^(keys|cnr|store updateRenewal|store saveChallenges)\b/;

/** Returns how many calls there were before the change. */
async function change(world: World, { wanted }: Flow): Promise<number> {
  await world.configure([wanted]);
  await world.run(async () => (await world.store.renewalsOf('shop', 1))[0]?.state === 'blocked');
  expect(world.life.dead).toBe(false);
  const before = world.life.calls.length;
  await world.configure([{ ...wanted, key: rsa }], { cnr: { ordersPerDay: 5 } });
  return before;
}

async function finish(world: World): Promise<void> {
  await world.runToRest({ passEveryMs: hourMs });
  if (world.life.dead) {
    await world.restart();
    await world.runToRest({ passEveryMs: hourMs });
  }
  const renewals = await world.store.renewalsOf('shop', 100);
  expect(renewals[0]?.state, storyOf(renewals)).toBe('served');
  expect(world.sandbox.ca.orders().map(({ request }) => csrKeyType(request.csrPem))).toEqual(['rsa-2048']);
  expect(paidOrders(world)).toBe(1);
  await assertWorld(world);
}

async function record(one: Flow): Promise<readonly PointCall[]> {
  const world = await createWorld({ spend: { cnr: { ordersPerDay: 0 } } });
  try {
    const before = await change(world, one);
    await finish(world);
    const calls = world.life.calls.slice(before);
    const sent = calls.findIndex(({ point }) => point === 'cnr submit');
    expect(sent).toBeGreaterThan(3);
    return calls.slice(0, sent + 2);
  } finally {
    await world.close();
  }
}

async function runInjured(one: Flow, injection: Injection): Promise<void> {
  const world = await createWorld({ spend: { cnr: { ordersPerDay: 0 } }, injection });
  try {
    await change(world, one);
    await finish(world);
  } finally {
    await world.close();
  }
}

test('one order, with the key that is wanted now', { timeout: 600_000 }, async ({ annotate }) => {
  const calls = (await record(proved)).filter(({ point }) => ofInterest.test(point));
  const cells = calls.flatMap(({ point, call }) => injuries.map((injury) => ({ point, call, injury })));
  const troubles = await allOf(cells, (cell) =>
    runInjured(proved, cell).then(
      () => '',
      (thrown: unknown) => `${cell.point} ${cell.call} ${cell.injury}: ${String(thrown)}`,
    ),
  );
  await annotate(`${cells.length} faults`);
  expect(troubles.filter((trouble) => trouble !== '').join('\n\n')).toBe('');
});
