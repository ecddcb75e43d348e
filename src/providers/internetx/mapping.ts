/** InterNetX's words to ours: job statuses, validation methods, dates, terms, business cases. Tables, one row a value. */
import type { OrderAction, OrderStatus } from '../../contracts/order.ts';
import type { DcvMethod } from '../../core/certificate.ts';
import { wholeSeconds } from '../../core/durations.ts';
import { RenewdError } from '../../core/errors.ts';
import { bounded } from '../../vendors/common/text.ts';

export interface JobState {
  /** `issued` says that the job is done, not yet that the certificate is the new one. */
  readonly status: OrderStatus;
  readonly waitsForPerson?: string;
}

/** JobStatusConstants of the OpenAPI document (unchanged since 2018). */
export const jobStates: Readonly<Record<string, JobState>> = {
  RUNNING: { status: 'pending' },
  WAIT: { status: 'pending' },
  /** Runs again at `execution`; seen while a validation record is awaited. */
  DEFERRED: { status: 'pending' },
  NOT_SET: { status: 'pending' },
  SUPPORT: {
    status: 'pending',
    waitsForPerson: 'InterNetX support handles this job by hand; ask them about it',
  },
  SUCCESS: { status: 'issued' },
  FAILED: { status: 'failed' },
  CANCELED: { status: 'cancelled' },
};

/** Throws `provider-protocol` carrying a word that no document lists. An absent status is one not set. */
export function jobState(word: string | undefined): JobState {
  const state = jobStates[(word ?? 'NOT_SET').toUpperCase()];
  if (state !== undefined) return state;
  throw new RenewdError(
    'provider-protocol',
    `InterNetX reports an unknown job status: ${bounded(word ?? '', 40)}`,
  );
}

/** AuthMethodConstants; ORG (proof by organisation) has nothing to publish. */
export const methodWords = { dns: 'DNS', file: 'FILE', email: 'EMAIL' } as const satisfies Record<
  DcvMethod,
  string
>;

/** `businessCase` of a prepared order; a new order needs none. */
export const businessCases = {
  create: undefined,
  reissue: 'REISSUE',
  renew: 'RENEW',
} as const satisfies Record<OrderAction, string | undefined>;

/**
 * A date of the JSON API, `2018-12-12T10:53:23.000+0100` (offset without colon), cut to whole seconds; undefined when
 * absent or unreadable. `expire` and `created` are known to be UTC wall clock labelled with the local offset, so such
 * a date comes out one or two hours too early: never schedule on it.
 */
export function vendorDate(text: string | undefined): Date | undefined {
  const match =
    /^(\d{4}-\d{2}-\d{2})[T ](\d{2}:\d{2}:\d{2})(?:\.\d{1,9})?(?:(Z)|([+-]\d{2}):?(\d{2}))?$/.exec(
      text?.trim() ?? '',
    );
  if (match === null) return undefined;
  const [, day, time, , hours, minutes] = match;
  const at = new Date(`${day}T${time}${hours === undefined ? 'Z' : `${hours}:${minutes}`}`);
  return Number.isNaN(at.getTime()) ? undefined : wholeSeconds(at);
}

/** Months in the units that a certificate's lifetime may have (TimeUnitConstants). */
const monthsByUnit: Readonly<Record<string, number>> = { MONTH: 1, QUARTER: 3, YEAR: 12 };

/** Start plus a term, in UTC calendar months (31 January plus one month is 28 February); undefined for other units. */
export function addTerm(
  start: Date,
  term: { readonly unit: string; readonly period: number },
): Date | undefined {
  const months = (monthsByUnit[term.unit.toUpperCase()] ?? Number.NaN) * term.period;
  if (!Number.isInteger(months) || months > 1200) return undefined;
  const end = new Date(start);
  end.setUTCMonth(end.getUTCMonth() + months);
  if (end.getUTCDate() !== start.getUTCDate()) end.setUTCDate(0);
  return end;
}

/** Ids in bodies are numbers, as in the vendor's samples, unless they are too large or not numeric. */
export function wireId(id: string): number | string {
  return /^\d{1,15}$/.test(id) ? Number(id) : id;
}

/** Serial numbers as integers: the API drops leading zeros and may say NOT_SET. Undefined for what is not hexadecimal. */
export function serialInteger(serial: string | undefined): bigint | undefined {
  const hex = serial?.replaceAll(/[\s:]/g, '') ?? '';
  return /^[0-9a-f]{1,64}$/i.test(hex) ? BigInt(`0x${hex}`) : undefined;
}

/** `Certificate`, `certificate`, `CERTIFICATE` … */
export function isCertificateType(type: string | undefined): boolean {
  return type?.toLowerCase() === 'certificate';
}
