/** One look at a certificate, as far as both API generations show it alike: state, what was issued, who must act. */
import type { Challenge } from '../../core/challenge.ts';
import type { OrderReading, OrderStatus } from '../../contracts/order.ts';
import type { ReadingResult } from '../command-text/orders.ts';
import type { ChallengeReading } from '../command-text/proof-place.ts';
import { issuedParts, keyOf, type CertificateTexts } from './issued.ts';
import { isKnownStatus, orderStatus } from './status.ts';

export interface Shown extends CertificateTexts {
  readonly statusWord: string | undefined;
  readonly createdAt: Date | undefined;
  readonly message: string | undefined;
}

/** What the generations show differently. */
export interface GenerationPart extends Pick<OrderReading, 'paidUntil' | 'price'> {
  readonly orderId: string | undefined;
  readonly certificateId: string | undefined;
  readonly names: readonly string[];
  /** What to publish; asked for only while the order is pending. */
  readonly challenges: () => ChallengeReading;
  /** Where the certificate was moved to, as a sentence for people. */
  readonly moved: string | undefined;
}

const nothing: ChallengeReading = { challenges: [], refused: [] };

export function readingOf(shown: Shown, own: GenerationPart): ReadingResult {
  const { statusWord = '' } = shown;
  const issued = issuedParts(shown);
  const status = statusOf(shown);
  const { challenges, refused } = status === 'pending' ? own.challenges() : nothing;
  const { orderId, certificateId, names, paidUntil, price } = own;
  const person = refusal(refused) ?? own.moved ?? (status === 'pending' ? mailed(challenges) : undefined);
  const message = shown.message ?? unknownStatus(statusWord);
  const spkiSha256 = keyOf(shown.csr, issued.leafPem);
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
      ...(paidUntil === undefined ? {} : { paidUntil }),
      ...(shown.createdAt === undefined ? {} : { createdAt: shown.createdAt }),
      ...(price === undefined ? {} : { price }),
      ...(person === undefined ? {} : { waitsForPerson: person }),
      ...(message === undefined ? {} : { message }),
    },
  };
}

/** "active" without a certificate is not done yet: there is nothing to collect, or a reissue goes on at the CA. */
export function statusOf(shown: Shown): OrderStatus {
  const status = orderStatus(shown.statusWord ?? '');
  return status === 'issued' && issuedParts(shown).leafPem === undefined ? 'pending' : status;
}

function unknownStatus(word: string): string | undefined {
  if (word === '') return 'the provider gave no status';
  return isKnownStatus(word) ? undefined : `unknown status "${word}", taken as in progress`;
}

function refusal([unsafe]: readonly string[]): string | undefined {
  return unsafe === undefined ? undefined : `${unsafe}; nothing was published for it.`;
}

function mailed(challenges: readonly Challenge[]): string | undefined {
  const addresses = challenges.flatMap((one) => (one.kind === 'email' ? one.addresses : []));
  if (addresses.length === 0) return undefined;
  return `Approve the validation e-mail sent to ${[...new Set(addresses)].slice(0, 5).join(', ')}.`;
}
