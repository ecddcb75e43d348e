/** What an accepted order's answer becomes: a reading, or the admission that nobody knows what was ordered. */
import type { OrderHandle, OrderReading, OrderRequest } from '../../contracts/order.ts';
import type { Challenge } from '../../core/challenge.ts';
import { RenewdError } from '../../core/errors.ts';
import { bounded } from '../../vendors/common/text.ts';
import { personFor } from './challenges.ts';
import type { Accepted, InternetxGateway } from './gateway.ts';
import { previousCertificateId } from './order.ts';
import { certificateReading } from './reading.ts';

/**
 * The id in the answer is the job's; a reissue or renewal keeps the certificate's id (reissue walkthrough, XML samples;
 * OpenAPI document, "JsonResponseDataJob"). An accepted order without an id has to be looked for.
 */
export function orderReading({ jobId, status, word }: Accepted, request: OrderRequest): OrderReading {
  if (jobId === undefined) throw lostId(word);
  const certificateId = request.action === 'create' ? undefined : previousCertificateId(request);
  const handle: OrderHandle = { jobId, ...(certificateId === undefined ? {} : { certificateId }) };
  const challenges = orderedChallenges(request);
  const waitsForPerson = personFor(challenges);
  return {
    handle,
    status: 'pending',
    statusWord: bounded(status, 80),
    challenges,
    ...(waitsForPerson === undefined ? {} : { waitsForPerson }),
  };
}

/** What was prepared; without that, mails are the only thing that is known to be on its way. */
function orderedChallenges({ prepared, dcv, names }: OrderRequest): readonly Challenge[] {
  if (prepared !== undefined) return prepared.challenges;
  const { method, approver } = dcv;
  if (method !== 'email' || approver === undefined) return [];
  return names.map((identifier) => ({ kind: 'email', identifier, addresses: [approver] }));
}

/** Whatever is wrong with the certificate, it was ordered: a failure to read it must not look like a refusal. */
export function realtimeReading(
  { certificate, word }: Awaited<ReturnType<NonNullable<InternetxGateway['realtime']>>>,
  now: Date,
): OrderReading {
  if (certificate?.id === undefined) throw lostId(word);
  try {
    return certificateReading(certificate, {}, now);
  } catch (thrown) {
    throw lostId(word, thrown);
  }
}

function lostId(word: string, cause?: unknown): RenewdError {
  const message = `InterNetX accepted the order (${word}), but what it answered cannot be used`;
  return new RenewdError('provider-outcome-unknown', message, { cause });
}
