/**
 * States of certificates in our words, for both API generations. Sources: Reference Manual (2022), 8.1.7 and 9.4.1;
 * knowledge base; vendor page "API certificate migration v1.0 to v2.0".
 */
import type { OrderStatus } from '../../contracts/order.ts';

/** Lower case, one spelling; the upper-case states of the command tables and of API 1 are here as well. */
export const statusTable: Readonly<Record<string, OrderStatus>> = {
  active: 'issued',
  processing: 'pending',
  requested: 'pending',
  order_requested: 'pending',
  expired: 'expired',
  revoked: 'revoked',
  // The certificate is still technically valid, but somebody asked for its end: nothing to deploy.
  revoke_processing: 'revoked',
  failed: 'failed',
  canceled: 'cancelled',
  // Not settled: the CA may have issued meanwhile. Counting it as cancelled could buy a second one.
  cancel_processing: 'pending',
  // API 1 only: the certificate goes on under another id (vendor page "API certificate migration v1.0 to v2.0").
  migrated: 'pending',
};

/** A word that no source lists counts as in progress: an order whose end we cannot read must not be repeated. */
export function orderStatus(word: string): OrderStatus {
  const key = statusKey(word);
  return Object.hasOwn(statusTable, key) ? (statusTable[key] ?? 'pending') : 'pending';
}

export function isKnownStatus(word: string): boolean {
  return Object.hasOwn(statusTable, statusKey(word));
}

function statusKey(word: string): string {
  return word.trim().toLowerCase().replaceAll(' ', '_').replace('cancelled', 'canceled');
}
