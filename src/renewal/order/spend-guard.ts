/**
 * Holds an intent to pay against every limit, in the moment before it is committed. The caller lets one intent pass at
 * a time: two orders that are checked together could both be the last that fits.
 */
import type { SpentSince } from '../../contracts/store.ts';
import type { SpendLimits } from '../../core/certificate.ts';
import { hourMs } from '../../core/durations.ts';
import type { RenewdError } from '../../core/errors.ts';
import type { Money } from '../../core/money.ts';
import type { Renewal } from '../../core/renewal.ts';
import type { StageOutcome } from '../outcome.ts';
import type { StageContext } from '../stage-context.ts';
import { checkPriceChange, checkSpend, spendPeriods } from './spend-gate.ts';

/** How often a renewal that a limit holds up is looked at again. */
const recheckMs = hourMs;
/** So many renewals back an earlier price is looked for. */
const pricesLookedAt = 20;

const nothing: SpentSince = { orders: 0, hundredths: 0, currencies: [] };

/** True for the outcome that ends in an order on the invoice. */
export function isIntentToPay(outcome: StageOutcome): boolean {
  return outcome.event === 'order-intended' && outcome.effects?.ledger?.some(({ paid }) => paid) === true;
}

/** The intent as it came, or the wish for a person, with the limit that it would break. */
export async function guardIntent(
  renewal: Renewal,
  intent: StageOutcome,
  context: StageContext,
): Promise<StageOutcome> {
  const price = intent.patch?.price ?? undefined;
  const { spend } = await context.provider();
  const refusal =
    (await overLimit(renewal.provider, renewal.provider, spend, price, context)) ??
    (await overLimit(null, 'all providers together', context.spendOverall(), price, context)) ??
    (await dearerThanBefore(renewal, spend, price, context));
  if (refusal === undefined) return intent;
  const nextAt = new Date(context.clock.now().getTime() + recheckMs);
  return { event: 'needs-person', text: refusal.message, failure: refusal, nextAt };
}

async function overLimit(
  provider: string | null,
  whose: string,
  limits: SpendLimits,
  price: Money | undefined,
  { store, clock }: StageContext,
): Promise<RenewdError | undefined> {
  const periods = spendPeriods(clock.now());
  // What no limit asks for is not added up: a sum over a month takes as long as there were orders.
  const today = limits.ordersPerDay === undefined ? nothing : await store.spent(provider, periods.day);
  const month =
    limits.perMonthHundredths === undefined ? nothing : await store.spent(provider, periods.month);
  const spent = {
    ordersToday: today.orders,
    hundredthsThisMonth: month.hundredths,
    currencies: month.currencies,
  };
  return checkSpend(limits, price, spent, whose);
}

/** Against what was last paid for the same, and against what this renewal was told before. */
async function dearerThanBefore(
  renewal: Renewal,
  { priceTolerancePercent }: SpendLimits,
  price: Money | undefined,
  { store }: StageContext,
): Promise<RenewdError | undefined> {
  if (price === undefined) return undefined;
  const { certificate, id, provider, product, names } = renewal;
  const earlier = (await store.renewalsOf(certificate, pricesLookedAt)).find(
    (one) =>
      one.id !== id &&
      one.price !== null &&
      one.leafPem !== null &&
      (one.action === 'create' || one.action === 'renew') &&
      one.provider === provider &&
      one.product === product &&
      one.names.length === names.length,
  );
  const known = renewal.price ?? earlier?.price ?? undefined;
  return known === undefined ? undefined : checkPriceChange(price, known, provider, priceTolerancePercent);
}
