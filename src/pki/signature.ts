/** Signatures over things that are no certificates: revocation lists and OCSP answers. Weak algorithms prove nothing. */
import { constants, verify, type KeyObject, type VerifyKeyObjectInput } from 'node:crypto';
import { children, expectTag, readInside, readOid, smallInteger, tags, type DerElement } from './der.ts';

const sha256 = '2.16.840.1.101.3.4.2.1';
const sha384 = '2.16.840.1.101.3.4.2.2';
const sha512 = '2.16.840.1.101.3.4.2.3';

interface Scheme {
  /** Null: the key's algorithm has its own. */
  readonly hash: string | null;
  readonly key: 'rsa' | 'ec' | 'ed25519' | 'ed448';
}

/** RFC 4055 §5, RFC 5758 §3.2, RFC 8410 §3. */
const schemes: ReadonlyMap<string, Scheme> = new Map([
  ['1.2.840.113549.1.1.11', { hash: 'sha256', key: 'rsa' }],
  ['1.2.840.113549.1.1.12', { hash: 'sha384', key: 'rsa' }],
  ['1.2.840.113549.1.1.13', { hash: 'sha512', key: 'rsa' }],
  ['1.2.840.10045.4.3.2', { hash: 'sha256', key: 'ec' }],
  ['1.2.840.10045.4.3.3', { hash: 'sha384', key: 'ec' }],
  ['1.2.840.10045.4.3.4', { hash: 'sha512', key: 'ec' }],
  ['1.3.101.112', { hash: null, key: 'ed25519' }],
  ['1.3.101.113', { hash: null, key: 'ed448' }],
] as const);
const rsaPssOid = '1.2.840.113549.1.1.10';
const pssHashes: ReadonlyMap<string, string> = new Map([
  [sha256, 'sha256'],
  [sha384, 'sha384'],
  [sha512, 'sha512'],
]);

interface Verifier {
  readonly hash: string | null;
  readonly input: VerifyKeyObjectInput;
}

/**
 * Whether `signature` is the key's over `signed`. Computed on libuv's threads: over 10 MiB it takes too long for the event
 * loop. Throws DerError when the algorithm's parameters are broken; an algorithm that is not known or too weak is false.
 */
export function verifySignature(
  algorithm: DerElement,
  signed: Uint8Array,
  signature: Uint8Array,
  key: KeyObject,
): Promise<boolean> {
  const verifier = verifierOf(algorithm, key);
  if (verifier === undefined) return Promise.resolve(false);
  return new Promise((resolve) => {
    verify(verifier.hash, signed, verifier.input, signature, (error, good) => {
      // A key or signature that OpenSSL does not take proves nothing.
      resolve(error === null && good);
    });
  });
}

function verifierOf(algorithm: DerElement, key: KeyObject): Verifier | undefined {
  const [id, parameters] = children(expectTag(algorithm, tags.sequence));
  const oid = readOid(expectTag(id, tags.oid));
  const scheme = schemes.get(oid);
  if (scheme !== undefined) {
    return scheme.key === key.asymmetricKeyType ? { hash: scheme.hash, input: { key } } : undefined;
  }
  const isRsa = key.asymmetricKeyType === 'rsa' || key.asymmetricKeyType === 'rsa-pss';
  if (oid !== rsaPssOid || !isRsa) return undefined;
  return pssVerifier(expectTag(parameters, tags.sequence), key);
}

/** RFC 4055 §3.1. The mask's hash has to be the message's; with another one OpenSSL finds the signature wrong. */
function pssVerifier(parameters: DerElement, key: KeyObject): Verifier | undefined {
  const parts = children(parameters);
  const hashPart = parts.find(({ tag }) => tag === 0xa0);
  const saltPart = parts.find(({ tag }) => tag === 0xa2);
  if (hashPart === undefined || saltPart === undefined) return undefined;
  const [hashId] = children(readInside(hashPart, tags.sequence));
  const hash = pssHashes.get(readOid(expectTag(hashId, tags.oid)));
  if (hash === undefined) return undefined;
  const saltLength = smallInteger(readInside(saltPart, tags.integer));
  return { hash, input: { key, padding: constants.RSA_PKCS1_PSS_PADDING, saltLength } };
}
