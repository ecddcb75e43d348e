import { execFileSync, spawnSync } from 'node:child_process';
import { describe, expect, test } from 'vitest';
import { keyTypes, type KeyType } from '../../../src/core/certificate.ts';
import { createCsr } from '../../../src/pki/csr.ts';
import { generateKey, keySpkiSha256, provenSpkiSha256 } from '../../../src/pki/keys.ts';
import { newKey } from '../../builders/pki.ts';

const names = ['shop.example.com', '*.shop.example.com', 'xn--bcher-kva.example'];

function opensslText(csr: string): string {
  return execFileSync('openssl', ['req', '-noout', '-text', '-verify'], {
    input: csr,
    encoding: 'utf8',
    stdio: ['pipe', 'pipe', 'ignore'],
  });
}

const expectations: Readonly<Record<KeyType, readonly [string, string]>> = {
  'ecdsa-p256': ['NIST CURVE: P-256', 'ecdsa-with-SHA256'],
  'ecdsa-p384': ['NIST CURVE: P-384', 'ecdsa-with-SHA384'],
  'rsa-2048': ['(2048 bit)', 'sha256WithRSAEncryption'],
  'rsa-3072': ['(3072 bit)', 'sha256WithRSAEncryption'],
  'rsa-4096': ['(4096 bit)', 'sha256WithRSAEncryption'],
};

describe.each(keyTypes)('%s', (type) => {
  test('key and request as OpenSSL sees them', async () => {
    const key = await generateKey(type);
    expect(key.pem).toMatch(/^-----BEGIN PRIVATE KEY-----\n/);
    const spki = execFileSync('sh', ['-c', 'openssl pkey -pubout -outform DER | sha256sum'], {
      input: key.pem,
      encoding: 'utf8',
    });
    expect(spki.slice(0, 64)).toBe(key.spkiSha256);
    expect(keySpkiSha256(key.pem)).toBe(key.spkiSha256);
    expect(provenSpkiSha256(key.pem)).toBe(key.spkiSha256);

    const csr = await createCsr(key.pem, names);
    expect(csr).toMatch(/^-----BEGIN CERTIFICATE REQUEST-----\n[\s\S]+-----END CERTIFICATE REQUEST-----\n$/);
    expect(spawnSync('openssl', ['req', '-noout', '-verify'], { input: csr }).status).toBe(0);
    const text = opensslText(csr);
    for (const expected of expectations[type]) expect(text).toContain(expected);
    expect(text).toContain('Subject: CN = shop.example.com\n');
    expect(text).toContain('DNS:shop.example.com, DNS:*.shop.example.com, DNS:xn--bcher-kva.example\n');
    const csrSpki = execFileSync(
      'sh',
      ['-c', 'openssl req -noout -pubkey | openssl pkey -pubin -outform DER | sha256sum'],
      { input: csr, encoding: 'utf8' },
    );
    expect(csrSpki.slice(0, 64)).toBe(key.spkiSha256);
  });
});

describe('the common name', () => {
  const label = 'a'.repeat(63);
  test.each([
    [`${'a'.repeat(60)}.abc`, true],
    [`${'a'.repeat(60)}.abcd`, false],
    [`${label}.${label}.example`, false],
  ])('%s: %s', async (name, present) => {
    const { pem } = await generateKey('ecdsa-p256');
    const text = opensslText(await createCsr(pem, [name]));
    expect(text.includes(`CN = ${name}`)).toBe(present);
    expect(text).toContain(`DNS:${name}\n`);
  });
});

test('a hundred names', async () => {
  const many = Array.from({ length: 100 }, (_, index) => `host-${index}.example.com`);
  const { pem } = await generateKey('ecdsa-p256');
  const text = opensslText(await createCsr(pem, many));
  for (const name of many) expect(text).toContain(`DNS:${name}`);
});

describe('keys that cannot be used', () => {
  test.each(['', 'nonsense', '-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----\n'])(
    '%j',
    async (pem) => {
      await expect(createCsr(pem, names)).rejects.toMatchObject({ code: 'key-unusable' });
      expect(keySpkiSha256(pem)).toBeUndefined();
      expect(provenSpkiSha256(pem)).toBeUndefined();
    },
  );

  test('a key of a kind that no CA takes', async () => {
    await expect(createCsr((await newKey('ed25519')).pem, names)).rejects.toMatchObject({
      code: 'key-unusable',
    });
  });
});
