/** Orders that wait for somebody outside: who is asked is settled first, and nobody is asked twice by us. */
import { describe, expect, test } from 'vitest';
import { hourMs } from '../../src/core/durations.ts';
import { assertWorld, paidOrders } from '../builders/assert-world.ts';
import type { ProviderName } from '../builders/inventory.ts';
import { createWorld } from '../builders/world.ts';
import type { World } from '../builders/world/contract.ts';

const providers: readonly ProviderName[] = ['cnr', 'inx', 'hx', 'epp'];

async function stateOf(world: World): Promise<string> {
  return (await world.renewal('shop')).state;
}

function approveAll(world: World): void {
  for (const { id, status } of world.sandbox.ca.orders())
    if (status === 'pending') world.sandbox.ca.approveByEmail(id);
}

/** Requests that make the reseller send mail. */
function resent(world: World): number {
  return world.sandbox.history
    .entries()
    .filter(({ command }) =>
      /ResendNotification|ResendSSLCertEmail|resendApproverEmail|_retry/i.test(command),
    ).length;
}

describe.each(providers)('e-mail validation at %s', (provider) => {
  test('without an address nothing is ordered, and the addresses on offer are named', async () => {
    const world = await createWorld();
    await world.configure([{ name: 'shop', provider, dcv: { method: 'email' } }]);
    await world.run(async () => (await stateOf(world)) === 'blocked');
    const { failure, orderedAt } = await world.renewal('shop');
    expect(failure).toMatchObject({ code: 'approver-unknown' });
    const offered = /choose one of ([^ ,]+@[^ ,]+)/.exec(failure?.message ?? '')?.[1] ?? '';
    expect(offered).toMatch(/@.*example\.test$/);
    expect(orderedAt).toBeNull();
    expect(paidOrders(world)).toBe(0);

    // The operator chooses; the renewal goes on by itself.
    await world.configure([{ name: 'shop', provider, dcv: { method: 'email', approver: offered } }]);
    await world.run(async () => (await world.renewal('shop')).waitsFor !== null, { passEveryMs: hourMs });
    const waiting = await world.renewal('shop');
    expect(waiting.waitsFor?.text).toContain(offered);
    expect(waiting.waitsFor?.since.getTime()).toBeLessThanOrEqual(world.clock.now().getTime());
    expect(world.lines.filter((line) => line.includes('the order waits for a person'))).toHaveLength(1);

    // Days go by, and the same wait goes on: no second mail, no second order.
    const until = world.clock.now().getTime() + 72 * hourMs;
    await world.run(() => world.clock.now().getTime() > until, { steps: 2000, passEveryMs: hourMs });
    const later = await world.renewal('shop');
    expect(later.state).toBe('awaiting-issuance');
    expect(later.waitsFor?.since).toEqual(waiting.waitsFor?.since);
    expect(resent(world)).toBe(0);
    expect(paidOrders(world)).toBe(1);

    approveAll(world);
    await world.runToRest({ passEveryMs: hourMs });
    expect(await world.renewal('shop')).toMatchObject({ state: 'served', waitsFor: null });
    const notes = (await world.store.ledger({ certificate: 'shop', limit: 100 })).filter(
      ({ subject }) => subject === 'person',
    );
    expect(notes).toHaveLength(1);
    await assertWorld(world);
  });

  test('an address that is not on offer is refused before anything is paid', async () => {
    const world = await createWorld();
    const dcv = { method: 'email', approver: 'someone@elsewhere.test' } as const;
    await world.configure([{ name: 'shop', provider, dcv }]);
    await world.run(async () => (await stateOf(world)) === 'blocked');
    expect((await world.renewal('shop')).failure?.message).toMatch(/someone@elsewhere\.test is not among/);
    expect(paidOrders(world)).toBe(0);
  });
});
