import { expect, test } from 'vitest';
import { aLedgerEntry, after, noon } from '../../builders/store-records.ts';
import type { StoreUnderTest } from '../store.ts';

export function ledgerTests(subject: StoreUnderTest): void {
  test('is read in the order it was written, by certificate, renewal and position', async () => {
    const store = await subject.store();
    await store.appendLedger([
      aLedgerEntry({ text: 'a', at: after(2) }),
      aLedgerEntry({ text: 'b', at: after(1), renewalId: 'r2' }),
      aLedgerEntry({ text: 'c', certificate: 'mail', renewalId: null }),
    ]);
    const texts = async (query: Parameters<typeof store.ledger>[0]) =>
      (await store.ledger(query)).map((entry) => entry.text);
    expect(await texts({ limit: 10 })).toEqual(['a', 'b', 'c']);
    expect(await texts({ limit: 2 })).toEqual(['a', 'b']);
    expect(await texts({ certificate: 'shop', limit: 10 })).toEqual(['a', 'b']);
    expect(await texts({ certificate: 'shop', renewalId: 'r2', limit: 10 })).toEqual(['b']);
    const [first] = await store.ledger({ limit: 1 });
    expect(await texts({ afterSequence: first?.sequence ?? 0, limit: 10 })).toEqual(['b', 'c']);
    const last = (await store.ledger({ limit: 10 })).at(-1)?.sequence ?? 0;
    expect(await texts({ newestFirst: true, limit: 2 })).toEqual(['c', 'b']);
    expect(await texts({ newestFirst: true, beforeSequence: last, limit: 10 })).toEqual(['b', 'a']);
    expect(await texts({ certificate: 'shop', newestFirst: true, limit: 1 })).toEqual(['b']);
    expect(await texts({ beforeSequence: last, limit: 1 })).toEqual(['a']);
  });

  test('keeps an entry whose evidence is too long', async () => {
    const store = await subject.store();
    const answer = '"é'.repeat(100_000);
    await store.appendLedger([aLedgerEntry({ kind: 'outcome', text: 'bought', detail: { answer } })]);
    const [entry] = await store.ledger({ limit: 1 });
    expect(entry?.text).toBe('bought');
    expect(entry?.detail['truncatedBytes']).toBe(Buffer.byteLength(JSON.stringify({ answer })));
    expect(entry?.detail['beginning']).toMatch(/^{"answer":"\\"é/);
    expect(Buffer.byteLength(JSON.stringify(entry?.detail))).toBeLessThanOrEqual(16 * 1024);
  });

  test('spent counts paid intents and charges of one provider from a moment on', async () => {
    const store = await subject.store();
    const intent = { kind: 'intent', provider: 'cnr', paid: true } as const;
    const outcome = { kind: 'outcome', provider: 'cnr' } as const;
    await store.appendLedger([
      aLedgerEntry({ ...intent, at: after(-1) }),
      aLedgerEntry({ ...intent, at: noon }),
      aLedgerEntry({ ...intent, at: after(1) }),
      aLedgerEntry({ ...intent, at: noon, paid: false }),
      aLedgerEntry({ ...intent, at: noon, provider: 'other' }),
      aLedgerEntry({ ...outcome, at: after(-1), charged: { hundredths: 100_000, currency: 'EUR' } }),
      aLedgerEntry({ ...outcome, at: noon, charged: { hundredths: 4250, currency: 'EUR' } }),
      aLedgerEntry({ ...outcome, at: after(1), charged: { hundredths: 1, currency: 'EUR' } }),
      aLedgerEntry({ ...outcome, at: noon }),
      aLedgerEntry({ ...outcome, at: noon, provider: 'other', charged: { hundredths: 7, currency: 'EUR' } }),
    ]);
    expect(await store.spent('cnr', after(-1))).toEqual({
      orders: 3,
      hundredths: 104_251,
      currencies: ['EUR'],
    });
    expect(await store.spent('cnr', noon)).toEqual({ orders: 2, hundredths: 4251, currencies: ['EUR'] });
    expect(await store.spent('cnr', after(1))).toEqual({ orders: 1, hundredths: 1, currencies: ['EUR'] });
    expect(await store.spent('cnr', after(2))).toEqual({ orders: 0, hundredths: 0, currencies: [] });
    expect(await store.spent('unknown', after(-1))).toEqual({ orders: 0, hundredths: 0, currencies: [] });
  });

  test('spent of all providers together, with every currency in it', async () => {
    const store = await subject.store();
    const intent = { kind: 'intent', paid: true } as const;
    await store.appendLedger([
      aLedgerEntry({ ...intent, provider: 'a', at: noon, charged: { hundredths: 100, currency: 'USD' } }),
      aLedgerEntry({ ...intent, provider: 'b', at: noon, charged: { hundredths: 20, currency: 'EUR' } }),
      aLedgerEntry({ ...intent, provider: 'b', at: after(-1), charged: { hundredths: 3, currency: 'CHF' } }),
      aLedgerEntry({ ...intent, provider: null, at: noon }),
    ]);
    expect(await store.spent(null, noon)).toEqual({ orders: 3, hundredths: 120, currencies: ['EUR', 'USD'] });
    expect(await store.spent('a', noon)).toEqual({ orders: 1, hundredths: 100, currencies: ['USD'] });
  });

  test('spent takes back what was proved not to have been placed', async () => {
    const store = await subject.store();
    const price = { hundredths: 4200, currency: 'EUR' };
    const common = { provider: 'cnr', paid: true } as const;
    const intent = { ...common, kind: 'intent', charged: price } as const;
    const proof = { ...common, kind: 'outcome', charged: { ...price, hundredths: -4200 } } as const;
    await store.appendLedger([
      aLedgerEntry({ ...intent, renewalId: 'one', at: after(-1) }),
      aLedgerEntry({ ...intent, renewalId: 'two', at: noon }),
      aLedgerEntry({ ...proof, renewalId: 'two', at: after(1) }),
    ]);
    expect(await store.spent('cnr', after(-1))).toEqual({ orders: 1, hundredths: 4200, currencies: ['EUR'] });
    expect(await store.spent('cnr', noon)).toEqual({ orders: 0, hundredths: 0, currencies: ['EUR'] });
    expect((await store.spent('cnr', after(1))).orders).toBe(0);
  });

  test('what is taken back of an earlier day or month is no credit for this one', async () => {
    const store = await subject.store();
    const price = { hundredths: 4200, currency: 'EUR' };
    const common = { provider: 'cnr', paid: true } as const;
    const intent = { ...common, kind: 'intent', charged: price } as const;
    const proof = { ...common, kind: 'outcome', charged: { ...price, hundredths: -4200 } } as const;
    await store.appendLedger([
      // Sent before midnight, proved absent after it, and sent again.
      aLedgerEntry({ ...intent, renewalId: 'one', at: after(-1) }),
      aLedgerEntry({ ...proof, renewalId: 'one', at: after(1) }),
      aLedgerEntry({ ...intent, renewalId: 'one', at: after(2) }),
      aLedgerEntry({ ...intent, renewalId: 'two', at: after(3) }),
    ]);
    expect(await store.spent('cnr', noon)).toMatchObject({ orders: 2, hundredths: 8400 });
    expect(await store.spent('cnr', after(-1))).toMatchObject({ orders: 2, hundredths: 8400 });
    expect(await store.spent(null, noon)).toMatchObject({ orders: 2, hundredths: 8400 });
    // Said twice, it is taken back once; and what was charged beyond the intent goes with it.
    await store.appendLedger([
      aLedgerEntry({ kind: 'outcome', provider: 'cnr', renewalId: 'two', at: after(4), charged: price }),
      aLedgerEntry({ ...proof, renewalId: 'two', at: after(5) }),
      aLedgerEntry({ ...proof, renewalId: 'two', at: after(6) }),
    ]);
    expect(await store.spent('cnr', noon)).toMatchObject({ orders: 1, hundredths: 4200 });
  });
}
