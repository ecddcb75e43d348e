/** What is read from a leaf certificate. Structure only: whether it is good is decided by whoever deploys it. */
import { X509Certificate } from 'node:crypto';
import { certificateKeySha256 } from '../../vendors/common/csr-key.ts';

export interface LeafFacts {
  readonly pem: string;
  /** SHA-256 of the SubjectPublicKeyInfo, lower-case hex. */
  readonly spkiSha256: string;
  /** DNS names, lower case. */
  readonly names: readonly string[];
  readonly notBefore: Date;
  readonly notAfter: Date;
}

/** Facts of a certificate in normalised PEM, or undefined when it or its key cannot be read. */
export function leafFacts(pem: string): LeafFacts | undefined {
  const spkiSha256 = certificateKeySha256(pem);
  if (spkiSha256 === undefined) return undefined;
  const certificate = new X509Certificate(pem);
  return {
    pem,
    spkiSha256,
    names: dnsNames(certificate.subjectAltName),
    notBefore: certificate.validFromDate,
    notAfter: certificate.validToDate,
  };
}

/** Node prints the extension as "DNS:a.example, DNS:b.example, IP Address:192.0.2.1". */
function dnsNames(subjectAltName: string | undefined): readonly string[] {
  return (subjectAltName ?? '')
    .split(', ')
    .filter((entry) => entry.startsWith('DNS:'))
    .map((entry) => entry.slice('DNS:'.length).toLowerCase());
}
