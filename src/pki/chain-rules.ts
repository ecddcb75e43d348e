/**
 * What each certificate of a chain must satisfy (RFC 5280 §6.1, and the strengths that the CA/Browser Forum's Baseline
 * Requirements §6.1.5 and §7.1.3 ask for). Each rule looks at one certificate in its place and says what is wrong.
 */
import type { Certificate } from './certificate.ts';
import { asBuffer, children, DerError, expectTag, readOid, tags } from './der.ts';
import { nameText } from './distinguished-name.ts';
import {
  anyExtendedKeyUsageOid,
  authorityKeyId,
  basicConstraints,
  extendedKeyUsage,
  extensionIds,
  keyUsage,
  keyUsageBits,
  serverAuthOid,
  subjectAltNames,
  subjectKeyId,
} from './extensions.ts';
import { publicKeyType } from './public-key.ts';
import type { CertificateFields } from './x509.ts';

export type ChainFailureCode =
  | 'malformed'
  | 'incomplete'
  | 'loop'
  | 'too-long'
  | 'self-signed-leaf'
  | 'leaf-is-ca'
  | 'not-a-ca'
  | 'path-length'
  | 'key-usage'
  | 'purpose'
  | 'signature'
  | 'weak-signature'
  | 'weak-key'
  | 'not-yet-valid'
  | 'expired'
  | 'critical-extension'
  | 'name-constraints';

export interface ChainFailure {
  readonly code: ChainFailureCode;
  /** For people; names the certificate by its subject. */
  readonly sentence: string;
}

/** Extensions whose meaning is applied, or does not limit use. RFC 5280 §4.2: any other critical one means refusal. */
const understood: ReadonlySet<string> = new Set([
  extensionIds.subjectKeyIdentifier,
  extensionIds.keyUsage,
  extensionIds.subjectAltName,
  extensionIds.basicConstraints,
  extensionIds.nameConstraints,
  extensionIds.crlDistributionPoints,
  extensionIds.certificatePolicies,
  extensionIds.authorityKeyIdentifier,
  extensionIds.extendedKeyUsage,
  extensionIds.authorityInfoAccess,
  extensionIds.tlsFeature,
]);

/** SHA-256, -384 and -512 with RSA and ECDSA; Ed25519 and Ed448. */
const strongSignatures: ReadonlySet<string> = new Set([
  '1.2.840.113549.1.1.11',
  '1.2.840.113549.1.1.12',
  '1.2.840.113549.1.1.13',
  '1.2.840.10045.4.3.2',
  '1.2.840.10045.4.3.3',
  '1.2.840.10045.4.3.4',
  '1.3.101.112',
  '1.3.101.113',
]);
const rsaPssOid = '1.2.840.113549.1.1.10';
const strongHashes: ReadonlySet<string> = new Set([
  '2.16.840.1.101.3.4.2.1',
  '2.16.840.1.101.3.4.2.2',
  '2.16.840.1.101.3.4.2.3',
]);
const weakSignatureNames: Readonly<Record<string, string>> = {
  '1.2.840.113549.1.1.2': 'MD2',
  '1.2.840.113549.1.1.4': 'MD5',
  '1.2.840.113549.1.1.5': 'SHA-1',
  '1.2.840.10045.4.1': 'SHA-1',
  [rsaPssOid]: 'RSA-PSS over a weak hash',
};

const strongKeys: ReadonlySet<string> = new Set([
  'ecdsa-p256',
  'ecdsa-p384',
  'ecdsa-p521',
  'ed25519',
  'ed448',
]);
const rsaBitsMin = 2048;

/** `"CN=…"` of a certificate, for sentences. */
export function subjectOf({ fields }: Pick<Certificate, 'fields'>): string {
  return textOrUnnamed(fields.subject);
}

export function issuerOf({ fields }: Pick<Certificate, 'fields'>): string {
  return textOrUnnamed(fields.issuer);
}

function textOrUnnamed(name: CertificateFields['subject']): string {
  try {
    const text = nameText(name);
    return text === '' ? 'a certificate without a subject' : `"${text}"`;
  } catch {
    return 'a certificate with an unreadable name';
  }
}

/** Rules for every certificate, whatever its place. Throws DerError, like all rules here, on broken extensions. */
export function generalFailures(certificate: Certificate, now: Date): ChainFailure[] {
  const { fields } = certificate;
  const failures: ChainFailure[] = [];
  const subject = subjectOf(certificate);
  const nowMs = now.getTime();
  requireReadable(fields);
  if (nowMs < fields.notBeforeMs) {
    failures.push({
      code: 'not-yet-valid',
      sentence: `${subject} is valid from ${isoSeconds(fields.notBeforeMs)} only`,
    });
  }
  // RFC 5280 §4.1.2.5: notAfter itself still belongs to the validity.
  if (nowMs > fields.notAfterMs) {
    failures.push({ code: 'expired', sentence: `${subject} expired at ${isoSeconds(fields.notAfterMs)}` });
  }
  for (const [oid, extension] of fields.extensions) {
    if (!extension.critical || understood.has(oid)) continue;
    const sentence =
      oid === extensionIds.precertificatePoison
        ? `${subject} is a precertificate, which is not for use`
        : `${subject} has the critical extension ${oid}, which is not understood`;
    failures.push({ code: 'critical-extension', sentence });
  }
  const keyType = publicKeyType(fields.spki);
  const strong = keyType.startsWith('rsa-')
    ? Number(keyType.slice(4)) >= rsaBitsMin
    : strongKeys.has(keyType);
  if (!strong) failures.push({ code: 'weak-key', sentence: `${subject} has a key of type ${keyType}` });
  return failures;
}

