/**
 * Writes PKCS #12 files (RFC 7292): a key with its chain, or a store of trusted certificates. What stands here is pure and
 * repeatable: the same input gives the same bytes, so that a set on disk can be compared with what would be written now.
 */
import { createHmac, hash } from 'node:crypto';
import type { Pkcs12Profile } from '../core/certificate.ts';
import { encode, encodeInteger, encodeOid } from './der-encode.ts';
import { bmpString, encryptWithPassword, macData } from './pkcs12-encryption.ts';

export interface Pkcs12Options {
  readonly profile: Pkcs12Profile;
  readonly password: string;
  /**
   * Known to nobody else and new with each key. All salts and initialisation vectors are a keyed hash of what they are
   * for: as good as random for whoever does not know it.
   */
  readonly saltKey: Uint8Array;
}

export interface KeyEntry {
  /** PKCS #8, DER. */
  readonly key: Uint8Array;
  /** DER, the leaf first. */
  readonly chain: readonly Uint8Array[];
  /** friendlyName of key and leaf: Java's alias. */
  readonly alias: string;
}

export interface TrustedCertificate {
  readonly certificate: Uint8Array;
  readonly alias: string;
}

const octetString = 0x04;
const sequence = 0x30;
const set = 0x31;
const bmp = 0x1e;
const explicit0 = 0xa0;
/** IMPLICIT OCTET STRING. */
const implicit0 = 0x80;

const oids = {
  data: '1.2.840.113549.1.7.1',
  encryptedData: '1.2.840.113549.1.7.6',
  shroudedKeyBag: '1.2.840.113549.1.12.10.1.2',
  certBag: '1.2.840.113549.1.12.10.1.3',
  x509Certificate: '1.2.840.113549.1.9.22.1',
  friendlyName: '1.2.840.113549.1.9.20',
  localKeyId: '1.2.840.113549.1.9.21',
  // Oracle's: only with it Java takes a certificate without a key for a trusted one (JDK-8006591).
  trustedKeyUsage: '2.16.840.1.113894.746875.1.1',
  anyExtendedKeyUsage: '2.5.29.37.0',
} as const;

/** Key and leaf are tied together by localKeyId, so that every reader finds which certificate is the key's. */
export function keyStore({ key, chain, alias }: KeyEntry, options: Pkcs12Options): Buffer {
  const [leaf] = chain;
  if (leaf === undefined) throw new RangeError('a key store needs a certificate');
  const id = encode(octetString, hash('sha1', leaf, 'buffer'));
  const attributes = attributesOf([
    [oids.friendlyName, encode(bmp, bmpString(alias))],
    [oids.localKeyId, id],
  ]);
  const bags = chain.map((one, index) => certBag(one, index === 0 ? attributes : Buffer.alloc(0)));
  const shrouded = encryptedWith(options, 'key', key);
  const keyBag = bag(
    oids.shroudedKeyBag,
    encode(sequence, shrouded.algorithm, encode(octetString, shrouded.content)),
    attributes,
  );
  return pfx([encryptedContent(options, bags), dataContent(encode(sequence, keyBag))], options);
}

/** Every certificate is a trusted entry of its own. */
export function trustStore(trusted: readonly TrustedCertificate[], options: Pkcs12Options): Buffer {
  const bags = trusted.map(({ certificate, alias }) =>
    certBag(
      certificate,
      attributesOf([
        [oids.friendlyName, encode(bmp, bmpString(alias))],
        [oids.trustedKeyUsage, encodeOid(oids.anyExtendedKeyUsage)],
      ]),
    ),
  );
  return pfx([encryptedContent(options, bags)], options);
}

function certBag(certificate: Uint8Array, attributes: Buffer): Buffer {
  const value = encode(
    sequence,
    encodeOid(oids.x509Certificate),
    encode(explicit0, encode(octetString, certificate)),
  );
  return bag(oids.certBag, value, attributes);
}

function bag(oid: string, value: Buffer, attributes: Buffer): Buffer {
  return encode(sequence, encodeOid(oid), encode(explicit0, value), attributes);
}

/** X.690 §11.6: the members of a SET OF stand in the order of their encodings. */
function attributesOf(pairs: readonly (readonly [string, Buffer])[]): Buffer {
  const members = pairs.map(([oid, value]) => encode(sequence, encodeOid(oid), encode(set, value)));
  return encode(set, ...members.toSorted((a, b) => Buffer.compare(a, b)));
}

function encryptedWith(options: Pkcs12Options, purpose: string, content: Uint8Array) {
  const salt = derived(options, `${purpose} salt`, content);
  return encryptWithPassword(
    options.profile,
    options.password,
    content,
    salt,
    derived(options, `${purpose} iv`, content),
  );
}

/** 16 bytes: RFC 8018 §4.1 asks for 8 at least, the block of AES has 16. */
function derived(
  { saltKey, password, profile }: Pkcs12Options,
  purpose: string,
  content: Uint8Array,
): Buffer {
  const words = JSON.stringify([purpose, profile, password]);
  return createHmac('sha256', saltKey).update(words).update(content).digest().subarray(0, 16);
}

function dataContent(content: Buffer): Buffer {
  return encode(sequence, encodeOid(oids.data), encode(explicit0, encode(octetString, content)));
}

function encryptedContent(options: Pkcs12Options, bags: readonly Buffer[]): Buffer {
  const { algorithm, content } = encryptedWith(options, 'certificates', encode(sequence, ...bags));
  const info = encode(sequence, encodeOid(oids.data), algorithm, encode(implicit0, content));
  return encode(
    sequence,
    encodeOid(oids.encryptedData),
    encode(explicit0, encode(sequence, encodeInteger(0), info)),
  );
}

function pfx(contents: readonly Buffer[], options: Pkcs12Options): Buffer {
  const safe = encode(sequence, ...contents);
  const mac = macData(options.profile, options.password, safe, derived(options, 'mac salt', safe));
  return encode(sequence, encodeInteger(3), dataContent(safe), mac);
}
