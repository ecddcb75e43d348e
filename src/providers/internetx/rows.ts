/** From the rows of an answer, in the JSON API's field names, to checked objects; shared by both encodings. */
import type { z } from 'zod';
import { RenewdError } from '../../core/errors.ts';
import { bounded } from '../../vendors/common/text.ts';
import type { Envelope } from '../../vendors/internetx/envelope.ts';
import type { Accepted, Page, Seen } from './gateway.ts';
import { parseAs, readJobRow } from './schema.ts';

export function seen<T extends z.ZodType>(schema: T, raw: unknown, what: string): Seen<z.output<T>> {
  return { value: parseAs(schema, raw, what), raw };
}

/** The first row, or undefined when there is none. */
export function firstOf<T extends z.ZodType>(
  schema: T,
  rows: readonly unknown[],
  what: string,
): Seen<z.output<T>> | undefined {
  const [row] = rows;
  return row === undefined ? undefined : seen(schema, row, what);
}

export function pageOf<T extends z.ZodType>(
  schema: T,
  rows: readonly unknown[],
  envelope: Envelope,
  what: string,
): Page<z.output<T>> {
  return { rows: rows.map((row) => seen(schema, row, what)), summary: envelope.object.summary };
}

export function acceptedOf(envelope: Envelope, rows: readonly unknown[]): Accepted {
  const job = readJobRow(rows[0])?.job;
  return { jobId: job?.id, status: job?.status ?? envelope.type, word: wordOf(envelope) };
}

export function wordOf(envelope: Envelope): string {
  return bounded(envelope.code ?? envelope.type, 40);
}

/**
 * The id of a contact that was just made: in the data, or in `object`. Throws `provider-outcome-unknown` when neither
 * has one: the contact exists, but nobody knows which it is.
 */
export function contactIdOf(id: string | undefined, envelope: Envelope): string {
  const found = id ?? envelope.object.value;
  if (found !== undefined && /^[A-Za-z0-9_-]{1,64}$/.test(found)) return found;
  throw new RenewdError('provider-outcome-unknown', 'InterNetX made the contact, but does not say its id');
}
