/**
 * From a heap of certificates to one verified chain: ordered from the leaf up, checked link by link at a given moment,
 * ended by a self-signed root that came along or by a configured trust anchor.
 *
 * Names are compared byte by byte, as the Baseline Requirements §7.1.4.1 demand of issuers. Policies and revocation
 * are not looked at.
 */
import type { Certificate } from './certificate.ts';
import {
  caFailures,
  generalFailures,
  issuerOf,
  leafFailures,
  nameAndKey,
  orMalformed,
  signatureStrengthFailures,
  signedBy,
  subjectOf,
  type ChainFailure,
} from './chain-rules.ts';
import { DerError, sameBytes, sameElement } from './der.ts';
import { authorityKeyId, nameConstraints, subjectKeyId } from './extensions.ts';
import { constraintViolation } from './name-constraints.ts';

/** Public chains have three to five certificates. */
const pathLengthMax = 10;
/** Bounds the search through deliberately entangled certificates. */
const stepsMax = 200;

export interface ChainInput {
  readonly leaf: Certificate;
  /** What came with it, in any order; duplicates, the leaf again, roots and foreign certificates do no harm. */
  readonly candidates: readonly Certificate[];
  readonly anchors: readonly Certificate[];
  readonly now: Date;
}

export type ChainResult =
  | {
      readonly ok: true;
      /** In order, the leaf's issuer first; without self-signed certificates and without anchors that did not come along. */
      readonly intermediates: readonly Certificate[];
      readonly end: Certificate;
      /** Ended at a configured anchor, not only at a root that came along. */
      readonly anchored: boolean;
    }
  | { readonly ok: false; readonly failures: readonly ChainFailure[] };

interface Path {
  /** Leaf first. */
  readonly certificates: readonly Certificate[];
  readonly anchored: boolean;
  readonly failures: readonly ChainFailure[];
}

/**
 * Of several good chains the one that ends at a configured anchor wins, then the longest: it is what the CA meant to
 * be served, cross-signed certificates for older clients included. Without a good one, the failures of the best.
 */
export function verifyChain(input: ChainInput): ChainResult {
  const [best] = new PathSearch(input)
    .run()
    .toSorted(
      (left, right) =>
        left.failures.length - right.failures.length ||
        Number(right.anchored) - Number(left.anchored) ||
        right.certificates.length - left.certificates.length,
    );
  const end = best?.certificates.at(-1);
  if (best === undefined || end === undefined || best.failures.length > 0) {
    return { ok: false, failures: best?.failures ?? [] };
  }
  const supplied = (certificate: Certificate): boolean =>
    input.candidates.some((candidate) => candidate.der.equals(certificate.der));
  return {
    ok: true,
    intermediates: best.certificates
      .slice(1)
      .filter((certificate) => !isSelfSigned(certificate) && supplied(certificate)),
    end,
    anchored: best.anchored,
  };
}

/** Depth-first over every way up from the leaf. */
class PathSearch {
  readonly #input: ChainInput;
  readonly #pool: readonly Certificate[];
  readonly #found: Path[] = [];
  #steps = 0;

  constructor(input: ChainInput) {
    this.#input = input;
    this.#pool = [...input.candidates, ...input.anchors];
  }

  run(): readonly Path[] {
    this.#extend([this.#input.leaf]);
    return this.#found;
  }

  #extend(path: readonly Certificate[]): void {
    this.#steps += 1;
    const last = path.at(-1);
    if (last === undefined) return;
    const anchored = this.#input.anchors.some((anchor) => anchor.der.equals(last.der));
    if (isSelfSigned(last)) {
      const failures = path.length > 1 ? [] : [selfSignedLeaf(last)];
      this.#finish(path, anchored, failures);
      return;
    }
    // The leaf itself as an anchor would be trust in one certificate; that is not what anchors are for.
    const ended = anchored && path.length > 1;
    if (ended) this.#finish(path, true, []);

