/**
 * The facts of one certificate that the rest of renewd reads: plain data, detached from the bytes. What goes through
 * checks before deployment must please OpenSSL (through node:crypto) too, so that servers can read it; for looking at
 * files over and over the fields alone do, and cost a fifth.
 */
import { hash, X509Certificate } from 'node:crypto';
import { asBuffer, DerError, latin1, sameElement, type DerElement } from './der.ts';
import { nameText } from './distinguished-name.ts';
import { generalNameTags, subjectAltNames } from './extensions.ts';
import { publicKeyType, spkiHashOf, type PublicKeyType } from './public-key.ts';
import { readCertificate, type CertificateFields } from './x509.ts';

export interface CertificateFacts {
  /** dNSNames of the SAN, lower case, in their order. The common name is not a name (RFC 9525 §2). */
  readonly names: readonly string[];
  /** Other SAN entries and dNSNames with characters no DNS name has, as readable text: "ip:192.0.2.1". */
  readonly otherNames: readonly string[];
  readonly subject: string;
  readonly issuer: string;
  /** Lower-case hex, no leading zeros beyond whole bytes. */
  readonly serialHex: string;
  readonly notBefore: Date;
  readonly notAfter: Date;
  /** SHA-256 over the DER, lower-case hex. */
  readonly fingerprint256: string;
  /** SHA-256 over the SubjectPublicKeyInfo, lower-case hex. */
  readonly spkiSha256: string;
  readonly keyType: PublicKeyType;
  /** Subject and issuer are the same name. */
  readonly selfIssued: boolean;
}

/** A certificate on its way through checks: its facts' source, its fields, and OpenSSL's view of it. */
export interface Certificate {
  readonly der: Buffer;
  readonly fields: CertificateFields;
  readonly x509: X509Certificate;
}

/** Throws DerError with a sentence when it is not exactly one certificate that both readers accept. */
export function parseCertificate(der: Uint8Array): Certificate {
  const fields = readCertificate(der);
  try {
    return { der: asBuffer(der), fields, x509: new X509Certificate(der) };
  } catch {
    throw new DerError('OpenSSL cannot read it as a certificate');
  }
}

/** Throws DerError when names or key inside are broken. */
export function certificateFacts({ fields }: Pick<Certificate, 'fields'>): CertificateFacts {
  const names: string[] = [];
  const otherNames: string[] = [];
  for (const element of subjectAltNames(fields)) {
    const text = latin1(element);
    if (element.tag === generalNameTags.dns && /^[A-Za-z0-9*_.-]+$/.test(text))
      names.push(text.toLowerCase());
    else otherNames.push(otherNameText(element.tag, text));
  }
  return {
    names,
    otherNames,
    subject: nameText(fields.subject),
    issuer: nameText(fields.issuer),
    serialHex: serialHex(fields.serial),
    notBefore: new Date(fields.notBeforeMs),
    notAfter: new Date(fields.notAfterMs),
    fingerprint256: hash('sha256', fields.der, 'hex'),
    spkiSha256: spkiHashOf(fields.spki),
    keyType: publicKeyType(fields.spki),
    selfIssued: sameElement(fields.subject, fields.issuer),
  };
}

function serialHex({ bytes, contentStart, end }: DerElement): string {
  // A leading zero byte only keeps the number positive.
  const start = end - contentStart > 1 && bytes[contentStart] === 0 ? contentStart + 1 : contentStart;
  return asBuffer(bytes).toString('hex', start, end);
}

const otherNameKinds: Readonly<Record<number, string>> = {
  [generalNameTags.email]: 'email',
  [generalNameTags.dns]: 'dns',
  [generalNameTags.uri]: 'uri',
  [generalNameTags.directory]: 'directory',
};

function otherNameText(tag: number, text: string): string {
  if (tag === generalNameTags.address) return `ip:${addressText(Buffer.from(text, 'latin1'))}`;
  return `${otherNameKinds[tag] ?? 'other'}:${JSON.stringify(text.slice(0, 100))}`;
}

function addressText(bytes: Buffer): string {
  if (bytes.length === 4) return bytes.join('.');
  if (bytes.length !== 16) return bytes.toString('hex');
  const groups = Array.from({ length: 8 }, (_, index) => bytes.readUInt16BE(index * 2).toString(16));
  return groups.join(':');
}
