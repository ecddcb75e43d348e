/**
 * Certificates for tests, right by default and wrong exactly where a test says so. Made with @peculiar/x509, which
 * shares no code with the readers under test. Keys are made once per kind and role: RSA would take most of the time.
 */
import 'reflect-metadata';
import { webcrypto } from 'node:crypto';
import * as x509 from '@peculiar/x509';

x509.cryptoProvider.set(webcrypto);

export { x509 };

/** The moment most tests live at. */
export const now = new Date('2026-11-21T12:00:00Z');

const dayMs = 86_400_000;

export function daysFromNow(days: number): Date {
  return new Date(now.getTime() + days * dayMs);
}

export type TestKeyKind = 'p256' | 'p384' | 'p521' | 'rsa1024' | 'rsa2048' | 'ed25519';

export interface TestKey {
  readonly pair: webcrypto.CryptoKeyPair;
  /** PKCS #8. */
  readonly pem: string;
}

const rsa = (modulusLength: number, hash: string): webcrypto.RsaHashedKeyGenParams => ({
  name: 'RSASSA-PKCS1-v1_5',
  modulusLength,
  publicExponent: new Uint8Array([1, 0, 1]),
  hash,
});

export async function newKey(kind: TestKeyKind = 'p256', hash = 'SHA-256'): Promise<TestKey> {
  const algorithm = {
    p256: { name: 'ECDSA', namedCurve: 'P-256' },
    p384: { name: 'ECDSA', namedCurve: 'P-384' },
    p521: { name: 'ECDSA', namedCurve: 'P-521' },
    rsa1024: rsa(1024, hash),
    rsa2048: rsa(2048, hash),
    ed25519: { name: 'Ed25519' },
  }[kind];
  const generated = await webcrypto.subtle.generateKey(algorithm, true, ['sign', 'verify']);
  if (!('privateKey' in generated)) throw new Error(`${kind} gave no key pair`);
  const der = Buffer.from(await webcrypto.subtle.exportKey('pkcs8', generated.privateKey));
  const body = der.toString('base64').match(/.{1,64}/g) ?? [];
  return {
    pair: generated,
    pem: `-----BEGIN PRIVATE KEY-----\n${body.join('\n')}\n-----END PRIVATE KEY-----\n`,
  };
}

/** The same RSA key for signatures with another hash: WebCrypto ties the two together. */
export async function withHash(key: TestKey, hash: string): Promise<TestKey> {
  const pkcs8 = await webcrypto.subtle.exportKey('pkcs8', key.pair.privateKey);
  const algorithm = { name: 'RSASSA-PKCS1-v1_5', hash };
  const privateKey = await webcrypto.subtle.importKey('pkcs8', pkcs8, algorithm, true, ['sign']);
  return { ...key, pair: { ...key.pair, privateKey } };
}

export interface CertificateOptions {
  readonly subject?: string;
  /** Overrides the issuer's subject. */
  readonly issuerName?: string;
  readonly key?: TestKey;
  readonly notBefore?: Date;
  readonly notAfter?: Date;
  /** null leaves the extension out. */
  readonly basicConstraints?: { readonly ca: boolean; readonly pathLength?: number } | null;
  readonly keyUsage?: number | null;
  readonly extendedKeyUsage?: readonly string[] | null;
  readonly names?: readonly string[];
  readonly addresses?: readonly string[];
  readonly extra?: readonly x509.Extension[];
  /** Hash of the issuer's signature. */
  readonly hash?: 'SHA-1' | 'SHA-256' | 'SHA-384';
  /** Signs with this key instead of the issuer's. */
  readonly signer?: TestKey;
  readonly withKeyIds?: boolean;
  readonly serialNumber?: string;
}

export interface TestCertificate {
  readonly certificate: x509.X509Certificate;
  readonly key: TestKey;
  readonly pem: string;
  readonly der: Buffer;
  readonly subject: string;
  /** Its own issuer and signer. */
  readonly selfSigned: boolean;
}

const { digitalSignature, keyCertSign, cRLSign } = x509.KeyUsageFlags;

