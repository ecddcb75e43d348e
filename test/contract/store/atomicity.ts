import { expect, test } from 'vitest';
import type { Effects, Store } from '../../../src/contracts/store.ts';
import {
  aCertificate,
  aChallenge,
  aLedgerEntry,
  aRenewal,
  aRequest,
  after,
} from '../../builders/store-records.ts';
import { aReceiptContent } from '../../builders/receipts.ts';
import type { StoreUnderTest } from '../store.ts';

/** Everything, so that a trace of a refused change would show. */
async function contents(store: Store): Promise<unknown> {
  return {
    certificates: await store.certificates(),
    renewals: await store.renewalsOf('shop', 10),
    challenges: await store.challenges('r1'),
    ledger: await store.ledger({ limit: 10 }),
    receipts: await store.receipts({ limit: 10 }),
    requests: await store.pendingRequests(),
  };
}

/** Written before what fails, in whatever order the engine writes. */
const goodEffects: Effects = {
  ledger: [aLedgerEntry({ text: 'good' })],
  challenges: [aChallenge({ index: 0, state: 'published' })],
  certificate: aCertificate({ orderId: '17' }),
  doneRequests: ['q1'],
  receipt: aReceiptContent(),
};

/** One bad part each; a challenge of no renewal, a value out of range, evidence that is no JSON, an invalid moment. */
const failingEffects: readonly (readonly [string, Effects])[] = [
  [
    'a challenge of an unknown renewal',
    { ...goodEffects, challenges: [aChallenge({ renewalId: 'unknown' })] },
  ],
  [
    'a challenge that is too large',
    {
      ...goodEffects,
      challenges: [
        aChallenge(),
        aChallenge({
          index: 1,
          challenge: { kind: 'file', identifier: 'x', host: 'x', path: '/x', content: 'x'.repeat(300_000) },
        }),
      ],
    },
  ],
  ['a certificate out of range', { ...goodEffects, certificate: aCertificate({ jitter: 1 }) }],
  [
    'a ledger entry that is no JSON',
    { ...goodEffects, ledger: [aLedgerEntry(), aLedgerEntry({ detail: { big: 1n } })] },
  ],
  [
    'a receipt that is no JSON',
    { ...goodEffects, receipt: aReceiptContent({ ledger: { entries: Number.NaN, through: 0, sha256: '' } }) },
  ],
  [
    'a ledger entry without a moment',
    { ...goodEffects, ledger: [aLedgerEntry(), aLedgerEntry({ at: new Date(Number.NaN) })] },
  ],
];

export function atomicityTests(subject: StoreUnderTest): void {
  test.each(failingEffects)('a change with %s leaves no trace', async (_, effects) => {
    const store = await subject.store();
    await store.addRequest(aRequest());
    await store.createRenewal(aRenewal(), {});
    const before = await contents(store);
    await expect(
      store.updateRenewal('r1', 1, { state: 'ordering' }, effects, after(1)),
    ).rejects.toMatchObject({
      name: 'RenewdError',
    });
    expect(await contents(store)).toEqual(before);
    await expect(
      store.updateRenewal('r1', 1, { state: 'ordering' }, goodEffects, after(1)),
    ).resolves.toMatchObject({
      revision: 2,
    });
  });

  test.each(failingEffects)('a new renewal with %s leaves no trace', async (_, effects) => {
    const store = await subject.store();
    await store.addRequest(aRequest());
    const before = await contents(store);
    await expect(store.createRenewal(aRenewal(), effects)).rejects.toMatchObject({ name: 'RenewdError' });
    expect(await contents(store)).toEqual(before);
    expect(await store.createRenewal(aRenewal(), goodEffects)).toBe(true);
  });

  test('all effects are applied together', async () => {
    const store = await subject.store();
    await store.addRequest(aRequest());
    await store.createRenewal(aRenewal(), goodEffects);
    expect(await contents(store)).toMatchObject({
      certificates: [{ orderId: '17' }],
      renewals: [{ id: 'r1' }],
      challenges: [{ state: 'published' }],
      ledger: [{ text: 'good' }],
      receipts: [{ sequence: 1, renewalId: 'r1' }],
      requests: [],
    });
  });

  test('a list with one bad record leaves no trace', async () => {
    const store = await subject.store();
    await expect(
      store.saveCertificates([aCertificate(), aCertificate({ name: 'b', jitter: -1 })]),
    ).rejects.toThrow(/refused/);
    await expect(
      store.appendLedger([aLedgerEntry(), aLedgerEntry({ charged: { hundredths: 0.5, currency: 'EUR' } })]),
    ).rejects.toMatchObject({ name: 'RenewdError' });
    await store.createRenewal(aRenewal(), {});
    await expect(
      store.saveChallenges([aChallenge(), aChallenge({ renewalId: 'unknown' })]),
    ).rejects.toMatchObject({
      name: 'RenewdError',
    });
    expect(await contents(store)).toMatchObject({ certificates: [], challenges: [], ledger: [] });
  });
}
