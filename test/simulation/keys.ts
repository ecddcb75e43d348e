/**
 * Private keys from the seed, so that a run can be repeated: the real key store writes, syncs, reads back and tries them as
 * it does with keys of its own making. EC only: RSA keys would take most of the time.
 */
import { createECDH, createPrivateKey } from 'node:crypto';
import { Secret, type KeyType } from '../../src/core/certificate.ts';
import type { KeyStore } from '../../src/pki/key-store.ts';
import type { KeyVault } from '../../src/renewal/stage-context.ts';
import type { Chance } from './chance.ts';

const curves = {
  'ecdsa-p256': { ecdh: 'prime256v1', jwk: 'P-256', bytes: 32 },
  'ecdsa-p384': { ecdh: 'secp384r1', jwk: 'P-384', bytes: 48 },
} as const;

export function seededKeyPem(type: KeyType, chance: Chance): string {
  if (type !== 'ecdsa-p256' && type !== 'ecdsa-p384') throw new Error(`no seeded ${type} keys`);
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

export function seededVault(store: KeyStore, chance: Chance): KeyVault {
  return {
    create: (certificate, type) => store.keep(certificate, new Secret(seededKeyPem(type, chance))),
    keep: (certificate, pem) => store.keep(certificate, pem),
    read: (keyId) => store.read(keyId),
  };
}
