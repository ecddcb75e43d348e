/** The gate every paid call passes: limits per day, per month and per order. Pure; what was spent is handed in. */
import { dayMs } from '../../core/durations.ts';
import type { SpendLimits } from '../../core/certificate.ts';
import { RenewdError } from '../../core/errors.ts';
import { formatMoney, type Money } from '../../core/money.ts';

export interface Spent {
  readonly ordersToday: number;
  readonly hundredthsThisMonth: number;
  /** Of what was charged this month. */
  readonly currencies: readonly string[];
}

/** A price may rise by so much without a person's word, where the configuration says nothing. */
export const defaultPriceTolerancePercent = 25;

/** The limits count the last 24 hours, and the calendar month in UTC. */
export function spendPeriods(now: Date): { readonly day: Date; readonly month: Date } {
  return {
    day: new Date(now.getTime() - dayMs),
    month: new Date(Date.UTC(now.getUTCFullYear(), now.getUTCMonth(), 1)),
  };
}

/**
 * Undefined when the order may be placed; otherwise why not. An unknown price passes the money limits only when none is
 * set: a limit that cannot be checked is treated as reached.
 */
export function checkSpend(
  limits: SpendLimits,
  price: Money | undefined,
  spent: Spent,
  whose: string,
): RenewdError | undefined {
  const refuse = (message: string, code: 'spend-limit' | 'price-changed' = 'spend-limit'): RenewdError =>
    new RenewdError(code, message, { fields: { whose } });
  if (limits.ordersPerDay !== undefined && spent.ordersToday >= limits.ordersPerDay) {
    return refuse(
      `${whose}: ${spent.ordersToday} paid order(s) in 24 hours, the limit is ${limits.ordersPerDay}`,
    );
  }
  if (limits.perOrderHundredths === undefined && limits.perMonthHundredths === undefined) return undefined;
  if (price === undefined) {
    return refuse(
      `${whose} cannot say what the order costs, so the limit of money cannot be kept; set only \`ordersPerDay\` there, or order by hand`,
    );
  }
  if (limits.perOrderHundredths !== undefined && price.hundredths > limits.perOrderHundredths) {
    const limit = formatMoney({ hundredths: limits.perOrderHundredths, currency: price.currency });
    return refuse(
      `${whose} charges ${formatMoney(price)} for this order, the limit is ${limit}`,
      'price-changed',
    );
  }
  if (limits.perMonthHundredths !== undefined) {
    const other = spent.currencies.find((currency) => currency !== price.currency);
    if (other !== undefined) {
      return refuse(
        `${whose}: this month has charges in ${other}, this order is in ${price.currency}: a limit of money needs one currency`,
      );
    }
    const total = spent.hundredthsThisMonth + price.hundredths;
    if (total > limits.perMonthHundredths) {
      const limit = formatMoney({ hundredths: limits.perMonthHundredths, currency: price.currency });
      const sum = formatMoney({ hundredths: total, currency: price.currency });
      return refuse(`${whose}: this order would bring the month to ${sum}, the limit is ${limit}`);
    }
  }
  return undefined;
}

/** Undefined when the price is what is known, or not much more; a lower one is always welcome. */
export function checkPriceChange(
  price: Money,
  known: Money,
  provider: string,
  tolerancePercent = defaultPriceTolerancePercent,
): RenewdError | undefined {
  const most = Math.floor((known.hundredths * (100 + tolerancePercent)) / 100);
  if (price.currency === known.currency && price.hundredths <= most) return undefined;
  return new RenewdError(
    'price-changed',
    `${provider} charges ${formatMoney(price)} for this order, before it was ${formatMoney(known)}; a rise of more than ${tolerancePercent} % needs a person (\`spend.priceTolerance\`)`,
    { fields: { provider } },
  );
}
