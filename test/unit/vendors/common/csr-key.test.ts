import { createHash, webcrypto } from 'node:crypto';
import 'reflect-metadata';
import { Pkcs10CertificateRequestGenerator, X509CertificateGenerator } from '@peculiar/x509';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { certificateKeySha256, csrKeySha256 } from '../../../../src/vendors/common/csr-key.ts';
import { encodePem } from '../../../../src/vendors/common/text.ts';

describe('key hashes', () => {
  test.each([
    ['ECDSA', { name: 'ECDSA', namedCurve: 'P-256', hash: 'SHA-256' }],
    [
      'RSA',
      {
        name: 'RSASSA-PKCS1-v1_5',
        hash: 'SHA-256',
        publicExponent: new Uint8Array([1, 0, 1]),
        modulusLength: 2048,
      },
    ],
  ])('%s: CSR and certificate of one key give one hash', async (_, algorithm) => {
    const keys = await webcrypto.subtle.generateKey(algorithm, true, ['sign', 'verify']);
    const spki = Buffer.from(await webcrypto.subtle.exportKey('spki', keys.publicKey));
    const expected = createHash('sha256').update(spki).digest('hex');
    const signingAlgorithm = algorithm;
    const csr = await Pkcs10CertificateRequestGenerator.create({
      name: 'CN=example.com',
      keys,
      signingAlgorithm,
    });
    const pem = csr.toString('pem');
    expect(csrKeySha256(pem)).toBe(expected);
    expect(csrKeySha256(pem.replaceAll('CERTIFICATE REQUEST', 'NEW CERTIFICATE REQUEST'))).toBe(expected);
    const certificate = await X509CertificateGenerator.createSelfSigned({
      name: 'CN=x',
      keys,
      signingAlgorithm,
    });
    expect(certificateKeySha256(certificate.toString('pem'))).toBe(expected);
  });

  test('what is no CSR has no hash', () => {
    expect(csrKeySha256('')).toBeUndefined();
    expect(
      csrKeySha256('-----BEGIN CERTIFICATE REQUEST-----\nMIIErDCC\n-----END CERTIFICATE REQUEST-----'),
    ).toBeUndefined();
    expect(
      certificateKeySha256('-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----'),
    ).toBeUndefined();
  });

  test('any bytes are read without a throw', () => {
    fc.assert(
      fc.property(fc.uint8Array(), (bytes) => {
        expect(() => csrKeySha256(encodePem('CERTIFICATE REQUEST', bytes))).not.toThrow();
      }),
    );
  });
});
