/** The audit of files and keys: each finding, and each that is none. */
import { describe, expect, test } from 'vitest';
import { audit } from '../../../src/audit/audit.ts';
import type { FileProof, ReceiptDeployment, SealedReceipt } from '../../../src/core/receipt.ts';
import { aReceiptContent } from '../../builders/receipts.ts';
import { aRenewal } from '../../builders/store-records.ts';
import { auditOf, chained, key, otherKey, sha, since, subjectsOf, texts } from './scene.ts';

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
