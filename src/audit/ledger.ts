/** Compares the history with what the receipts say about it, in one pass over the ledger. */
import type { Store, StoredLedgerEntry } from '../contracts/store.ts';
import { toRenewdError } from '../core/errors.ts';
import { createLedgerDigest, type LedgerDigest } from '../core/ledger-digest.ts';
import type { AuditProblem } from './report.ts';

/** What a receipt says about the history of its renewal. */
export interface ExpectedHistory {
  readonly sequence: number;
  readonly certificate: string;
  readonly entries: number;
  readonly through: number;
  readonly sha256: string;
}

export interface LedgerFindings {
  readonly problems: readonly AuditProblem[];
  /** Certificate → renewals that were served before receipts began. */
  readonly without: ReadonlyMap<string, number>;
}

const pageSize = 1000;

/** `expected` by renewal id; `certificate`: of this one only. */
export async function compareLedger(
  store: Pick<Store, 'ledger' | 'receiptOf'>,
  expected: ReadonlyMap<string, ExpectedHistory>,
  certificate: string | undefined,
): Promise<LedgerFindings> {
  const digests = new Map<string, LedgerDigest>();
  const announced = new Map<string, string>();
  const served = new Map<string, string>();
  const problems: AuditProblem[] = [];

  function take(entry: StoredLedgerEntry): void {
    const { renewalId, kind, subject } = entry;
    if (renewalId === null) return;
    if (kind === 'note' && subject === 'receipt') announced.set(renewalId, entry.certificate);
    if (kind === 'transition' && subject === 'served') served.set(renewalId, entry.certificate);
    const wanted = expected.get(renewalId);
    // What was added later (a deletion at the provider, a revocation) the receipt cannot know.
    if (wanted === undefined || entry.sequence > wanted.through) return;
    const digest = digests.get(renewalId) ?? createLedgerDigest();
    digests.set(renewalId, digest);
    digest.add(entry);
  }

  try {
    for (let after = 0; ;) {
      const query = { afterSequence: after, limit: pageSize };
      const page = await store.ledger(certificate === undefined ? query : { ...query, certificate });
      for (const entry of page) take(entry);
      const last = page.at(-1);
      if (last === undefined || page.length < pageSize) break;
      after = last.sequence;
    }
  } catch (thrown) {
    const text = `the history cannot be read: ${toRenewdError(thrown).message}`;
    return { problems: [{ certificate: null, subject: 'ledger', text }], without: new Map() };
  }

  for (const [renewalId, wanted] of expected) {
    const digest = digests.get(renewalId);
    const found = digest?.entries ?? 0;
    const whole = found === wanted.entries && (digest ?? createLedgerDigest()).finish() === wanted.sha256;
    if (whole) continue;
    const what =
      found === wanted.entries
        ? `its ${found} entries in the history are not those that the receipt was made over`
        : `it was made over ${wanted.entries} entries of the history, and there are ${found}`;
    problems.push({
      certificate: wanted.certificate,
      subject: 'ledger',
      text: `receipt ${wanted.sequence}, renewal ${renewalId}: ${what}`,
    });
  }
  for (const [renewalId, name] of announced) {
    // One that was written while this runs is there by now.
    if (expected.has(renewalId) || (await store.receiptOf(renewalId)) !== undefined) continue;
    const text = `the history says that renewal ${renewalId} has a receipt, and there is none: it was cut off`;
    problems.push({ certificate: name, subject: 'receipt', text });
  }
  const without = new Map<string, number>();
  for (const [renewalId, name] of served) {
    if (!expected.has(renewalId) && !announced.has(renewalId))
      without.set(name, (without.get(name) ?? 0) + 1);
  }
  return { problems, without };
}
