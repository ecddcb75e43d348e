/** What was spent and what is left, for people and metrics. */
import type { Store } from '../contracts/store.ts';
import type { Configuration, SpendLimits } from '../core/certificate.ts';
import type { SpendingStatus } from '../status/source.ts';
import { spendPeriods } from './order/spend-gate.ts';

/** One row per provider, and one for all together where a limit is set over all. */
export async function spendingOf(
  { providers, spend }: Pick<Configuration, 'providers' | 'spend'>,
  store: Store,
  now: Date,
): Promise<readonly SpendingStatus[]> {
  const periods = spendPeriods(now);
  const row = async (provider: string | null, limits: SpendLimits): Promise<SpendingStatus> => {
    const today = await store.spent(provider, periods.day);
    const month = await store.spent(provider, periods.month);
    return {
      provider,
      ordersToday: today.orders,
      ordersPerDay: limits.ordersPerDay ?? null,
      monthHundredths: month.hundredths,
      perMonthHundredths: limits.perMonthHundredths ?? null,
      currencies: month.currencies,
    };
  };
  const rows: SpendingStatus[] = [];
  for (const { name, spend: limits } of providers) rows.push(await row(name, limits));
  const isLimited = spend.ordersPerDay !== undefined || spend.perMonthHundredths !== undefined;
  return isLimited ? [...rows, await row(null, spend)] : rows;
}
