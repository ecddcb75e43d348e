import { describe, expect, test } from 'vitest';
import { effectOf } from '../../../src/contracts/capabilities.ts';
import type { OrderAction } from '../../../src/contracts/order.ts';
import { dayMs } from '../../../src/core/durations.ts';
import { generateKey } from '../../../src/pki/keys.ts';
import type { Fault } from '../../../src/sandbox/contract.ts';
import type { Subject } from '../provider.ts';
import { expectIssued, never, type Placed, type Wanted, type World } from './world.ts';

type Lost = Omit<Fault, 'vendor' | 'command' | 'times'>;

const allActions: readonly OrderAction[] = ['create', 'reissue', 'renew'];

export function lostAnswerTests(subject: Subject): void {
  const { vendor } = subject;
  const tryAgain = vendor.codes.tryAgain;
  const actions = allActions.filter((action) => effectOf(vendor.manifest.capabilities, action) !== undefined);
  const applied: readonly Lost[] = [
    { kind: 'lose-answer' },
    { kind: 'truncate' },
    { kind: 'oversize', bytes: 4 * 1024 * 1024 },
    { kind: 'code-after', code: tryAgain },
  ];
  const notApplied: readonly Lost[] = [
    { kind: 'drop-before' },
    { kind: 'html', status: 502 },
    { kind: 'html', status: 200 },
    { kind: 'code', code: tryAgain },
  ];

  describe.each(actions)('%s', (action) => {
    test.each(applied)('carried out, then $kind $code: the one order is found', async (fault) => {
      const world = await subject.world();
      const { lost, charges, since } = await lose(world, action, fault);
      const price = action === 'reissue' ? 0 : 1;
      expect(world.simulator.invoices()).toHaveLength(charges + price);
      expect(
        world.history(vendor.commands[action]).filter((entry) => entry.fault !== undefined),
      ).toHaveLength(1);

      const found = await world.find(lost, since);
      expect(found.matches).toHaveLength(1);
      const [match] = found.matches;
      if (match === undefined) throw new Error('unreachable');
      expect(match).toMatchObject({ status: 'pending', spkiSha256: lost.spkiSha256 });
      const read = await world.provider.read(match.handle, never);
      const issued = await world.finish({ reading: read });
      expectIssued(world.sandbox, lost, issued);

      // The same order when it is looked for again, now that it is done.
      const again = await world.find(lost, since);
      expect(again.matches).toHaveLength(1);
      expect(again.matches[0]).toMatchObject({ status: 'issued', leafPem: issued.leafPem });
      expect(again.complete).toBe(true);
      expect(world.simulator.invoices()).toHaveLength(charges + price);
      expect(world.history(vendor.commands[action]).filter((entry) => entry.applied)).toHaveLength(
        vendor.commands[action] === vendor.commands.create ? 2 : 1,
      );
    });

    test.each(notApplied)('never carried out ($kind $status $code): absence is proved', async (fault) => {
      const world = await subject.world();
      const { lost, charges, since } = await lose(world, action, fault);
      expect(world.simulator.invoices()).toHaveLength(charges);
      expect(await world.find(lost, since)).toEqual({ matches: [], complete: true });
    });
  });

  test('an order with a kept key is told from the earlier certificate', async () => {
    const world = await subject.world();
    const key = await generateKey('ecdsa-p256');
    const first = await world.buy({ key });
    world.clock.advance(30 * dayMs);
    const wanted: Wanted = { action: 'reissue', previous: first.issued.handle, key };
    const since = world.clock.now();
    const never1 = await loseOne(world, wanted, { kind: 'drop-before' });
    expect(await world.find(never1, since)).toEqual({ matches: [], complete: true });
    const lost = await loseOne(world, wanted, { kind: 'lose-answer' });
    const found = await world.find(lost, since);
    expect(found.matches).toHaveLength(1);
    const issued = await world.finish({ reading: found.matches[0] ?? first.issued });
    expectIssued(world.sandbox, lost, issued);
    expect(issued.leafPem).not.toBe(first.issued.leafPem);
    expect((await world.find(lost, since)).matches).toHaveLength(1);
  });

  test('a list that cannot be read to its end proves nothing', async () => {
    const world = await subject.world();
    const { lost, since } = await lose(world, 'create', { kind: 'drop-before' });
    const broken: Lost =
      vendor.epp === true ? { kind: 'code', code: tryAgain } : { kind: 'html', status: 503 };
    world.fault({ command: vendor.commands.list, ...broken, times: 50 });
    await world.failure(world.find(lost, since), 'unavailable');
    world.sandbox.faults.clear();
    expect(await world.find(lost, since)).toEqual({ matches: [], complete: true });
  });

  test('an answer that is lost on the way to nobody: no connection is no order', async () => {
    const world = await subject.world();
    const { request } = await world.request();
    await world.tap.close();
    const tries = world.observations.length;
    await world.failure(world.provider.submit(request, never), 'unavailable');
    // When to try again is not for the client to decide.
    expect(world.observations.length - tries).toBe(1);
    expect(world.simulator.invoices()).toEqual([]);
  });

  test('a refusal after a lost order finds the lost one, not the refused one', async () => {
    const world = await subject.world();
    const { lost, since } = await lose(world, 'create', { kind: 'lose-answer' });
    world.fault({ command: vendor.commands.create, kind: 'code', code: vendor.codes.rejected });
    const refused = await world.request();
    await world.failure(world.provider.submit(refused.request, never), 'rejected');
    expect((await world.find(refused, since)).matches).toEqual([]);
    expect((await world.find(lost, since)).matches).toHaveLength(1);
  });

  /** Beside an order of somebody else's key for the same names, which must never be taken for ours. */
  async function lose(
    world: World,
    action: OrderAction,
    fault: Lost,
  ): Promise<{ lost: Omit<Placed, 'reading'>; charges: number; since: Date }> {
    const first = await world.buy();
    const days = action === 'renew' ? Math.max(vendor.daysUntilRenewal, 30) : 30;
    world.clock.advance(days * dayMs);
    const charges = world.simulator.invoices().length;
    const since = world.clock.now();
    const wanted: Wanted = action === 'create' ? {} : { action, previous: first.issued.handle };
    return { lost: await loseOne(world, wanted, fault), charges, since };
  }

  async function loseOne(world: World, wanted: Wanted, fault: Lost): Promise<Omit<Placed, 'reading'>> {
    const action = wanted.action ?? 'create';
    const lost = await world.request(wanted);
    world.fault({ command: vendor.commands[action], ...fault });
    const sent = world.history(vendor.commands[action]).length;
    await world.failure(world.provider.submit(lost.request, never), 'outcome-unknown');
    // Never sent again by itself.
    expect(world.history(vendor.commands[action])).toHaveLength(sent + 1);
    expect(world.sandbox.faults.pending()).toEqual([]);
    return lost;
  }
}
