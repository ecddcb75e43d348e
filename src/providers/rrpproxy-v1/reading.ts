/** One look at a sub-certificate, made of an answer: ids, state, what to publish, what was issued. */
import type { OrderReading, OrderStatus } from '../../contracts/order.ts';
import { readChallenges } from '../../vendors/rrpproxy/challenges.ts';
import { issuedParts, keyOf } from '../../vendors/rrpproxy/issued.ts';
import { isKnownStatus, orderStatus } from '../../vendors/rrpproxy/status.ts';
import type { Parts } from './handle.ts';
import { placesOf } from './places.ts';
import type { CertificateAnswer } from './schema.ts';

export interface ReadingResult {
  readonly reading: OrderReading;
  /** Instructions that must not be followed; they are not in the reading. */
  readonly refused: readonly string[];
}

export interface Known {
  readonly parts?: Parts;
  /** Those of the request; where only an answer is at hand, the answer's own are used. */
  readonly names?: readonly string[];
}

export function toReading(answer: CertificateAnswer, known: Known): ReadingResult {
  const statusWord = answer.statusWord ?? '';
  const issued = issuedParts(answer);
  const status = statusOf(statusWord, issued.leafPem !== undefined);
  const names = known.names ?? answer.names;
  const { challenges, refused } =
    status === 'pending' ? readChallenges(placesOf(answer, names), names) : { challenges: [], refused: [] };
  const orderId = answer.orderId ?? known.parts?.certificate;
  const certificateId = answer.subId ?? known.parts?.sub;
  const person = waitsFor(answer, status, challenges, refused);
  const message = answer.message ?? unknownStatus(statusWord);
  const spkiSha256 = keyOf(answer.csr, issued.leafPem);
  // The term has no date of its own. It ended with the certificate that was bought; one of a later reissue may have been
  // cut by the CA's present limit, so only the single certificate of an order tells.
  const bought = answer.subs.length === 1 && answer.subs[0]?.id.endsWith('-001') === true;
  const paidUntil = bought && status !== 'pending' ? answer.expiresAt : undefined;
  return {
    refused,
    reading: {
      handle: {
        ...(orderId === undefined ? {} : { orderId }),
        ...(certificateId === undefined ? {} : { certificateId }),
      },
      status,
      statusWord,
      challenges,
      ...(status === 'issued' ? issued : {}),
      ...(spkiSha256 === undefined ? {} : { spkiSha256 }),
      ...(answer.names.length === 0 ? {} : { names: answer.names }),
      ...(paidUntil === undefined ? {} : { paidUntil }),
      ...(answer.createdAt === undefined ? {} : { createdAt: answer.createdAt }),
      ...(person === undefined ? {} : { waitsForPerson: person }),
      ...(message === undefined ? {} : { message }),
    },
  };
}

/** "ACTIVE" without a certificate is not done yet: the reissue goes on at the CA. */
function statusOf(word: string, hasLeaf: boolean): OrderStatus {
  const status = orderStatus(word);
  return status === 'issued' && !hasLeaf ? 'pending' : status;
}

function unknownStatus(word: string): string | undefined {
  if (word === '') return 'the provider gave no status';
  return isKnownStatus(word) ? undefined : `unknown status "${word}", taken as in progress`;
}

export function isMigrated(answer: CertificateAnswer): boolean {
  return answer.migratedTo.length > 0 || answer.statusWord?.toLowerCase() === 'migrated';
}

function waitsFor(
  answer: CertificateAnswer,
  status: OrderStatus,
  challenges: OrderReading['challenges'],
  refused: readonly string[],
): string | undefined {
  const [unsafe] = refused;
  if (unsafe !== undefined) return `${unsafe}; nothing was published for it.`;
  if (isMigrated(answer)) {
    const where = answer.migratedTo.length === 0 ? '' : ` as ${answer.migratedTo.slice(0, 5).join(', ')}`;
    return `The certificate was moved to API 2${where}; use a provider of type rrpproxy for it.`;
  }
  const mailed = challenges.flatMap((challenge) => (challenge.kind === 'email' ? challenge.addresses : []));
  if (status !== 'pending' || mailed.length === 0) return undefined;
  return `Approve the validation e-mail sent to ${[...new Set(mailed)].slice(0, 5).join(', ')}.`;
}
