/** What the table of chains (chain-cases.ts) cannot say: words, bounds, broken extensions, and who is exempt. */
import { describe, expect, test } from 'vitest';
import { parseCertificate, type Certificate } from '../../../src/pki/certificate.ts';
import {
  issuerOf,
  orMalformed,
  signatureStrengthFailures,
  subjectOf,
  type ChainFailure,
} from '../../../src/pki/chain-rules.ts';
import { verifyChain } from '../../../src/pki/chain.ts';
import { encode } from '../../../src/pki/der-encode.ts';
import { DerError, readWhole, tags, whole } from '../../../src/pki/der.ts';
import { readCertificate } from '../../../src/pki/x509.ts';
import { daysFromNow, newCa, newKey, newLeaf, now, x509, type TestCertificate } from '../../builders/pki.ts';

const root = await newCa('test root');
const intermediate = await newCa('test intermediate', root);
const leaf = await newLeaf(intermediate);

const parsed = ({ der }: TestCertificate): Certificate => parseCertificate(der);

function failuresOf(
  one: TestCertificate,
  others: readonly TestCertificate[],
  { anchors = [], at = now }: { readonly anchors?: readonly TestCertificate[]; readonly at?: Date } = {},
): readonly ChainFailure[] {
  const result = verifyChain({
    leaf: parsed(one),
    candidates: others.map(parsed),
    anchors: anchors.map(parsed),
    now: at,
  });
  return result.ok ? [] : result.failures;
}

const codesOf = (...given: Parameters<typeof failuresOf>): readonly string[] =>
  failuresOf(...given).map(({ code }) => code);

describe('in words', () => {
  test.each<[string, () => readonly ChainFailure[], string]>([
    [
      'too early',
      () => failuresOf(leaf, [intermediate, root], { at: daysFromNow(-2) }),
      '"CN=shop.example.com" is valid from 2026-11-20T12:00:00Z only',
    ],
    [
      'too late',
      () => failuresOf(leaf, [intermediate, root], { at: daysFromNow(200) }),
      '"CN=shop.example.com" expired at 2027-06-08T12:00:00Z',
    ],
    [
      'no issuer',
      () => failuresOf(leaf, [root]),
      'the issuer "CN=test intermediate" of "CN=shop.example.com" neither came along nor is a trust anchor',
    ],
  ])('%s', (_title, failures, sentence) => {
    expect(failures().map((failure) => failure.sentence)).toEqual([sentence]);
  });

  test('the right name and another key', async () => {
    const impostor = await newCa('test intermediate', root);
    expect(failuresOf(leaf, [impostor, root])[0]?.sentence).toMatch(
      /neither came along nor is a trust anchor; one has the right name and another key$/,
    );
  });

  test('a precertificate, and an extension that nobody knows', async () => {
    const extra = (oid: string) => new x509.Extension(oid, true, new Uint8Array([5, 0]));
    const precertificate = await newLeaf(intermediate, { extra: [extra('1.3.6.1.4.1.11129.2.4.3')] });
    const unknown = await newLeaf(intermediate, { extra: [extra('1.3.6.1.4.1.99999.1')] });
    const said = (one: TestCertificate) => failuresOf(one, [intermediate, root])[0]?.sentence;
    expect(said(precertificate)).toBe('"CN=shop.example.com" is a precertificate, which is not for use');
    expect(said(unknown)).toBe(
      '"CN=shop.example.com" has the critical extension 1.3.6.1.4.1.99999.1, which is not understood',
    );
  });

  test('names that are empty or cannot be read', () => {
    const fields = readCertificate(leaf.der);
    const read = (der: Buffer) => readWhole(der, tags.sequence);
    expect(subjectOf({ fields })).toBe('"CN=shop.example.com"');
    expect(issuerOf({ fields })).toBe('"CN=test intermediate"');
    const empty = read(encode(tags.sequence));
    expect(subjectOf({ fields: { ...fields, subject: empty } })).toBe('a certificate without a subject');
    const broken = read(encode(tags.sequence, encode(tags.set, Buffer.of(1))));
    expect(subjectOf({ fields: { ...fields, subject: broken } })).toBe(
      'a certificate with an unreadable name',
    );
  });
});

describe('optional extensions', () => {
  test('a leaf without basic constraints and key usage', async () => {
    const plain = await newLeaf(intermediate, { basicConstraints: null, keyUsage: null });
    expect(codesOf(plain, [intermediate, root])).toEqual([]);
  });

  test('a CA without key usage', async () => {
    const plain = await newCa('plain ca', root, { keyUsage: null });
    expect(codesOf(await newLeaf(plain), [plain, root])).toEqual([]);
  });
});

