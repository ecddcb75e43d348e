import { DatabaseSync } from 'node:sqlite';
import { expect, test } from 'vitest';
import { openSqliteStore } from '../../../src/store/sqlite/index.ts';
import { aLedgerEntry } from '../../builders/store-records.ts';
import { freshPath } from './support.ts';

const path = freshPath();

test.each([
  'UPDATE ledger SET paid = 0',
  'DELETE FROM ledger',
  'DELETE FROM ledger WHERE sequence = 1',
  `INSERT OR REPLACE INTO ledger (sequence, at, certificate, kind, subject, text, paid, detail)
   VALUES (1, 0, '', 'note', '', '', 0, '{}')`,
  `INSERT INTO ledger (sequence, at, certificate, kind, subject, text, paid, detail)
   VALUES (1, 0, '', 'note', '', '', 0, '{}') ON CONFLICT (sequence) DO UPDATE SET paid = 0`,
])('the ledger refuses %s', async (sql) => {
  const store = await openSqliteStore(path(), { create: true });
  await store.appendLedger([aLedgerEntry({ kind: 'intent', paid: true })]);
  const before = await store.ledger({ limit: 10 });
  const database = new DatabaseSync(path());
  expect(() => {
    database.exec(sql);
  }).toThrow(/append-only/);
  database.close();
  expect(await store.ledger({ limit: 10 })).toEqual(before);
  await store.close();
});
