/** The audit over a store, a disk and a key directory that are lists in memory: each finding, and each that is none. */
import { hash } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import { audit, type AuditOptions, type AuditSubjects } from '../../../src/audit/audit.ts';
import type { AuditReport } from '../../../src/audit/report.ts';
import type { Files } from '../../../src/contracts/platform.ts';
import type { LedgerEntry, StoredLedgerEntry } from '../../../src/contracts/store.ts';
import { RenewdError } from '../../../src/core/errors.ts';
import { createLedgerDigest } from '../../../src/core/ledger-digest.ts';
import {
  sealReceipt,
  type FileProof,
  type ReceiptContent,
  type ReceiptDeployment,
  type SealedReceipt,
} from '../../../src/core/receipt.ts';
import type { Renewal } from '../../../src/core/renewal.ts';
import { generateKey } from '../../../src/pki/keys.ts';
import { aManagedCertificate, aTarget } from '../../builders/managed.ts';
import { aReceiptContent, someHash } from '../../builders/receipts.ts';
import { aLedgerEntry, aRenewal, noon } from '../../builders/store-records.ts';

const key = await generateKey('ecdsa-p256');
const otherKey = await generateKey('ecdsa-p256');
const sha = (text: string): string => hash('sha256', text, 'hex');
const since = noon.toISOString();

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

