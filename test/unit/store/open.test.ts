import {
  chmodSync,
  copyFileSync,
  mkdirSync,
  openSync,
  closeSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
  writeSync,
} from 'node:fs';
import { dirname, join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { openSqliteStore } from '../../../src/store/sqlite/index.ts';
import { aCertificate, aLedgerEntry, aRenewal } from '../../builders/store-records.ts';
import { freshPath, tamper } from './support.ts';

const path = freshPath();

async function createStore(): Promise<void> {
  await (await openSqliteStore(path(), { create: true })).close();
}

/** Path, reason and remedy are in the message and in the fields. */
function failure(reason: RegExp, remedy: RegExp): object {
  return {
    code: 'store-failed',
    kind: 'local',
    message: expect.stringContaining(path()),
    fields: { path: path(), reason: expect.stringMatching(reason), remedy: expect.stringMatching(remedy) },
  };
}

test('a new store is for its owner only, with its directory and its companions', async () => {
  const nested = join(dirname(path()), 'a', 'b', 'renewd.db');
  const store = await openSqliteStore(nested, { create: true });
  await store.saveCertificates([aCertificate()]);
  for (const file of [nested, `${nested}-wal`, `${nested}-shm`])
    expect(statSync(file).mode & 0o777).toBe(0o600);
  expect(statSync(dirname(nested)).mode & 0o777).toBe(0o700);
  await store.close();
  expect(() => statSync(`${nested}-wal`)).toThrow(/ENOENT/);
});

test('a missing store is only created when told so', async () => {
  await expect(openSqliteStore(path())).rejects.toMatchObject(failure(/no such file/, /start the daemon/));
  await expect(openSqliteStore(path(), { create: true, readOnly: true })).rejects.toMatchObject(
    failure(/no such file/, /start the daemon/),
  );
  expect(() => statSync(path())).toThrow(/ENOENT/);
});

test('an emptied store is not taken for a new one', async () => {
  writeFileSync(path(), '');
  await expect(openSqliteStore(path())).rejects.toMatchObject(failure(/empty/, /backup/));
});

test('a name that looks like a URI is a file name', async () => {
  const odd = join(dirname(path()), 'file:x?mode=memory');
  const store = await openSqliteStore(odd, { create: true });
  await store.close();
  expect(statSync(odd).size).toBeGreaterThan(0);
});

test('a directory, a path through a file', async () => {
  mkdirSync(path());
  await expect(openSqliteStore(path(), { create: true })).rejects.toMatchObject(
    failure(/not a file/, /store\.sqlite/),
  );
  const file = join(path(), 'file');
  writeFileSync(file, '');
  await expect(openSqliteStore(join(file, 'renewd.db'), { create: true })).rejects.toMatchObject({
    code: 'store-failed',
    message: expect.stringMatching(/not a directory|ENOTDIR|EEXIST/),
  });
});

test('something else than a database', async () => {
  writeFileSync(path(), 'certificates:\n  - name: shop\n'.repeat(100));
  await expect(openSqliteStore(path(), { create: true })).rejects.toMatchObject(
    failure(/not a database/, /store\.sqlite.*backup/),
  );
});

test("another program's database is left alone", async () => {
  tamper(path(), 'CREATE TABLE theirs (x)');
  const before = readFileSync(path());
  await expect(openSqliteStore(path(), { create: true })).rejects.toMatchObject(
    failure(/another program/, /store\.sqlite/),
  );
  expect(readFileSync(path())).toEqual(before);
});

test('a store of a newer renewd is left alone', async () => {
  await createStore();
  tamper(path(), 'PRAGMA user_version = 999');
  for (const options of [{ create: true }, {}, { readOnly: true }]) {
    await expect(openSqliteStore(path(), options)).rejects.toMatchObject({
      code: 'store-newer',
      message: expect.stringContaining(path()),
      fields: { path: path(), found: 999 },
    });
  }
});

test('for looking only: reads, refuses to write, does not migrate', async () => {
  await createStore();
  const store = await openSqliteStore(path(), { readOnly: true });
  expect(await store.certificates()).toEqual([]);
  await expect(store.saveCertificates([aCertificate()])).rejects.toMatchObject(
    failure(/readonly/, /owner and mode/),
  );
  await store.close();
});

test('for looking only: an unfinished store is refused', async () => {
  writeFileSync(path(), '');
  await expect(openSqliteStore(path(), { readOnly: true })).rejects.toMatchObject(failure(/empty/, /backup/));
});

test('for looking only: sees what the daemon writes meanwhile', async () => {
  const daemon = await openSqliteStore(path(), { create: true });
  const viewer = await openSqliteStore(path(), { readOnly: true });
  await daemon.saveCertificates([aCertificate()]);
  expect(await viewer.certificates()).toEqual([aCertificate()]);
  await viewer.close();
  await daemon.close();
});

test('damage in the middle of the file is reported, not read over', async () => {
  const store = await openSqliteStore(path(), { create: true });
  await store.saveCertificates(
    Array.from({ length: 2000 }, (_, n) => aCertificate({ name: `certificate-${n}` })),
  );
  await store.close();
  const file = openSync(path(), 'r+');
  const { size } = statSync(path());
  for (let page = 4096 * 40; page < size; page += 4096)
    writeSync(file, Buffer.alloc(4096, 0xa5), 0, 4096, page);
  closeSync(file);
  const damaged = await openSqliteStore(path());
  await expect(damaged.certificates()).rejects.toMatchObject(
    failure(/malformed.*SQLITE_CORRUPT/, /backup.*\.recover/),
  );
  await damaged.close();
});

test('a row that somebody changed by hand is reported with table, id and column', async () => {
  const store = await openSqliteStore(path(), { create: true });
  await store.appendLedger([aLedgerEntry()]);
  tamper(
    path(),
    `DROP TRIGGER ledger_no_update; UPDATE ledger SET detail = '{"a":';
     INSERT INTO certificates (name, jitter, failures, paid_until) VALUES ('shop', 0, 0, 9e15)`,
  );
  await expect(store.ledger({ limit: 1 })).rejects.toMatchObject({
    code: 'internal',
    kind: 'invariant',
    fields: { table: 'ledger', id: '1', column: 'detail' },
  });
  await expect(store.certificates()).rejects.toThrow('certificates shop: column paid_until is not a moment');
  await store.close();
});

test('the mode of an existing file stays as its owner set it', async () => {
  await createStore();
  chmodSync(path(), 0o640);
  await createStore();
  expect(statSync(path()).mode & 0o777).toBe(0o640);
});

test.each([
  ['removed', 'removed or moved', () => rmSync(path())],
  ['moved', 'removed or moved', () => renameSync(path(), `${path()}.away`)],
  [
    'replaced',
    'replaced by another',
    () => {
      copyFileSync(path(), `${path()}.copy`);
      renameSync(`${path()}.copy`, path());
    },
  ],
])(
  'a store that is %s while it is open: nothing is begun or ordered in it any more',
  async (_, what, act) => {
    const store = await openSqliteStore(path(), { create: true });
    onTestFinished(() => store.close());
    const now = new Date('2026-12-01T12:00:00Z');
    const renewal = aRenewal();
    const none = { ledger: [] };
    await store.createRenewal(renewal, none);
    expect(await store.acquireLease('daemon', 'a', 1000, now)).toBe(true);
    act();
    const gone = { code: 'store-gone', message: expect.stringContaining(what) };
    await expect(store.acquireLease('daemon', 'a', 1000, now)).rejects.toMatchObject(gone);
    await expect(store.createRenewal({ ...renewal, id: 'other' }, none)).rejects.toMatchObject(gone);
    await expect(store.updateRenewal(renewal.id, 1, { state: 'ordering' }, none, now)).rejects.toMatchObject(
      gone,
    );
  },
);
