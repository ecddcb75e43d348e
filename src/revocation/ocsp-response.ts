/**
 * The answer of an OCSP responder (RFC 6960 §4.2), read strictly and believed only where the issuer, or somebody with the
 * issuer's leave to sign such answers, signed it for the certificate that was asked about.
 */
import type { KeyObject } from 'node:crypto';
import { parseCertificate, type Certificate } from '../pki/certificate.ts';
import {
  children,
  content,
  DerError,
  expectBytes,
  expectTag,
  readInside,
  readOid,
  readTimeMs,
  readWhole,
  sameBytes,
  sameElement,
  tags,
  whole,
  type DerElement,
} from '../pki/der.ts';
import { signedBy } from '../pki/chain-rules.ts';
import { extendedKeyUsage, ocspSigningOid } from '../pki/extensions.ts';
import { verifySignature } from '../pki/signature.ts';
import type { CertificateFields } from '../pki/x509.ts';
import { readExtensionList } from './crl.ts';
import { keyHash } from './ocsp-request.ts';
import { readReasonCode, reasonWord } from './reasons.ts';

const basicResponseOid = '1.3.6.1.5.5.7.48.1.1';
const enumerated = 0x0a;
/** A responder's own chain; more are not looked at. */
const certificatesMax = 4;

/** RFC 6960 §4.2.1. */
const refusals: ReadonlyMap<number, string> = new Map([
  [1, 'malformedRequest'],
  [2, 'internalError'],
  [3, 'tryLater'],
  [5, 'sigRequired'],
  [6, 'unauthorized'],
]);

export interface OcspSingle {
  readonly status: 'good' | 'revoked' | 'unknown';
  readonly revokedAt: Date | null;
  readonly reason: string | null;
  readonly thisUpdateMs: number;
  readonly nextUpdateMs: number;
}

interface OcspFields {
  readonly signed: DerElement;
  readonly signatureAlgorithm: DerElement;
  readonly signature: DerElement;
  readonly certificates: readonly DerElement[];
  readonly responderId: DerElement;
  readonly singles: readonly DerElement[];
}

/** Throws DerError with a sentence for whatever is no believable answer about this certificate. */
export async function readOcspResponse(
  der: Uint8Array,
  id: Uint8Array,
  issuer: Certificate,
  now: Date,
): Promise<OcspSingle> {
  const fields = readFields(der);
  const { signed, signatureAlgorithm, signature } = fields;
  const key = signerOf(fields, issuer, now);
  const good = await verifySignature(signatureAlgorithm, whole(signed), content(signature).subarray(1), key);
  if (!good) throw new DerError('the signature of the answer is not valid');
  const single = fields.singles
    .map((element) => children(expectTag(element, tags.sequence)))
    .find(([about]) => about !== undefined && sameBytes(whole(about), id));
  if (single === undefined) throw new DerError('the answer is about other certificates');
  return readSingle(single);
}

function readFields(der: Uint8Array): OcspFields {
  const [status, wrapper, ...rest] = children(readWhole(der, tags.sequence));
  const word = expectTag(status, enumerated);
  const code = word.bytes[word.contentStart] ?? 0xff;
  if (code !== 0 || word.end - word.contentStart !== 1)
    throw new DerError(`the responder refuses: ${refusals.get(code) ?? `code ${code}`}`);
  if (rest.length > 0) throw new DerError('the answer has unknown fields');
  const [type, octets] = children(readInside(expectTag(wrapper, 0xa0), tags.sequence));
  if (readOid(expectTag(type, tags.oid)) !== basicResponseOid)
    throw new DerError('the answer is of an unknown type');
  const basic = readInside(expectTag(octets, tags.octetString), tags.sequence);
  const [signed, signatureAlgorithm, signature, certificates, ...more] = children(basic);
  if (more.length > 0) throw new DerError('the answer has unknown fields');
  const parts = children(expectTag(signed, tags.sequence));
  // version [0], which is 1 and therefore left out.
  const [responderId, producedAt, responses, extensions, ...others] = parts;
  if (others.length > 0) throw new DerError('the answer has unknown fields');
  readTimeMs(expectTag(producedAt, tags.generalizedTime));
  refuseCritical(extensions);
  return {
    signed: expectTag(signed, tags.sequence),
    signatureAlgorithm: expectTag(signatureAlgorithm, tags.sequence),
    signature: expectBytes(signature),
    certificates:
      certificates === undefined ? [] : children(readInside(expectTag(certificates, 0xa0), tags.sequence)),
    responderId: responderId ?? expectTag(responderId, 0xa1),
    singles: children(expectTag(responses, tags.sequence)),
  };
}

