/** What kind of key a SubjectPublicKeyInfo (RFC 5280 §4.1.2.7) holds, and its hash. */
import { hash } from 'node:crypto';
import {
  children,
  content,
  elementAt,
  expectTag,
  integerBytes,
  readOid,
  tags,
  whole,
  type DerElement,
} from './der.ts';

/** Names as in the inventory ("ecdsa-p256", "rsa-2048"), and others of that form ("rsa-1024", "ed25519", "unknown"). */
export type PublicKeyType = string;

const curves: Readonly<Record<string, string>> = {
  '1.2.840.10045.3.1.7': 'ecdsa-p256',
  '1.3.132.0.34': 'ecdsa-p384',
  '1.3.132.0.35': 'ecdsa-p521',
};

const others: Readonly<Record<string, string>> = { '1.3.101.112': 'ed25519', '1.3.101.113': 'ed448' };

const ecPublicKeyOid = '1.2.840.10045.2.1';
const rsaEncryptionOid = '1.2.840.113549.1.1.1';

/** SHA-256 over the whole SubjectPublicKeyInfo, lower-case hex: the identity of a key everywhere in renewd. */
export function spkiSha256(spkiDer: Uint8Array): string {
  return hash('sha256', spkiDer, 'hex');
}

/** Throws DerError when the structure is broken; an algorithm that is not known is "unknown". */
export function publicKeyType(spki: DerElement): PublicKeyType {
  const [algorithm, key] = children(expectTag(spki, tags.sequence));
  const [id, parameters] = children(expectTag(algorithm, tags.sequence));
  const oid = readOid(expectTag(id, tags.oid));
  if (oid === ecPublicKeyOid) return curves[readOid(expectTag(parameters, tags.oid))] ?? 'unknown';
  if (oid === rsaEncryptionOid) return `rsa-${rsaBits(expectTag(key, tags.bitString))}`;
  return others[oid] ?? 'unknown';
}

/** Length of the modulus in bits; RFC 3279 §2.3.1. */
function rsaBits(key: DerElement): number {
  // The first byte of a BIT STRING counts its unused bits.
  const bytes = content(key).subarray(1);
  const [modulus] = children(expectTag(elementAt(bytes, 0, bytes.length), tags.sequence));
  const value = integerBytes(expectTag(modulus, tags.integer));
  const leadingZero = value[0] === 0 ? 1 : 0;
  const top = value[leadingZero] ?? 0;
  return (value.length - leadingZero) * 8 - (top === 0 ? 0 : Math.clz32(top) - 24);
}

/** SPKI hash of an X.509 field. */
export function spkiHashOf(spki: DerElement): string {
  return spkiSha256(whole(spki));
}
