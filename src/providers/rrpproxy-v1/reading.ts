/** One look at a sub-certificate, made of an answer: ids, state, what to publish, what was issued. */
import type { ReadingResult } from '../../vendors/command-text/orders.ts';
import { readChallenges } from '../../vendors/rrpproxy/challenges.ts';
import { readingOf, statusOf } from '../../vendors/rrpproxy/reading.ts';
import type { Parts } from './handle.ts';
import { placesOf } from './places.ts';
import type { CertificateAnswer } from './schema.ts';

export interface Known {
  readonly parts?: Parts;
  /** Those of the request; where only an answer is at hand, the answer's own are used. */
  readonly names?: readonly string[];
}

export function toReading(answer: CertificateAnswer, known: Known): ReadingResult {
  const names = known.names ?? answer.names;
  const paidUntil = paidUntilOf(answer);
  return readingOf(answer, {
    orderId: answer.orderId ?? known.parts?.certificate,
    certificateId: answer.subId ?? known.parts?.sub,
    names: answer.names,
    challenges: () => readChallenges(placesOf(answer, names), names),
    moved: movedTo(answer),
    ...(paidUntil === undefined ? {} : { paidUntil }),
  });
}

/**
 * The term has no date of its own. It ended with the certificate that was bought; one of a later reissue may have been cut
 * by the CA's present limit, so only the single certificate of an order tells.
 */
function paidUntilOf(answer: CertificateAnswer): Date | undefined {
  const [only, ...others] = answer.subs;
  const bought = others.length === 0 && only?.id.endsWith('-001') === true;
  return bought && statusOf(answer) !== 'pending' ? answer.expiresAt : undefined;
}

export function isMigrated(answer: CertificateAnswer): boolean {
  return answer.migratedTo.length > 0 || answer.statusWord?.toLowerCase() === 'migrated';
}

function movedTo(answer: CertificateAnswer): string | undefined {
  if (!isMigrated(answer)) return undefined;
  const where = answer.migratedTo.length === 0 ? '' : ` as ${answer.migratedTo.slice(0, 5).join(', ')}`;
  return `The certificate was moved to API 2${where}; use a provider of type rrpproxy for it.`;
}