function subjectsOf({
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

const auditOf = (scene: Scene, options?: AuditOptions): Promise<AuditReport> =>
  audit(subjectsOf(scene), options);

function historyOf(...entries: readonly Partial<LedgerEntry>[]): readonly StoredLedgerEntry[] {
  return entries.map((fields, index) => ({ ...aLedgerEntry(fields), sequence: index + 1 }));
}

/** What a receipt says about these entries. */
function digestOf(entries: readonly StoredLedgerEntry[]): ReceiptContent['ledger'] {
  const digest = createLedgerDigest();
  for (const entry of entries) digest.add(entry);
  return { entries: entries.length, through: entries.at(-1)?.sequence ?? 0, sha256: digest.finish() };
}

const nothing = digestOf([]);

/** Receipts in a chain; each names its renewal "r1", "r2", … */
function chained(...contents: readonly Partial<ReceiptContent>[]): readonly SealedReceipt[] {
  const chain: SealedReceipt[] = [];
  for (const [index, fields] of contents.entries()) {
    const content = aReceiptContent({ ledger: nothing, ...fields });
    const renewal = { ...content.renewal, id: `r${index + 1}` };
    chain.push(sealReceipt({ ...content, renewal }, chain.at(-1)));
  }
  return chain;
}

const texts = ({ problems }: AuditReport): readonly string[] => problems.map(({ text }) => text);
const headOf = (receipts: readonly SealedReceipt[]) => receipts.at(-1)?.hash ?? '';

describe('the report', () => {
  test('of nothing at all', async () => {
    expect(await auditOf({ inventory: {} })).toEqual({
      ok: true,
      receipts: 0,
      head: null,
      break: null,
      kept: null,
      certificates: [],
      problems: [],
    });
  });

  test('of all, by name: with receipts, from before them, and only in the inventory', async () => {
    const receipts = chained({ certificate: 'shop' }, { certificate: 'mail' }, { certificate: 'shop' });
    const served = { kind: 'transition', subject: 'served' } as const;
    const entries = historyOf(
      { ...served, certificate: 'old', renewalId: 'o1' },
      { ...served, certificate: 'old', renewalId: 'o2' },
      { ...served, certificate: 'shop', renewalId: 's0' },
    );
    const report = await auditOf({ receipts, entries, inventory: { zoo: [], shop: [] } });
    const line = (certificate: string, newest: number | null, count: number, renewalsWithout: number) => ({
      certificate,
      newest,
      receipts: count,
      renewalsWithout,
      filesCompared: 0,
      notes: [],
    });
    expect(report).toEqual({
      ok: true,
      receipts: 3,
      head: { sequence: 3, hash: headOf(receipts), at: since },
      break: null,
      kept: null,
      certificates: [
        line('mail', 2, 1, 0),
        line('old', null, 0, 2),
        line('shop', 3, 2, 1),
        line('zoo', null, 0, 0),
      ],
      problems: [],
    });
  });

  test('of one: its own history and files, and the whole chain', async () => {
    const ledger = { ...nothing, sha256: someHash };
    const receipts = chained({ certificate: 'shop' }, { certificate: 'mail', ledger });
    const report = await auditOf({ receipts, inventory: {} }, { certificate: 'shop' });
    expect(report).toMatchObject({
      ok: true,
      receipts: 2,
      certificates: [{ certificate: 'shop', newest: 1 }],
    });
    expect((await auditOf({ receipts }, { certificate: 'mail' })).problems).toMatchObject([
      { certificate: 'mail', subject: 'ledger' },
    ]);
    expect((await auditOf({ receipts }, { certificate: 'none' })).certificates).toMatchObject([
      { certificate: 'none', newest: null, receipts: 0 },
    ]);
  });

  test('over more receipts and entries than come at once', async () => {
    const words = historyOf(...Array.from({ length: 1000 }, (_, index) => ({ text: `word ${index}` })), {
      text: 'the last',
    });
    const receipts = chained({ ledger: digestOf(words) }, ...Array.from({ length: 499 }, () => ({})), {
      certificate: 'mail',
    });
    const report = await auditOf({ receipts, entries: words });
    expect(report).toMatchObject({ ok: true, receipts: 501, head: { sequence: 501 } });
    expect(report.certificates).toMatchObject([
      { certificate: 'mail', newest: 501 },
      { certificate: 'shop', newest: 500, receipts: 500 },
    ]);
  });
});

describe('the chain', () => {
  const receipts = chained({}, {}, {});

  test('where it breaks, nothing is held against what follows', async () => {
    const broken = receipts.map((row, index) => (index === 1 ? { ...row, hash: someHash } : row));
    const report = await auditOf({ receipts: broken }, { keptHash: headOf(receipts) });
    const found = receipts[1]?.hash;
    expect(report).toEqual({
      ok: false,
      receipts: 1,
      head: { sequence: 1, hash: receipts[0]?.hash, at: since },
      break: {
        place: 2,
        differs: 'hash',
        expected: someHash,
        found,
        text: 'receipt 2 does not have the hash that is stored with it',
      },
      kept: null,
      certificates: [],
      problems: [
        {
          certificate: null,
          subject: 'chain',
          text: `receipt 2 does not have the hash that is stored with it (expected ${someHash}, found ${found}); what follows it proves nothing`,
        },
      ],
    });
  });

  test.each([
    [0, { sequence: 1, since: 2 }],
    [2, { sequence: 3, since: 0 }],
  ])('a hash that was kept: receipt %i', async (index, kept) => {
    const report = await auditOf({ receipts }, { keptHash: receipts[index]?.hash ?? '' });
    expect(report).toMatchObject({ ok: true, kept });
  });

  test('a hash that nobody has', async () => {
    const report = await auditOf({ receipts }, { keptHash: someHash });
    expect(report).toMatchObject({ ok: false, receipts: 3, break: null, kept: null, certificates: [] });
    expect(report.problems).toEqual([
      {
        certificate: null,
        subject: 'chain',
        text: `no receipt has the hash ${someHash} that was kept: receipts were cut off, or the chain was written anew`,
      },
    ]);
  });

  test('that cannot be read', async () => {
    const subjects = subjectsOf({});
    const store = { ...subjects.store, receipts: () => Promise.reject(new Error('disk I/O error')) };
    expect(await audit({ ...subjects, store })).toEqual({
      ok: false,
      receipts: 0,
      head: null,
      break: null,
      kept: null,
      certificates: [],
      problems: [
        {
          certificate: null,
          subject: 'chain',
          text: expect.stringMatching(/^the receipts cannot be read: .*disk I\/O error/),
        },
      ],
    });
  });
});

describe('the history', () => {
  const entries = historyOf({ text: 'one' }, { text: 'two' });
  const ledger = digestOf(entries);
  const receipts = chained({ ledger });

  test.each<[string, readonly StoredLedgerEntry[], readonly string[]]>([
    ['as it was', entries, []],
    ['with a later word', historyOf({ text: 'one' }, { text: 'two' }, { text: 'three' }), []],
    [
      'with words about others in between',
      [
        ...entries,
        { ...aLedgerEntry({ renewalId: null, text: 'nobody' }), sequence: 1 },
        { ...aLedgerEntry({ renewalId: 'r9', text: 'somebody' }), sequence: 2 },
      ],
      [],
    ],
    [
      'one short',
      historyOf({ text: 'one' }),
      ['receipt 1, renewal r1: it was made over 2 entries of the history, and there are 1'],
    ],
    ['empty', [], ['receipt 1, renewal r1: it was made over 2 entries of the history, and there are 0']],
    [
      'changed',
      historyOf({ text: 'one' }, { text: 'Two' }),
      ['receipt 1, renewal r1: its 2 entries in the history are not those that the receipt was made over'],
    ],
  ])('%s', async (_title, found, problems) => {
    const report = await auditOf({ receipts, entries: found });
    expect(texts(report)).toEqual(problems);
    expect(report.ok).toBe(problems.length === 0);
    for (const problem of report.problems)
      expect(problem).toMatchObject({ certificate: 'shop', subject: 'ledger' });
  });

  const announced = { kind: 'note', subject: 'receipt', renewalId: 'r7' } as const;

  test('announces a receipt that is not there', async () => {
    const served = { kind: 'transition', subject: 'served', renewalId: 'r7' } as const;
    const report = await auditOf({ entries: historyOf(announced, served) });
    expect(report.problems).toEqual([
      {
        certificate: 'shop',
        subject: 'receipt',
        text: 'the history says that renewal r7 has a receipt, and there is none: it was cut off',
      },
    ]);
    expect(report.certificates).toMatchObject([{ renewalsWithout: 0 }]);
  });

  test('of another certificate is not asked for', async () => {
    const entries = historyOf({ ...announced, certificate: 'mail' });
    expect((await auditOf({ entries }, { certificate: 'shop' })).problems).toEqual([]);
    expect((await auditOf({ entries }, { certificate: 'mail' })).problems).toHaveLength(1);
  });

  test('announces one that was written while this runs', async () => {
    const [receipt] = chained({});
    const subjects = subjectsOf({ entries: historyOf(announced) });
    const store = { ...subjects.store, receiptOf: () => Promise.resolve(receipt) };
    expect((await audit({ ...subjects, store })).ok).toBe(true);
  });

  test('announces one that is there', async () => {
    const words = historyOf({ kind: 'note', subject: 'receipt' }, { kind: 'transition', subject: 'served' });
    const report = await auditOf({ receipts: chained({ ledger: digestOf(words) }), entries: words });
    expect(report).toMatchObject({ ok: true, certificates: [{ renewalsWithout: 0 }] });
  });

  test('other words of the same kind or subject say nothing about receipts', async () => {
    const report = await auditOf({
      entries: historyOf(
        { kind: 'note', subject: 'served', renewalId: 'r7' },
        { kind: 'transition', subject: 'receipt', renewalId: 'r8' },
        { kind: 'note', subject: 'receipt', renewalId: null },
      ),
    });
    expect(report).toMatchObject({ ok: true, certificates: [{ renewalsWithout: 0 }] });
  });

  test('cannot be read', async () => {
    const subjects = subjectsOf({});
    const store = { ...subjects.store, ledger: () => Promise.reject(new Error('disk I/O error')) };
    expect((await audit({ ...subjects, store })).problems).toEqual([
      {
        certificate: null,
        subject: 'ledger',
        text: expect.stringMatching(/^the history cannot be read: .*disk I\/O error/),
      },
    ]);
  });
});

describe('the files', () => {
  const proof = (name: string, text: string, keySpkiSha256: string | null = null): FileProof => ({
    name,
    sha256: sha(text),
    keySpkiSha256,
  });
  const cert = proof('cert.pem', 'leaf\n');
  const both = proof('combined.pem', 'leaf\n', key.spkiSha256);
  const deployment = (fields: Partial<ReceiptDeployment> = {}): ReceiptDeployment => ({
    directory: '/srv/shop',
    set: 's1',
    files: [cert],
    endpoints: [],
    ...fields,
  });
  const current = { '/srv/shop/.current': '-> .sets/s1' };
  const good = { ...current, '/srv/shop/cert.pem': 'leaf\n' };
  const withFiles = (...files: readonly FileProof[]) => chained({ deployments: [deployment({ files })] });

  test.each<[string, readonly SealedReceipt[], Readonly<Record<string, string>>, readonly string[]]>([
    ['as they were', withFiles(cert), good, []],
    ['gone', withFiles(cert), current, [`/srv/shop/cert.pem is gone since ${since} (by whom is not known)`]],
    ['never there', withFiles({ ...cert, sha256: null }), current, []],
    [
      'changed',
      withFiles(cert),
      { ...good, '/srv/shop/cert.pem': 'Leaf\n' },
      [
        `/srv/shop/cert.pem was changed since ${since} (by whom is not known): SHA-256 ${sha('Leaf\n')}, in the receipt ${sha('leaf\n')}`,
      ],
    ],
    [
      'there now, though not before',
      withFiles({ ...cert, sha256: null }),
      good,
      [
        `/srv/shop/cert.pem was changed since ${since} (by whom is not known): SHA-256 ${sha('leaf\n')}, in the receipt none`,
      ],
    ],
    [
      'unreadable',
      withFiles(cert),
      { ...good, '/srv/shop/cert.pem': 'unreadable' },
      ['/srv/shop/cert.pem cannot be read: permission denied'],
    ],
    ['with their key', withFiles(both), { ...current, '/srv/shop/combined.pem': `${key.pem}leaf\n` }, []],
    [
      'with another key',
      withFiles(both),
      { ...current, '/srv/shop/combined.pem': `${otherKey.pem}leaf\n` },
      [
        `/srv/shop/combined.pem was changed since ${since} (by whom is not known): its private key belongs to ${otherKey.spkiSha256}, in the receipt ${key.spkiSha256}`,
      ],
    ],
    [
      'with a key where none was',
      withFiles(proof('combined.pem', 'leaf\n')),
      { ...current, '/srv/shop/combined.pem': `${key.pem}leaf\n` },
      [
        `/srv/shop/combined.pem was changed since ${since} (by whom is not known): its private key belongs to ${key.spkiSha256}, in the receipt none`,
      ],
    ],
    [
      'without their key',
      withFiles(both),
      { ...current, '/srv/shop/combined.pem': 'leaf\n' },
      [
        `/srv/shop/combined.pem was changed since ${since} (by whom is not known): it holds no private key that works`,
      ],
    ],
  ])('%s', async (_title, receipts, disk, problems) => {
    const report = await auditOf({ receipts, disk });
    expect(texts(report)).toEqual(problems);
    for (const problem of report.problems)
      expect(problem).toMatchObject({ certificate: 'shop', subject: 'file' });
    expect(report.certificates).toMatchObject([{ filesCompared: 1, notes: [] }]);
  });

  test('of a directory that the inventory no longer names', async () => {
    const receipts = withFiles(cert);
    const note = '/srv/shop is no longer in the inventory; its files are not looked at';
    for (const inventory of [{}, { shop: ['/srv/other'] }, { mail: ['/srv/shop'] }]) {
      const report = await auditOf({ receipts, inventory }, { certificate: 'shop' });
      expect(report).toMatchObject({ ok: true, certificates: [{ filesCompared: 0, notes: [note] }] });
    }
  });

  test.each<[string, string | null, Readonly<Record<string, string>>, readonly string[]]>([
    [
      'another set is current',
      's1',
      { ...good, '/srv/shop/.current': '-> .sets/s2' },
      ['/srv/shop: the set s2 is current, not s1 of the receipt'],
    ],
    ['no set is current', 's1', { '/srv/shop/cert.pem': 'leaf\n' }, []],
    ['something foreign is in its place', 's1', { ...good, '/srv/shop/.current': 'a file' }, []],
    ['there was no set', null, { ...good, '/srv/shop/.current': '-> .sets/s2' }, []],
  ])('%s', async (_title, set, disk, notes) => {
    const receipts = chained({ deployments: [deployment({ set })] });
    expect(await auditOf({ receipts, disk })).toMatchObject({
      ok: true,
      certificates: [{ filesCompared: 1, notes }],
    });
  });

  describe('while the daemon works', () => {
    const receipts = withFiles(cert);
    const moving = {
      '/srv/shop/.current': '-> .sets/s2',
      '/srv/shop/cert.pem': 'newer\n',
      '/srv/shop/.sets/s1/cert.pem': 'leaf\n',
    };
    const again = 'renewed while this ran: verify it again';

    test.each(['verified', 'deployed'] as const)('%s: its own set is compared', async (state) => {
      const open = [{ certificate: 'shop', state }];
      const report = await auditOf({ receipts, disk: moving, open });
      expect(report).toMatchObject({
        ok: true,
        certificates: [
          {
            filesCompared: 1,
            notes: ['/srv/shop: a newer set (s2) is being put in place; compared is the set s1'],
          },
        ],
      });
      const spoilt = { ...moving, '/srv/shop/.sets/s1/cert.pem': 'spoilt\n' };
      expect((await auditOf({ receipts, disk: spoilt, open })).ok).toBe(false);
    });

    test.each([
      { certificate: 'shop', state: 'awaiting-dcv' },
      { certificate: 'mail', state: 'verified' },
    ] as const)('$certificate is $state: that is no excuse', async (open) => {
      expect((await auditOf({ receipts, disk: moving, open: [open] })).ok).toBe(false);
    });

    test('a receipt that came meanwhile', async () => {
      const subjects = subjectsOf({ receipts, disk: moving });
      const newest = chained({}, {})[1];
      const store = { ...subjects.store, newestReceipt: () => Promise.resolve(newest) };
      expect(await audit({ ...subjects, store })).toMatchObject({
        ok: true,
        problems: [],
        certificates: [{ notes: [again], filesCompared: 0 }],
      });
    });

    test('a deployment that began meanwhile', async () => {
      const subjects = subjectsOf({ receipts, disk: moving });
      let asked = 0;
      const openRenewals = () => {
        asked += 1;
        return Promise.resolve(asked === 1 ? [] : [aRenewal({ certificate: 'shop', state: 'verified' })]);
      };
      const store = { ...subjects.store, openRenewals };
      expect(await audit({ ...subjects, store })).toMatchObject({
        ok: true,
        certificates: [{ notes: [again] }],
      });
    });

    test('what is as it was is not excused', async () => {
      const subjects = subjectsOf({ receipts, disk: good });
      const store = { ...subjects.store, newestReceipt: () => Promise.resolve(chained({}, {})[1]) };
      expect(await audit({ ...subjects, store })).toMatchObject({ certificates: [{ notes: [] }] });
    });
  });
});

describe('the key', () => {
  const leaf = { ...aReceiptContent().leaf, serial: '1f', spkiSha256: key.spkiSha256 };

  test.each<[string, Readonly<Record<string, string>>, readonly string[]]>([
    ['as it was', { k1: key.pem }, []],
    ['another', { k1: otherKey.pem }, ['the key k1 does not belong to the certificate 1f']],
    ['gone', {}, ['the key k1 is not there']],
  ])('%s', async (_title, keys, problems) => {
    const report = await auditOf({ receipts: chained({ keyId: 'k1', leaf }), keys });
    expect(texts(report)).toEqual(problems);
    for (const problem of report.problems)
      expect(problem).toMatchObject({ certificate: 'shop', subject: 'key' });
  });

  test('of somebody else is not looked for', async () => {
    expect((await auditOf({ receipts: chained({ keyId: null, leaf }) })).ok).toBe(true);
  });
});
