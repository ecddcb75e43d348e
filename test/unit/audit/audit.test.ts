/** The audit as a whole: what it reports of whom, and the chain of receipts. */

import { describe, expect, test } from 'vitest';
import { audit } from '../../../src/audit/audit.ts';
import { someHash } from '../../builders/receipts.ts';
import { auditOf, chained, digestOf, headOf, historyOf, nothing, since, subjectsOf } from './scene.ts';

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