/** These are used elsewhere, where a broken one counts as absent; it has to be noticed here. */
function requireReadable(fields: CertificateFields): void {
  subjectAltNames(fields);
  subjectKeyId(fields);
  authorityKeyId(fields);
}

/** For everything but self-signed ends: nobody relies on a root's own signature. */
export function signatureStrengthFailures(certificate: Certificate): ChainFailure[] {
  const { signatureOid } = certificate.fields;
  const strong =
    strongSignatures.has(signatureOid) || (signatureOid === rsaPssOid && strongPss(certificate.fields));
  if (strong) return [];
  const name = weakSignatureNames[signatureOid] ?? `the algorithm ${signatureOid}`;
  return [{ code: 'weak-signature', sentence: `${subjectOf(certificate)} is signed with ${name}` }];
}

/** RFC 4055 §3.1: the hash is the first, optional field of the parameters, and SHA-1 when it is left out. */
function strongPss(fields: CertificateFields): boolean {
  const [, parameters] = children(fields.signatureAlgorithm);
  const hashField = children(expectTag(parameters, tags.sequence)).find((element) => element.tag === 0xa0);
  if (hashField === undefined) return false;
  const [algorithm] = children(hashField);
  return strongHashes.has(readOid(expectTag(children(expectTag(algorithm, tags.sequence))[0], tags.oid)));
}

export function leafFailures(leaf: Certificate): ChainFailure[] {
  const failures: ChainFailure[] = [];
  const subject = subjectOf(leaf);
  if (basicConstraints(leaf.fields)?.ca === true) {
    failures.push({ code: 'leaf-is-ca', sentence: `${subject} is a CA certificate, not one for a server` });
  }
  // BR §7.1.2.7.10 makes serverAuth a must; a certificate without the extension was not made for the public web.
  if (extendedKeyUsage(leaf.fields)?.includes(serverAuthOid) !== true) {
    failures.push({ code: 'purpose', sentence: `${subject} is not for TLS servers (no serverAuth)` });
  }
  const usage = keyUsage(leaf.fields);
  const rsa = publicKeyType(leaf.fields.spki).startsWith('rsa-');
  const usable =
    usage === undefined ||
    usage.has(keyUsageBits.digitalSignature) ||
    (rsa && usage.has(keyUsageBits.keyEncipherment));
  if (!usable)
    failures.push({ code: 'key-usage', sentence: `${subject} may not sign TLS handshakes (key usage)` });
  return failures;
}

/** `intermediatesBelow`: how many intermediates, self-issued ones not counted, stand between it and the leaf. */
export function caFailures(ca: Certificate, intermediatesBelow: number): ChainFailure[] {
  const failures: ChainFailure[] = [];
  const subject = subjectOf(ca);
  const constraints = basicConstraints(ca.fields);
  if (constraints?.ca !== true) {
    failures.push({ code: 'not-a-ca', sentence: `${subject} has issued a certificate and is no CA` });
  } else if (constraints.pathLength !== undefined && intermediatesBelow > constraints.pathLength) {
    failures.push({
      code: 'path-length',
      sentence: `${subject} permits ${constraints.pathLength} intermediates below it and has ${intermediatesBelow}`,
    });
  }
  if (keyUsage(ca.fields)?.has(keyUsageBits.keyCertSign) === false) {
    failures.push({ code: 'key-usage', sentence: `${subject} may not sign certificates (key usage)` });
  }
  const purposes = extendedKeyUsage(ca.fields);
  if (
    purposes !== undefined &&
    !purposes.includes(serverAuthOid) &&
    !purposes.includes(anyExtendedKeyUsageOid)
  ) {
    failures.push({ code: 'purpose', sentence: `${subject} may not issue certificates for TLS servers` });
  }
  return failures;
}

/** Whether the issuer's key made the certificate's signature. */
export function signedBy(certificate: Certificate, issuer: Certificate): boolean {
  try {
    return certificate.x509.verify(issuer.x509.publicKey);
  } catch {
    // A key or algorithm that OpenSSL does not take proves nothing.
    return false;
  }
}

/** Runs rules; a certificate whose extensions cannot be read is one failure instead. */
export function orMalformed(certificate: Certificate, rules: () => ChainFailure[]): ChainFailure[] {
  try {
    return rules();
  } catch (error) {
    if (!(error instanceof DerError)) throw error;
    return [{ code: 'malformed', sentence: `${subjectOf(certificate)} is malformed: ${error.message}` }];
  }
}

/** Identity of a CA across its certificates: name and key. Two with the same are each other's stand-in. */
export function nameAndKey({ fields }: Certificate): string {
  const text = (start: number, end: number): string => asBuffer(fields.der).toString('latin1', start, end);
  return `${text(fields.subject.start, fields.subject.end)}|${text(fields.spki.start, fields.spki.end)}`;
}

function isoSeconds(ms: number): string {
  return new Date(ms).toISOString().replace('.000Z', 'Z');
}
