/** Whether a certificate can be one of an inventory at all. */
import { certificateFacts, parseCertificate, type CertificateFacts } from '../pki/certificate.ts';

/** `isCa`: one that signs others, as every chain has it. */
interface Unfit {
  readonly why: string;
  readonly isCa?: true;
}

/** Of a certificate in DER: its facts, or why it is left out. Never throws. */
export function acceptable(der: Uint8Array): CertificateFacts | Unfit {
  let facts: CertificateFacts;
  try {
    const certificate = parseCertificate(der);
    facts = certificateFacts(certificate);
    if (certificate.x509.ca) return { why: 'it is the certificate of a CA', isCa: true };
  } catch (thrown) {
    return { why: thrown instanceof Error ? thrown.message : 'it cannot be read' };
  }
  if (facts.selfIssued)
    return { why: `it is self-signed (${facts.subject.slice(0, 100)}): no provider sold it` };
  if (facts.names.length === 0) return { why: 'it has no DNS names' };
  const odd = facts.names.find((name) => !isHostName(name));
  if (odd !== undefined) return { why: `"${odd.slice(0, 100)}" is no host name that a public CA signs` };
  return facts;
}

function isHostName(name: string): boolean {
  const labels = name.replace(/^\*\./, '').split('.');
  return (
    name.length <= 253 &&
    labels.length > 1 &&
    labels.every((label) => /^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$/.test(label))
  );
}
