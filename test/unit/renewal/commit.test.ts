/** What an outcome leaves behind: state, pause, attempts, ledger lines, and the certificate's record. */
import { describe, expect, test } from 'vitest';
import { hourMs } from '../../../src/core/durations.ts';
import { RenewdError } from '../../../src/core/errors.ts';
import type { Renewal } from '../../../src/core/renewal.ts';
import type { Store } from '../../../src/contracts/store.ts';
import { commitOutcome, emptyRecord } from '../../../src/renewal/commit.ts';
import {
  holdAfter,
  ledgerEntry,
  retryDelayMs,
  storedFailure,
  type StageOutcome,
} from '../../../src/renewal/outcome.ts';
import { aStore } from '../../builders/stage.ts';
import { aCertificate, after, aRenewal, noon } from '../../builders/store-records.ts';

const later = after(hourMs);
const failure = new RenewdError('provider-unavailable', 'no answer');

async function begin(fields: Partial<Renewal>): Promise<{ store: Store; renewal: Renewal }> {
  const store = await aStore();
  const renewal = aRenewal(fields);
  await store.createRenewal(renewal, {});
  return { store, renewal };
}

async function commit(fields: Partial<Renewal>, outcome: StageOutcome) {
  const { store, renewal } = await begin(fields);
  const stored = await commitOutcome(store, renewal, outcome, 0.7, later);
  return { store, stored, ledger: await store.ledger({ certificate: 'shop', limit: 100 }) };
}

describe('when it goes on', () => {
  test.each([
    { title: 'at once', outcome: { event: 'hold', text: 'x' }, nextAt: later },
    {
      title: 'later',
      outcome: { event: 'hold', text: 'x', nextAt: after(5 * hourMs) },
      nextAt: after(5 * hourMs),
    },
    {
      title: 'when a person acts',
      outcome: { event: 'needs-person', text: 'x', nextAt: null },
      nextAt: null,
    },
    { title: 'never', outcome: { event: 'gave-up', text: 'x', nextAt: later }, nextAt: null },
  ] satisfies readonly { title: string; outcome: StageOutcome; nextAt: Date | null }[])(
    '$title',
    async ({ outcome, nextAt }) => {
      const { stored, store } = await commit({ state: 'planned' }, outcome);
      expect(stored.nextAt).toEqual(nextAt);
      expect(await store.renewal('r1')).toEqual(stored);
      expect(stored).toMatchObject({ revision: 2, updatedAt: later });
    },
  );

  test('an event that cannot happen changes nothing', async () => {
    const { store, renewal } = await begin({ state: 'ordering' });
    await expect(commitOutcome(store, renewal, { event: 'hold', text: 'x' }, 0, later)).rejects.toMatchObject(
      { code: 'state-impossible' },
    );
    expect(await store.renewal('r1')).toEqual(renewal);
  });

  test('a row that somebody else changed is not overwritten', async () => {
    const { store, renewal } = await begin({ state: 'planned' });
    await store.updateRenewal('r1', 1, { attempts: 3 }, {}, noon);
    await expect(commitOutcome(store, renewal, { event: 'hold', text: 'x' }, 0, later)).rejects.toMatchObject(
      { code: 'store-conflict' },
    );
  });
});

