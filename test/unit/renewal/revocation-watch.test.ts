/** Who is asked about revocation when, what is remembered of it, and that it holds up nothing. */
import { describe, expect, test } from 'vitest';
import type { RevocationAnswer, RevocationQuestion } from '../../../src/contracts/revocation.ts';
import type { Store } from '../../../src/contracts/store.ts';
import { dayMs, hourMs } from '../../../src/core/durations.ts';
import { createRevocationWatch } from '../../../src/renewal/drive/revocation-watch.ts';
import { createDriverState } from '../../../src/renewal/drive/state.ts';
import { newEntry } from '../../../src/renewal/watchlist.ts';
import { handClock } from '../../builders/clocks.ts';
import { aManagedCertificate } from '../../builders/managed.ts';
import { aStore, recordingLogger, refusing } from '../../builders/stage.ts';
import { noon } from '../../builders/store-records.ts';
import { days, ok } from '../plan/facts.ts';
import type { Files } from '../../../src/contracts/platform.ts';

const good: RevocationAnswer = {
  status: 'good',
  reason: null,
  revokedAt: null,
  source: 'http://crl.example/',
  detail: 'the list',
  offered: true,
};

async function setUp({
  count = 1,
  check = true,
  everyMs = dayMs,
  store,
}: { count?: number; check?: boolean; everyMs?: number; store?: Store } = {}) {
  const real = store ?? (await aStore());
  const clock = handClock(noon);
  const state = createDriverState();
  const logger = recordingLogger();
  const asked: RevocationQuestion[] = [];
  const answer = { now: good };
  for (let n = 0; n < count; n += 1) {
    const managed = aManagedCertificate({ name: `c${n}`, crt: `/tls/c${n}/fullchain.pem` });
    const entry = {
      ...newEntry(managed),
      observation: { look: ok({ fingerprint256: `f${n}`, notAfter: days(20) }) },
      dirty: false,
    };
    state.entries.set(managed.name, entry);
  }
  const watch = createRevocationWatch(state, {
    store: real,
    clock,
    random: { fraction: () => 0.5, bytes: (size) => new Uint8Array(size) },
    files: refusing<Files>('files', {
      read: (path) => (path.endsWith('fullchain.pem') ? Buffer.from(path) : undefined),
    }),
    logger,
    revocation: {
      reader: {
        look(question) {
          asked.push(question);
          return Promise.resolve(answer.now);
        },
      },
      settings: () => ({ check, everyMs }),
    },
  });
  const pass = async (): Promise<void> => {
    for (const entry of state.entries.values()) watch.consider(entry, clock.now());
    watch.begin();
    await state.lanes.idle();
  };
  return { store: real, clock, state, logger, asked, answer, pass };
}

