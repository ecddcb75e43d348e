/** Money: what is charged when an order is taken, and what comes back. */
import { digits } from '../vendor-kit/random.ts';
import { refusal } from './answers.ts';
import type { Details, Account, Certificate, World } from './world.ts';

const DAY_MS = 86_400_000;

/** Answered as if the credit were used up, whatever is left of it. */
const steersCredit = (details: Details): boolean => details.names[0]?.startsWith('credit-') === true;

/** Throws HTTP 402 when it cannot be paid. */
export function checkCredit(account: Account, details: Details): void {
  if (steersCredit(details) || (account.credit ?? Number.POSITIVE_INFINITY) < details.plan.price) {
    throw refusal(402, 'insufficient_credit', 'The credit does not suffice for this order.');
  }
}

export function charge(world: World, account: Account, certificate: Certificate, details: Details): void {
  const { plan, fields } = details;
  const reference = fields.get('client_reference');
  account.invoices.push({
    at: world.clock.now(),
    orderId: digits(world.random, 8),
    certificateId: certificate.id,
    product: plan.id,
    price: plan.price,
    currency: world.options.currency,
    ...(reference === undefined ? {} : { reference }),
  });
  if (account.credit !== undefined) account.credit -= plan.price;
}

/** Gives back what this certificate's last order cost: the CA did not deliver. */
export function refundLast(account: Account, certificate: Certificate, at: Date): void {
  const last = refundable(account, certificate).at(-1);
  if (last !== undefined) giveBack(account, last, at);
}

/** Gives back what was charged for it within the plan's grace period. */
export function refundInGrace(account: Account, certificate: Certificate, at: Date): void {
  const grace = (certificate.open?.details ?? certificate.details).plan.graceDays * DAY_MS;
  for (const row of refundable(account, certificate)) {
    if (at.getTime() - row.at.getTime() <= grace) giveBack(account, row, at);
  }
}

function refundable(account: Account, certificate: Certificate): Account['invoices'] {
  const rows = account.invoices.filter(({ certificateId }) => certificateId === certificate.id);
  return rows.filter(
    ({ orderId, price }) => price > 0 && !rows.some((row) => row.orderId === orderId && row.price < 0),
  );
}

function giveBack(account: Account, row: Account['invoices'][number], at: Date): void {
  account.invoices.push({ ...row, at, price: -row.price });
  if (account.credit !== undefined) account.credit += row.price;
}
