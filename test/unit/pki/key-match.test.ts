import { createPrivateKey, generateKeyPairSync } from 'node:crypto';
import { expect, test } from 'vitest';
import { isKeyOf } from '../../../src/pki/key-match.ts';
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
