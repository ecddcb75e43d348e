/**
 * The last gate before deployment: is this certificate good, and is it the one that was ordered? Pure: takes `now`,
 * reads nothing, and reports everything that is wrong at once.
 *
 * Clocks: no tolerance. A certificate must be valid at `now` on this machine, because servers and clients would judge
 * by their clocks at once. CAs backdate notBefore (an hour is usual), so a young certificate fails only where the
 * local clock is behind by more than that; `retryAt` then tells when it will pass.
 */
import {
  certificateFacts,
  parseCertificate,
  type Certificate,
  type CertificateFacts,
} from '../../pki/certificate.ts';
import { subjectOf, type ChainFailureCode } from '../../pki/chain-rules.ts';
import { verifyChain } from '../../pki/chain.ts';
import { DerError } from '../../pki/der.ts';
import { basicConstraints } from '../../pki/extensions.ts';
import { missingNames } from '../../pki/names.ts';
import { encodePem, readPem } from '../../pki/pem.ts';
import { spkiHashOf } from '../../pki/public-key.ts';
import { parseAnchors } from '../../pki/trust-anchors.ts';

/** More than any CA sends; a bound on what a hostile answer can make us compute. */
const certificatesMax = 32;

export interface VerifyInput {
  /** The leaf as the provider gave it; a whole chain in one text is fine, in any order. */
  readonly leafPem: string;
  /** Whatever else came: intermediates, roots, duplicates. */
  readonly caPems: readonly string[];
  /** PEM texts. */
  readonly trustAnchors: readonly string[];
  readonly expected: {
    /** Of our key, lower-case hex. */
    readonly spkiSha256: string;
    readonly names: readonly string[];
    /**
     * Names that may be in it beside those, the apex and "www" of each aside, which CAs add by themselves; any other is a
     * failure. "any": it is not known what the product adds.
     */
    readonly alsoPermitted: readonly string[] | 'any';
  };
  readonly previousNotAfter?: Date;
  /** An operator's word: may end no later than the certificate it replaces. */
  readonly forced: boolean;
  readonly now: Date;
}

export type VerifyFailureCode =
  ChainFailureCode | 'unreadable' | 'foreign-key' | 'names-missing' | 'names-extra' | 'ends-no-later';

export interface VerifyFailure {
  readonly code: VerifyFailureCode;
  readonly sentence: string;
}

export interface VerifiedCertificate {
  readonly ok: true;
  readonly facts: CertificateFacts;
  readonly leafPem: string;
  /** Intermediates in order, no root; empty when a root signed the leaf itself. */
  readonly chainPem: string;
  readonly fullchainPem: string;
  /** The chain ends at a configured trust anchor; false: at a root that came along. */
  readonly anchored: boolean;
  /** Subject of the chain's end. */
  readonly root: string;
}

export interface RefusedCertificate {
  readonly ok: false;
  readonly failures: readonly VerifyFailure[];
  /** Set when nothing is wrong except that the leaf is not valid yet. */
  readonly retryAt?: Date;
}

export function verifyIssued(input: VerifyInput): VerifiedCertificate | RefusedCertificate {
  const readings = [input.leafPem, ...input.caPems].map((text) => readPem(text));
  const problem = readings.find((reading) => reading.problem !== undefined)?.problem;
  if (problem !== undefined)
    return refused('unreadable', `the certificates cannot be read: ${problem.sentence}`);
  const ders = readings.flatMap(({ blocks }) => blocks).filter(({ label }) => label === 'CERTIFICATE');
  if (ders.length === 0) return refused('unreadable', 'no certificate came from the provider');
  if (ders.length > certificatesMax)
    return refused('unreadable', `more than ${certificatesMax} certificates came`);

  const certificates: Certificate[] = [];
  for (const { der } of ders) {
    try {
      certificates.push(parseCertificate(der));
    } catch (error) {
      if (!(error instanceof DerError)) throw error;
      return refused('unreadable', `a certificate from the provider is not valid X.509: ${error.message}`);
    }
  }
  try {
    const leaf = findLeaf(certificates, input.expected.spkiSha256);
    return judge(input, leaf, certificates);
  } catch (error) {
    if (!(error instanceof DerError)) throw error;
    return refused('malformed', `a certificate from the provider is malformed: ${error.message}`);
  }
}

