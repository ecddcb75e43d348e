/** What was spent and what is left, one line per account that has a limit or an order. */
import { formatMoney } from '../core/money.ts';
import type { SpendingStatus } from '../status/source.ts';

export function spendingLines(rows: readonly SpendingStatus[]): readonly string[] {
  return rows.flatMap((row) => {
    const { provider, ordersToday, ordersPerDay, monthHundredths, perMonthHundredths, currencies } = row;
    if (ordersPerDay === null && perMonthHundredths === null && ordersToday === 0 && monthHundredths === 0)
      return [];
    const [currency = ''] = currencies;
    const money = (hundredths: number): string => formatMoney({ hundredths, currency }).trim();
    const orders =
      ordersPerDay === null
        ? `${ordersToday} paid order(s) in 24 hours`
        : `${ordersToday} of ${ordersPerDay} paid order(s) in 24 hours, ${Math.max(0, ordersPerDay - ordersToday)} left`;
    const sum =
      currencies.length > 1
        ? `charges in ${currencies.join(', ')} this month`
        : perMonthHundredths === null
          ? `${money(monthHundredths)} this month`
          : `${money(monthHundredths)} of ${money(perMonthHundredths)} this month, ${money(Math.max(0, perMonthHundredths - monthHundredths))} left`;
    return [`${provider ?? 'all providers together'}: ${orders}; ${sum}`];
  });
}