describe('the watch over revocation', () => {
  test('asks with the files beside the certificate, and stores the word', async () => {
    const { pass, asked, store, state } = await setUp();
    await pass();
    expect(asked).toEqual([{ fingerprint256: 'f0', pems: [Buffer.from('/tls/c0/fullchain.pem')] }]);
    const stored = await store.revocations();
    // An eighth of the interval earlier: half of the quarter that spreads them.
    expect(stored).toMatchObject([
      {
        fingerprint256: 'f0',
        certificate: 'c0',
        status: 'good',
        checkedAt: noon,
        answeredAt: noon,
        nextAt: new Date(noon.getTime() + 21 * hourMs),
      },
    ]);
    expect(state.entries.get('c0')?.revocation).toEqual(stored[0]);
    expect(state.entries.get('c0')?.dirty).toBe(false);
  });

  test('not again before its time, and again then', async () => {
    const { pass, asked, clock } = await setUp();
    await pass();
    clock.advance(21 * hourMs - 1);
    await pass();
    expect(asked).toHaveLength(1);
    clock.advance(1);
    await pass();
    expect(asked).toHaveLength(2);
  });

  test('a clock that was set back asks again', async () => {
    const { pass, asked, clock } = await setUp();
    await pass();
    clock.advance(-2 * hourMs);
    await pass();
    expect(asked).toHaveLength(2);
  });

  test('nobody is asked when it is switched off, or the certificate has ended', async () => {
    const off = await setUp({ check: false });
    await off.pass();
    expect(off.asked).toEqual([]);
    const ended = await setUp();
    ended.clock.advance(20 * dayMs);
    await ended.pass();
    expect(ended.asked).toEqual([]);
  });

  test('a revocation makes it be decided anew, and stands in the history', async () => {
    const { pass, state, answer, store, logger } = await setUp();
    answer.now = { ...good, status: 'revoked', reason: 'keyCompromise', revokedAt: noon };
    await pass();
    expect(state.entries.get('c0')).toMatchObject({ dirty: true, revocation: { status: 'revoked' } });
    expect(await store.ledger({ limit: 9 })).toMatchObject([
      { certificate: 'c0', subject: 'revocation', text: 'revoked (keyCompromise): the list' },
    ]);
    expect(logger.lines.filter(({ level }) => level === 'error')).toHaveLength(1);
  });

  test('silence does not take a revocation back; a word does', async () => {
    const { pass, answer, store, clock } = await setUp();
    answer.now = { ...good, status: 'revoked', reason: 'certificateHold', revokedAt: noon };
    await pass();
    clock.advance(dayMs);
    answer.now = { ...good, status: 'unknown', source: null, detail: 'down' };
    await pass();
    expect(await store.revocations()).toMatchObject([{ status: 'revoked', reason: 'certificateHold' }]);
    clock.advance(hourMs);
    answer.now = good;
    await pass();
    expect(await store.revocations()).toMatchObject([{ status: 'good' }]);
    expect((await store.ledger({ limit: 9 })).map(({ text }) => text)).toEqual([
      'revoked (certificateHold): the list',
      'good: the list',
    ]);
  });

  test('a failure is tried again after an hour, warned of once, and keeps when it was last known', async () => {
    const { pass, answer, store, clock, logger, asked } = await setUp();
    await pass();
    answer.now = { ...good, status: 'unknown', source: null, detail: 'down' };
    clock.advance(dayMs);
    await pass();
    clock.advance(hourMs - 1);
    await pass();
    expect(asked).toHaveLength(2);
    clock.advance(1);
    await pass();
    expect(asked).toHaveLength(3);
    expect(await store.revocations()).toMatchObject([
      { status: 'unknown', answeredAt: noon, detail: 'down' },
    ]);
    expect(logger.lines.filter(({ level }) => level === 'warn')).toHaveLength(1);
  });

  test('nobody to ask is no failure: not warned of, and looked at again a day later', async () => {
    const { pass, answer, logger, clock, asked } = await setUp();
    answer.now = { ...good, status: 'unknown', source: null, offered: false };
    await pass();
    clock.advance(20 * hourMs);
    await pass();
    expect(asked).toHaveLength(1);
    expect(logger.lines.filter(({ level }) => level !== 'debug')).toEqual([]);
  });

  test('thousands are asked about sixteen at a time, stored in few transactions, and others get their turn', async () => {
    const store = await aStore();
    let writes = 0;
    const counting: Store = Object.assign(Object.create(store), {
      saveRevocations: (...given: Parameters<Store['saveRevocations']>) => {
        writes += 1;
        return store.saveRevocations(...given);
      },
    });
    const { pass, asked } = await setUp({ count: 3000, store: counting });
    let turns = 0;
    let running = true;
    const turn = (): void => {
      turns += 1;
      if (running) setImmediate(turn);
    };
    setImmediate(turn);
    await pass();
    running = false;
    expect(asked).toHaveLength(3000);
    expect(writes).toBeLessThan(60);
    expect(turns).toBeGreaterThan(50);
  });

  test('what cannot be stored is asked about again', async () => {
    const store = await aStore();
    let full = true;
    const failing: Store = Object.assign(Object.create(store), {
      saveRevocations: (...given: Parameters<Store['saveRevocations']>) =>
        full ? Promise.reject(new Error('disk full')) : store.saveRevocations(...given),
    });
    const { pass, asked, state } = await setUp({ store: failing });
    await pass();
    expect(state.revocations.size).toBe(0);
    full = false;
    await pass();
    expect(asked).toHaveLength(2);
    expect(await store.revocations()).toHaveLength(1);
  });
});