describe('broken extensions', () => {
  const broken = (oid: string) => new x509.Extension(oid, false, new Uint8Array([0x30, 5, 1]));

  test.each([
    ['subjectAltName', '2.5.29.17'],
    ['subjectKeyIdentifier', '2.5.29.14'],
    ['authorityKeyIdentifier', '2.5.29.35'],
  ])('%s, on leaf and on intermediate', async (_name, oid) => {
    const options = { names: [], withKeyIds: false, extra: [broken(oid)] };
    const bad = await newLeaf(intermediate, { ...options, subject: 'CN=bad' });
    expect(codesOf(bad, [intermediate, root])).toEqual(['malformed']);
    const ca = await newCa('bad ca', root, options);
    expect(failuresOf(await newLeaf(ca), [ca, root])).toEqual([
      { code: 'malformed', sentence: expect.stringMatching(/^"CN=bad ca" is malformed: ./) },
    ]);
  });

  test('what is no question of form is not taken for one', () => {
    const certificate = parsed(leaf);
    const rule = (error: Error) => () => {
      throw error;
    };
    expect(orMalformed(certificate, rule(new DerError('cut')))).toEqual([
      { code: 'malformed', sentence: '"CN=shop.example.com" is malformed: cut' },
    ]);
    expect(() => orMalformed(certificate, rule(new RangeError('ours')))).toThrow(RangeError);
  });
});

describe('strength of signatures', () => {
  const sequence = (...parts: Uint8Array[]) => encode(tags.sequence, ...parts);
  const oid = (hex: string) => encode(tags.oid, Buffer.from(hex, 'hex'));
  const sha256 = sequence(oid('608648016503040201'));
  const sha1 = sequence(oid('2b0e03021a'));
  const mgf = encode(0xa1, sequence(oid('2a864886f70d010108'), sha256));
  const hash = (algorithm: Uint8Array) => encode(0xa0, algorithm);
  const pssOid = '1.2.840.113549.1.1.10';

  /** An AlgorithmIdentifier with these parameters. */
  const weaknesses = (signatureOid: string, parameters: Uint8Array) => {
    const signatureAlgorithm = readWhole(sequence(oid('2a864886f70d01010a'), parameters), tags.sequence);
    const fields = { ...readCertificate(leaf.der), signatureOid, signatureAlgorithm };
    return signatureStrengthFailures({ ...parsed(leaf), fields }).map(({ sentence }) => sentence);
  };

  test.each<[string, Uint8Array, readonly string[]]>([
    ['SHA-256', sequence(hash(sha256), mgf), []],
    ['SHA-384', sequence(hash(sequence(oid('608648016503040202'))), mgf), []],
    ['SHA-512', sequence(hash(sequence(oid('608648016503040203'))), mgf), []],
    ['SHA-256, written last', sequence(mgf, hash(sha256)), []],
    ['SHA-1', sequence(hash(sha1), mgf), ['RSA-PSS over a weak hash']],
    ['SHA-1, by saying nothing', sequence(mgf), ['RSA-PSS over a weak hash']],
    ['SHA-1, by saying nothing at all', sequence(), ['RSA-PSS over a weak hash']],
  ])('RSA-PSS with %s', (_title, parameters, names) => {
    expect(weaknesses(pssOid, parameters)).toEqual(
      names.map((name) => `"CN=shop.example.com" is signed with ${name}`),
    );
  });

  test.each([
    ['1.2.840.113549.1.1.2', 'MD2'],
    ['1.2.840.113549.1.1.4', 'MD5'],
    ['1.2.840.113549.1.1.5', 'SHA-1'],
    ['1.2.840.10045.4.1', 'SHA-1'],
    ['1.2.840.10045.4.3.1', 'the algorithm 1.2.840.10045.4.3.1'],
  ])('%s is weak: %s', (signatureOid, name) => {
    expect(weaknesses(signatureOid, sequence())).toEqual([`"CN=shop.example.com" is signed with ${name}`]);
  });

  test.each([
    '1.2.840.113549.1.1.11',
    '1.2.840.113549.1.1.12',
    '1.2.840.113549.1.1.13',
    '1.2.840.10045.4.3.2',
    '1.2.840.10045.4.3.3',
    '1.2.840.10045.4.3.4',
    '1.3.101.112',
    '1.3.101.113',
  ])('%s is strong', (signatureOid) => {
    expect(weaknesses(signatureOid, sequence())).toEqual([]);
  });
});

