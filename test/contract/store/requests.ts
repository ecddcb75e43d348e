import { expect, test } from 'vitest';
import { aLedgerEntry, aRenewal, aRequest, after, noon } from '../../builders/store-records.ts';
import type { StoreUnderTest } from '../store.ts';

export function requestTests(subject: StoreUnderTest): void {
  test('wait, oldest first, until a renewal settles them', async () => {
    const store = await subject.store();
    const [early, late, last] = [
      aRequest({ id: 'q2', at: noon }),
      aRequest({ id: 'q1', certificate: 'mail', at: after(1), kind: 'resolve', options: { orderId: '17' } }),
      aRequest({ id: 'q3', certificate: 'blog', at: after(2) }),
    ];
    for (const request of [late, last, early]) await store.addRequest(request);
    expect(await store.pendingRequests()).toEqual([early, late, last]);

    await store.createRenewal(aRenewal(), { doneRequests: ['q2'] });
    expect(await store.pendingRequests()).toEqual([late, last]);
    await store.updateRenewal('r1', 1, {}, { doneRequests: ['q1', 'unknown'] }, after(3));
    expect(await store.pendingRequests()).toEqual([last]);
  });

  test('can be settled without a renewal', async () => {
    const store = await subject.store();
    await store.addRequest(aRequest());
    await store.settleRequests(['q1', 'unknown'], [aLedgerEntry({ text: 'refused' })]);
    expect(await store.pendingRequests()).toEqual([]);
    expect(await store.ledger({ limit: 10 })).toMatchObject([{ text: 'refused' }]);
  });

  test('a newer one replaces an older one of its certificate', async () => {
    const store = await subject.store();
    await store.addRequest(aRequest({ id: 'q1', options: { action: 'renew' } }));
    await store.addRequest(aRequest({ id: 'q2', certificate: 'mail' }));
    await store.addRequest(aRequest({ id: 'q3', at: after(1), options: { action: 'reissue' } }));
    expect((await store.pendingRequests()).map((request) => request.id)).toEqual(['q2', 'q3']);
    await store.settleRequests(['q3'], []);
    expect((await store.pendingRequests()).map((request) => request.id)).toEqual(['q2']);
  });

  test('a second one with the same id is refused', async () => {
    const store = await subject.store();
    await store.addRequest(aRequest());
    await expect(store.addRequest(aRequest({ by: 'bob' }))).rejects.toMatchObject({ code: 'store-conflict' });
    expect(await store.pendingRequests()).toEqual([aRequest()]);
  });
}
