/** Private keys: making them, and proving that one fits a certificate. Key material passes through; it is never logged. */
import {
  createPrivateKey,
  createPublicKey,
  generateKeyPair,
  sign,
  verify,
  type KeyObject,
} from 'node:crypto';
import { promisify } from 'node:util';
import type { KeyType } from '../core/certificate.ts';
import { spkiSha256 } from './public-key.ts';

const generate = promisify(generateKeyPair);

export interface GeneratedKey {
  /** PKCS #8 (RFC 5958), unencrypted. */
  readonly pem: string;
  /** SHA-256 over the SubjectPublicKeyInfo, lower-case hex. */
  readonly spkiSha256: string;
}

/** Runs on libuv's threads: RSA-4096 takes up to seconds there and stops nothing else. Randomness is OpenSSL's own. */
export async function generateKey(type: KeyType): Promise<GeneratedKey> {
  const { privateKey, publicKey } = await generators[type]();
  return {
    pem: privateKey.export({ type: 'pkcs8', format: 'pem' }).toString(),
    spkiSha256: spkiSha256(publicKey.export({ type: 'spki', format: 'der' })),
  };
}

type KeyPair = { readonly publicKey: KeyObject; readonly privateKey: KeyObject };

const generators: Readonly<Record<KeyType, () => Promise<KeyPair>>> = {
  'ecdsa-p256': () => generate('ec', { namedCurve: 'P-256' }),
  'ecdsa-p384': () => generate('ec', { namedCurve: 'P-384' }),
  'rsa-2048': () => generate('rsa', { modulusLength: 2048 }),
  'rsa-3072': () => generate('rsa', { modulusLength: 3072 }),
  'rsa-4096': () => generate('rsa', { modulusLength: 4096 }),
};

/** A private key in any PEM form without a passphrase, as PKCS #8. Undefined when it cannot be read. Never throws. */
export function importKey(keyPem: string): GeneratedKey | undefined {
  try {
    const pem = createPrivateKey(keyPem).export({ type: 'pkcs8', format: 'pem' }).toString();
    const hash = keySpkiSha256(pem);
    return hash === undefined ? undefined : { pem, spkiSha256: hash };
  } catch {
    return undefined;
  }
}

/** SPKI hash of a private key in PEM, or undefined when it cannot be read (wrong format, encrypted). Never throws. */
export function keySpkiSha256(keyPem: string | Uint8Array): string | undefined {
  try {
    const key = createPrivateKey({
      key: typeof keyPem === 'string' ? keyPem : Buffer.from(keyPem),
      format: 'pem',
    });
    return spkiSha256(createPublicKey(key).export({ type: 'spki', format: 'der' }));
  } catch {
    return undefined;
  }
}

/** Whether there is a private key in it that can be read without a passphrase. Never throws. */
export function isPrivateKey(keyPem: string): boolean {
  try {
    createPrivateKey(keyPem);
    return true;
  } catch {
    return false;
  }
}

/** Signs and verifies once. Returns the SPKI hash of a key that works, undefined of one that does not. */
export function provenSpkiSha256(keyPem: string): string | undefined {
  try {
    const privateKey = createPrivateKey(keyPem);
    const publicKey = createPublicKey(privateKey);
    const probe = Buffer.from('renewd key check');
    const signature = sign('sha256', probe, privateKey);
    if (!verify('sha256', probe, publicKey, signature)) return undefined;
    return spkiSha256(publicKey.export({ type: 'spki', format: 'der' }));
  } catch {
    return undefined;
  }
}
