/** Verifies the receipts: the chain from its first receipt, then history and files against it. Changes nothing. */
import type { Store } from '../contracts/store.ts';
import type { ManagedCertificate } from '../core/certificate.ts';
import { toRenewdError } from '../core/errors.ts';
import type { Receipt } from '../core/receipt.ts';
import { createChainCheck } from './chain.ts';
import { compareFiles, type Disk, type FileFindings } from './files.ts';
import { compareLedger, type ExpectedHistory } from './ledger.ts';
import type { AuditedCertificate, AuditProblem, AuditReport, ChainBreak, ChainHead } from './report.ts';

const pageSize = 500;
/** Between two of these many certificates everything else gets its turn. */
const certificatesAtOnce = 20;

export interface AuditSubjects {
  readonly store: Pick<Store, 'receipts' | 'receiptOf' | 'newestReceipt' | 'ledger' | 'openRenewals'>;
  readonly disk: Disk;
  readonly inventory: readonly ManagedCertificate[];
}

export interface AuditOptions {
  /** History and files of this one; the chain is always verified whole. */
  readonly certificate?: string;
  /** A hash of the head that was kept elsewhere, lower-case hex. */
  readonly keptHash?: string;
}

interface Walk {
  readonly head: ChainHead | null;
  readonly break: ChainBreak | null;
  readonly keptAt: number | undefined;
  readonly newest: ReadonlyMap<string, Receipt>;
  readonly counts: ReadonlyMap<string, number>;
  readonly histories: ReadonlyMap<string, ExpectedHistory>;
}

async function walk(store: AuditSubjects['store'], { certificate, keptHash }: AuditOptions): Promise<Walk> {
  const check = createChainCheck();
  const newest = new Map<string, Receipt>();
  const counts = new Map<string, number>();
  const histories = new Map<string, ExpectedHistory>();
  let head: ChainHead | null = null;
  let keptAt: number | undefined;
  let broken: ChainBreak | null = null;
  for (let after: number | undefined; broken === null;) {
    const page = await store.receipts({
      limit: pageSize,
      ...(after === undefined ? {} : { afterSequence: after }),
    });
    for (const row of page) {
      const result = check.next(row);
      if ('break' in result) {
        broken = result.break;
        break;
      }
      const { receipt } = result;
      const { sequence, at, ledger } = receipt;
      head = { sequence, hash: row.hash, at };
      if (row.hash === keptHash) keptAt = sequence;
      counts.set(receipt.certificate, (counts.get(receipt.certificate) ?? 0) + 1);
      if (certificate !== undefined && receipt.certificate !== certificate) continue;
      newest.set(receipt.certificate, receipt);
      histories.set(receipt.renewal.id, { sequence, certificate: receipt.certificate, ...ledger });
    }
    const last = page.at(-1);
    if (last === undefined || page.length < pageSize) break;
    after = last.sequence;
  }
  return { head, break: broken, keptAt, newest, counts, histories };
}

/** Certificates whose files may be those of a set that has no receipt yet. */
async function beingDeployed(store: AuditSubjects['store']): Promise<ReadonlySet<string>> {
  const open = await store.openRenewals();
  return new Set(
    open
      .filter(({ state }) => state === 'verified' || state === 'deployed')
      .map(({ certificate }) => certificate),
  );
}

/** The daemon goes on working: what differs because of that is no finding. */
async function wasRenewedMeanwhile(
  store: AuditSubjects['store'],
  { certificate, sequence }: Receipt,
  before: ReadonlySet<string>,
): Promise<boolean> {
  if ((await store.newestReceipt(certificate))?.sequence !== sequence) return true;
  return !before.has(certificate) && (await beingDeployed(store)).has(certificate);
}

export async function audit(subjects: AuditSubjects, options: AuditOptions = {}): Promise<AuditReport> {
  const { store, inventory } = subjects;
  const { certificate, keptHash } = options;
  let walked: Walk;
  try {
    walked = await walk(store, options);
  } catch (thrown) {
    const text = `the receipts cannot be read: ${toRenewdError(thrown).message}`;
    const problems: readonly AuditProblem[] = [{ certificate: null, subject: 'chain', text }];
    return { ok: false, receipts: 0, head: null, break: null, kept: null, certificates: [], problems };
  }
  const { head, keptAt, newest, counts, histories } = walked;
  const receipts = head?.sequence ?? 0;
  const kept = keptAt === undefined ? null : { sequence: keptAt, since: receipts - keptAt };
  const problems: AuditProblem[] = [];
  const chain = (text: string): void => void problems.push({ certificate: null, subject: 'chain', text });
  if (walked.break !== null) {
    const { text, expected, found } = walked.break;
    chain(`${text} (expected ${expected}, found ${found}); what follows it proves nothing`);
  } else if (keptHash !== undefined && kept === null) {
    chain(
      `no receipt has the hash ${keptHash} that was kept: receipts were cut off, or the chain was written anew`,
    );
  }
  // Receipts that may be false are nothing to hold files against.
  if (problems.length > 0) {
    return { ok: false, receipts, head, break: walked.break, kept, certificates: [], problems };
  }

  const ledger = await compareLedger(store, histories, certificate);
  problems.push(...ledger.problems);
  const changing = await beingDeployed(store);
  const directoriesOf = new Map(
    inventory.map(({ name, deploy }) => [name, new Set(deploy.map(({ directory }) => directory))]),
  );
  const names =
    certificate === undefined
      ? [...new Set([...newest.keys(), ...ledger.without.keys(), ...directoriesOf.keys()])].toSorted()
      : [certificate];
  const certificates: AuditedCertificate[] = [];
  for (const [index, name] of names.entries()) {
    const receipt = newest.get(name);
    let findings: FileFindings | undefined;
    if (receipt !== undefined) {
      const directories = directoriesOf.get(name) ?? new Set();
      findings = compareFiles(receipt, subjects.disk, { directories, underWay: changing.has(name) });
      if (findings.problems.length > 0 && (await wasRenewedMeanwhile(store, receipt, changing))) {
        findings = { problems: [], notes: ['renewed while this ran: verify it again'], compared: 0 };
      }
    }
    problems.push(...(findings?.problems ?? []));
    certificates.push({
      certificate: name,
      newest: receipt?.sequence ?? null,
      receipts: counts.get(name) ?? 0,
      renewalsWithout: ledger.without.get(name) ?? 0,
      filesCompared: findings?.compared ?? 0,
      notes: findings?.notes ?? [],
    });
    if (index % certificatesAtOnce === 0) await new Promise((resolve) => setImmediate(resolve));
  }
  return { ok: problems.length === 0, receipts, head, break: null, kept, certificates, problems };
}
