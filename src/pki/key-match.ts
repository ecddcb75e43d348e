/**
 * Does a key file belong to a certificate? Asked for every certificate at each start, so the usual case is read from the
 * file alone: PKCS #8 as we and OpenSSL write it carries the public key beside the private one, and taking it from there
 * costs a thirtieth of letting OpenSSL compute it. Says nothing about whether the private half works; that is proved
 * before a certificate is deployed.
 */
import { hash } from 'node:crypto';
import { children, DerError, expectTag, readInside, readOid, readWhole, tags, whole } from './der.ts';
import { encode } from './der-encode.ts';
import { keySpkiSha256 } from './keys.ts';
import { readPem } from './pem.ts';

/** `spkiSha256`: of the certificate, as everywhere in renewd. Never throws; an unreadable key belongs to nothing. */
export function isKeyOf(keyPem: Uint8Array, spkiSha256: string): boolean {
  // What is not read here, or seems to belong elsewhere, is for OpenSSL to judge.
  return writtenSpkiSha256(keyPem) === spkiSha256 || keySpkiSha256(keyPem) === spkiSha256;
}

const ecPublicKeyOid = '1.2.840.10045.2.1';
const rsaEncryptionOid = '1.2.840.113549.1.1.1';

/** Of the public key that stands in an unencrypted PKCS #8 file (RFC 5958); undefined when none is found. */
function writtenSpkiSha256(keyPem: Uint8Array): string | undefined {
  const block = readPem(keyPem).blocks.find(({ label }) => label === 'PRIVATE KEY');
  if (block === undefined) return undefined;
  try {
    const [version, algorithm, wrapped] = children(readWhole(block.der, tags.sequence));
    expectTag(version, tags.integer);
    const identifier = expectTag(algorithm, tags.sequence);
    const key = readInside(expectTag(wrapped, tags.octetString), tags.sequence);
    const [id] = children(identifier);
    const bits = publicBits(readOid(expectTag(id, tags.oid)), children(key));
    if (bits === undefined) return undefined;
    return hash('sha256', encode(tags.sequence, whole(identifier), bits), 'hex');
  } catch (error) {
    if (error instanceof DerError) return undefined;
    throw error;
  }
}

type Parts = ReturnType<typeof children>;

/** The BIT STRING of the SubjectPublicKeyInfo. */
function publicBits(oid: string, parts: Parts): Uint8Array | undefined {
  if (oid === ecPublicKeyOid) {
    // RFC 5915 §3: publicKey [1] BIT STRING OPTIONAL.
    const tagged = parts.find(({ tag }) => tag === 0xa1);
    return tagged === undefined ? undefined : whole(readInside(tagged, tags.bitString));
  }
  if (oid !== rsaEncryptionOid) return undefined;
  // RFC 8017 §A.1.2: version, modulus, publicExponent, …; §A.1.1: the public key is the two in a SEQUENCE.
  const [, modulus, exponent] = parts;
  const numbers = [modulus, exponent].map((part) => whole(expectTag(part, tags.integer)));
  return encode(tags.bitString, Buffer.of(0), encode(tags.sequence, ...numbers));
}
