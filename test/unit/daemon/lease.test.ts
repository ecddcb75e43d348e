/** One daemon per store: two holders, a crashed one, a lost lease. */
import { expect, onTestFinished, test } from 'vitest';
import { leaseTtlMs, takeLease, type Liveness } from '../../../src/daemon/lease.ts';
import { isAlive, leaseHolder, livenessOf } from '../../../src/composition/holder.ts';
import type { Store } from '../../../src/contracts/store.ts';
import type { RenewdError } from '../../../src/core/errors.ts';
import { storeGone } from '../../../src/store/sqlite/failures.ts';
import { faultyStore } from '../../builders/faulty-store.ts';
import { aStore, recordingLogger } from '../../builders/stage.ts';
import { noon } from '../../builders/store-records.ts';
import { worldClock } from '../../builders/world-clock.ts';
import { hostname } from 'node:os';
import { spawnSync } from 'node:child_process';

async function settle(): Promise<void> {
  for (let turn = 0; turn < 20; turn++) await new Promise((resolve) => setImmediate(resolve));
}

async function setUp() {
  const store = await aStore();
  const clock = worldClock(noon);
  clock.byHand = true;
  const logger = recordingLogger();
  let lost = 0;
  let failure: RenewdError | undefined;
  const take = async (holder: string, liveness: Liveness = 'unknown', on: Store = store) => {
    const lease = await takeLease(
      on,
      holder,
      () => liveness,
      clock,
      logger,
      (why) => {
        lost += 1;
        failure = why;
      },
    );
    onTestFinished(() => lease.release());
    return lease;
  };
  const pass = async (ms: number) => {
    for (let left = ms; left > 0; left -= 1000) {
      clock.advance(Math.min(left, 1000));
      await settle();
    }
  };
  return {
    store,
    clock,
    logger,
    take,
    pass,
    lost: () => lost,
    failure: () => failure,
    holder: () => store.leaseHolder('daemon', clock.now()),
  };
}

test('a second daemon is refused while the first lives', async () => {
  const { take, pass } = await setUp();
  await take('a');
  await expect(take('b')).rejects.toMatchObject({
    code: 'store-locked',
    message: expect.stringContaining('(a)'),
  });
  await pass(5 * leaseTtlMs);
  await expect(take('b')).rejects.toMatchObject({ code: 'store-locked' });
});

test('it is prolonged before it runs out', async () => {
  const { take, pass, holder } = await setUp();
  await take('a');
  await pass(10 * leaseTtlMs);
  expect(await holder()).toBe('a');
});

test('given back, it is free at once', async () => {
  const { take, holder } = await setUp();
  const lease = await take('a');
  await lease.release();
  expect(await holder()).toBeUndefined();
  await take('b');
  expect(await holder()).toBe('b');
});

test('of a crashed daemon on this machine it is taken over at once', async () => {
  const { store, clock, take, holder } = await setUp();
  await store.acquireLease('daemon', 'dead', leaseTtlMs, clock.now());
  await take('b', 'gone');
  expect(await holder()).toBe('b');
});

test('of a crashed daemon elsewhere it runs out', async () => {
  const { store, clock, take, holder } = await setUp();
  await store.acquireLease('daemon', 'elsewhere', leaseTtlMs, clock.now());
  clock.advance(leaseTtlMs - 1);
  await expect(take('b')).rejects.toMatchObject({ code: 'store-locked' });
  clock.advance(1);
  await take('b');
  expect(await holder()).toBe('b');
});

test('of a daemon on this machine that was held up it does not run out', async () => {
  const { store, clock, take, holder } = await setUp();
  await store.acquireLease('daemon', 'stopped', leaseTtlMs, clock.now());
  clock.advance(100 * leaseTtlMs);
  await expect(take('b', 'alive')).rejects.toMatchObject({
    code: 'store-locked',
    message: 'another renewd (stopped) works with this store',
  });
  expect(await holder()).toBeUndefined();
  await take('b', 'gone');
  expect(await holder()).toBe('b');
});

test('two that take over at the same moment do not both win', async () => {
  const { store, clock, take } = await setUp();
  await store.acquireLease('daemon', 'dead', leaseTtlMs, clock.now());
  const results = await Promise.allSettled([take('b', 'gone'), take('c', 'gone')]);
  expect(results.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
});

test('a lease that somebody else took is told, once', async () => {
  const { store, clock, take, pass, lost, logger } = await setUp();
  await take('a');
  await store.releaseLease('daemon', 'a');
  await store.acquireLease('daemon', 'b', 100 * leaseTtlMs, clock.now());
  await pass(3 * leaseTtlMs);
  expect(lost()).toBe(1);
  expect(logger.lines).toMatchObject([{ level: 'error' }]);
});

test('a store whose file is gone ends the daemon, and says why', async () => {
  const { store, take, pass, lost, failure, logger } = await setUp();
  let gone = false;
  const acquireLease: Store['acquireLease'] = (...lease) =>
    gone
      ? Promise.reject(storeGone('/var/lib/renewd/renewd.db', 'removed or moved'))
      : store.acquireLease(...lease);
  await take('a', 'unknown', { ...store, acquireLease });
  gone = true;
  await pass(3 * leaseTtlMs);
  expect(lost()).toBe(1);
  expect(failure()).toMatchObject({ code: 'store-gone' });
  expect(logger.lines).toMatchObject([{ level: 'error', message: 'the store is gone; stopping' }]);
});

test('a store that fails for a moment does not end the daemon', async () => {
  const { store, take, pass, lost, logger, holder } = await setUp();
  await take(
    'a',
    'unknown',
    faultyStore(store, [
      { method: 'acquireLease', call: 2, fault: 'fail' },
      { method: 'acquireLease', call: 3, fault: 'fail' },
    ]),
  );
  await pass(2 * leaseTtlMs);
  expect(lost()).toBe(0);
  expect(logger.lines.map(({ level }) => level)).toEqual(['warn', 'warn']);
  expect(await holder()).toBe('a');
});

test('a holder is this process, and is known to be gone when it is', () => {
  const own = leaseHolder('daemon');
  expect(livenessOf(own)).toBe('alive');
  const [here = ''] = own.split(':');
  const { pid } = spawnSync('true');
  expect(isAlive(`${here}:${pid}:1:daemon`)).toBe(false);
  // The same id, begun at another moment: another process.
  expect(isAlive(`${here}:${process.pid}:1:daemon`)).toBe(false);
  // What cannot be told counts as alive.
  for (const unknown of [
    'elsewhere:1:1:daemon',
    'rubbish',
    '',
    `${here}:x:1:daemon`,
    `${here}:-1:1:daemon`,
    // A container of the same name, in which that number is another process or none.
    `${hostname()}/1:${process.pid}:1:daemon`,
    `${hostname()}/1:${pid}:1:daemon`,
  ])
    expect([livenessOf(unknown), isAlive(unknown)]).toEqual(['unknown', true]);
});
