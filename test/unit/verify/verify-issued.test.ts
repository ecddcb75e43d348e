/** What is not about the chain: that it is ours, covers the names, and is worth having. Chains: test/unit/pki/chain.test.ts. */
import { describe, expect, test } from 'vitest';
import { spkiSha256 } from '../../../src/pki/public-key.ts';
import { verifyIssued, type VerifyInput } from '../../../src/renewal/verify/verify-issued.ts';
import {
  daysFromNow,
  newCa,
  newChain,
  newKey,
  newLeaf,
  now,
  x509,
  type TestCertificate,
} from '../../builders/pki.ts';

const { root, intermediate, leaf } = await newChain();

function input(
  change: Partial<VerifyInput> = {},
  of: TestCertificate = leaf,
  names = ['shop.example.com', 'www.shop.example.com'],
): VerifyInput {
  return {
    leafPem: of.pem,
    caPems: [intermediate.pem, root.pem],
    trustAnchors: [],
    expected: { spkiSha256: spkiOf(of), names, alsoPermitted: 'any' },
    forced: false,
    now,
    ...change,
  };
}

function spkiOf(certificate: TestCertificate): string {
  return spkiSha256(new Uint8Array(certificate.certificate.publicKey.rawData));
}

function codes(given: VerifyInput): readonly string[] {
  const result = verifyIssued(given);
  return result.ok ? [] : result.failures.map(({ code }) => code);
}

test('a good one comes back in normal form', () => {
  const result = verifyIssued(input({ leafPem: leaf.pem.replaceAll('\n', '\r\n') }));
  expect(result).toMatchObject({
    ok: true,
    leafPem: leaf.pem,
    chainPem: intermediate.pem,
    fullchainPem: leaf.pem + intermediate.pem,
    root: '"CN=test root"',
  });
});

test('two intermediates follow one another', async () => {
  const upper = await newCa('upper', root);
  const lower = await newCa('lower', upper);
  const one = await newLeaf(lower);
  expect(verifyIssued(input({ caPems: [root.pem, upper.pem, lower.pem] }, one))).toMatchObject({
    chainPem: lower.pem + upper.pem,
    fullchainPem: one.pem + lower.pem + upper.pem,
  });
});

describe('how it comes', () => {
  test.each<[string, string, string[]]>([
    ['everything in one text, root first', root.pem + intermediate.pem + leaf.pem, []],
    ['the chain in one text, the leaf alone beside it', leaf.pem, [leaf.pem + intermediate.pem + root.pem]],
    ['an empty chain text', leaf.pem + intermediate.pem + root.pem, ['', '\n']],
  ])('%s', (_title, leafPem, caPems) => {
    expect(verifyIssued(input({ leafPem, caPems }))).toMatchObject({
      ok: true,
      leafPem: leaf.pem,
      chainPem: intermediate.pem,
    });
  });

  test.each<[string, string, string[]]>([
    ['nothing', '', []],
    ['a maintenance page', '<html>We will be back soon</html>', []],
    ['cut', leaf.pem.slice(0, 200), [intermediate.pem]],
    ['a chain that is cut', leaf.pem, [intermediate.pem.slice(0, 200)]],
    ['no certificate inside', '-----BEGIN CERTIFICATE-----\nMAMCAQE=\n-----END CERTIFICATE-----', []],
    ['far too many', leaf.pem.repeat(40), []],
  ])('unreadable: %s', (_title, leafPem, caPems) => {
    expect(codes(input({ leafPem, caPems }))).toEqual(['unreadable']);
  });
});

describe('said about what cannot be read', () => {
  const crl = '-----BEGIN X509 CRL-----\nMAMCAQE=\n-----END X509 CRL-----\n';

  test.each<[string, string, string[], RegExp]>([
    ['nothing', '', [], /^no certificate came from the provider$/],
    ['a list only', crl, [], /^no certificate came from the provider$/],
    ['cut', leaf.pem.slice(0, 200), [], /^the certificates cannot be read: \S/],
    [
      'no certificate inside',
      '-----BEGIN CERTIFICATE-----\nMAMCAQE=\n-----END CERTIFICATE-----',
      [],
      /^a certificate from the provider is not valid X\.509: \S/,
    ],
    ['one too many', leaf.pem.repeat(33), [], /^more than 32 certificates came$/],
  ])('%s', (_title, leafPem, caPems, sentence) => {
    expect(verifyIssued(input({ leafPem, caPems }))).toEqual({
      ok: false,
      failures: [{ code: 'unreadable', sentence: expect.stringMatching(sentence) }],
    });
  });

  test('32 are not too many, and a revocation list beside them does no harm', () => {
    expect(
      codes(input({ leafPem: crl + leaf.pem.repeat(30), caPems: [intermediate.pem, root.pem] })),
    ).toEqual([]);
  });

  test('a leaf whose names are broken', async () => {
    const names = new x509.Extension('2.5.29.17', false, new Uint8Array([0x30, 5, 1]));
    const broken = await newLeaf(intermediate, { names: [], subject: 'CN=x', extra: [names] });
    expect(verifyIssued(input({}, broken))).toEqual({
      ok: false,
      failures: [
        {
          code: 'malformed',
          sentence: expect.stringMatching(/^a certificate from the provider is malformed: \S/),
        },
      ],
    });
  });
});