/** [1] EXPLICIT Extensions. */
function refuseCritical(wrapper: DerElement | undefined): void {
  if (wrapper === undefined) return;
  for (const [oid, { critical }] of readExtensionList(readInside(expectTag(wrapper, 0xa1), tags.sequence)))
    if (critical) throw new DerError(`the answer has the critical extension ${oid}, which is not understood`);
}

/** The key that may sign: the issuer's, or that of a responder the issuer itself appointed (RFC 6960 §4.2.2.2). */
function signerOf({ responderId, certificates }: OcspFields, issuer: Certificate, now: Date): KeyObject {
  if (isNamed(responderId, issuer.fields)) return issuer.x509.publicKey;
  for (const element of certificates.slice(0, certificatesMax)) {
    const candidate = parseCertificate(whole(element));
    if (!isNamed(responderId, candidate.fields)) continue;
    const why = appointmentProblem(candidate, issuer, now);
    if (why !== undefined) throw new DerError(`the responder may not answer: ${why}`);
    return candidate.x509.publicKey;
  }
  throw new DerError('the answer is signed by somebody unknown');
}

function appointmentProblem(candidate: Certificate, issuer: Certificate, now: Date): string | undefined {
  const { fields } = candidate;
  if (!sameElement(fields.issuer, issuer.fields.subject) || !signedBy(candidate, issuer))
    return 'its certificate is not from the issuer';
  if (extendedKeyUsage(fields)?.includes(ocspSigningOid) !== true)
    return 'its certificate is not for signing answers';
  if (now.getTime() < fields.notBeforeMs || now.getTime() > fields.notAfterMs)
    return 'its certificate is not valid now';
  return undefined;
}

/** ResponderID: byName [1] or byKey [2]. */
function isNamed(responderId: DerElement, { subject, spki }: CertificateFields): boolean {
  if (responderId.tag === 0xa1) return sameElement(readInside(responderId, tags.sequence), subject);
  return sameBytes(content(readInside(expectTag(responderId, 0xa2), tags.octetString)), keyHash(spki));
}

function readSingle(parts: readonly DerElement[]): OcspSingle {
  const [, status, thisUpdate, ...others] = parts;
  const nextUpdate = others[0]?.tag === 0xa0 ? others.shift() : undefined;
  const extensions = others.shift();
  if (status === undefined || others.length > 0) throw new DerError('the answer has unknown fields');
  // Without it the answer would never be out of date, and an old one could be shown for ever.
  if (nextUpdate === undefined) throw new DerError('the answer does not say how long it holds');
  refuseCritical(extensions);
  return {
    ...readStatus(status),
    thisUpdateMs: readTimeMs(expectTag(thisUpdate, tags.generalizedTime)),
    nextUpdateMs: readTimeMs(readInside(nextUpdate, tags.generalizedTime)),
  };
}

function readStatus(element: DerElement): Pick<OcspSingle, 'status' | 'revokedAt' | 'reason'> {
  switch (element.tag) {
    case 0x80:
      return { status: 'good', revokedAt: null, reason: null };
    case 0x82:
      return { status: 'unknown', revokedAt: null, reason: null };
    case 0xa1: {
      const [at, wrapped] = children(element);
      const revokedAt = new Date(readTimeMs(expectTag(at, tags.generalizedTime)));
      const code =
        wrapped === undefined ? undefined : readReasonCode(readInside(expectTag(wrapped, 0xa0), enumerated));
      return { status: 'revoked', revokedAt, reason: code === undefined ? null : reasonWord(code) };
    }
    default:
      throw new DerError('the answer has an unknown status');
  }
}