/** A CA certificate; without an issuer it signs itself. */
export function newCa(
  name: string,
  issuer?: TestCertificate,
  options: CertificateOptions = {},
): Promise<TestCertificate> {
  return build(issuer, {
    subject: `CN=${name}`,
    notBefore: daysFromNow(-365),
    notAfter: daysFromNow(3650),
    basicConstraints: { ca: true },
    keyUsage: keyCertSign | cRLSign,
    extendedKeyUsage: null,
    ...options,
  });
}

export function newLeaf(
  issuer: TestCertificate | undefined,
  options: CertificateOptions = {},
): Promise<TestCertificate> {
  const names = options.names ?? ['shop.example.com', 'www.shop.example.com'];
  return build(issuer, {
    subject: `CN=${names[0] ?? 'nobody'}`,
    notBefore: daysFromNow(-1),
    notAfter: daysFromNow(199),
    basicConstraints: { ca: false },
    keyUsage: digitalSignature,
    extendedKeyUsage: [x509.ExtendedKeyUsage.serverAuth],
    ...options,
    names,
  });
}

async function build(
  issuer: TestCertificate | undefined,
  options: CertificateOptions,
): Promise<TestCertificate> {
  const key = options.key ?? (await newKey());
  const signer = options.signer ?? issuer?.key ?? key;
  const subject = options.subject ?? 'CN=test';
  const certificate = await x509.X509CertificateGenerator.create({
    serialNumber:
      options.serialNumber ?? Buffer.from(webcrypto.getRandomValues(new Uint8Array(8))).toString('hex'),
    subject,
    issuer: options.issuerName ?? issuer?.subject ?? subject,
    notBefore: options.notBefore ?? daysFromNow(-1),
    notAfter: options.notAfter ?? daysFromNow(100),
    publicKey: key.pair.publicKey,
    signingKey: signer.pair.privateKey,
    signingAlgorithm: signingAlgorithm(signer, options.hash ?? 'SHA-256'),
    extensions: await extensionsOf(options, key, issuer?.key ?? key),
  });
  return {
    certificate,
    key,
    pem: `${certificate.toString('pem')}\n`,
    der: Buffer.from(certificate.rawData),
    subject,
    selfSigned: issuer === undefined && options.signer === undefined && options.issuerName === undefined,
  };
}

function signingAlgorithm(signer: TestKey, hash: string): { name: string; hash?: string } {
  const { name } = signer.pair.privateKey.algorithm;
  return name === 'Ed25519' ? { name } : { name, hash };
}

async function extensionsOf(
  options: CertificateOptions,
  key: TestKey,
  issuerKey: TestKey,
): Promise<x509.Extension[]> {
  const { basicConstraints, keyUsage, extendedKeyUsage, names = [], addresses = [], extra = [] } = options;
  const sans = [
    ...names.map((value) => ({ type: 'dns' as const, value })),
    ...addresses.map((value) => ({ type: 'ip' as const, value })),
  ];
  return [
    ...(basicConstraints
      ? [new x509.BasicConstraintsExtension(basicConstraints.ca, basicConstraints.pathLength, true)]
      : []),
    ...(typeof keyUsage === 'number' ? [new x509.KeyUsagesExtension(keyUsage, true)] : []),
    ...(extendedKeyUsage ? [new x509.ExtendedKeyUsageExtension([...extendedKeyUsage])] : []),
    ...(sans.length > 0 ? [new x509.SubjectAlternativeNameExtension(sans)] : []),
    ...(options.withKeyIds === false
      ? []
      : [
          await x509.SubjectKeyIdentifierExtension.create(key.pair.publicKey),
          await x509.AuthorityKeyIdentifierExtension.create(issuerKey.pair.publicKey),
        ]),
    ...extra,
  ];
}

/** Root, intermediate and leaf, all right. */
export async function newChain(leaf: CertificateOptions = {}): Promise<{
  root: TestCertificate;
  intermediate: TestCertificate;
  leaf: TestCertificate;
}> {
  const root = await newCa('test root');
  const intermediate = await newCa('test intermediate', root, {
    basicConstraints: { ca: true, pathLength: 0 },
  });
  return { root, intermediate, leaf: await newLeaf(intermediate, leaf) };
}