describe('anchors', () => {
  test('a leaf is none', () => {
    expect(codesOf(leaf, [], { anchors: [leaf] })).toEqual(['incomplete']);
    expect(codesOf(leaf, [intermediate], { anchors: [leaf] })).toEqual(['incomplete']);
  });

  test('an intermediate is one, whether its own issuer is there or not', () => {
    expect(codesOf(leaf, [intermediate], { anchors: [intermediate] })).toEqual([]);
    expect(codesOf(leaf, [intermediate, root], { anchors: [intermediate] })).toEqual([]);
  });
});

describe('bounds', () => {
  test('ten certificates are a chain, eleven are not', async () => {
    const cas = [root];
    for (let depth = 1; depth < 10; depth += 1) cas.push(await newCa(`level ${depth}`, cas.at(-1)));
    expect(codesOf(await newLeaf(cas[8]), cas)).toEqual([]);
    expect(codesOf(await newLeaf(cas[9]), cas)).toEqual(['too-long']);
  });

  test('certificates that all issue each other are not tried in every order', async () => {
    const size = 6;
    const names = Array.from({ length: size }, (_, index) => `knot ${index}`);
    const keys = await Promise.all(names.map(() => newKey()));
    const knot = await Promise.all(
      names.flatMap((name, at) =>
        names
          .map((issuer, by) => ({ issuer, signer: keys[by], by }))
          .filter(({ by }) => by !== at)
          .map(({ issuer, signer }) =>
            newCa(name, undefined, {
              withKeyIds: false,
              issuerName: `CN=${issuer}`,
              ...(keys[at] === undefined ? {} : { key: keys[at] }),
              ...(signer === undefined ? {} : { signer }),
            }),
          ),
      ),
    );
    const tied = await newLeaf(undefined, {
      withKeyIds: false,
      issuerName: 'CN=knot 0',
      ...(keys[0] === undefined ? {} : { signer: keys[0] }),
    });
    let looks = 0;
    const counted = knot.map(parsed).map((certificate) => ({
      ...certificate,
      get fields() {
        looks += 1;
        return certificate.fields;
      },
    }));
    const result = verifyChain({ leaf: parsed(tied), candidates: counted, anchors: [], now });
    expect(result.ok).toBe(false);
    expect(looks).toBeGreaterThan(1000);
    expect(looks).toBeLessThan(100_000);
  });
});

describe('name constraints', () => {
  const within = async (...names: readonly string[]) => {
    const subjects = await Promise.all(
      names.map(async (subject) =>
        whole(readCertificate((await newLeaf(undefined, { subject })).der).subject),
      ),
    );
    const trees = subjects.map((subject) => encode(tags.sequence, encode(0xa4, subject)));
    return new x509.Extension('2.5.29.30', true, encode(tags.sequence, encode(0xa0, ...trees)));
  };

  test('bind what is below, not the CA itself nor those above it', async () => {
    const ca = await newCa('limited', root, { extra: [await within('O=Example')] });
    expect(codesOf(await newLeaf(ca, { subject: 'O=Example,CN=shop' }), [ca, root])).toEqual([]);
    expect(codesOf(await newLeaf(ca, { subject: 'O=Other,CN=shop' }), [ca, root])).toEqual([
      'name-constraints',
    ]);
  });

  test('exempt a CA’s new key, but neither another CA nor the leaf', async () => {
    const ca = await newCa('limited', root, { extra: [await within('O=Example')] });
    const below = { subject: 'O=Example,CN=shop' };
    const rollover = await newCa('limited', ca);
    expect(codesOf(await newLeaf(rollover, below), [rollover, ca, root])).toEqual([]);
    const other = await newCa('other', ca);
    expect(codesOf(await newLeaf(other, below), [other, ca, root])).toEqual(['name-constraints']);
    const namesake = await newLeaf(ca, { subject: 'CN=limited' });
    expect(codesOf(namesake, [ca, root])).toEqual(['name-constraints']);
  });

  test('say who stands above whom', async () => {
    const ca = await newCa('limited', root, { extra: [await within('O=Example')] });
    const [failure] = failuresOf(await newLeaf(ca, { subject: 'CN=shop' }), [ca, root]);
    expect(failure?.sentence).toBe(
      '"CN=limited" may not stand above "CN=shop": the subject is not among its permitted names',
    );
  });
});
