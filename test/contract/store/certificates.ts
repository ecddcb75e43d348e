import { expect, test } from 'vitest';
import { aCertificate, aLedgerEntry, after } from '../../builders/store-records.ts';
import type { StoreUnderTest } from '../store.ts';

export function certificateTests(subject: StoreUnderTest): void {
  test('a new store knows none', async () => {
    const store = await subject.store();
    expect(await store.certificates()).toEqual([]);
    expect(await store.certificate('shop')).toBeUndefined();
  });

  test('are inserted, then replaced whole', async () => {
    const store = await subject.store();
    await store.saveCertificates([aCertificate({ orderId: '17', failures: 3, lastFailureAt: after(1) })]);
    await store.saveCertificates([aCertificate({ jitter: 0.5 })]);
    expect(await store.certificates()).toEqual([aCertificate({ jitter: 0.5 })]);
  });

  test('come with their ledger entries', async () => {
    const store = await subject.store();
    await store.saveCertificates([aCertificate()], [aLedgerEntry({ text: 'probed' })]);
    expect(await store.ledger({ limit: 10 })).toMatchObject([{ text: 'probed' }]);
  });

  test('ten thousand are saved and read at once', async () => {
    const store = await subject.store();
    const records = Array.from({ length: 10_000 }, (_, n) =>
      aCertificate({ name: `c${String(n).padStart(5, '0')}` }),
    );
    await store.saveCertificates(records);
    expect(await store.certificates()).toEqual(records);
  });
}
