import { expect, test } from 'vitest';
import { renewalStates, type RenewalState } from '../../../src/core/renewal.ts';
import { aChallenge, aLedgerEntry, aRenewal, after, noon } from '../../builders/store-records.ts';
import type { StoreUnderTest } from '../store.ts';

export function challengeTests(subject: StoreUnderTest): void {
  test('are kept by renewal and index', async () => {
    const store = await subject.store();
    await store.createRenewal(aRenewal(), {
      challenges: [aChallenge({ index: 1 }), aChallenge({ index: 0 })],
    });
    await store.saveChallenges(
      [
        aChallenge({
          index: 1,
          state: 'published',
          publisher: 'ns1',
          targetName: 'x.example.net',
          visibleAt: after(1),
        }),
      ],
      [aLedgerEntry({ subject: 'publish' })],
    );
    expect(await store.challenges('r1')).toEqual([
      aChallenge({ index: 0 }),
      aChallenge({
        index: 1,
        state: 'published',
        publisher: 'ns1',
        targetName: 'x.example.net',
        visibleAt: after(1),
      }),
    ]);
    expect(await store.ledger({ limit: 10 })).toMatchObject([{ subject: 'publish' }]);
    expect(await store.challenges('r2')).toEqual([]);
  });

  const keepsEvidence: readonly RenewalState[] = [
    'planned',
    'ordering',
    'order-unconfirmed',
    'awaiting-dcv',
    'awaiting-issuance',
    'blocked',
  ];

  test.each(renewalStates)('of a renewal in state %s', async (state) => {
    const store = await subject.store();
    const published = aChallenge({ index: 1, state: 'published' });
    await store.createRenewal(aRenewal(), {
      challenges: [aChallenge({ index: 0 }), published, aChallenge({ index: 2, state: 'withdrawn' })],
    });
    await store.updateRenewal('r1', 1, { state }, {}, noon);
    expect(await store.challengesToWithdraw()).toEqual(keepsEvidence.includes(state) ? [] : [published]);
    await store.saveChallenges([{ ...published, state: 'withdrawn' }]);
    expect(await store.challengesToWithdraw()).toEqual([]);
  });
}
