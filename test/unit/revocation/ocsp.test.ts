/** OCSP: the question as others write it, and which answers are believed. */
import fc from 'fast-check';
import * as asn1js from 'asn1js';
import * as pkijs from 'pkijs';
import { beforeAll, describe, expect, test } from 'vitest';
import { parseCertificate, type Certificate } from '../../../src/pki/certificate.ts';
import { DerError } from '../../../src/pki/der.ts';
import { readCertificate } from '../../../src/pki/x509.ts';
import { datesProblem } from '../../../src/revocation/lists.ts';
import { certId, ocspRequest } from '../../../src/revocation/ocsp-request.ts';
import { readOcspResponse } from '../../../src/revocation/ocsp-response.ts';
import { daysFromNow, newCa, newLeaf, now, type TestCertificate } from '../../builders/pki.ts';
import { anOcspAnswer, extension, hours, integer, type OcspOptions } from '../../builders/revocation.ts';

const ocspSigning = '1.3.6.1.5.5.7.3.9';

let ca: TestCertificate;
let namesake: TestCertificate;
let delegate: TestCertificate;
let idle: TestCertificate;
let expired: TestCertificate;
let stranger: TestCertificate;
let leaf: TestCertificate;
let sibling: TestCertificate;
let issuer: Certificate;
let id: Buffer;

beforeAll(async () => {
  ca = await newCa('answers');
  namesake = await newCa('answers');
  delegate = await newLeaf(ca, { subject: 'CN=responder', extendedKeyUsage: [ocspSigning] });
  idle = await newLeaf(ca, { subject: 'CN=server' });
  expired = await newLeaf(ca, {
    subject: 'CN=old',
    extendedKeyUsage: [ocspSigning],
    notAfter: daysFromNow(-0.5),
  });
  stranger = await newLeaf(await newCa('stranger'), {
    subject: 'CN=responder',
    extendedKeyUsage: [ocspSigning],
  });
  leaf = await newLeaf(ca);
  sibling = await newLeaf(ca);
  issuer = parseCertificate(ca.der);
  id = certId(readCertificate(leaf.der), issuer.fields);
});

const read = (options: OcspOptions) => readOcspResponse(anOcspAnswer(ca, id, options), id, issuer, now);

test('the question is the one that another library writes', async () => {
  const request = new pkijs.OCSPRequest();
  const parse = (der: Uint8Array) => new pkijs.Certificate({ schema: asn1js.fromBER(der).result });
  await request.createForCertificate(parse(leaf.der), {
    hashAlgorithm: 'SHA-1',
    issuerCertificate: parse(ca.der),
  });
  expect(ocspRequest(id)).toEqual(Buffer.from(request.toSchema(true).toBER()));
});

describe('an answer', () => {
  test.each<[string, () => OcspOptions, object]>([
    ['good', () => ({}), { status: 'good', revokedAt: null, reason: null }],
    ['unknown', () => ({ status: 'unknown' }), { status: 'unknown' }],
    [
      'revoked',
      () => ({ status: { at: hours(-7), reason: 1 } }),
      { status: 'revoked', revokedAt: hours(-7), reason: 'keyCompromise' },
    ],
    ['revoked without a reason', () => ({ status: { at: hours(-7) } }), { status: 'revoked', reason: null }],
    ['by key hash', () => ({ byKey: true }), { status: 'good' }],
    ['of an appointed responder', () => ({ signer: delegate, certificates: [delegate] }), { status: 'good' }],
    [
      'of an appointed responder by key hash',
      () => ({ signer: delegate, certificates: [idle, delegate], byKey: true }),
      { status: 'good' },
    ],
    [
      'with harmless extensions',
      () => ({ extensions: [extension('1.2.3', integer('01'))] }),
      { status: 'good' },
    ],
  ])('%s is believed', async (_, options, expected) => {
    await expect(read(options())).resolves.toMatchObject(expected);
  });

  test.each<[string, () => OcspOptions, RegExp]>([
    ['of another key with the issuer’s name', () => ({ signer: namesake }), /signature/],
    [
      'of a responder that is not for this',
      () => ({ signer: idle, certificates: [idle] }),
      /not for signing answers/,
    ],
    [
      'of a responder whose certificate ended',
      () => ({ signer: expired, certificates: [expired] }),
      /not valid now/,
    ],
    [
      'of a responder of another issuer',
      () => ({ signer: stranger, certificates: [stranger] }),
      /not from the issuer/,
    ],
    ['of a responder that shows no certificate', () => ({ signer: delegate }), /somebody unknown/],
    ['that never ends', () => ({ nextUpdate: null }), /how long it holds/],
    [
      'with an unknown critical extension',
      () => ({ extensions: [extension('1.2.3', integer('01'), true)] }),
      /1\.2\.3/,
    ],
    [
      'with an unknown critical extension of its own',
      () => ({ singleExtensions: [extension('1.2.3', integer('01'), true)] }),
      /1\.2\.3/,
    ],
    ['that refuses', () => ({ responseStatus: 6 }), /unauthorized/],
    ['to try later', () => ({ responseStatus: 3 }), /tryLater/],
    ['with an unknown code', () => ({ responseStatus: 99 }), /code 99/],
  ])('%s is refused', async (_, options, why) => {
    await expect(read(options())).rejects.toThrow(why);
    await expect(read(options())).rejects.toBeInstanceOf(DerError);
  });

  test('about another certificate is refused', async () => {
    const answer = anOcspAnswer(ca, certId(readCertificate(sibling.der), issuer.fields));
    await expect(readOcspResponse(answer, id, issuer, now)).rejects.toThrow(/other certificates/);
  });

  test('with one bit turned is never believed to say otherwise', async () => {
    const answer = anOcspAnswer(ca, id, { signer: delegate, certificates: [delegate] });
    await fc.assert(
      fc.asyncProperty(fc.nat(answer.length - 1), fc.integer({ min: 0, max: 7 }), async (at, bit) => {
        const turned = Buffer.from(answer);
        turned[at] = (turned[at] ?? 0) ^ (1 << bit);
        await readOcspResponse(turned, id, issuer, now).then(
          ({ status }) => expect(status).toBe('good'),
          (thrown: unknown) => expect(thrown).toBeInstanceOf(DerError),
        );
      }),
      { numRuns: 300 },
    );
  });

  test('that is cut off, or random, is a DerError and nothing else', async () => {
    const answer = anOcspAnswer(ca, id);
    for (let length = 0; length < answer.length; length += 5)
      await expect(readOcspResponse(answer.subarray(0, length), id, issuer, now)).rejects.toBeInstanceOf(
        DerError,
      );
    await fc.assert(
      fc.asyncProperty(fc.uint8Array({ maxLength: 200 }), async (bytes) => {
        await expect(readOcspResponse(bytes, id, issuer, now)).rejects.toBeInstanceOf(DerError);
      }),
    );
  });
});

describe('dates', () => {
  const ms = (date: Date, by = 0): number => date.getTime() + by;
  test.each<[string, number, number, RegExp]>([
    ['now', ms(now), ms(hours(1)), /^none$/],
    ['five minutes ahead', ms(now, 300_000), ms(hours(1)), /^none$/],
    ['a moment more', ms(now, 300_001), ms(hours(1)), /has not come yet/],
    ['ends in a millisecond', ms(hours(-1)), ms(now, 1), /^none$/],
    ['ended', ms(hours(-1)), ms(now), /out of date/],
  ])('%s', (_, thisUpdateMs, nextUpdateMs, why) => {
    const problem = datesProblem({ thisUpdateMs, nextUpdateMs }, now);
    expect(problem ?? 'none').toMatch(why);
  });
});
