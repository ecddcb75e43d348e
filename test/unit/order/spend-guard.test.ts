/** An intent to pay, held against every limit in the moment before it is committed. */
import { expect, test } from 'vitest';
import type { SpendLimits } from '../../../src/core/certificate.ts';
import { hourMs } from '../../../src/core/durations.ts';
import type { Renewal } from '../../../src/core/renewal.ts';
import type { StageOutcome } from '../../../src/renewal/outcome.ts';
import { guardIntent, isIntentToPay } from '../../../src/renewal/order/spend-guard.ts';
import { aStageContext, aStore } from '../../builders/stage.ts';
import { after, aLedgerEntry, aRenewal } from '../../builders/store-records.ts';

const eur = (hundredths: number) => ({ hundredths, currency: 'EUR' });

function intentOf(hundredths: number | null, paid = true): StageOutcome {
  const price = hundredths === null ? null : eur(hundredths);
  const entry = aLedgerEntry({ kind: 'intent', subject: 'submit renew', paid, charged: price });
  return { event: 'order-intended', text: 'intended', patch: { price }, effects: { ledger: [entry] } };
}

interface Row {
  readonly title: string;
  readonly price?: number | null;
  readonly own?: SpendLimits;
  readonly overall?: SpendLimits;
  readonly earlier?: Partial<Renewal>;
  readonly renewal?: Partial<Renewal>;
  readonly refused?: RegExp;
}

const paidBefore: Partial<Renewal> = { action: 'create', price: eur(10_000), leafPem: 'L' };

const rows: readonly Row[] = [
  { title: 'no limits' },
  { title: 'the limit of the provider', own: { ordersPerDay: 1 }, refused: /^cnr: 1 paid order/ },
  { title: 'the limit over all', overall: { ordersPerDay: 2 }, refused: /^all providers together: 2 paid/ },
  { title: 'room over all', overall: { ordersPerDay: 3 } },
  {
    title: 'money over all',
    overall: { perMonthHundredths: 10_299 },
    price: 10_000,
    refused: /102\.99|103\.00/,
  },
  { title: 'money over all, exactly', overall: { perMonthHundredths: 10_300 }, price: 10_000 },
  { title: 'as dear as before', earlier: paidBefore },
  { title: 'a quarter dearer than before', earlier: paidBefore, price: 12_500 },
  { title: 'more than that', earlier: paidBefore, price: 12_501, refused: /before it was 100\.00 EUR/ },
  {
    title: 'within a wider tolerance',
    earlier: paidBefore,
    price: 20_000,
    own: { priceTolerancePercent: 100 },
  },
  { title: 'another product is no comparison', earlier: { ...paidBefore, product: 'other' }, price: 99_999 },
  { title: 'nor are other names', earlier: { ...paidBefore, names: ['a.test', 'b.test'] }, price: 99_999 },
  { title: 'nor is an order that gave nothing', earlier: { ...paidBefore, leafPem: null }, price: 99_999 },
  { title: 'nor a reissue', earlier: { ...paidBefore, action: 'reissue' }, price: 99_999 },
  {
    title: 'what this renewal was told before counts first',
    earlier: paidBefore,
    renewal: { price: eur(5000) },
    refused: /before it was 50\.00 EUR/,
  },
  { title: 'an unknown price passes where no money is limited', price: null, earlier: paidBefore },
];

test.each(rows)(
  '$title',
  async ({ price = 10_000, own = {}, overall = {}, earlier, renewal = {}, refused }) => {
    const store = await aStore();
    const counted = { kind: 'intent', paid: true, at: after(-hourMs) } as const;
    await store.appendLedger([
      aLedgerEntry({ ...counted, provider: 'cnr', charged: eur(100) }),
      aLedgerEntry({ ...counted, provider: 'inx', charged: eur(200) }),
    ]);
    if (earlier !== undefined)
      await store.createRenewal(aRenewal({ id: 'r0', state: 'served', ...earlier }), {});
    const context = aStageContext({ store, handle: { spend: own }, spendOverall: () => overall });
    const intent = intentOf(price);
    const outcome = await guardIntent(aRenewal({ action: 'renew', ...renewal }), intent, context);
    expect(outcome === intent ? 'passed' : outcome.text).toMatch(refused ?? /^passed$/);
    // A refusal leaves nothing of the intent behind.
    expect(outcome === intent || (outcome.event === 'needs-person' && outcome.effects === undefined)).toBe(
      true,
    );
  },
);

test('only an intent to pay is held up', () => {
  expect(isIntentToPay(intentOf(1))).toBe(true);
  expect(isIntentToPay(intentOf(1, false))).toBe(false);
  expect(isIntentToPay({ ...intentOf(1), event: 'hold' })).toBe(false);
});
