import { expect, test } from 'vitest';
import { openSqliteStore } from '../../../src/store/sqlite/index.ts';
import { recordedFaultyStore, writingMethods } from '../../builders/faulty-store.ts';
import { aLedgerEntry } from '../../builders/store-records.ts';
import { freshPath } from './support.ts';

const path = freshPath();

test('chosen calls fail before or after they are applied, all others pass', async () => {
  const store = await openSqliteStore(path(), { create: true });
  const { store: faulty, calls } = recordedFaultyStore(store, [
    { method: 'appendLedger', call: 2, fault: 'fail' },
    { method: 'appendLedger', call: 3, fault: 'applied-but-unanswered' },
    { method: 'renewal', call: 1, fault: 'fail' },
  ]);
  await faulty.appendLedger([aLedgerEntry({ text: '1' })]);
  await expect(faulty.appendLedger([aLedgerEntry({ text: '2' })])).rejects.toMatchObject({
    code: 'store-failed',
  });
  await expect(faulty.appendLedger([aLedgerEntry({ text: '3' })])).rejects.toMatchObject({
    code: 'store-failed',
  });
  await faulty.appendLedger([aLedgerEntry({ text: '4' })]);
  expect((await faulty.ledger({ limit: 10 })).map((entry) => entry.text)).toEqual(['1', '3', '4']);
  expect(calls.map(({ method, call, fault }) => `${method} ${call} ${fault ?? 'passed'}`)).toEqual([
    'appendLedger 1 passed',
    'appendLedger 2 fail',
    'appendLedger 3 applied-but-unanswered',
    'appendLedger 4 passed',
    'ledger 1 passed',
  ]);
  await faulty.close();
});

test('every method of the port is wrapped', async () => {
  const store = await openSqliteStore(path(), { create: true });
  const { store: faulty } = recordedFaultyStore(store, []);
  expect(Object.keys(faulty).sort()).toEqual(Object.keys(store).sort());
  expect(Object.keys(store)).toEqual(expect.arrayContaining([...writingMethods]));
  await store.close();
});
