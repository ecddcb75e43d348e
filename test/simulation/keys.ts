/**
 * Private keys from the seed, so that a run can be repeated: the real key store writes, syncs, reads back and tries them as
 * it does with keys of its own making.
 */
import { createECDH, createPrivateKey } from 'node:crypto';
import { Secret, type KeyType } from '../../src/core/certificate.ts';
import type { KeyStore } from '../../src/pki/key-store.ts';
import type { KeyVault } from '../../src/renewal/stage-context.ts';
import type { Chance } from './chance.ts';
import { createRsaPool } from './rsa.ts';

const curves = {
  'ecdsa-p256': { ecdh: 'prime256v1', jwk: 'P-256', bytes: 32 },
  'ecdsa-p384': { ecdh: 'secp384r1', jwk: 'P-384', bytes: 48 },
} as const;

/** All keys of a run. Throws for RSA keys of other lengths. */
export type MakeKeyPem = (type: KeyType, chance: Chance) => string;

export function createKeyMaker(chance: Chance): MakeKeyPem {
  const newRsa = createRsaPool(chance);
  return (type, draws) => {
    switch (type) {
      case 'ecdsa-p256':
      case 'ecdsa-p384':
        return seededKeyPem(type, draws);
      case 'rsa-2048':
        return newRsa();
      case 'rsa-3072':
      case 'rsa-4096':
        throw new Error(`no seeded ${type} keys`);
    }
  };
}

export function seededKeyPem(type: keyof typeof curves, chance: Chance): string {
  const { ecdh: curve, jwk, bytes } = curves[type];
  const ecdh = createECDH(curve);
  const scalar = Buffer.from(chance.bytes(bytes));
  // Below the order of the curve whatever was drawn.
  scalar[0] = (scalar[0] ?? 0) & 0x7f;
  ecdh.setPrivateKey(scalar);
  const point = ecdh.getPublicKey();
  const text = (part: Buffer): string => part.toString('base64url');
  return createPrivateKey({
    format: 'jwk',
    key: {
      kty: 'EC',
      crv: jwk,
      d: text(scalar),
      x: text(point.subarray(1, 1 + bytes)),
      y: text(point.subarray(1 + bytes)),
    },
  })
    .export({ type: 'pkcs8', format: 'pem' })
    .toString();
}

export function seededVault(store: KeyStore, make: MakeKeyPem, chance: Chance): KeyVault {
  return {
    create: (certificate, type) => store.keep(certificate, new Secret(make(type, chance))),
    keep: (certificate, pem) => store.keep(certificate, pem),
    read: (keyId) => store.read(keyId),
  };
}