/** The one with our key; else the first that is no CA, to have something to report about. */
function findLeaf(certificates: readonly Certificate[], spkiSha256: string): Certificate {
  const leaf =
    certificates.find(({ fields }) => spkiHashOf(fields.spki) === spkiSha256) ??
    certificates.find(({ fields }) => basicConstraints(fields)?.ca !== true) ??
    certificates[0];
  if (leaf === undefined) throw new DerError('there is no certificate');
  return leaf;
}

function judge(
  input: VerifyInput,
  leaf: Certificate,
  certificates: readonly Certificate[],
): VerifiedCertificate | RefusedCertificate {
  const facts = certificateFacts(leaf);
  const chain = verifyChain({
    leaf,
    candidates: certificates.filter((certificate) => certificate !== leaf),
    anchors: parseAnchors(input.trustAnchors),
    now: input.now,
  });
  const failures = [...identityFailures(input, facts), ...(chain.ok ? [] : chain.failures)];
  if (!chain.ok || failures.length > 0) {
    const [only] = failures;
    const onlyTooYoung =
      failures.length === 1 && only?.code === 'not-yet-valid' && input.now < facts.notBefore;
    return { ok: false, failures, ...(onlyTooYoung ? { retryAt: facts.notBefore } : {}) };
  }
  const leafPem = encodePem('CERTIFICATE', leaf.der);
  const chainPem = chain.intermediates.map(({ der }) => encodePem('CERTIFICATE', der)).join('');
  return {
    ok: true,
    facts,
    leafPem,
    chainPem,
    fullchainPem: leafPem + chainPem,
    anchored: chain.anchored,
    root: subjectOf(chain.end),
  };
}

/** Is it ours, for our names, and worth having? */
function identityFailures(
  { expected, previousNotAfter, forced }: VerifyInput,
  facts: CertificateFacts,
): VerifyFailure[] {
  const failures: VerifyFailure[] = [];
  if (facts.spkiSha256 !== expected.spkiSha256) {
    failures.push({ code: 'foreign-key', sentence: 'its public key is not the one that was ordered with' });
  }
  const missing = missingNames(facts.names, expected.names);
  if (missing.length > 0) {
    failures.push({
      code: 'names-missing',
      sentence: `it does not cover ${listed(missing)}`,
    });
  }
  const { alsoPermitted } = expected;
  const extra =
    alsoPermitted === 'any' ? [] : surprisingNames(facts.names, [...expected.names, ...alsoPermitted]);
  if (extra.length > 0) {
    failures.push({ code: 'names-extra', sentence: `it also covers ${listed(extra)}, which nobody ordered` });
  }
  if (!forced && previousNotAfter !== undefined && facts.notAfter <= previousNotAfter) {
    failures.push({
      code: 'ends-no-later',
      sentence: `it ends ${facts.notAfter.toISOString()}, no later than the one it would replace (${previousNotAfter.toISOString()})`,
    });
  }
  return failures;
}

function listed(names: readonly string[]): string {
  const more = names.length > 10 ? ` and ${names.length - 10} more` : '';
  return `${names.slice(0, 10).join(', ')}${more}`;
}

/** Names beyond those expected, the CA's customary apex and "www" left aside. */
function surprisingNames(sans: readonly string[], expected: readonly string[]): string[] {
  const customary = new Set(
    expected.flatMap((name) => [name, `www.${name}`, name.replace(/^(?:www|\*)\./, '')]),
  );
  return sans.filter((san) => !customary.has(san));
}

function refused(code: VerifyFailureCode, sentence: string): RefusedCertificate {
  return { ok: false, failures: [{ code, sentence }] };
}
