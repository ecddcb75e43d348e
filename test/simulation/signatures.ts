/**
 * ECDSA without chance: the nonce follows from key and message, as RFC 6979 has it in spirit (one HMAC instead of its
 * generator of bits), so that a CSR and a certificate are the same bytes in each replay. For throw-away keys only.
 */
import { createECDH, createHash, createHmac, createPrivateKey, type KeyObject } from 'node:crypto';
import { createCsr } from '../../src/pki/csr.ts';
import { bitString, readElement, readElements, sequence, unsignedInteger } from '../../src/sandbox/ca/der.ts';
import { toPem } from '../../src/sandbox/ca/pem.ts';
import { inverse, toBytes, toNumber } from './numbers.ts';

/** Orders of the groups: SEC 2 version 2.0, §2.4.2 and §2.5.1. */
const curves: Readonly<Record<string, { name: string; hash: string; bytes: number; order: bigint }>> = {
  'P-256': {
    name: 'prime256v1',
    hash: 'sha256',
    bytes: 32,
    order: 0xffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551n,
  },
  'P-384': {
    name: 'secp384r1',
    hash: 'sha384',
    bytes: 48,
    order:
      0xffffffffffffffffffffffffffffffffffffffffffffffffc7634d81f4372ddf581a0db248b0a77aecec196accc52973n,
  },
};

/** DER, with the hash that belongs to the curve. P-256 and P-384 only. */
export function signWithoutChance(message: Uint8Array, key: KeyObject): Buffer {
  const { crv, d } = key.export({ format: 'jwk' });
  const curve = curves[crv ?? ''];
  if (curve === undefined || d === undefined)
    throw new Error(`no signature with a key on ${crv ?? 'no curve'}`);
  const { name, hash, bytes, order } = curve;
  const secret = Buffer.from(d, 'base64url');
  const digest = createHash(hash).update(message).digest();
  const nonce = toNumber(createHmac('sha512', secret).update(digest).digest()) % order;
  const point = createECDH(name);
  point.setPrivateKey(toBytes(nonce, bytes));
  const r = toNumber(point.getPublicKey().subarray(1, 1 + bytes)) % order;
  const s = (inverse(nonce, order) * (toNumber(digest) + r * toNumber(secret))) % order;
  return sequence(unsignedInteger(toBytes(r, bytes)), unsignedInteger(toBytes(s, bytes)));
}

/** The request that renewd makes, with another signature by the same key. */
export async function csrWithoutChance(keyPem: string, names: readonly string[]): Promise<string> {
  const pem = await createCsr(keyPem, names);
  const key = createPrivateKey(keyPem);
  // RSASSA-PKCS1-v1_5 knows no chance.
  if (key.asymmetricKeyType === 'rsa') return pem;
  const der = Buffer.from(pem.replaceAll(/-----[^-]+-----|\s/g, ''), 'base64');
  const [info, algorithm] = readElements(readElement(der).content);
  if (info === undefined || algorithm === undefined) throw new Error('not a certificate request');
  const signature = signWithoutChance(info.whole, key);
  return toPem('CERTIFICATE REQUEST', sequence(info.whole, algorithm.whole, bitString(signature)));
}
