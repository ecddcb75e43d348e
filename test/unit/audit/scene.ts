/** What an audit looks at, as lists in memory: a store, a disk and a key directory that can only be read. */
import { hash } from 'node:crypto';
import { audit, type AuditOptions, type AuditSubjects } from '../../../src/audit/audit.ts';
import type { AuditReport } from '../../../src/audit/report.ts';
import type { Files } from '../../../src/contracts/platform.ts';
import type { LedgerEntry, StoredLedgerEntry } from '../../../src/contracts/store.ts';
import { RenewdError } from '../../../src/core/errors.ts';
import { createLedgerDigest } from '../../../src/core/ledger-digest.ts';
import { sealReceipt, type ReceiptContent, type SealedReceipt } from '../../../src/core/receipt.ts';
import type { Renewal } from '../../../src/core/renewal.ts';
import { generateKey } from '../../../src/pki/keys.ts';
import { aManagedCertificate, aTarget } from '../../builders/managed.ts';
import { aReceiptContent } from '../../builders/receipts.ts';
import { aLedgerEntry, aRenewal, noon } from '../../builders/store-records.ts';

export const key = await generateKey('ecdsa-p256');
export const otherKey = await generateKey('ecdsa-p256');
export const sha = (text: string): string => hash('sha256', text, 'hex');
export const since = noon.toISOString();

/** Everything that an audit looks at. */
interface Scene {
  readonly receipts?: readonly SealedReceipt[];
  readonly entries?: readonly StoredLedgerEntry[];
  readonly open?: readonly Pick<Renewal, 'certificate' | 'state'>[];
  /** By path: content, or the target of a link after "-> ". */
  readonly disk?: Readonly<Record<string, string>>;
  readonly keys?: Readonly<Record<string, string>>;
  readonly inventory?: Readonly<Record<string, readonly string[]>>;
}

function refuse(): never {
  throw new RenewdError('internal', 'an audit only reads');
}

function filesOf(disk: Readonly<Record<string, string>>): Files {
  const linkAt = (path: string) => (disk[path]?.startsWith('-> ') ? disk[path].slice(3) : undefined);
  return {
    read(path) {
      if (disk[path] === 'unreadable') throw new RenewdError('internal', 'permission denied');
      return disk[path] === undefined ? undefined : Buffer.from(disk[path]);
    },
    lstat: (path) =>
      disk[path] === undefined
        ? undefined
        : { size: 1, mtimeMs: 0, inode: 1, mode: 0, kind: linkAt(path) === undefined ? 'file' : 'symlink' },
    readLink: linkAt,
    whyUnreadable: refuse,
    stat: refuse,
    list: refuse,
    makeDirectory: refuse,
    writeNew: refuse,
    symlink: refuse,
    rename: refuse,
    syncDirectory: refuse,
    remove: refuse,
    freeBytes: refuse,
  };
}

export function subjectsOf({
  receipts = [],
  entries = [],
  open = [],
  disk = {},
  keys = {},
  inventory = { shop: ['/srv/shop'] },
}: Scene): AuditSubjects {
  const of = (name: string) => receipts.findLast(({ certificate }) => certificate === name);
  return {
    store: {
      receipts: ({ afterSequence = 0, limit }) =>
        Promise.resolve(receipts.filter(({ sequence }) => sequence > afterSequence).slice(0, limit)),
      receiptOf: (renewalId) => Promise.resolve(receipts.find((one) => one.renewalId === renewalId)),
      newestReceipt: (name) => Promise.resolve(of(name)),
      ledger: ({ certificate, afterSequence = 0, limit }) =>
        Promise.resolve(
          entries
            .filter((entry) => certificate === undefined || entry.certificate === certificate)
            .filter(({ sequence }) => sequence > afterSequence)
            .slice(0, limit),
        ),
      openRenewals: () => Promise.resolve(open.map((fields) => aRenewal(fields))),
    },
    disk: {
      files: filesOf(disk),
      readKey(keyId) {
        const pem = keys[keyId];
        if (pem === undefined) throw new RenewdError('key-unusable', `the key ${keyId} is not there`);
        return pem;
      },
    },
    inventory: Object.entries(inventory).map(([name, directories]) =>
      aManagedCertificate({ name, deploy: directories.map((directory) => aTarget({ directory })) }),
    ),
  };
}

export const auditOf = (scene: Scene, options?: AuditOptions): Promise<AuditReport> =>
  audit(subjectsOf(scene), options);

export function historyOf(...entries: readonly Partial<LedgerEntry>[]): readonly StoredLedgerEntry[] {
  return entries.map((fields, index) => ({ ...aLedgerEntry(fields), sequence: index + 1 }));
}

/** What a receipt says about these entries. */
export function digestOf(entries: readonly StoredLedgerEntry[]): ReceiptContent['ledger'] {
  const digest = createLedgerDigest();
  for (const entry of entries) digest.add(entry);
  return { entries: entries.length, through: entries.at(-1)?.sequence ?? 0, sha256: digest.finish() };
}

export const nothing = digestOf([]);

/** Receipts in a chain; each names its renewal "r1", "r2", … */
export function chained(...contents: readonly Partial<ReceiptContent>[]): readonly SealedReceipt[] {
  const chain: SealedReceipt[] = [];
  for (const [index, fields] of contents.entries()) {
    const content = aReceiptContent({ ledger: nothing, ...fields });
    const renewal = { ...content.renewal, id: `r${index + 1}` };
    chain.push(sealReceipt({ ...content, renewal }, chain.at(-1)));
  }
  return chain;
}

export const texts = ({ problems }: AuditReport): readonly string[] => problems.map(({ text }) => text);
export const headOf = (receipts: readonly SealedReceipt[]) => receipts.at(-1)?.hash ?? '';
