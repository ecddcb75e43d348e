/** The vendor's words to ours. Tables, one row per word; dates. */
import type { OrderStatus } from '../../contracts/order.ts';
import type { DcvMethod } from '../../core/certificate.ts';

/**
 * `pending` and `active` are in the document; the others are what this vendor's older API and its like say. Compared in
 * lower case.
 */
export const statusTable: Readonly<Record<string, OrderStatus>> = {
  pending: 'pending',
  processing: 'pending',
  requested: 'pending',
  in_progress: 'pending',
  active: 'issued',
  delivered: 'issued',
  issued: 'issued',
  failed: 'failed',
  error: 'failed',
  rejected: 'failed',
  cancelled: 'cancelled',
  canceled: 'cancelled',
  deleted: 'cancelled',
  revoked: 'revoked',
  expired: 'expired',
};

/** Undefined: a word that is not known; whoever reads it keeps polling. */
export function orderStatus(word: string): OrderStatus | undefined {
  const key = word
    .trim()
    .toLowerCase()
    .replaceAll(/[\s-]+/g, '_');
  return Object.hasOwn(statusTable, key) ? statusTable[key] : undefined;
}

/** `dcv_type` (vendor document, "JSON request"). */
export const dcvWords: Readonly<Record<DcvMethod, 'EMAIL' | 'FILE' | 'DNS'>> = {
  email: 'EMAIL',
  file: 'FILE',
  dns: 'DNS',
};

export function dcvMethod(word: string | undefined): DcvMethod | undefined {
  switch (word?.trim().toUpperCase()) {
    case 'EMAIL':
      return 'email';
    case 'FILE':
    case 'HTTP':
    case 'HTTPS':
      return 'file';
    case 'DNS':
    case 'CNAME':
    case 'TXT':
      return 'dns';
    default:
      return undefined;
  }
}

const dateForm =
  /^\d{4}-\d{2}-\d{2}(?:[T ]\d{2}:\d{2}(?::\d{2}(?:\.\d{1,9})?)?)?\s*(?:Z|[+-]\d{2}:?\d{2})?$/i;

/**
 * Cut to whole seconds; UTC where no offset is written. The vendor's older API writes "2013-10-22T14:28:36.896498+00:00".
 * Undefined for anything that is no date.
 */
export function vendorDate(text: string): Date | undefined {
  const trimmed = text.trim();
  if (!dateForm.test(trimmed)) return undefined;
  const iso = trimmed.replace(' ', 'T').replaceAll(/\s/g, '');
  const hasOffset = /(?:Z|[+-]\d{2}:?\d{2})$/i.test(iso) && iso.includes('T');
  const ms = Date.parse(
    iso.includes('T') && !hasOffset ? `${iso}Z` : iso.replace(/([+-]\d{2})(\d{2})$/, '$1:$2'),
  );
  return Number.isNaN(ms) ? undefined : new Date(Math.floor(ms / 1000) * 1000);
}