describe('is it ours', () => {
  test('another key', async () => {
    const stranger = await newLeaf(intermediate, { key: await newKey() });
    expect(codes(input({ leafPem: stranger.pem }))).toEqual(['foreign-key']);
  });

  test('another key, wherever it stands and however little it says', async () => {
    const stranger = await newLeaf(intermediate, { basicConstraints: null });
    const given = input({ leafPem: root.pem + intermediate.pem + stranger.pem, caPems: [] });
    expect(verifyIssued(given)).toEqual({
      ok: false,
      failures: [{ code: 'foreign-key', sentence: 'its public key is not the one that was ordered with' }],
    });
  });

  test('nothing but CAs', () => {
    expect(codes(input({ leafPem: intermediate.pem, caPems: [root.pem] }))).toEqual(
      expect.arrayContaining(['foreign-key', 'names-missing', 'leaf-is-ca']),
    );
  });

  test('the one with our key is taken from several', async () => {
    const stranger = await newLeaf(intermediate);
    expect(verifyIssued(input({ leafPem: stranger.pem + leaf.pem }))).toMatchObject({
      ok: true,
      leafPem: leaf.pem,
    });
  });
});

describe('names', () => {
  const allowed =
    (names: readonly string[], sans: readonly string[], permitted: boolean | string) => async () => {
      const one = await newLeaf(intermediate, { names: sans });
      const alsoPermitted = typeof permitted === 'string' ? [permitted] : permitted ? 'any' : [];
      return codes(input({ expected: { spkiSha256: spkiOf(one), names, alsoPermitted } }, one));
    };

  test.each<[string, readonly string[], readonly string[], boolean | string, readonly string[]]>([
    ['the same', ['a.example.com'], ['a.example.com'], false, []],
    ['upper case', ['a.example.com'], ['A.EXAMPLE.com'], false, []],
    ['covered by a wildcard', ['a.example.com', '*.example.com'], ['*.example.com'], false, []],
    ['a wildcard does not cover the apex', ['example.com'], ['*.example.com'], true, ['names-missing']],
    ['one missing', ['a.example.com', 'b.example.com'], ['a.example.com'], true, ['names-missing']],
    ['www added by the CA', ['example.com'], ['example.com', 'www.example.com'], false, []],
    ['apex added by the CA', ['www.example.com'], ['www.example.com', 'example.com'], false, []],
    ['apex added to a wildcard', ['*.example.com'], ['*.example.com', 'example.com'], false, []],
    ['a stranger among them, permitted', ['example.com'], ['example.com', 'other.example.org'], true, []],
    [
      'a stranger among them, not permitted',
      ['example.com'],
      ['example.com', 'other.example.org'],
      false,
      ['names-extra'],
    ],
    [
      'one that is served already',
      ['example.com'],
      ['example.com', 'old.example.com', 'www.old.example.com'],
      'old.example.com',
      [],
    ],
    [
      'a stranger beside one that is served already',
      ['example.com'],
      ['example.com', 'old.example.com', 'other.example.org'],
      'old.example.com',
      ['names-extra'],
    ],
    [
      'a wildcard that nobody ordered',
      ['a.example.com'],
      ['a.example.com', '*.example.com'],
      false,
      ['names-extra'],
    ],
    [
      'what only looks like an apex',
      ['a.www.example.com'],
      ['a.www.example.com', 'a.example.com'],
      false,
      ['names-extra'],
    ],
    ['no names at all', ['example.com'], [], true, ['names-missing']],
  ])('%s', async (_title, names, sans, extra, expected) => {
    expect(await allowed(names, sans, extra)()).toEqual(expected);
  });

  test('ten of them are named', async () => {
    const many = Array.from({ length: 11 }, (_, index) => `n${index}.example.com`);
    const ten = many.slice(0, 10).join(', ');
    const said = async (sans: readonly string[], names: readonly string[]) => {
      const one = await newLeaf(intermediate, { names: sans });
      const expected = { spkiSha256: spkiOf(one), names, alsoPermitted: [] };
      const result = verifyIssued(input({ expected }, one));
      return result.ok ? [] : result.failures.map(({ sentence }) => sentence);
    };
    expect(await said(['a.example.com'], ['a.example.com', ...many])).toEqual([
      `it does not cover ${ten} and 1 more`,
    ]);
    expect(await said(['a.example.com', ...many], ['a.example.com'])).toEqual([
      `it also covers ${ten} and 1 more, which nobody ordered`,
    ]);
  });

  test('a name only in the subject does not count', async () => {
    const old = await newLeaf(intermediate, { names: ['other.example.com'], subject: 'CN=shop.example.com' });
    expect(codes(input({}, old, ['shop.example.com']))).toEqual(['names-missing']);
  });
});

