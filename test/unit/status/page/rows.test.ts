import { expect, test } from 'vitest';
import {
  readDetailQuery,
  detailAddress,
  listAddress,
  readListQuery,
} from '../../../../src/status/page/query.ts';
import { rowOf, rowsOf, rowsPerPage, select } from '../../../../src/status/page/rows.ts';
import type { CertificateStatus } from '../../../../src/status/source.ts';
import { statuses } from '../../../builders/page-facts.ts';
import { aCertificateStatus, aRenewalStatus } from '../../../builders/statuses.ts';
import { after, noon } from '../../../builders/store-records.ts';

const dayMs = 86_400_000;

const dated = (left: number, lead = 30): Partial<CertificateStatus> => ({
  notAfter: after(left * dayMs),
  slackMs: left * dayMs,
  dueAt: after((left - lead) * dayMs),
  decision: { action: 'none', reason: 'healthy', sentence: '' },
});
const failure = { code: 'dcv-not-visible', message: 'not yet', at: noon };

test.each<[string, Partial<CertificateStatus>, string, string]>([
  ['valid', dated(100), 'well', 'valid'],
  ['under way with time', { ...dated(25), renewal: aRenewalStatus() }, 'work', 'awaiting-dcv'],
  ['failing with time', { ...dated(25), renewal: aRenewalStatus({ failure }) }, 'trouble', 'awaiting-dcv'],
  [
    'failing, half of the lead used',
    { ...dated(15), renewal: aRenewalStatus({ failure }) },
    'problem',
    'awaiting-dcv',
  ],
  [
    'failing, a second earlier',
    { ...dated(15 + 1 / 86_400), renewal: aRenewalStatus({ failure }) },
    'trouble',
    'awaiting-dcv',
  ],
  [
    'waiting for a person',
    { ...dated(29), renewal: aRenewalStatus({ waitsFor: { text: 'call', since: noon } }) },
    'problem',
    'person',
  ],
  [
    'blocked',
    { ...dated(100), decision: { action: 'blocked', reason: 'crt-foreign', sentence: '' } },
    'problem',
    'blocked',
  ],
  ['expired', { ...dated(-1) }, 'problem', 'expired'],
  ['not served', { ...dated(100), servedMatches: false }, 'problem', 'not served'],
  ['without a file', { ...dated(1), notAfter: null, slackMs: null, dueAt: null }, 'problem', 'missing'],
  [
    'not looked at yet',
    {
      notAfter: null,
      slackMs: null,
      dueAt: null,
      decision: { action: 'none', reason: 'unseen', sentence: '' },
    },
    'work',
    'unseen',
  ],
])('one that is %s', (_title, fields, group, word) => {
  expect(rowOf(aCertificateStatus(fields), noon)).toMatchObject({ group, state: { word } });
});

const list = async (all: readonly CertificateStatus[], text: string) => {
  const selection = select(await rowsOf(all, noon), readListQuery(new URLSearchParams(text)));
  return { ...selection, names: selection.rows.map(({ status }) => status.name) };
};

test('problems first: the worst, then by what is left; then what fails, is under way, is well', async () => {
  const one = (name: string, fields: Partial<CertificateStatus>) => aCertificateStatus({ ...fields, name });
  const all = [
    one('well-b', dated(100)),
    one('well-a', dated(100)),
    one('well-soon', dated(50)),
    one('work', { ...dated(20), renewal: aRenewalStatus() }),
    one('failing', { ...dated(28), renewal: aRenewalStatus({ failure }) }),
    one('person', { ...dated(2), decision: { action: 'blocked', reason: 'requested', sentence: '' } }),
    one('urgent', { ...dated(5), renewal: aRenewalStatus({ failure }) }),
    one('warning', { ...dated(14), renewal: aRenewalStatus({ failure }) }),
    one('expired-long', dated(-9)),
    one('expired', dated(-1)),
  ];
  const expected = [
    'expired-long',
    'expired',
    'urgent',
    'warning',
    'person',
    'failing',
    'work',
    'well-soon',
    'well-a',
    'well-b',
  ];
  expect((await list(all, '')).names).toEqual(expected);
  expect((await list(all.toReversed(), '')).names).toEqual(expected);
  expect((await list(all, 'order=name')).names).toEqual(expected.toSorted());
  expect((await list(all, 'order=end')).names.slice(0, 3)).toEqual(['expired-long', 'expired', 'person']);
  expect((await list(all, 'state=problem')).names).toEqual(expected.slice(0, 5));
});

test('every one is on exactly one page', async () => {
  const all = statuses(450);
  const names: string[] = [];
  for (const page of [1, 2, 3, 4, 5]) {
    const shown = await list(all, `page=${page}`);
    expect(shown).toMatchObject({ page, pages: 5, from: (page - 1) * rowsPerPage, found: 450 });
    names.push(...shown.names);
  }
  expect(names).toHaveLength(450);
  expect(new Set(names).size).toBe(450);
  expect((await list(all, 'page=6')).page).toBe(5);
  expect(await list([], 'page=6')).toMatchObject({ page: 1, pages: 1, names: [], counts: [] });
});

test.each([
  ['q=SITE-00013', ['site-00013']],
  ['q=www.site-00013', ['site-00013']],
  ['q=site-0001 hx', ['site-00011', 'site-00014', 'site-00017']],
  ['q=nothing-like-it', []],
  ['q=%3Cscript%3E', []],
  ['state=blocked', ['checkout']],
  ['state=constructor', []],
])('%s finds', async (text, names) => {
  const found = await list(statuses(20), `${text}&order=name`);
  expect(found.names).toEqual(names);
});

test('counts are of what the search finds, whatever state is shown', async () => {
  const { counts, problems, wanted } = await list(statuses(500), 'state=valid&q=example.com');
  const sum = counts.reduce((total, { count }) => total + count, 0);
  expect(sum).toBe(500);
  expect(counts.find(({ word }) => word === 'valid')?.count).toBe(wanted.length);
  expect(problems).toBeGreaterThan(0);
  expect(counts[0]?.style).toBe('bad');
});

test.each([
  ['', '/'],
  ['page=0', '/'],
  ['page=-1', '/'],
  ['page=1.5', '/'],
  ['page=1e9', '/'],
  ['page=NaN&page=7', '/'],
  ['page=7', '/?page=7'],
  ['order=worst', '/'],
  ['order=end&refresh=off', '/?order=end&refresh=off'],
  ['refresh=no', '/'],
  ['q=%20a%26b%3D%22%20&state=x%3Cy', '/?q=a%26b%3D%22&state=x%3Cy'],
  [`q=${'x'.repeat(5000)}`, `/?q=${'x'.repeat(200)}`],
  ['__proto__=1&constructor=2', '/'],
])('the address of %s is %s', (text, address) => {
  expect(listAddress(readListQuery(new URLSearchParams(text)))).toBe(address);
});

test.each([
  ['', '/certificates/shop'],
  ['before=12', '/certificates/shop?before=12'],
  ['before=-1', '/certificates/shop'],
  ['before=x', '/certificates/shop'],
  ['before=9007199254740993', '/certificates/shop'],
  ['before=3&refresh=off', '/certificates/shop?before=3&refresh=off'],
])('the address of one with %s is %s', (text, address) => {
  expect(detailAddress('shop', readDetailQuery(new URLSearchParams(text)))).toBe(address);
});
