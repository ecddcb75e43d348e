/**
 * Password-based encryption and MAC of PKCS #12, in two profiles. Pure: salts and initialisation vectors are handed in.
 */
import { createCipheriv, createHmac, hash, pbkdf2Sync } from 'node:crypto';
import type { Pkcs12Profile } from '../core/certificate.ts';
import { encode, encodeInteger, encodeOid } from './der-encode.ts';

/*
 * `modern`: PBES2 (RFC 8018 §6.2) with PBKDF2, HMAC-SHA-256 and AES-256-CBC, MAC with SHA-256: OpenSSL from 1.1, Java from
 * 8u301, Windows from 10 1709 and Server 2019. `legacy`: pbeWithSHAAnd3-KeyTripleDES-CBC (RFC 7292 appendix C), MAC with
 * SHA-1: what older ones read.
 */

/** Java's default is the first, OpenSSL's for the old algorithms the second: no reader stumbles over either. */
const iterations: Readonly<Record<Pkcs12Profile, number>> = { modern: 10_000, legacy: 2048 };

const octetString = 0x04;
const sequence = 0x30;
const derNull = Buffer.from([0x05, 0x00]);

const oids = {
  pbes2: '1.2.840.113549.1.5.13',
  pbkdf2: '1.2.840.113549.1.5.12',
  hmacWithSha256: '1.2.840.113549.2.9',
  aes256Cbc: '2.16.840.1.101.3.4.1.42',
  pbeWithSha1And3KeyTripleDesCbc: '1.2.840.113549.1.12.1.3',
  sha1: '1.3.14.3.2.26',
  sha256: '2.16.840.1.101.3.4.2.1',
} as const;

export interface Encrypted {
  /** AlgorithmIdentifier with its parameters. */
  readonly algorithm: Buffer;
  readonly content: Buffer;
}

/** @param salt 16 bytes @param iv 16 bytes; the legacy profile derives its own from password and salt */
export function encryptWithPassword(
  profile: Pkcs12Profile,
  password: string,
  content: Uint8Array,
  salt: Uint8Array,
  iv: Uint8Array,
): Encrypted {
  const count = iterations[profile];
  if (profile === 'modern') {
    const key = pbkdf2Sync(password, salt, count, 32, 'sha256');
    const cipher = createCipheriv('aes-256-cbc', key, iv);
    const derivation = encode(
      sequence,
      encodeOid(oids.pbkdf2),
      encode(
        sequence,
        encode(octetString, salt),
        encodeInteger(count),
        encode(sequence, encodeOid(oids.hmacWithSha256), derNull),
      ),
    );
    const scheme = encode(sequence, encodeOid(oids.aes256Cbc), encode(octetString, iv));
    return {
      algorithm: encode(sequence, encodeOid(oids.pbes2), encode(sequence, derivation, scheme)),
      content: Buffer.concat([cipher.update(content), cipher.final()]),
    };
  }
  const key = deriveBytes('sha1', 1, password, salt, count, 24);
  const cipher = createCipheriv('des-ede3-cbc', key, deriveBytes('sha1', 2, password, salt, count, 8));
  return {
    algorithm: encode(
      sequence,
      encodeOid(oids.pbeWithSha1And3KeyTripleDesCbc),
      encode(sequence, encode(octetString, salt), encodeInteger(count)),
    ),
    content: Buffer.concat([cipher.update(content), cipher.final()]),
  };
}

/** MacData (RFC 7292 §4) over the content of the authenticated safe. */
export function macData(
  profile: Pkcs12Profile,
  password: string,
  content: Uint8Array,
  salt: Uint8Array,
): Buffer {
  const [digest, oid, bytes] =
    profile === 'modern' ? (['sha256', oids.sha256, 32] as const) : (['sha1', oids.sha1, 20] as const);
  const count = iterations[profile];
  const key = deriveBytes(digest, 3, password, salt, count, bytes);
  const mac = createHmac(digest, key).update(content).digest();
  const algorithm = encode(sequence, encodeOid(oid), derNull);
  return encode(
    sequence,
    encode(sequence, algorithm, encode(octetString, mac)),
    encode(octetString, salt),
    encodeInteger(count),
  );
}

/** Both digests work on blocks of 64 bytes. */
const blockBytes = 64;

/** RFC 7292 appendix B.2. @param purpose 1: key, 2: initialisation vector, 3: MAC key (appendix B.3) */
function deriveBytes(
  digest: 'sha1' | 'sha256',
  purpose: 1 | 2 | 3,
  password: string,
  salt: Uint8Array,
  count: number,
  length: number,
): Buffer {
  const diversifier = Buffer.alloc(blockBytes, purpose);
  const input = Buffer.concat([filled(salt), filled(bmpString(`${password}\0`))]);
  const found: Buffer[] = [];
  for (let have = 0; have < length; have += found.at(-1)?.length ?? length) {
    let block = hash(digest, Buffer.concat([diversifier, input]), 'buffer');
    for (let round = 1; round < count; round += 1) block = hash(digest, block, 'buffer');
    found.push(block);
    addToBlocks(input, block);
  }
  return Buffer.concat(found).subarray(0, length);
}

/** Repeated until it fills whole blocks. */
function filled(bytes: Uint8Array): Buffer {
  return Buffer.alloc(Math.ceil(bytes.length / blockBytes) * blockBytes, bytes);
}

/** Each block of `input`, taken as one number, plus `addend` repeated to a block's length, plus one; step 6C. */
function addToBlocks(input: Buffer, addend: Buffer): void {
  const number = Buffer.alloc(blockBytes, addend);
  for (let start = 0; start < input.length; start += blockBytes) {
    let carry = 1;
    for (let at = blockBytes - 1; at >= 0; at -= 1) {
      carry += (input[start + at] ?? 0) + (number[at] ?? 0);
      input[start + at] = carry & 0xff;
      carry >>= 8;
    }
  }
}

/** UTF-16, most significant byte first: how PKCS #12 writes passwords and names. */
export function bmpString(text: string): Buffer {
  return Buffer.from(text, 'utf16le').swap16();
}
