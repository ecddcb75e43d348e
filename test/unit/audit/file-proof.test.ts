import { hash } from 'node:crypto';
import { expect, test } from 'vitest';
import { generateKey } from '../../../src/pki/keys.ts';
import { proofOf, rememberingSpki } from '../../../src/pki/file-proof.ts';
import { cpuTimeMs } from '../../builders/cpu-time.ts';

const ec = await generateKey('ecdsa-p256');
const other = await generateKey('ecdsa-p256');
const rsa = await generateKey('rsa-2048');
const sha = (text: string) => hash('sha256', text, 'hex');
const proof = (text: string) => proofOf('f', Buffer.from(text, 'latin1'));

test.each([
  { what: 'no key', text: 'certificate\n', rest: 'certificate\n', key: null },
  { what: 'an empty file', text: '', rest: '', key: null },
  { what: 'only a key', text: ec.pem, rest: '', key: ec.spkiSha256 },
  { what: 'an RSA key', text: rsa.pem, rest: '', key: rsa.spkiSha256 },
  { what: 'a key and more', text: `${ec.pem}leaf\n`, rest: 'leaf\n', key: ec.spkiSha256 },
  { what: 'more and a key', text: `leaf\n${ec.pem}chain\n`, rest: 'leaf\nchain\n', key: ec.spkiSha256 },
  { what: 'two keys', text: `${ec.pem}${other.pem}`, rest: '', key: null },
  {
    what: 'a key that is none',
    text: '-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----\nx',
    rest: 'x',
    key: null,
  },
  { what: 'a key without an end', text: `leaf\n${ec.pem.slice(0, 100)}`, rest: 'leaf\n', key: null },
  {
    what: 'an encrypted key',
    text: '-----BEGIN ENCRYPTED PRIVATE KEY-----\nAAAA\n-----END ENCRYPTED PRIVATE KEY-----\n',
    rest: '',
    key: null,
  },
])('$what', ({ text, rest, key }) => {
  expect(proof(text)).toEqual({ name: 'f', sha256: sha(rest), keySpkiSha256: key });
});

test('of a file that is not there', () => {
  expect(proofOf('f', undefined)).toEqual({ name: 'f', sha256: null, keySpkiSha256: null });
});

test('nothing in it is made from the key: another encoding of the same key gives the same', () => {
  const sec1 = ec.pem.replaceAll('\n', '\r\n');
  expect(proof(sec1).keySpkiSha256).toBe(ec.spkiSha256);
  expect(JSON.stringify(proof(ec.pem))).not.toContain(sha(ec.pem));
});

test('a key whose private half was damaged does not work', () => {
  const damaged = ec.pem.replace(
    /^(.{60})(.)/m,
    (_, before: string, one: string) => `${before}${one === 'A' ? 'B' : 'A'}`,
  );
  expect(damaged).not.toBe(ec.pem);
  expect(proof(damaged).keySpkiSha256).not.toBe(ec.spkiSha256);
});

test('a hostile file takes no time', () => {
  const text = '-----BEGIN PRIVATE KEY-----'.repeat(30_000);
  expect(cpuTimeMs(() => expect(proof(text).keySpkiSha256).toBeNull())).toBeLessThan(1000);
});

test('a key is proved once', () => {
  const spkiOf = rememberingSpki();
  expect(spkiOf(ec.pem)).toBe(ec.spkiSha256);
  expect(spkiOf(ec.pem.trim())).toBe(ec.spkiSha256);
  expect(spkiOf('x')).toBeUndefined();
});
