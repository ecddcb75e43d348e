import 'reflect-metadata';
import { createPrivateKey, createPublicKey, generateKeyPair } from 'node:crypto';
import type { KeyObject } from 'node:crypto';
import { promisify } from 'node:util';
import { Pkcs10CertificateRequestGenerator, SubjectAlternativeNameExtension } from '@peculiar/x509';
import type { JsonName } from '@peculiar/x509';
import type { ContactFields } from './contacts.ts';

/** Private keys the vendor makes or is given, and the requests it makes from them. The keys are real. */

export interface VendorKey {
  /** `BEGIN RSA PRIVATE KEY` or `BEGIN EC PRIVATE KEY`, LF line ends, final newline. */
  readonly pem: string;
  readonly bits: number;
  readonly key: KeyObject;
}

export const KEY_BITS = { least: 2048, usual: 2048, most: 8192 } as const;
/** The sandbox's CA takes no longer ones, and making them takes minutes. */
export const KEY_BITS_OF_CA = 4096;

const CURVES: Readonly<Record<string, { readonly name: string; readonly bits: number }>> = {
  prime256v1: { name: 'P-256', bits: 256 },
  secp384r1: { name: 'P-384', bits: 384 },
  secp521r1: { name: 'P-521', bits: 521 },
};

const newKeyPair = promisify(generateKeyPair);

export async function createKey(bits: number): Promise<VendorKey> {
  const { privateKey } = await newKeyPair('rsa', { modulusLength: bits });
  return vendorKey(privateKey);
}

/** Throws when the text is no unencrypted RSA or EC key. */
export function readKey(pem: string): VendorKey {
  return vendorKey(createPrivateKey(pem));
}

function vendorKey(key: KeyObject): VendorKey {
  const details = key.asymmetricKeyDetails;
  if (key.asymmetricKeyType === 'rsa') {
    const pem = key.export({ type: 'pkcs1', format: 'pem' }).toString();
    return { pem, bits: details?.modulusLength ?? 0, key };
  }
  const curve = CURVES[details?.namedCurve ?? ''];
  if (key.asymmetricKeyType !== 'ec' || curve === undefined) throw new Error('neither an RSA nor an EC key');
  return { pem: key.export({ type: 'sec1', format: 'pem' }).toString(), bits: curve.bits, key };
}

/** A request for the names, the first being the common name, about whom the contact tells. */
export async function createRequest(
  key: VendorKey,
  names: readonly string[],
  contact: ContactFields,
): Promise<string> {
  const algorithm = signingAlgorithm(key.key);
  const csr = await Pkcs10CertificateRequestGenerator.create({
    name: subjectOf(names[0] ?? '', contact),
    keys: {
      privateKey: key.key.toCryptoKey(algorithm, true, ['sign']),
      publicKey: createPublicKey(key.key).toCryptoKey(algorithm, true, ['verify']),
    },
    signingAlgorithm: algorithm,
    extensions: [
      new SubjectAlternativeNameExtension(names.map((name) => ({ type: 'dns' as const, value: name }))),
    ],
  });
  return `${csr.toString('pem').trim()}\n`;
}

function signingAlgorithm(
  key: KeyObject,
): { name: 'RSASSA-PKCS1-v1_5'; hash: 'SHA-256' } | { name: 'ECDSA'; namedCurve: string; hash: 'SHA-256' } {
  if (key.asymmetricKeyType === 'rsa') return { name: 'RSASSA-PKCS1-v1_5', hash: 'SHA-256' };
  const curve = CURVES[key.asymmetricKeyDetails?.namedCurve ?? ''];
  return { name: 'ECDSA', namedCurve: curve?.name ?? 'P-256', hash: 'SHA-256' };
}

function subjectOf(commonName: string, contact: ContactFields): JsonName {
  const parts: [string, string | undefined][] = [
    ['C', contact.COUNTRY],
    ['ST', contact.STATE],
    ['L', contact.CITY],
    ['O', contact.ORGANIZATION],
    ['CN', commonName],
    ['E', contact.EMAIL],
  ];
  return parts.flatMap(([type, text]) => (text === undefined ? [] : [{ [type]: [text] }]));
}

/** DER SubjectPublicKeyInfo: decides whether a request was made from this key. */
export const publicKeyOf = (key: VendorKey): Buffer =>
  createPublicKey(key.key).export({ type: 'spki', format: 'der' });