describe('attempts', () => {
  test.each([
    {
      title: 'a pause in the same state counts',
      state: 'awaiting-dcv',
      outcome: { event: 'hold', text: 'x', nextAt: later },
      attempts: 5,
    },
    {
      title: 'going on in the same state does not',
      state: 'planned',
      outcome: { event: 'hold', text: 'x' },
      attempts: 0,
    },
    {
      title: 'progress resets',
      state: 'awaiting-dcv',
      outcome: { event: 'control-shown', text: 'x' },
      attempts: 0,
    },
    {
      title: 'progress with a pause resets',
      state: 'awaiting-dcv',
      outcome: { event: 'control-shown', text: 'x', nextAt: later },
      attempts: 0,
    },
    {
      title: 'being sent back without effect counts',
      state: 'ordering',
      outcome: { event: 'order-not-applied', text: 'x', nextAt: later },
      attempts: 5,
    },
    {
      title: 'about to be sent keeps the count, or an outage would be met every two seconds',
      state: 'planned',
      outcome: { event: 'order-intended', text: 'x' },
      attempts: 4,
    },
    {
      title: 'an undone deployment counts',
      state: 'deployed',
      outcome: { event: 'deployment-undone', text: 'x', nextAt: later },
      attempts: 5,
    },
    {
      title: 'being in place keeps the count',
      state: 'verified',
      outcome: { event: 'set-deployed', text: 'x' },
      attempts: 4,
    },
  ] as const)('$title', async ({ state, outcome, attempts }) => {
    expect((await commit({ state, attempts: 4 }, outcome)).stored.attempts).toBe(attempts);
  });

  test('pauses double from two seconds to ten minutes', () => {
    expect([1, 2, 3, 9, 10, 11, 500].map(retryDelayMs)).toEqual([
      2000, 4000, 8000, 512_000, 600_000, 600_000, 600_000,
    ]);
    expect(holdAfter(aRenewal({ attempts: 2 }), failure, noon)).toMatchObject({
      event: 'hold',
      text: 'no answer',
      nextAt: after(8000),
    });
    const hinted = new RenewdError('provider-rate-limited', 'x', { retryAfterMs: 60_000 });
    expect(holdAfter(aRenewal({ attempts: 2 }), hinted, noon).nextAt).toEqual(after(60_000));
    expect(holdAfter(aRenewal({ attempts: 20 }), hinted, noon).nextAt).toEqual(after(600_000));
  });
});

describe('the ledger', () => {
  test('a poll without news is no line; a change of state is one', async () => {
    expect(
      (await commit({ state: 'awaiting-dcv' }, { event: 'hold', text: 'x', nextAt: later })).ledger,
    ).toEqual([]);
    const { ledger } = await commit(
      { state: 'awaiting-dcv' },
      { event: 'control-shown', text: 'seen', detail: { n: 1 } },
    );
    expect(ledger).toMatchObject([
      {
        kind: 'transition',
        subject: 'awaiting-issuance',
        text: 'seen',
        at: later,
        detail: { from: 'awaiting-dcv', event: 'control-shown', n: 1 },
      },
    ]);
  });

  test('the same failure again is no line; another is', async () => {
    const hold: StageOutcome = { event: 'hold', text: 'x', nextAt: later, failure };
    const { stored, ledger } = await commit({ state: 'awaiting-dcv' }, hold);
    expect(ledger).toMatchObject([{ detail: { code: 'provider-unavailable', kind: 'unavailable' } }]);
    expect(stored.failure).toEqual(storedFailure(failure, later));
    const again = await commit({ state: 'awaiting-dcv', failure: storedFailure(failure, noon) }, hold);
    expect(again.ledger).toEqual([]);
    const other = await commit(
      { state: 'awaiting-dcv', failure: { ...storedFailure(failure, noon), message: 'else' } },
      hold,
    );
    expect(other.ledger).toHaveLength(1);
  });

  test('what a stage notes itself comes first, and costs nothing unless it says so', async () => {
    const noted = ledgerEntry(aRenewal(), noon, { kind: 'note', subject: 'dcv', text: 'published' });
    const { ledger } = await commit(
      { state: 'awaiting-dcv' },
      { event: 'control-shown', text: 'seen', effects: { ledger: [noted] } },
    );
    expect(ledger).toMatchObject([
      { text: 'published', paid: false },
      { text: 'seen', paid: false },
    ]);
  });

  test('what is over is no failure any more', async () => {
    const { stored } = await commit(
      { state: 'awaiting-dcv', failure: storedFailure(failure, noon) },
      { event: 'control-shown', text: 'x' },
    );
    expect(stored.failure).toBeNull();
  });

  test('messages are bounded', () => {
    expect(storedFailure(new RenewdError('internal', 'x'.repeat(5000)), noon).message).toHaveLength(1000);
  });
});

