/** One look at an order, made of an answer: ids, state, what to publish, what was issued. */
import type { OrderHandle, OrderReading, OrderStatus } from '../../contracts/order.ts';
import type { Secret } from '../../core/certificate.ts';
import { hostNames } from '../../vendors/command-text/fields.ts';
import type { ReadingResult } from '../../vendors/command-text/orders.ts';
import { certificateKeySha256, csrKeySha256 } from '../../vendors/common/csr-key.ts';
import { bounded, certificatePems } from '../../vendors/common/text.ts';
import { readChallenges } from './challenges.ts';
import { isKnownStatus, isReplaced, orderStatus } from './mapping.ts';
import type { CertificateAnswer } from './schema.ts';
import { privateKeySha256 } from './vendor-key.ts';

export interface Known {
  readonly handle?: OrderHandle;
  /** Of the request; where only an answer is at hand, the answer's own are used. */
  readonly names?: readonly string[];
  /** The answer to ReissueSSLCert names neither id nor state: the order is known, and it is under way. */
  readonly reissueAccepted?: boolean;
  /** A private key that came with the answer. It is handed on only when it belongs to this certificate. */
  readonly privateKey?: Secret | undefined;
}

export function toReading(answer: CertificateAnswer, known: Known): ReadingResult {
  const names = hostNames(answer.domains);
  const statusWord = answer.statusWord ?? '';
  const issued = issuedParts(answer);
  const status =
    known.reissueAccepted === true ? 'pending' : statusOf(statusWord, issued.leafPem !== undefined);
  const { challenges, refused } =
    status === 'pending' ? readChallenges(answer, known.names ?? names) : { challenges: [], refused: [] };
  const certificateId = answer.certificateId ?? known.handle?.certificateId;
  const person = waitsFor(status, challenges, refused);
  const message = messageOf(answer, status, known);
  const spkiSha256 = issued.csrKey ?? issued.leafKey;
  const { privateKey } = known;
  const ours =
    privateKey !== undefined && spkiSha256 !== undefined && privateKeySha256(privateKey) === spkiSha256;
  return {
    refused,
    reading: {
      handle: certificateId === undefined ? {} : { certificateId },
      status,
      statusWord,
      challenges,
      ...(status === 'issued' && issued.leafPem !== undefined
        ? { leafPem: issued.leafPem, caPems: issued.caPems }
        : {}),
      ...(spkiSha256 === undefined ? {} : { spkiSha256 }),
      ...(names.length === 0 ? {} : { names }),
      ...(ours ? { vendorKeyPem: privateKey } : {}),
      ...(answer.paidUntil === undefined ? {} : { paidUntil: answer.paidUntil }),
      ...(answer.createdAt === undefined ? {} : { createdAt: answer.createdAt }),
      ...(person === undefined ? {} : { waitsForPerson: person }),
      ...(message === undefined ? {} : { message }),
    },
  };
}

/** "ACTIVE" without the certificate is not done yet; a replaced order without one will never be. */
function statusOf(word: string, hasLeaf: boolean): OrderStatus {
  const status = orderStatus(word);
  if (status !== 'issued' || hasLeaf) return status;
  return isReplaced(word) ? 'cancelled' : 'pending';
}

function messageOf(answer: CertificateAnswer, status: OrderStatus, known: Known): string | undefined {
  const { statusWord = '', statusDetails } = answer;
  if (known.reissueAccepted === true) return statusDetails;
  if (statusWord === '') return 'the provider gave no status';
  if (!isKnownStatus(statusWord)) return bounded(`unknown status "${statusWord}", taken as in progress`);
  if (status === 'pending' && answer.internalDns && answer.records.some((record) => record !== undefined)) {
    return 'the provider puts the validation record into its own zone (INTERNALDNS) and leaves it there';
  }
  // "Valid" beside ACTIVE says nothing new.
  return status === 'issued' ? undefined : statusDetails;
}

function waitsFor(
  status: OrderStatus,
  challenges: OrderReading['challenges'],
  refused: readonly string[],
): string | undefined {
  const [unsafe] = refused;
  if (unsafe !== undefined) return `${unsafe}; nothing was published for it.`;
  const mailed = challenges.flatMap((challenge) => (challenge.kind === 'email' ? challenge.addresses : []));
  if (status !== 'pending' || mailed.length === 0) return undefined;
  return `Mail went to ${[...new Set(mailed)].slice(0, 5).join(', ')}; somebody must follow its link.`;
}

interface Issued {
  readonly csrKey: string | undefined;
  readonly leafKey: string | undefined;
  readonly leafPem: string | undefined;
  readonly caPems: readonly string[];
}

/**
 * The leaf is the certificate with the CSR's key: an order keeps its id through a reissue, and what it shows may still be
 * the certificate from before. Blocks may be concatenated and in any order.
 */
function issuedParts(answer: CertificateAnswer): Issued {
  const own = certificatePems(answer.certificate);
  const csrKey = answer.csr === undefined ? undefined : csrKeySha256(answer.csr);
  const leafPem = csrKey === undefined ? own[0] : own.find((pem) => certificateKeySha256(pem) === csrKey);
  const others = [...own, ...certificatePems(answer.chain)].filter((pem) => pem !== leafPem);
  return {
    csrKey,
    leafKey: leafPem === undefined ? undefined : certificateKeySha256(leafPem),
    leafPem,
    caPems: [...new Set(others)],
  };
}
