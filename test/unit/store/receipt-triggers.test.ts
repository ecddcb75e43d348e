/** Receipts cannot be changed through SQL; and once the triggers are gone, every byte of the table still counts. */
import { DatabaseSync } from 'node:sqlite';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { audit } from '../../../src/audit/audit.ts';
import { nodeFiles } from '../../../src/platform/files.ts';
import { openSqliteStore } from '../../../src/store/sqlite/index.ts';
import { numbered } from '../../builders/receipts.ts';
import { aRenewal, after } from '../../builders/store-records.ts';
import { freshPath, tamper } from './support.ts';

const path = freshPath();
const length = 4;

async function withReceipts(): Promise<void> {
  const store = await openSqliteStore(path(), { create: true });
  // Two digits that both differ, so that no change of one byte makes one id of another, which the table refuses.
  for (let number = 11; number <= 11 * length; number += 11) {
    const receipt = numbered(number, { ledger: { entries: 0, through: 0, sha256: emptyDigest } });
    await store.createRenewal(aRenewal({ id: `r${number}` }), {});
    await store.updateRenewal(`r${number}`, 1, { state: 'served', nextAt: null }, { receipt }, after(number));
  }
  await store.close();
}

/** SHA-256 of nothing. */
const emptyDigest = 'e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855';

async function verified(): Promise<Awaited<ReturnType<typeof audit>>> {
  const store = await openSqliteStore(path());
  const disk = { files: nodeFiles, readKey: () => '' };
  const report = await audit({ store, disk, inventory: [] });
  await store.close();
  return report;
}

test.each([
  `UPDATE receipts SET content = '{}'`,
  'UPDATE receipts SET sequence = 9 WHERE sequence = 1',
  'DELETE FROM receipts',
  `DELETE FROM receipts WHERE sequence = ${length}`,
  `INSERT INTO receipts VALUES (2, 'shop', 'r9', '{}', '')`,
  `INSERT INTO receipts VALUES (0, 'shop', 'r9', '{}', '')`,
  `INSERT INTO receipts VALUES (${length + 2}, 'shop', 'r9', '{}', '')`,
  `INSERT INTO receipts (certificate, renewal_id, content, hash) VALUES ('shop', 'r9', '{}', '')`,
  `INSERT OR REPLACE INTO receipts VALUES (1, 'shop', 'r9', '{}', '')`,
  `INSERT OR REPLACE INTO receipts VALUES (${length + 1}, 'shop', 'r11', '{}', '')`,
  `INSERT INTO receipts VALUES (${length + 1}, 'shop', 'r11', '{}', '') ON CONFLICT DO UPDATE SET hash = ''`,
])('the store refuses %s', async (sql) => {
  await withReceipts();
  const database = new DatabaseSync(path());
  expect(() => {
    database.exec(sql);
  }).toThrow(/append-only/);
  database.close();
  expect(await verified()).toMatchObject({ ok: true, receipts: length });
});

const withoutTriggers = ['no_update', 'no_delete', 'in_order']
  .map((name) => `DROP TRIGGER receipts_${name};`)
  .join('');

test('behind the back of the triggers: every byte of every row', { timeout: 60_000 }, async () => {
  await withReceipts();
  tamper(path(), withoutTriggers);
  const columns = ['content', 'hash', 'certificate', 'renewal_id'];
  await fc.assert(
    fc.asyncProperty(
      fc.integer({ min: 1, max: length }),
      fc.constantFrom(...columns),
      fc.nat(),
      fc.integer({ min: 1, max: 255 }),
      async (sequence, column, at, change) => {
        const database = new DatabaseSync(path());
        const row = database.prepare(
          `SELECT CAST(${column} AS BLOB) AS bytes FROM receipts WHERE sequence = ?`,
        );
        const before = row.get(sequence)?.['bytes'];
        if (!(before instanceof Uint8Array)) throw new Error('no bytes');
        const bytes = Uint8Array.from(before);
        const offset = at % bytes.length;
        bytes[offset] = (bytes[offset] ?? 0) ^ change;
        // May be no UTF-8 any more: a damaged page is not either.
        const write = database.prepare(`UPDATE receipts SET ${column} = CAST(? AS TEXT) WHERE sequence = ?`);
        try {
          write.run(bytes, sequence);
          const report = await verified();
          expect(report.ok).toBe(false);
          expect(report.break?.place).toBe(sequence);
        } finally {
          write.run(before, sequence);
          database.close();
        }
      },
    ),
    { numRuns: 150 },
  );
  expect(await verified()).toMatchObject({ ok: true, receipts: length });
});

test.each([
  ['a removed first', 'DELETE FROM receipts WHERE sequence = 1', 1],
  ['a removed one', 'DELETE FROM receipts WHERE sequence = 2', 2],
  [
    'two that changed places',
    'UPDATE receipts SET sequence = -sequence WHERE sequence IN (2, 3); UPDATE receipts SET sequence = 5 + sequence WHERE sequence < 0',
    2,
  ],
  [
    'one before the first',
    `INSERT INTO receipts SELECT 0, certificate, 'r9', content, hash FROM receipts WHERE sequence = 1`,
    1,
  ],
  [
    'one after the newest',
    `INSERT INTO receipts SELECT 5, certificate, 'r9', content, hash FROM receipts WHERE sequence = 1`,
    5,
  ],
  ['an empty receipt', `UPDATE receipts SET content = '' WHERE sequence = 3`, 3],
])('behind the back of the triggers: %s', async (_, sql, place) => {
  await withReceipts();
  tamper(path(), `${withoutTriggers} ${sql}`);
  expect((await verified()).break?.place).toBe(place);
});

test('a number that no program can read is reported and not thrown', async () => {
  await withReceipts();
  tamper(path(), `${withoutTriggers} UPDATE receipts SET sequence = 9223372036854775807 WHERE sequence = 4`);
  const report = await verified();
  expect(report).toMatchObject({
    ok: false,
    problems: [{ subject: 'chain', text: expect.stringMatching(/cannot be read/) }],
  });
});
