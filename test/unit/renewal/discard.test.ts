/** Replaced certificates are deleted once their successor is served: exactly those, once, and remembered. */
import { describe, expect, test } from 'vitest';
import type { OrderHandle } from '../../../src/contracts/order.ts';
import type { Provider } from '../../../src/contracts/provider.ts';
import { RenewdError } from '../../../src/core/errors.ts';
import { minuteMs } from '../../../src/core/durations.ts';
import type { Renewal } from '../../../src/core/renewal.ts';
import { createDiscarder } from '../../../src/renewal/drive/discard.ts';
import { createDriverState } from '../../../src/renewal/drive/state.ts';
import { newEntry } from '../../../src/renewal/watchlist.ts';
import { handClock } from '../../builders/clocks.ts';
import { aManagedCertificate, someCapabilities } from '../../builders/managed.ts';
import { aProvider, aStore, recordingLogger } from '../../builders/stage.ts';
import { aRenewal, noon } from '../../builders/store-records.ts';
import { aRecord } from '../plan/facts.ts';

const served: Partial<Renewal> = {
  state: 'served',
  action: 'reissue',
  orderId: 'CZ1',
  certificateId: 'CZ1-002',
  previousOrderId: 'CZ1',
  previousCertificateId: 'CZ1-001',
  discard: 'due',
};

async function setUp(discard?: NonNullable<Provider['discard']>, fields: Partial<Renewal> = {}) {
  const store = await aStore();
  await store.createRenewal(aRenewal({ ...served, ...fields }), {});
  const clock = handClock(noon);
  const state = createDriverState();
  const logger = recordingLogger();
  const provider = aProvider(discard === undefined ? {} : { discard });
  const handle = { provider, capabilities: someCapabilities(), spend: {}, lostAnswerGraceMs: 0 };
  const providers = { handle: () => Promise.resolve(handle), capabilities: () => handle.capabilities };
  const run = createDiscarder(state, { store, clock, logger, providers });
  const pass = async (): Promise<void> => {
    await run();
    await state.lanes.idle();
  };
  return { store, clock, state, logger, pass };
}

function recorder(outcome: () => Promise<void> = () => Promise.resolve()) {
  const calls: [OrderHandle, OrderHandle][] = [];
  const discard: NonNullable<Provider['discard']> = (superseded, successor) => {
    calls.push([superseded, successor]);
    return outcome();
  };
  return { calls, discard };
}

describe('discard', () => {
  test('deletes exactly what was replaced, once, and writes it down before and after', async () => {
    const { calls, discard } = recorder();
    const { store, pass } = await setUp(discard);
    await pass();
    await pass();
    expect(calls).toEqual([
      [
        { orderId: 'CZ1', certificateId: 'CZ1-001' },
        { orderId: 'CZ1', certificateId: 'CZ1-002' },
      ],
    ]);
    expect(await store.renewal('r1')).toMatchObject({ state: 'served', discard: 'done' });
    expect(await store.ledger({ limit: 9 })).toMatchObject([
      { kind: 'intent', subject: 'discard', text: expect.stringContaining('CZ1-001') },
      { kind: 'outcome', subject: 'discard' },
    ]);
  });

  test('a failure is tried again later, not at once', async () => {
    let failures = 1;
    const { calls, discard } = recorder(() => {
      failures -= 1;
      return failures >= 0
        ? Promise.reject(new RenewdError('provider-unavailable', 'down'))
        : Promise.resolve();
    });
    const { store, clock, logger, pass } = await setUp(discard);
    await pass();
    await pass();
    expect(calls).toHaveLength(1);
    expect(await store.renewal('r1')).toMatchObject({ discard: 'due' });
    expect(JSON.stringify(logger.lines)).toContain('provider-unavailable');
    clock.advance(30 * minuteMs);
    await pass();
    expect(calls).toHaveLength(2);
    expect(await store.renewal('r1')).toMatchObject({ discard: 'done' });
  });

  test('nothing while an endpoint serves something else', async () => {
    const { calls, discard } = recorder();
    const { state, pass } = await setUp(discard);
    const entry = { ...newEntry(aManagedCertificate()), record: aRecord({ servedMatches: false }) };
    state.entries.set('shop', entry);
    await pass();
    expect(calls).toEqual([]);
    entry.record = aRecord({ servedMatches: true });
    await pass();
    expect(calls).toHaveLength(1);
  });

  test.each<[string, Partial<Renewal>]>([
    ['kept', { discard: null }],
    ['done', { discard: 'done' }],
    ['without a predecessor', { previousCertificateId: null, previousOrderId: null }],
  ])('nothing for one that is %s', async (_, fields) => {
    const { calls, discard } = recorder();
    const { pass } = await setUp(discard, fields);
    await pass();
    expect(calls).toEqual([]);
  });

  test('a provider that cannot is left alone', async () => {
    const { store, pass } = await setUp();
    await pass();
    expect(await store.ledger({ limit: 9 })).toEqual([]);
  });
});
