/** The gate of every paid call, exactly at its limits. */
import { expect, test } from 'vitest';
import type { SpendLimits } from '../../../src/core/certificate.ts';
import { checkPriceChange, checkSpend, spendPeriods } from '../../../src/renewal/order/spend-gate.ts';

const eur = (hundredths: number) => ({ hundredths, currency: 'EUR' });

interface Row {
  readonly title: string;
  readonly limits: SpendLimits;
  readonly price?: number;
  readonly orders?: number;
  readonly month?: number;
  readonly refused?: 'spend-limit' | 'price-changed';
}

const rows: readonly Row[] = [
  { title: 'no limits, no price', limits: {} },
  { title: 'no limits, any price', limits: {}, price: 1e9, orders: 1000, month: 1e9 },
  { title: 'one order under the daily limit', limits: { ordersPerDay: 5 }, orders: 4 },
  { title: 'the daily limit is reached', limits: { ordersPerDay: 5 }, orders: 5, refused: 'spend-limit' },
  { title: 'the daily limit is passed', limits: { ordersPerDay: 5 }, orders: 6, refused: 'spend-limit' },
  { title: 'no order at all is allowed', limits: { ordersPerDay: 0 }, refused: 'spend-limit' },
  { title: 'a daily limit needs no price', limits: { ordersPerDay: 1 }, orders: 0 },
  { title: 'a price exactly at the limit', limits: { perOrderHundredths: 5000 }, price: 5000 },
  {
    title: 'a price a cent above',
    limits: { perOrderHundredths: 5000 },
    price: 5001,
    refused: 'price-changed',
  },
  {
    title: 'an unknown price and a price limit',
    limits: { perOrderHundredths: 5000 },
    refused: 'spend-limit',
  },
  {
    title: 'an unknown price and a monthly limit',
    limits: { perMonthHundredths: 5000 },
    refused: 'spend-limit',
  },
  { title: 'a month exactly filled', limits: { perMonthHundredths: 10_000 }, price: 4000, month: 6000 },
  {
    title: 'a month overfilled by a cent',
    limits: { perMonthHundredths: 10_000 },
    price: 4001,
    month: 6000,
    refused: 'spend-limit',
  },
  {
    title: 'a month overfilled before',
    limits: { perMonthHundredths: 10_000 },
    price: 0,
    month: 10_001,
    refused: 'spend-limit',
  },
  {
    title: 'free of charge in a filled month',
    limits: { perMonthHundredths: 10_000 },
    price: 0,
    month: 10_000,
  },
  {
    title: 'all limits kept',
    limits: { ordersPerDay: 2, perOrderHundredths: 10, perMonthHundredths: 20 },
    price: 10,
    orders: 1,
    month: 10,
  },
  {
    title: 'the day first',
    limits: { ordersPerDay: 1, perOrderHundredths: 10 },
    price: 11,
    orders: 1,
    refused: 'spend-limit',
  },
];

test.each(rows)('$title: $refused', ({ limits, price, orders = 0, month = 0, refused }) => {
  const spent = { ordersToday: orders, hundredthsThisMonth: month, currencies: month === 0 ? [] : ['EUR'] };
  const refusal = checkSpend(limits, price === undefined ? undefined : eur(price), spent, 'cnr');
  expect(refusal?.code).toBe(refused);
  expect(refusal?.message ?? 'cnr').toMatch(/cnr/);
  expect(refusal?.message ?? '').not.toMatch(/undefined|NaN/);
});

test('amounts are named with their currency', () => {
  const refusal = checkSpend(
    { perMonthHundredths: 10_000 },
    eur(4001),
    { ordersToday: 0, hundredthsThisMonth: 6000, currencies: ['EUR'] },
    'cnr',
  );
  expect(refusal?.message).toBe(
    'cnr: this order would bring the month to 100.01 EUR, the limit is 100.00 EUR',
  );
  expect(refusal?.kind).toBe('funds');
});

test('a limit of money over several currencies cannot be kept', () => {
  const spent = { ordersToday: 0, hundredthsThisMonth: 10, currencies: ['EUR', 'USD'] };
  expect(checkSpend({ perMonthHundredths: 10_000 }, eur(1), spent, 'all')?.message).toMatch(/one currency/);
  expect(checkSpend({ ordersPerDay: 10 }, eur(1), spent, 'all')).toBeUndefined();
});

test.each([
  { price: 12_500, known: 10_000, refused: undefined },
  { price: 12_501, known: 10_000, refused: 'price-changed' },
  { price: 10_000, known: 10_000, tolerance: 0, refused: undefined },
  { price: 10_001, known: 10_000, tolerance: 0, refused: 'price-changed' },
  { price: 1, known: 10_000, refused: undefined },
  { price: 1, known: 0, refused: 'price-changed' },
])('$price after $known, tolerance $tolerance: $refused', ({ price, known, tolerance, refused }) => {
  const refusal = checkPriceChange(eur(price), eur(known), 'cnr', tolerance);
  expect(refusal?.code).toBe(refused);
});

test('another currency is another price', () => {
  const refusal = checkPriceChange({ hundredths: 1, currency: 'JPY' }, eur(100), 'cnr');
  expect(refusal?.message).toBe(
    'cnr charges 0.01 JPY for this order, before it was 1.00 EUR; a rise of more than 25 % needs a person (`spend.priceTolerance`)',
  );
});

test('the day is the last 24 hours, the month that of the calendar', () => {
  expect(spendPeriods(new Date('2026-12-01T00:00:00Z'))).toEqual({
    day: new Date('2026-11-30T00:00:00Z'),
    month: new Date('2026-12-01T00:00:00Z'),
  });
  expect(spendPeriods(new Date('2026-11-30T23:59:59Z')).month).toEqual(new Date('2026-11-01T00:00:00Z'));
});
