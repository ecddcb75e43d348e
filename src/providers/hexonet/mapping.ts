/** Their words for our words: order states, DCV methods, reasons to revoke. */
import type { OrderRequest, OrderStatus } from '../../contracts/order.ts';
import type { RevocationReason } from '../../contracts/provider.ts';
import type { ValidationWord } from './intents.ts';

/** hexonet-ssl-api, "Status values"; PROCESSING from an earlier revision of the vendor's wiki. */
const statusTable: ReadonlyMap<string, OrderStatus> = new Map([
  ['ACTIVE', 'issued'],
  ['REQUESTED', 'pending'],
  ['REQUESTEDCREATE', 'pending'],
  ['PENDING', 'pending'],
  ['PENDINGCREATE', 'pending'],
  ['PROCESSING', 'pending'],
  ['FAILED', 'failed'],
  // Another certificate took its place, but its own goes on to be valid.
  ['REPLACED', 'issued'],
  ['REVOKED', 'revoked'],
  ['REQUESTEDRENEW', 'pending'],
  ['PENDINGRENEW', 'pending'],
  ['REQUESTEDREISSUE', 'pending'],
  ['PENDINGREISSUE', 'pending'],
]);

function statusKey(word: string): string {
  return word
    .trim()
    .toUpperCase()
    .replace(/[\s_-]+/g, '');
}

/** A word that no source lists counts as in progress: an order whose end we cannot read must not be repeated. */
export function orderStatus(word: string): OrderStatus {
  return statusTable.get(statusKey(word)) ?? 'pending';
}

export function isKnownStatus(word: string): boolean {
  return statusTable.has(statusKey(word));
}

/** A reissue is on its way: what is printed as certificate is still the earlier one. */
export function isReissuing(word: string | undefined): boolean {
  return /^(REQUESTED|PENDING)REISSUE$/.test(statusKey(word ?? ''));
}

export function isReplaced(word: string | undefined): boolean {
  return statusKey(word ?? '') === 'REPLACED';
}

export const validationWords: Readonly<Record<OrderRequest['dcv']['method'], ValidationWord>> = {
  dns: 'DNSZONE',
  file: 'URL',
  email: 'EMAIL',
};

/** The command takes free text; its page has "key compromise" as the example. */
export const reasonTexts: Readonly<Record<RevocationReason, string>> = {
  unspecified: 'unspecified',
  keyCompromise: 'key compromise',
  affiliationChanged: 'affiliation changed',
  superseded: 'superseded',
  cessationOfOperation: 'cessation of operation',
};
