/** What a vendor prints about a certificate or a request: names and numbers in OpenSSL's spelling. */
import 'reflect-metadata';
import { X509Certificate as NodeCertificate } from 'node:crypto';
import { KeyUsageFlags, KeyUsagesExtension, Pkcs10CertificateRequest, X509Certificate } from '@peculiar/x509';

export interface DecodedCertificate {
  readonly commonName: string;
  /** OpenSSL's one-line form: `C = US, O = Example, CN = example.com`. */
  readonly subject: string;
  readonly subjectParts: Readonly<Record<string, string>>;
  readonly issuer: string;
  readonly issuerParts: Readonly<Record<string, string>>;
  readonly publicKeyAlgorithm: string;
  readonly publicKeySize: number;
  readonly signatureAlgorithm: string;
  readonly serialHex: string;
  readonly notBefore: Date;
  readonly notAfter: Date;
  readonly names: readonly string[];
  readonly keyUsages: readonly string[];
  readonly keyUsageCritical: boolean;
  readonly extendedKeyUsages: readonly string[];
  readonly version: number;
}

const KEY_USAGES: readonly (readonly [KeyUsageFlags, string])[] = [
  [KeyUsageFlags.digitalSignature, 'Digital Signature'],
  [KeyUsageFlags.nonRepudiation, 'Non Repudiation'],
  [KeyUsageFlags.keyEncipherment, 'Key Encipherment'],
  [KeyUsageFlags.dataEncipherment, 'Data Encipherment'],
  [KeyUsageFlags.keyAgreement, 'Key Agreement'],
  [KeyUsageFlags.keyCertSign, 'Certificate Sign'],
  [KeyUsageFlags.cRLSign, 'CRL Sign'],
];

const EXTENDED_KEY_USAGES: Readonly<Record<string, string>> = {
  '1.3.6.1.5.5.7.3.1': 'TLS Web Server Authentication',
  '1.3.6.1.5.5.7.3.2': 'TLS Web Client Authentication',
};

const CURVE_BITS: Readonly<Record<string, number>> = { prime256v1: 256, secp384r1: 384, secp521r1: 521 };

/** Throws when the text holds no certificate. */
export function decodeCertificate(pem: string): DecodedCertificate {
  const node = new NodeCertificate(pem);
  const parsed = new X509Certificate(pem);
  const key = node.publicKey;
  const subject = nameParts(node.subject);
  const issuer = nameParts(node.issuer);
  const keyUsage = parsed.getExtension(KeyUsagesExtension);
  return {
    commonName: subject['CN'] ?? '',
    subject: oneLine(subject),
    subjectParts: subject,
    issuer: oneLine(issuer),
    issuerParts: issuer,
    publicKeyAlgorithm: key.asymmetricKeyType === 'rsa' ? 'rsaEncryption' : 'id-ecPublicKey',
    publicKeySize:
      key.asymmetricKeyDetails?.modulusLength ?? CURVE_BITS[key.asymmetricKeyDetails?.namedCurve ?? ''] ?? 0,
    signatureAlgorithm: signatureName(parsed.signatureAlgorithm),
    serialHex: node.serialNumber,
    notBefore: node.validFromDate,
    notAfter: node.validToDate,
    names: (node.subjectAltName ?? '')
      .split(', ')
      .filter((entry) => entry.startsWith('DNS:'))
      .map((entry) => entry.slice(4)),
    keyUsages:
      keyUsage === null
        ? []
        : KEY_USAGES.filter(([flag]) => (keyUsage.usages & flag) !== 0).map(([, name]) => name),
    keyUsageCritical: keyUsage?.critical ?? false,
    extendedKeyUsages: (node.keyUsage ?? []).map((oid) => EXTENDED_KEY_USAGES[oid] ?? oid),
    version: 3,
  };
}

/** `sha256WithRSAEncryption` and so on. Throws when the text is no request. */
export function requestSignatureAlgorithm(pem: string): string {
  return signatureName(new Pkcs10CertificateRequest(pem).signatureAlgorithm);
}

/** Node prints a name one attribute per line. */
function nameParts(text: string): Record<string, string> {
  const parts: Record<string, string> = {};
  for (const line of text.split('\n')) {
    const at = line.indexOf('=');
    if (at > 0) parts[line.slice(0, at)] = line.slice(at + 1);
  }
  return parts;
}

export function oneLine(parts: Readonly<Record<string, string>>): string {
  return Object.entries(parts)
    .map(([type, value]) => `${type} = ${/[,"]/.test(value) ? `"${value}"` : value}`)
    .join(', ');
}

function signatureName(algorithm: object): string {
  const hash = nameOf('hash' in algorithm ? algorithm.hash : undefined, 'SHA-256').replace('-', '');
  const name = nameOf(algorithm, '');
  if (name.startsWith('RSASSA')) return `${hash.toLowerCase()}WithRSAEncryption`;
  return name === 'ECDSA' ? `ecdsa-with-${hash}` : name;
}

/** The library's types leave the name out in places where it is always set. */
function nameOf(algorithm: unknown, fallback: string): string {
  return typeof algorithm === 'object' &&
    algorithm !== null &&
    'name' in algorithm &&
    typeof algorithm.name === 'string'
    ? algorithm.name
    : fallback;
}
