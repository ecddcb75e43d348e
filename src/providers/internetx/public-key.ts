/**
 * The public key in a CSR or certificate, as the SHA-256 of its SubjectPublicKeyInfo: what an order is recognised by.
 * Reads structure only and verifies nothing.
 */
import { createHash, X509Certificate } from 'node:crypto';
import { decodePem } from '../common/text.ts';

export interface LeafFacts {
  readonly pem: string;
  readonly spkiSha256: string;
  /** DNS names, lower case. */
  readonly names: readonly string[];
  readonly notBefore: Date;
  readonly notAfter: Date;
}

/** Facts of a certificate in normalised PEM, or undefined when it cannot be read. */
export function leafFacts(pem: string): LeafFacts | undefined {
  try {
    const certificate = new X509Certificate(pem);
    const spki = certificate.publicKey.export({ type: 'spki', format: 'der' });
    return {
      pem,
      spkiSha256: sha256(spki),
      names: dnsNames(certificate.subjectAltName),
      notBefore: certificate.validFromDate,
      notAfter: certificate.validToDate,
    };
  } catch {
    // Not a certificate, or a key type that this Node does not know: the caller reports it as unreadable.
    return undefined;
  }
}

/**
 * Lower-case hex, or undefined when the text holds no readable CSR. RFC 2986 §4: the key is the third field of the
 * CertificationRequestInfo, which is the first field of the whole.
 */
export function csrSpkiSha256(csrPem: string): string | undefined {
  const der = decodePem(csrPem, ['CERTIFICATE REQUEST', 'NEW CERTIFICATE REQUEST']);
  const request = der === undefined ? undefined : readElement(der, 0);
  const info = der === undefined || request === undefined ? undefined : readElement(der, request.contentAt);
  if (der === undefined || info === undefined) return undefined;
  let at = info.contentAt;
  for (const skip of [0x02, 0x30]) {
    const element = readElement(der, at);
    if (element?.tag !== skip) return undefined;
    at = element.endAt;
  }
  const spki = readElement(der, at);
  return spki?.tag === 0x30 ? sha256(der.subarray(at, spki.endAt)) : undefined;
}

interface Element {
  readonly tag: number;
  readonly contentAt: number;
  readonly endAt: number;
}

/** One DER element with a definite length of at most 4 bytes (X.690 §8.1.3), inside the buffer. */
function readElement(der: Buffer, at: number): Element | undefined {
  const tag = der[at];
  const first = der[at + 1];
  if (tag === undefined || first === undefined) return undefined;
  const lengthBytes = first < 0x80 ? 0 : first & 0x7f;
  if (first === 0x80 || lengthBytes > 4 || at + 2 + lengthBytes > der.length) return undefined;
  const length = lengthBytes === 0 ? first : der.readUIntBE(at + 2, lengthBytes);
  const contentAt = at + 2 + lengthBytes;
  return contentAt + length > der.length ? undefined : { tag, contentAt, endAt: contentAt + length };
}

function dnsNames(subjectAltName: string | undefined): readonly string[] {
  return (subjectAltName ?? '')
    .split(', ')
    .filter((entry) => entry.startsWith('DNS:'))
    .map((entry) => entry.slice('DNS:'.length).toLowerCase());
}

function sha256(bytes: Uint8Array): string {
  return createHash('sha256').update(bytes).digest('hex');
}
