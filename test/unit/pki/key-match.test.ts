import { createPrivateKey, generateKeyPairSync } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import { encode } from '../../../src/pki/der-encode.ts';
import { children, readInside, readWhole, tags, whole } from '../../../src/pki/der.ts';
import { isKeyOf } from '../../../src/pki/key-match.ts';
import { keySpkiSha256 } from '../../../src/pki/keys.ts';
import { encodePem } from '../../../src/pki/pem.ts';
import { spkiSha256 } from '../../../src/pki/public-key.ts';

function pairOf(kind: 'ec' | 'rsa' | 'ed25519'): { readonly pem: string; readonly spki: string } {
  const { privateKey, publicKey } =
    kind === 'ec'
      ? generateKeyPairSync('ec', { namedCurve: 'P-256' })
      : kind === 'rsa'
        ? generateKeyPairSync('rsa', { modulusLength: 2048 })
        : generateKeyPairSync('ed25519');
  return {
    pem: privateKey.export({ type: 'pkcs8', format: 'pem' }).toString(),
    spki: spkiSha256(publicKey.export({ type: 'spki', format: 'der' })),
  };
}

const [ec, otherEc, rsa, otherRsa, ed] = [
  pairOf('ec'),
  pairOf('ec'),
  pairOf('rsa'),
  pairOf('rsa'),
  pairOf('ed25519'),
];
const sec1 = createPrivateKey(ec.pem).export({ type: 'sec1', format: 'pem' }).toString();
const pkcs1 = createPrivateKey(rsa.pem).export({ type: 'pkcs1', format: 'pem' }).toString();

test.each([
  ['EC', ec.pem, ec.spki],
  ['RSA', rsa.pem, rsa.spki],
  ['Ed25519, which carries no public key', ed.pem, ed.spki],
  ['EC in its older form', sec1, ec.spki],
  ['RSA in its older form', pkcs1, rsa.spki],
])('%s: its own key', (_title, pem, spki) => {
  expect(isKeyOf(Buffer.from(pem), spki)).toBe(true);
});

test.each([
  ['another EC key', ec.pem, otherEc.spki],
  ['another RSA key', rsa.pem, otherRsa.spki],
  ['another kind of key', rsa.pem, ec.spki],
  ['an empty file', '', ec.spki],
  ['text', 'hello', ec.spki],
  ['a block cut short', `${ec.pem.slice(0, 100)}\n-----END PRIVATE KEY-----\n`, ec.spki],
])('%s does not belong', (_title, pem, spki) => {
  expect(isKeyOf(Buffer.from(pem), spki)).toBe(false);
});

/** The parts of a PKCS #8 file: version, algorithm, and what the private key's own form holds. */
function partsOf(pem: string): { readonly algorithm: Uint8Array; readonly inner: readonly Uint8Array[] } {
  const der = createPrivateKey(pem).export({ type: 'pkcs8', format: 'der' });
  const [, algorithm, wrapped] = children(readWhole(der, tags.sequence));
  if (algorithm === undefined || wrapped === undefined) throw new Error('no PKCS #8');
  return { algorithm: whole(algorithm), inner: children(readInside(wrapped, tags.sequence)).map(whole) };
}

interface Crippled {
  readonly version?: Uint8Array;
  readonly algorithm: Uint8Array;
  readonly inner: readonly Uint8Array[];
  readonly label?: string;
}

const zero = encode(tags.integer, Buffer.of(0));

function crippled({ version = zero, algorithm, inner, label = 'PRIVATE KEY' }: Crippled): Buffer {
  const wrapped = encode(tags.octetString, encode(tags.sequence, ...inner));
  return Buffer.from(encodePem(label, encode(tags.sequence, version, algorithm, wrapped)));
}

describe('read from the file alone, though OpenSSL takes no such key', () => {
  const { algorithm: ecAlgorithm, inner: ecInner } = partsOf(ec.pem);
  const { algorithm: rsaAlgorithm, inner: rsaInner } = partsOf(rsa.pem);
  const noSecret = encode(tags.octetString);
  const ecPublic = ecInner.slice(2);
  const ecParts = {
    algorithm: ecAlgorithm,
    inner: [noSecret, noSecret, ...ecPublic],
  };
  const rsaParts = { algorithm: rsaAlgorithm, inner: rsaInner.slice(0, 3) };

  test('EC without its secret', () => {
    expect(keySpkiSha256(crippled(ecParts))).toBeUndefined();
    expect(isKeyOf(crippled(ecParts), ec.spki)).toBe(true);
    expect(isKeyOf(crippled(ecParts), otherEc.spki)).toBe(false);
  });

  test('RSA without its secret', () => {
    expect(keySpkiSha256(crippled(rsaParts))).toBeUndefined();
    expect(isKeyOf(crippled(rsaParts), rsa.spki)).toBe(true);
    expect(isKeyOf(crippled(rsaParts), otherRsa.spki)).toBe(false);
  });

  test('behind another block', () => {
    const both = Buffer.concat([Buffer.from(encodePem('CERTIFICATE', zero)), crippled(ecParts)]);
    expect(isKeyOf(both, ec.spki)).toBe(true);
  });

  test.each<[string, Crippled, string]>([
    ['EC without its public key', { ...ecParts, inner: ecParts.inner.slice(0, 2) }, ec.spki],
    ['a version that is no number', { ...ecParts, version: encode(tags.boolean, Buffer.of(0)) }, ec.spki],
    ['an algorithm that is none', { ...ecParts, algorithm: zero }, ec.spki],
    ['another label', { ...ecParts, label: 'ENCRYPTED PRIVATE KEY' }, ec.spki],
    ['RSA without its exponent', { ...rsaParts, inner: rsaInner.slice(0, 2) }, rsa.spki],
    ['nothing inside', { ...rsaParts, inner: [] }, rsa.spki],
  ])('not: %s', (_title, parts, spki) => {
    expect(isKeyOf(crippled(parts), spki)).toBe(false);
  });

  test('not: numbers under an algorithm that is neither', () => {
    const algorithm = encode(tags.sequence, encode(tags.oid, Buffer.from([0x2b, 0x65, 0x70])));
    const spki = spkiSha256(
      encode(
        tags.sequence,
        algorithm,
        encode(tags.bitString, Buffer.of(0), encode(tags.sequence, ...rsaInner.slice(1, 3))),
      ),
    );
    expect(isKeyOf(crippled({ algorithm, inner: rsaInner }), spki)).toBe(false);
  });
});
