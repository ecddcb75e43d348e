/**
 * Every chain case through PKI.js: an opinion from outside on `verifyChain` alone, about verdict and order. Each side
 * reads the bytes for itself. Where PKI.js asks less than we do, the case is in the list below.
 */
import { Certificate, CertificateChainValidationEngine } from 'pkijs';
import { describe, expect, test } from 'vitest';
import { parseCertificate } from '../../../src/pki/certificate.ts';
import { verifyChain, type ChainResult } from '../../../src/pki/chain.ts';
import { now } from '../../builders/pki.ts';
import { chainCases, type ChainCase } from './chain-cases.ts';

/** Why PKI.js sees a case differently. All of it is what it does not do. */
type Why =
  | 'knows no Ed25519'
  | 'gives up when one of several ways is a dead end'
  | 'goes round in circles for ever'
  | 'has no limit for the length of a search'
  | 'does not read path lengths'
  | 'does not read purposes'
  | 'does not read the key usage of the leaf'
  | 'does not ask whether the leaf is a CA'
  | 'does not refuse unknown critical extensions'
  | 'has no opinion on strength'
  | 'compares wildcards as if they were names'
  | 'takes BER for DER';

const differs: Readonly<Record<string, Why>> = {
  'Ed25519 CA': 'knows no Ed25519',
  'cross-signed by a root that is gone': 'gives up when one of several ways is a dead end',
  'a circle': 'goes round in circles for ever',
  'no end in sight': 'has no limit for the length of a search',
  'path length exceeded': 'does not read path lengths',
  'path length of the root exceeded': 'does not read path lengths',
  'clientAuth only': 'does not read purposes',
  'no extended key usage': 'does not read purposes',
  'intermediate for clientAuth only': 'does not read purposes',
  'leaf may not sign handshakes': 'does not read the key usage of the leaf',
  'EC leaf with key encipherment only': 'does not read the key usage of the leaf',
  'leaf is a CA': 'does not ask whether the leaf is a CA',
  'unknown critical extension on the leaf': 'does not refuse unknown critical extensions',
  'unknown critical extension on the intermediate': 'does not refuse unknown critical extensions',
  precertificate: 'does not refuse unknown critical extensions',
  'SHA-1 on the leaf': 'has no opinion on strength',
  'SHA-1 on the intermediate': 'has no opinion on strength',
  'any purpose, and none named': 'does not read purposes',
  'RSA-1024 leaf': 'has no opinion on strength',
  'RSA-1024 root': 'has no opinion on strength',
  'a wildcard that reaches an excluded name': 'compares wildcards as if they were names',
  'BER instead of DER': 'takes BER for DER',
};

/** Asking would never end. */
const cannotBeAsked: Why = 'goes round in circles for ever';

const cases = await chainCases();

function ours({ leaf, with: others, anchors = [], at = now }: ChainCase): ChainResult {
  return verifyChain({
    leaf: parseCertificate(leaf.der),
    candidates: others.map(({ der }) => parseCertificate(der)),
    anchors: anchors.map(({ der }) => parseCertificate(der)),
    now: at,
  });
}

interface Question {
  readonly leaf: Buffer;
  readonly others: readonly Buffer[];
  readonly trusted: readonly Buffer[];
  readonly at?: Date | undefined;
}

/** The chain that PKI.js found, leaf first; undefined when it found no good one. */
async function pkijsChain({
  leaf,
  others,
  trusted,
  at = now,
}: Question): Promise<readonly Buffer[] | undefined> {
  const engine = new CertificateChainValidationEngine({
    trustedCerts: trusted.map((der) => Certificate.fromBER(der)),
    // The last one is the leaf; a copy before it would take its place.
    certs: [...others.filter((der) => !der.equals(leaf)), leaf].map((der) => Certificate.fromBER(der)),
    checkDate: at,
  });
  const { result, certificatePath = [] } = await engine.verify();
  return result ? certificatePath.map((found) => Buffer.from(found.toSchema().toBER())) : undefined;
}

/** Like ours, with trust in the roots that came along. */
function asQuestion({ leaf, with: others, anchors = [], at }: ChainCase): Question {
  const roots = others.filter(({ selfSigned }) => selfSigned);
  return {
    leaf: leaf.der,
    others: others.map(({ der }) => der),
    trusted: [...anchors, ...roots].map(({ der }) => der),
    at,
  };
}

test('every named difference belongs to a case', () => {
  const titles = cases.map(({ title }) => title);
  expect(titles).toEqual(expect.arrayContaining(Object.keys(differs)));
});

const askable = cases.filter(({ title }) => differs[title] !== cannotBeAsked);

describe('the same verdict, or a reason why not', () => {
  test.each(askable)('$title', async (one) => {
    const agreed = ours(one).ok === ((await pkijsChain(asQuestion(one))) !== undefined);
    expect(agreed ? 'agreed' : 'differs').toBe(one.title in differs ? 'differs' : 'agreed');
  });
});

describe('the chain as we order it', () => {
  const good = cases.filter(
    ({ failure, title }) => failure === undefined && differs[title] !== 'knows no Ed25519',
  );

  test.each(good)('$title', async (one) => {
    const result = ours(one);
    if (!result.ok) throw new Error(result.failures.map(({ sentence }) => sentence).join('; '));
    const above = result.intermediates.map(({ der }) => der).filter((der) => !der.equals(result.end.der));
    const end = result.end.der;
    // Upside down: the order has to be found, not repeated.
    const found = await pkijsChain({
      leaf: one.leaf.der,
      others: above.toReversed(),
      trusted: [end],
      at: one.at,
    });
    expect(found?.map((der) => der.toString('hex'))).toEqual(
      [one.leaf.der, ...above, end].map((der) => der.toString('hex')),
    );
  });
});
