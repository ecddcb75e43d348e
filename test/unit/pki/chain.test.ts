/** Every chain case twice: against our verdict, and against OpenSSL's command line as an opinion from outside. */
import { spawnSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { spkiSha256 } from '../../../src/pki/public-key.ts';
import {
  verifyIssued,
  type VerifiedCertificate,
  type VerifyInput,
} from '../../../src/renewal/verify/verify-issued.ts';
import { now } from '../../builders/pki.ts';
import { tempDirectory } from '../../builders/temp-directory.ts';
import { chainCases, type ChainCase } from './chain-cases.ts';

const cases = await chainCases();

function inputOf({ leaf, with: others, anchors = [], at = now }: ChainCase): VerifyInput {
  return {
    leafPem: leaf.pem,
    caPems: others.map(({ pem }) => pem),
    trustAnchors: anchors.map(({ pem }) => pem),
    expected: {
      spkiSha256: spkiSha256(new Uint8Array(leaf.certificate.publicKey.rawData)),
      names: ['shop.example.com', 'www.shop.example.com'],
      alsoPermitted: 'any',
    },
    forced: false,
    now: at,
  };
}

test('there are enough cases, with titles of their own', () => {
  expect(new Set(cases.map(({ title }) => title)).size).toBe(cases.length);
  expect(cases.length).toBeGreaterThanOrEqual(60);
});

const good = cases.filter(({ failure }) => failure === undefined);
const bad = cases.filter(({ failure }) => failure !== undefined);

/** The result of a case that has to be good. */
function verified(one: ChainCase): VerifiedCertificate {
  const result = verifyIssued(inputOf(one));
  if (!result.ok) throw new Error(result.failures.map(({ sentence }) => sentence).join('; '));
  return result;
}

describe('our verdict', () => {
  test.each(good)('good: $title', (one) => {
    const { leafPem, chainPem, fullchainPem, anchored } = verified(one);
    expect(leafPem).toBe(one.leaf.pem);
    expect(chainPem.match(/BEGIN CERTIFICATE/g)?.length ?? 0).toBe(one.intermediates);
    expect(fullchainPem).toBe(leafPem + chainPem);
    expect(anchored).toBe((one.anchors ?? []).length > 0);
  });

  test.each(bad)('bad: $title', (one) => {
    const result = verifyIssued(inputOf(one));
    const failures = result.ok ? [] : result.failures;
    expect(failures.map(({ code }) => code)).toContain(one.failure);
    for (const { sentence } of failures) expect(sentence).toMatch(/^[^\n]{10,400}$/);
  });

  test.each(cases)('the same in another order: $title', (one) => {
    const input = inputOf(one);
    const reversed = verifyIssued({ ...input, caPems: input.caPems.toReversed() });
    expect(reversed).toEqual(verifyIssued(input));
  });
});

describe("OpenSSL's verdict", () => {
  test.each(cases)('$title', (one) => {
    const expected = one.openssl ?? (one.failure === undefined ? 'accepts' : 'refuses');
    expect(opensslVerdict(one)).toBe(expected);
  });

  test.each(good.filter(({ openssl }) => openssl === undefined))(
    'on the chain as we order it: $title',
    (one) => {
      expect(opensslVerdict({ ...one, with: [] }, verified(one).chainPem, one.with)).toBe('accepts');
    },
  );
});

function opensslVerdict(
  { leaf, with: others, anchors = [], at = now }: ChainCase,
  untrusted = others.map(({ pem }) => pem).join(''),
  known = others,
): 'accepts' | 'refuses' {
  const directory = tempDirectory();
  const roots = [...anchors, ...known.filter(({ selfSigned }) => selfSigned)];
  writeFileSync(`${directory}/leaf.pem`, leaf.pem);
  writeFileSync(`${directory}/untrusted.pem`, untrusted);
  writeFileSync(`${directory}/roots.pem`, roots.map(({ pem }) => pem).join(''));
  const { status } = spawnSync('openssl', [
    'verify',
    '-no-CApath',
    '-no-CAstore',
    '-purpose',
    'sslserver',
    '-attime',
    String(at.getTime() / 1000),
    ...(roots.length > 0 ? ['-CAfile', `${directory}/roots.pem`] : ['-no-CAfile']),
    ...(untrusted === '' ? [] : ['-untrusted', `${directory}/untrusted.pem`]),
    `${directory}/leaf.pem`,
  ]);
  return status === 0 ? 'accepts' : 'refuses';
}
