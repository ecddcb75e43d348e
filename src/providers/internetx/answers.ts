/** What the answers to orders and new contacts say; shared by both encodings. */
import { RenewdError } from '../../core/errors.ts';
import { bounded } from '../../vendors/common/text.ts';
import type { Envelope } from '../../vendors/internetx/envelope.ts';
import type { Accepted } from './gateway.ts';
import { readJobRow } from './schema.ts';

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
