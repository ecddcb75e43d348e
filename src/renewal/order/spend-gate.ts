/** The gate every paid call passes: limits per day, per month and per order. Pure; what was spent is handed in. */
import { dayMs } from '../../core/durations.ts';
import type { SpendLimits } from '../../core/certificate.ts';
import { RenewdError } from '../../core/errors.ts';
import { formatMoney, type Money } from '../../core/money.ts';

export interface Spent {
  readonly ordersToday: number;
  readonly hundredthsThisMonth: number;
}

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
  provider: string,
): RenewdError | undefined {
  const refuse = (message: string, code: 'spend-limit' | 'price-changed' = 'spend-limit'): RenewdError =>
    new RenewdError(code, message, { fields: { provider } });
  if (limits.ordersPerDay !== undefined && spent.ordersToday >= limits.ordersPerDay) {
    return refuse(
      `${provider}: ${spent.ordersToday} paid order(s) in 24 hours, the limit is ${limits.ordersPerDay}`,
    );
  }
  if (limits.perOrderHundredths === undefined && limits.perMonthHundredths === undefined) return undefined;
  if (price === undefined) {
    return refuse(
      `${provider} cannot say what the order costs, so the limit of money cannot be kept; set only \`ordersPerDay\` for this provider, or order by hand`,
    );
  }
  if (limits.perOrderHundredths !== undefined && price.hundredths > limits.perOrderHundredths) {
    const limit = formatMoney({ hundredths: limits.perOrderHundredths, currency: price.currency });
    return refuse(
      `${provider} charges ${formatMoney(price)} for this order, the limit is ${limit}`,
      'price-changed',
    );
  }
  if (limits.perMonthHundredths !== undefined) {
    const total = spent.hundredthsThisMonth + price.hundredths;
    if (total > limits.perMonthHundredths) {
      const limit = formatMoney({ hundredths: limits.perMonthHundredths, currency: price.currency });
      const sum = formatMoney({ hundredths: total, currency: price.currency });
      return refuse(`${provider}: this order would bring the month to ${sum}, the limit is ${limit}`);
    }
  }
  return undefined;
}