describe('waiting for a person', () => {
  const waitsFor = { text: 'call the CA', since: noon };
  const hold: StageOutcome = { event: 'hold', text: 'x', nextAt: later };
  const notes = (ledger: readonly { readonly kind: string }[]) =>
    ledger.filter(({ kind }) => kind === 'note');

  test('is noted once for each reason', async () => {
    const first = await commit({ state: 'awaiting-issuance' }, { ...hold, patch: { waitsFor } });
    expect(first.stored.waitsFor).toEqual(waitsFor);
    expect(notes(first.ledger)).toMatchObject([
      {
        subject: 'person',
        text: 'waits for a person since 2026-11-22T12:00:00.000Z: call the CA',
        paid: false,
      },
    ]);
    const again = await commit({ state: 'awaiting-issuance', waitsFor }, { ...hold, patch: { waitsFor } });
    expect(notes(again.ledger)).toEqual([]);
    const other = await commit(
      { state: 'awaiting-issuance', waitsFor: { ...waitsFor, text: 'send papers' } },
      { ...hold, patch: { waitsFor } },
    );
    expect(notes(other.ledger)).toHaveLength(1);
  });

  test.each<[Renewal['state'], StageOutcome['event'], boolean]>([
    ['awaiting-dcv', 'hold', true],
    ['verified', 'hold', true],
    ['awaiting-dcv', 'control-shown', true],
    ['awaiting-issuance', 'challenges-changed', true],
    ['awaiting-issuance', 'certificate-issued', false],
    ['awaiting-issuance', 'needs-person', false],
  ])('in %s, after "%s": goes on is %s', async (state, event, goesOn) => {
    const { stored, ledger } = await commit({ state, waitsFor }, { event, text: 'x', nextAt: later });
    expect(stored.waitsFor).toEqual(goesOn ? waitsFor : null);
    expect(notes(ledger)).toEqual([]);
  });
});

