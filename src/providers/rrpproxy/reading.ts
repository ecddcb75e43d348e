/** One look at an order, made of an answer: ids, state, what to publish, what was issued. */
import type { OrderHandle, OrderReading, OrderStatus } from '../../contracts/order.ts';
import { readChallenges } from '../../vendors/rrpproxy/challenges.ts';
import { hostNames, issuedParts, keyOf } from '../../vendors/rrpproxy/issued.ts';
import { isKnownStatus, orderStatus } from '../../vendors/rrpproxy/status.ts';
import type { CertificateAnswer } from './schema.ts';

export interface ReadingResult {
  readonly reading: OrderReading;
  /** Instructions that must not be followed; they are not in the reading. */
  readonly refused: readonly string[];
}

/** `names`: those of the request; where only an answer is at hand, the answer's own are used. */
export function toReading(
  answer: CertificateAnswer,
  known: { readonly handle?: OrderHandle; readonly names?: readonly string[] },
): ReadingResult {
  const names = hostNames(answer.domains);
  const statusWord = answer.statusWord ?? '';
  const issued = issuedParts(answer);
  const status = statusOf(statusWord, issued.leafPem !== undefined);
  const { challenges, refused } =
    status === 'pending' ? readChallenges(answer, known.names ?? names) : { challenges: [], refused: [] };
  const certificateId = answer.certificateId ?? known.handle?.certificateId;
  const orderId = answer.orderId ?? known.handle?.orderId;
  const person = waitsFor(answer, status, challenges, refused);
  const message = answer.message ?? unknownStatus(statusWord);
  const spkiSha256 = keyOf(answer.csr, issued.leafPem);
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
      ...(names.length === 0 ? {} : { names }),
      ...(answer.paidUntil === undefined ? {} : { paidUntil: answer.paidUntil }),
      ...(answer.createdAt === undefined ? {} : { createdAt: answer.createdAt }),
      ...(answer.price === undefined ? {} : { price: answer.price }),
      ...(person === undefined ? {} : { waitsForPerson: person }),
      ...(message === undefined ? {} : { message }),
    },
  };
}

/** "active" without a certificate is not done yet: there is nothing to collect. */
function statusOf(word: string, hasLeaf: boolean): OrderStatus {
  const status = orderStatus(word);
  return status === 'issued' && !hasLeaf ? 'pending' : status;
}

function unknownStatus(word: string): string | undefined {
  if (word === '') return 'the provider gave no status';
  return isKnownStatus(word) ? undefined : `unknown status "${word}", taken as in progress`;
}

function waitsFor(
  answer: CertificateAnswer,
  status: OrderStatus,
  challenges: OrderReading['challenges'],
  refused: readonly string[],
): string | undefined {
  const [unsafe] = refused;
  if (unsafe !== undefined) return `${unsafe}; nothing was published for it.`;
  if (answer.migratedTo !== undefined) {
    return `The certificate was moved to API 2 as ${answer.migratedTo}; adopt that one instead.`;
  }
  const mailed = challenges.flatMap((challenge) => (challenge.kind === 'email' ? challenge.addresses : []));
  if (status !== 'pending' || mailed.length === 0) return undefined;
  return `Approve the validation e-mail sent to ${[...new Set(mailed)].slice(0, 5).join(', ')}.`;
}