describe('worth having', () => {
  const notAfter = leaf.certificate.notAfter;
  const second = 1000;

  test.each<[string, Date, boolean, readonly string[]]>([
    ['one second longer', new Date(notAfter.getTime() - second), false, []],
    ['equal', notAfter, false, ['ends-no-later']],
    ['one second shorter', new Date(notAfter.getTime() + second), false, ['ends-no-later']],
    ['shorter, but forced', daysFromNow(1000), true, []],
  ])('%s', (_title, previousNotAfter, forced, expected) => {
    expect(codes(input({ previousNotAfter, forced }))).toEqual(expected);
  });

  test('both ends are named', () => {
    const previousNotAfter = new Date(notAfter.getTime() + second);
    expect(verifyIssued(input({ previousNotAfter }))).toMatchObject({
      failures: [
        {
          sentence: `it ends ${notAfter.toISOString()}, no later than the one it would replace (${previousNotAfter.toISOString()})`,
        },
      ],
    });
  });

  test('forced does not excuse anything else', () => {
    expect(codes(input({ forced: true, now: daysFromNow(500) }))).toEqual(['expired']);
  });
});

describe('when it will pass by itself', () => {
  test('not valid yet, and nothing else wrong', async () => {
    const notBefore = new Date(now.getTime() + 60_000);
    const young = await newLeaf(intermediate, { notBefore });
    expect(verifyIssued(input({}, young))).toMatchObject({ ok: false, retryAt: notBefore });
  });

  test('not when something else is wrong too', async () => {
    const young = await newLeaf(intermediate, { notBefore: new Date(now.getTime() + 60_000) });
    const result = verifyIssued(input({ caPems: [] }, young));
    expect(result).toMatchObject({ ok: false });
    expect(result).not.toHaveProperty('retryAt');
  });

  test('not when it will be of no use then either', async () => {
    const young = await newLeaf(intermediate, {
      notBefore: new Date(now.getTime() + 60_000),
      extendedKeyUsage: [],
    });
    const result = verifyIssued(input({}, young));
    expect(result).toMatchObject({ ok: false, failures: [{ code: 'not-yet-valid' }, { code: 'purpose' }] });
    expect(result).not.toHaveProperty('retryAt');
  });

  test('not when it is the intermediate, though the leaf begins this second', async () => {
    const ca = await newCa('young ca', root, { notBefore: daysFromNow(1) });
    const one = await newLeaf(ca, { notBefore: now });
    const result = verifyIssued(input({ caPems: [ca.pem, root.pem] }, one));
    expect(result).toMatchObject({ ok: false, failures: [{ code: 'not-yet-valid' }] });
    expect(result).not.toHaveProperty('retryAt');
  });

  test('not when it is the intermediate', async () => {
    const ca = await newCa('young ca', root, { notBefore: daysFromNow(1) });
    const one = await newLeaf(ca);
    expect(verifyIssued(input({ caPems: [ca.pem, root.pem] }, one))).not.toHaveProperty('retryAt');
  });
});

test('everything wrong is told at once, in sentences', async () => {
  const one = await newLeaf(await newCa('nobody knows'), {
    names: ['x.example'],
    notAfter: daysFromNow(-1),
    notBefore: daysFromNow(-9),
    extendedKeyUsage: [],
  });
  const result = verifyIssued(input({ leafPem: one.pem, previousNotAfter: now }));
  expect(result.ok).toBe(false);
  if (result.ok) return;
  expect(result.failures.map(({ code }) => code).toSorted()).toEqual([
    'ends-no-later',
    'expired',
    'foreign-key',
    'incomplete',
    'names-missing',
    'purpose',
  ]);
});