describe('the record of the certificate', () => {
  const known = aCertificate({
    provider: 'old',
    product: 'p',
    orderId: 'o-0',
    certificateId: 'c-0',
    paidUntil: later,
    jitter: 0.1,
    jitterFingerprint: 'f0',
    failures: 2,
    lastFailureAt: noon,
    servedMatches: false,
  });

  async function recordAfter(
    fields: Partial<Renewal>,
    outcome: StageOutcome,
    record: typeof known | null = known,
  ) {
    const { store, renewal } = await begin(fields);
    if (record !== null) await store.saveCertificates([record]);
    await commitOutcome(store, renewal, outcome, 0.7, later);
    return store.certificate('shop');
  }
  const ids = { orderId: 'o-1', certificateId: 'c-1', fingerprint256: 'f1' };

  test('failed: one more failure in a row', async () => {
    const record = await recordAfter({ state: 'awaiting-dcv', ...ids }, { event: 'gave-up', text: 'x' });
    expect(record).toEqual({ ...known, failures: 3, lastFailureAt: later });
  });

  const prolonged = {
    state: 'blocked',
    action: 'renew',
    provider: 'old',
    certificateId: 'c-0',
    leafPem: 'a leaf of somebody else',
    paidUntil: after(9 * hourMs),
  } satisfies Partial<Renewal>;

  test.each([
    { title: 'in the same order', fields: prolonged, paidUntil: after(9 * hourMs) },
    { title: 'never issued', fields: { ...prolonged, leafPem: null }, paidUntil: later },
    { title: 'another order', fields: { ...prolonged, certificateId: 'c-1' }, paidUntil: later },
    { title: 'another provider', fields: { ...prolonged, provider: 'cnr' }, paidUntil: later },
    { title: 'a reissue', fields: { ...prolonged, action: 'reissue' }, paidUntil: later },
    { title: 'an end before the known one', fields: { ...prolonged, paidUntil: noon }, paidUntil: later },
    { title: 'an unknown end', fields: { ...prolonged, paidUntil: null }, paidUntil: later },
  ] satisfies readonly { title: string; fields: Partial<Renewal>; paidUntil: Date }[])(
    'given up over the certificate of a paid renewal, $title: what is paid for counts where it is the same order',
    async ({ fields, paidUntil }) => {
      const record = await recordAfter(fields, { event: 'gave-up', text: 'x' });
      expect(record).toMatchObject({ paidUntil, certificateId: 'c-0', failures: 3 });
    },
  );

  test('verified: the order it belongs to is known', async () => {
    const record = await recordAfter(
      { state: 'issued', action: 'create', ...ids },
      { event: 'certificate-verified', text: 'x', patch: { paidUntil: after(9 * hourMs) } },
    );
    expect(record).toEqual({
      ...known,
      provider: 'cnr',
      product: 'ssl123dv',
      orderId: 'o-1',
      certificateId: 'c-1',
      paidUntil: after(9 * hourMs),
      orderReadAt: later,
    });
  });

  test('verified inside the same order: its end stays known where the provider does not repeat it', async () => {
    const verified: StageOutcome = { event: 'certificate-verified', text: 'x' };
    expect(await recordAfter({ state: 'issued', action: 'reissue', ...ids }, verified)).toMatchObject({
      paidUntil: later,
    });
    // A new order does not end when the old one did.
    expect(await recordAfter({ state: 'issued', action: 'create', ...ids }, verified)).toMatchObject({
      paidUntil: null,
    });
    expect(await recordAfter({ state: 'issued', action: 'renew', ...ids }, verified)).toMatchObject({
      paidUntil: null,
    });
  });

  test('a deployment only says nothing about orders', async () => {
    const record = await recordAfter(
      { state: 'planned', action: 'deploy', ...ids },
      { event: 'certificate-verified', text: 'x' },
    );
    expect(record).toEqual(known);
  });

  test('served: failures are over, jitter is drawn anew for a new leaf', async () => {
    const record = await recordAfter({ state: 'deployed', ...ids }, { event: 'served-seen', text: 'x' });
    expect(record).toEqual({
      ...known,
      failures: 0,
      lastFailureAt: null,
      servedMatches: true,
      servedCheckedAt: later,
      jitter: 0.7,
      jitterFingerprint: 'f1',
    });
  });

  test('served again: the same leaf keeps its jitter', async () => {
    const record = await recordAfter(
      { state: 'deployed', ...ids, fingerprint256: 'f0' },
      { event: 'served-seen', text: 'x' },
    );
    expect(record).toMatchObject({ jitter: 0.1, jitterFingerprint: 'f0' });
  });

  test('without a record one is made', async () => {
    const record = await recordAfter({ state: 'awaiting-dcv' }, { event: 'gave-up', text: 'x' }, null);
    expect(record).toEqual({ ...emptyRecord('shop', 0.7), failures: 1, lastFailureAt: later });
  });

  test('verified, and its deployment put off: it was known already', async () => {
    const hold: StageOutcome = { event: 'hold', text: 'x', nextAt: later };
    expect(await recordAfter({ state: 'verified', action: 'create', ...ids }, hold)).toEqual(known);
  });

  test('nothing in between touches it', async () => {
    expect(
      await recordAfter({ state: 'awaiting-dcv', ...ids }, { event: 'control-shown', text: 'x' }),
    ).toEqual(known);
  });

  test('state, ledger and record are one transaction', async () => {
    const { store, renewal } = await begin({ state: 'deployed', ...ids });
    await store.updateRenewal('r1', 1, { attempts: 1 }, {}, noon);
    await expect(
      commitOutcome(store, renewal, { event: 'served-seen', text: 'x' }, 0, later),
    ).rejects.toMatchObject({ code: 'store-conflict' });
    expect(await store.certificate('shop')).toBeUndefined();
    expect(await store.ledger({ certificate: 'shop', limit: 10 })).toEqual([]);
  });
});
