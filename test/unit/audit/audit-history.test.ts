/** The audit of the history: what receipts and ledger say of each other. */
import { describe, expect, test } from 'vitest';
import { audit } from '../../../src/audit/audit.ts';
import type { StoredLedgerEntry } from '../../../src/contracts/store.ts';
import { aLedgerEntry } from '../../builders/store-records.ts';
import { auditOf, chained, digestOf, historyOf, subjectsOf, texts } from './scene.ts';

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