    const byName = withoutDuplicates(
      this.#pool.filter((candidate) => sameElement(candidate.fields.subject, last.fields.issuer)),
    );
    const issuers = byName.filter((candidate) => keyIdsAgree(last, candidate));
    const visited = new Set(path.map(nameAndKey));
    const fresh = issuers.filter((candidate) => !visited.has(nameAndKey(candidate)));
    if (fresh.length === 0) {
      if (!ended)
        this.#finish(path, false, [deadEnd(last, byName.length > issuers.length, issuers.length > 0)]);
      return;
    }
    if (path.length >= pathLengthMax || this.#steps >= stepsMax) {
      this.#finish(path, false, [
        {
          code: 'too-long',
          sentence: `the chain above ${subjectOf(last)} has no end within ${pathLengthMax} certificates`,
        },
      ]);
      return;
    }
    for (const issuer of fresh) this.#extend([...path, issuer]);
  }

  #finish(certificates: readonly Certificate[], anchored: boolean, failures: readonly ChainFailure[]): void {
    this.#found.push({
      certificates,
      anchored,
      failures: [...failures, ...pathFailures(certificates, this.#input.now)],
    });
  }
}

function selfSignedLeaf(leaf: Certificate): ChainFailure {
  return { code: 'self-signed-leaf', sentence: `${subjectOf(leaf)} is signed by itself` };
}

function deadEnd(last: Certificate, nameOnly: boolean, visited: boolean): ChainFailure {
  if (visited) return { code: 'loop', sentence: `the issuers above ${subjectOf(last)} lead in a circle` };
  const hint = nameOnly ? '; one has the right name and another key' : '';
  return {
    code: 'incomplete',
    sentence: `the issuer ${issuerOf(last)} of ${subjectOf(last)} neither came along nor is a trust anchor${hint}`,
  };
}

function pathFailures(path: readonly Certificate[], now: Date): ChainFailure[] {
  let intermediatesBelow = 0;
  return path.flatMap((certificate, index) =>
    orMalformed(certificate, () => {
      const failures = generalFailures(certificate, now);
      if (index === 0) {
        failures.push(...leafFailures(certificate));
      } else {
        failures.push(...caFailures(certificate, intermediatesBelow));
        if (!isSelfIssued(certificate)) intermediatesBelow += 1;
        failures.push(...constraintFailures(certificate, path.slice(0, index)));
      }
      const issuer = path[index + 1];
      if (issuer !== undefined && !signedBy(certificate, issuer)) {
        failures.push({
          code: 'signature',
          sentence: `the signature of ${subjectOf(issuer)} on ${subjectOf(certificate)} is not valid`,
        });
      }
      if (!isSelfSigned(certificate)) failures.push(...signatureStrengthFailures(certificate));
      return failures;
    }),
  );
}

/** RFC 5280 §6.1.3 (b): self-issued certificates are exempt, unless it is the last of the chain. */
function constraintFailures(ca: Certificate, below: readonly Certificate[]): ChainFailure[] {
  const constraints = nameConstraints(ca.fields);
  if (constraints === undefined) return [];
  return below.flatMap((certificate, index): ChainFailure[] => {
    if (index > 0 && isSelfIssued(certificate)) return [];
    const violation = constraintViolation(constraints, certificate.fields);
    if (violation === undefined) return [];
    return [
      {
        code: 'name-constraints',
        sentence: `${subjectOf(ca)} may not stand above ${subjectOf(certificate)}: ${violation}`,
      },
    ];
  });
}

function isSelfIssued({ fields }: Certificate): boolean {
  return sameElement(fields.subject, fields.issuer);
}

/** A root by form: its own name as issuer, its own key as signer. */
function isSelfSigned(certificate: Certificate): boolean {
  return isSelfIssued(certificate) && signedBy(certificate, certificate);
}

/** RFC 5280 §4.2.1.1: only a contradiction between two present identifiers counts. */
function keyIdsAgree(certificate: Certificate, issuer: Certificate): boolean {
  try {
    const wanted = authorityKeyId(certificate.fields);
    const given = subjectKeyId(issuer.fields);
    return wanted === undefined || given === undefined || sameBytes(wanted, given);
  } catch (error) {
    // A broken identifier is reported as malformed when the certificate's other rules run.
    if (error instanceof DerError) return true;
    throw error;
  }
}

function withoutDuplicates(certificates: readonly Certificate[]): Certificate[] {
  const byBytes = new Map(
    certificates.map((certificate) => [certificate.der.toString('latin1'), certificate]),
  );
  return [...byBytes.values()];
}
