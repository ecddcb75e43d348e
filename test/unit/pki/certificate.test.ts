import { execFileSync } from 'node:child_process';
import { X509Certificate } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { certificateFacts, parseCertificate } from '../../../src/pki/certificate.ts';
import { DerError } from '../../../src/pki/der.ts';
import { readPem } from '../../../src/pki/pem.ts';
import { publicRoots } from '../../../src/pki/trust-anchors.ts';
import { newCa, newChain, newKey, newLeaf, x509, type TestKeyKind } from '../../builders/pki.ts';

function factsOf(pem: string) {
  return certificateFacts(parseCertificate(readPem(pem).blocks[0]?.der ?? Buffer.alloc(0)));
}

test('the facts are those that node:crypto and OpenSSL tell', async () => {
  const { leaf } = await newChain();
  const facts = factsOf(leaf.pem);
  const node = new X509Certificate(leaf.pem);
  const openssl = execFileSync('openssl', ['x509', '-noout', '-serial', '-fingerprint', '-sha256'], {
    input: leaf.pem,
    encoding: 'utf8',
  });
  const spki = execFileSync(
    'sh',
    ['-c', 'openssl x509 -noout -pubkey | openssl pkey -pubin -outform DER | sha256sum'],
    { input: leaf.pem, encoding: 'utf8' },
  );

  expect(facts.names).toEqual(['shop.example.com', 'www.shop.example.com']);
  expect(facts.otherNames).toEqual([]);
  expect(facts.notAfter).toEqual(node.validToDate);
  expect(facts.notBefore).toEqual(node.validFromDate);
  expect(facts.subject).toBe('CN=shop.example.com');
  expect(facts.issuer).toBe('CN=test intermediate');
  expect(openssl.toLowerCase().replaceAll(':', '')).toContain(`serial=${facts.serialHex}\n`);
  expect(openssl.toLowerCase().replaceAll(':', '')).toContain(`fingerprint=${facts.fingerprint256}\n`);
  expect(spki.slice(0, 64)).toBe(facts.spkiSha256);
  expect(facts.selfIssued).toBe(false);
});

test.each<[TestKeyKind, string]>([
  ['p256', 'ecdsa-p256'],
  ['p384', 'ecdsa-p384'],
  ['p521', 'ecdsa-p521'],
  ['rsa1024', 'rsa-1024'],
  ['rsa2048', 'rsa-2048'],
  ['ed25519', 'ed25519'],
])('key type of %s', async (kind, expected) => {
  const ca = await newCa('ca', undefined, { key: await newKey(kind) });
  expect(factsOf(ca.pem).keyType).toBe(expected);
});

describe('names', () => {
  test('addresses and other kinds are kept apart', async () => {
    const leaf = await newLeaf(undefined, {
      names: ['A.Example.COM', '*.example.com'],
      addresses: ['192.0.2.1', '2001:db8::1'],
    });
    const facts = factsOf(leaf.pem);
    expect(facts.names).toEqual(['a.example.com', '*.example.com']);
    expect(facts.otherNames).toEqual(['ip:192.0.2.1', 'ip:2001:db8:0:0:0:0:0:1']);
  });

  // The text form of node:crypto joins names with ", " and has been fooled by exactly such values (CVE-2021-44532).
  test.each([
    'a.example, DNS:evil.example',
    'nul\u0000.example',
    'quote".example',
    'two words',
    'new\nline',
    '',
  ])('a dNSName of %j is no DNS name', async (value) => {
    const san = Buffer.concat([Buffer.from([0x82, value.length]), Buffer.from(value, 'latin1')]);
    const sequence = Buffer.concat([Buffer.from([0x30, san.length]), san]);
    const leaf = await newLeaf(undefined, {
      names: [],
      extra: [new x509.Extension('2.5.29.17', false, sequence)],
    });
    const facts = factsOf(leaf.pem);
    expect(facts.names).toEqual([]);
    expect(facts.otherNames).toEqual([`dns:${JSON.stringify(value)}`]);
  });

  test('control characters in a subject do not reach a terminal', async () => {
    const ca = await newCa('x', undefined, { subject: 'CN=evil\u001b[2Jname\u202e' });
    expect(factsOf(ca.pem).subject).toBe('CN=evil?[2Jname?');
  });
});

describe('strictness', () => {
  /** What a reading of our own threw; anything else passes through and fails the test. */
  const refusal = (der: Uint8Array): DerError | undefined => {
    try {
      certificateFacts(parseCertificate(der));
      return undefined;
    } catch (error) {
      if (error instanceof DerError) return error;
      throw error;
    }
  };

  test('data after the end', async () => {
    const { leaf } = await newChain();
    expect(refusal(Buffer.concat([leaf.der, Buffer.from([0])]))).toBeInstanceOf(DerError);
  });

  test('every truncation', async () => {
    const { leaf } = await newChain();
    for (let length = 0; length < leaf.der.length; length += 1) {
      expect(refusal(leaf.der.subarray(0, length))).toBeInstanceOf(DerError);
    }
  });

  test('an extension that occurs twice', async () => {
    const twice = new x509.SubjectAlternativeNameExtension([{ type: 'dns', value: 'other.example' }]);
    expect(refusal((await newLeaf(undefined, { extra: [twice] })).der)?.message).toContain('occurs twice');
  });

  test('a flipped byte anywhere: an error of ours or facts, nothing else', async () => {
    const { leaf } = await newChain();
    fc.assert(
      fc.property(fc.nat(leaf.der.length - 1), fc.integer({ min: 1, max: 255 }), (at, change) => {
        const der = Buffer.from(leaf.der);
        der.writeUInt8(der.readUInt8(at) ^ change, at);
        expect(() => refusal(der)).not.toThrow();
      }),
      { numRuns: 2000 },
    );
  });
});

test('every root that Node carries is read, with the dates, serial and fingerprint that Node tells', async () => {
  for (const pem of await publicRoots()) {
    const node = new X509Certificate(pem);
    expect(factsOf(pem)).toMatchObject({
      notBefore: node.validFromDate,
      notAfter: node.validToDate,
      // Node shortens a serial number of zero to one digit.
      serialHex: node.serialNumber.toLowerCase().padStart(2, '0'),
      fingerprint256: node.fingerprint256.replaceAll(':', '').toLowerCase(),
    });
  }
});
