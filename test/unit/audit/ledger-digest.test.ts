/** The digest over the history: what goes into it, byte for byte. */
import { hash } from 'node:crypto';
import { expect, test } from 'vitest';
import { createLedgerDigest, type DigestedEntry } from '../../../src/core/ledger-digest.ts';
import { aLedgerEntry } from '../../builders/store-records.ts';

const line = (charged: string): string =>
  `{"at":"2026-11-22T12:00:00.000Z","certificate":"shop","charged":${charged},"detail":{"n":1},"kind":"outcome","paid":true,"provider":"cnr","renewalId":"r1","sequence":7,"subject":"order","text":"ordered"}\n`;

const entry: DigestedEntry = {
  ...aLedgerEntry({ kind: 'outcome', subject: 'order', text: 'ordered', provider: 'cnr', paid: true }),
  detail: { n: 1 },
  sequence: 7,
};
const charged = { hundredths: 4250, currency: 'EUR' };

test.each<[string, readonly DigestedEntry[], string]>([
  ['nothing', [], ''],
  ['an entry without a price', [entry], line('null')],
  ['one with its price', [{ ...entry, charged }], line('{"currency":"EUR","hundredths":4250}')],
  [
    'two, in their order',
    [entry, { ...entry, charged }],
    `${line('null')}${line('{"currency":"EUR","hundredths":4250}')}`,
  ],
])('%s', (_title, entries, text) => {
  const digest = createLedgerDigest();
  for (const one of entries) digest.add(one);
  expect(digest.entries).toBe(entries.length);
  expect(digest.finish()).toBe(hash('sha256', text, 'hex'));
});
