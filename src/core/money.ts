/** Money as integers: hundredths of the currency's main unit, so that sums are exact. */
export interface Money {
  readonly hundredths: number;
  /** ISO 4217, upper case. */
  readonly currency: string;
}

/** "42.50 EUR" */
export function formatMoney(money: Money): string {
  return `${(money.hundredths / 100).toFixed(2)} ${money.currency}`;
}

/** Reads "42", "42.5" or 42.5; undefined for anything that is not a finite amount ≥ 0 with at most two decimals of weight. */
export function parseMoney(amount: string | number, currency: string): Money | undefined {
  const value = typeof amount === 'number' ? amount : Number(amount.trim() === '' ? Number.NaN : amount);
  if (!Number.isFinite(value) || value < 0 || value > 1e9) return undefined;
  return { hundredths: Math.round(value * 100), currency: currency.toUpperCase() };
}
