import { expect, test } from 'vitest';
import type { RenewalRow } from '../../../../src/status/detail.ts';
import { certificatePage, certificatesPage, refusalPage } from '../../../../src/status/page/index.ts';
import { stepsOf } from '../../../../src/status/page/renewals.ts';
import type { CertificateStatus } from '../../../../src/status/source.ts';
import { aCertificateDetail, pageFacts, statuses } from '../../../builders/page-facts.ts';
import { aCertificateStatus, aHealth, aRenewalStatus, aStatusSource } from '../../../builders/statuses.ts';
import { after, aLedgerEntry, noon } from '../../../builders/store-records.ts';

const no = new URLSearchParams();

const listOf = async (certificates: readonly CertificateStatus[], text = ''): Promise<string> => {
  const source = aStatusSource({ ...pageFacts(0), certificates });
  return (await certificatesPage(source, new URLSearchParams(text))).body;
};

/** Breaks out of text, attributes, tags and comments where it is not escaped. */
const evil = `<img src=x onerror=alert(1)>"'--></title></textarea><script>alert(2)</script>\u202E{{7*7}}`;
const breach = /<img|<script|onerror=alert\(1\)>"|\u202E|<\/textarea/;

/** Every text in it is hostile; names, states and the like keep their form. */
function poisoned<T>(value: T): T {
  const kept = new Set(['state', 'action', 'kind', 'subject', 'status', 'code', 'name']);
  const poison = (one: unknown, key = ''): unknown => {
    if (typeof one === 'string') return kept.has(key) ? one : evil;
    if (one instanceof Date || one === null || typeof one !== 'object') return one;
    if (Array.isArray(one)) return one.map((each) => poison(each, key));
    return Object.fromEntries(Object.entries(one).map(([name, each]) => [name, poison(each, name)]));
  };
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- texts become other texts, nothing else changes
  return poison(value) as T;
}

test('hostile texts stay texts, in the list and everywhere in one certificate', async () => {
  const facts = pageFacts(12);
  const details = facts.details?.map((detail) => ({ ...poisoned(detail), receipt: detail.receipt })) ?? [];
  const source = aStatusSource({
    ...poisoned({ certificates: facts.certificates, openRenewals: [], spending: facts.spending }),
    openRenewals: [aRenewalStatus({ certificate: evil })],
    health: aHealth({ instance: evil, version: evil }),
    details,
  });
  const list = await certificatesPage(source, new URLSearchParams({ q: '', state: '' }));
  expect(list.body).not.toMatch(breach);
  expect(list.body.match(/&lt;script&gt;/g)?.length).toBeGreaterThan(20);
  const asked = await certificatesPage(
    source,
    new URLSearchParams({ q: evil, state: evil, order: evil, page: evil }),
  );
  expect(asked.body).not.toMatch(breach);
  for (const { status } of details) {
    const one = await certificatePage(source, status.name, no);
    expect(one?.body).toContain('&lt;script&gt;');
    expect(one?.body).not.toMatch(breach);
  }
});

test('nothing in the pages needs what the policy forbids', async () => {
  const source = aStatusSource(pageFacts(20));
  const pages = [
    (await certificatesPage(source, no)).body,
    (await certificatePage(source, 'checkout', no))?.body ?? '',
    refusalPage({ title: 'x', text: 'y' }),
  ];
  for (const body of pages) {
    expect(body).not.toMatch(/<script|<style| style=| on[a-z]+=|javascript:|https?:\/\/|@import|url\(/);
    expect(body.startsWith('<!doctype html>')).toBe(true);
  }
});

test('the list: each with state, what is left, dates in words, and why', async () => {
  const body = await listOf(statuses(8));
  expect(body).toContain('<title>4 problem(s) · renewd on web1</title>');
  expect(body).toContain('<a href="/certificates/checkout">checkout</a>');
  expect(body).toContain('aria-label="valid from 2026-05-11 to 2026-11-26, due');
  expect(body).toContain('several orders at cnr fit reference rnwd-nqf5pdhwx16mmi4');
  expect(body).toContain('waits for a person since 2026-11-22 09:30: the CA wants a call');
  expect(body).toContain('an endpoint does not serve the certificate on disk <code>not-served</code>');
  expect(body).toContain('ns2.example.net does not show the value');
  expect(body.indexOf('legacy-intranet')).toBeLessThan(body.indexOf('checkout'));
});

test.each([
  ['q=zzz', 'that fits “zzz”'],
  ['state=zzz', 'in the state “zzz”'],
])('%s: says that there is none', async (text, says) => {
  expect(await listOf(statuses(8), text)).toContain(says);
});

test('an empty inventory, and a daemon before its first pass or with a refused configuration', async () => {
  expect(await listOf([])).toContain('The inventory has no certificate');
  const health = aHealth({ lastPassAt: null, configValid: false });
  const { body } = await certificatesPage(aStatusSource({ ...pageFacts(0), health }), no);
  expect(body).toContain('<strong>no pass yet</strong>');
  expect(body).toContain('<strong>changed configuration refused</strong>');
});

test('renewals whose certificate left the inventory are told', async () => {
  const facts = pageFacts(3);
  const openRenewals = [
    aRenewalStatus({ certificate: 'gone', state: 'awaiting-dcv' }),
    aRenewalStatus({ certificate: 'checkout' }),
  ];
  const { body } = await certificatesPage(aStatusSource({ ...facts, openRenewals }), no);
  expect(body).toContain('<li>gone: awaiting-dcv</li>');
  expect(body).not.toContain('<li>checkout:');
});

test('spending: what is left, in its currency', async () => {
  const { body } = await certificatesPage(aStatusSource(pageFacts(10)), no);
  expect(body).toContain('1 left of 5');
  expect(body).toContain('113.60 EUR left of 500.00 EUR');
  expect(body).toContain('0 left of 5');
  expect(body).toContain('dcv-not-visible: ns2.example.net');
});

test('asks for itself again, unless it shall not', async () => {
  const source = aStatusSource(pageFacts(3));
  const on = await certificatesPage(source, new URLSearchParams('q=mail'));
  expect(on.refreshSeconds).toBe(60);
  expect(on.body).toContain('<a href="/?q=mail&amp;refresh=off">Stop updating</a>');
  const off = await certificatesPage(source, new URLSearchParams('q=mail&refresh=off'));
  expect(off.refreshSeconds).toBeUndefined();
  expect(off.body).toContain('<a href="/?q=mail">Update by itself</a>');
  // It stays so in every link and in the form.
  expect(off.body).toContain('href="/certificates/mail?refresh=off"');
  expect(off.body).toContain('<input type="hidden" name="refresh" value="off" />');
  expect((await certificatePage(source, 'mail', no))?.refreshSeconds).toBe(60);
  expect(
    (await certificatePage(source, 'mail', new URLSearchParams('before=9')))?.refreshSeconds,
  ).toBeUndefined();
});

test('ten thousand: one page of a bounded size', async () => {
  const body = await listOf(statuses(10_000));
  expect(body.length).toBeLessThan(160 * 1024);
  expect(body).toContain('1–100 of 10000');
  expect(body.match(/<tr role="row" class=/g)).toHaveLength(100);
});

test('one certificate: what to do, with the commands', async () => {
  const body = (await certificatePage(aStatusSource(pageFacts(1)), 'checkout', no))?.body ?? '';
  for (const text of [
    'renewd history checkout',
    'renewd resolve checkout --certificate-id ID',
    'renewd resolve checkout --none',
    '7d23add82ffc0ed4e3ca68b835175c85',
    'CN=Example Global Root G2',
    'serves another certificate (3f2a9c0d11e8b7aa…)',
    '20260510T041233Z-754ab4980d60',
    'inventory.d/shop.yaml:12:5',
    '42.00 EUR',
    'No. 17',
    '?before=101#history',
    'at the latest: 200 days after the order of 2026-05-10',
  ])
    expect(body).toContain(text);
});

test('one that is well has nothing to do; one that has nothing yet can be shown', async () => {
  const well = aCertificateDetail({ status: aCertificateStatus() });
  const bare = aCertificateDetail({
    status: aCertificateStatus({
      name: 'new',
      notBefore: null,
      notAfter: null,
      slackMs: null,
      dueAt: null,
      emergencyAt: null,
    }),
    chain: [],
    renewals: [],
    endpoints: [],
    directories: [],
    receipt: null,
    criticalAt: null,
    clocks: { provedAt: null, proofDays: 200, identityDays: 398 },
    history: { entries: [], more: false },
    fileTrouble: 'there is no file /etc/x',
  });
  const source = aStatusSource({ ...pageFacts(0), details: [well, bare] });
  expect((await certificatePage(source, 'shop', no))?.body).not.toContain('What to do');
  const body = (await certificatePage(source, 'new', no))?.body;
  for (const text of ['there is no file /etc/x', 'Nothing has been done yet.', 'No endpoint is configured'])
    expect(body).toContain(text);
  expect(await certificatePage(source, 'nobody', no)).toBeUndefined();
});

const renewal = (fields: Partial<RenewalRow>): RenewalRow => ({
  ...(aCertificateDetail({ status: aCertificateStatus() }).renewals[0] ?? expect.fail('there is one')),
  createdAt: noon,
  ...fields,
});
const entered = (subject: string, ms: number, sequence = ms) => ({
  ...aLedgerEntry({ kind: 'transition', subject, at: after(ms) }),
  sequence,
});

test.each<[string, Partial<RenewalRow>, ReturnType<typeof entered>[], string]>([
  [
    'planned',
    { state: 'planned' },
    [],
    '*planned -ordering -awaiting-dcv -awaiting-issuance -issued -verified -deployed -served',
  ],
  [
    'passed over a state',
    { state: 'issued' },
    [entered('ordering', 1), entered('awaiting-issuance', 2), entered('issued', 3)],
    'planned ordering awaiting-dcv awaiting-issuance *issued -verified -deployed -served',
  ],
  [
    'a detour',
    { state: 'awaiting-dcv' },
    [entered('ordering', 1), entered('order-unconfirmed', 2), entered('awaiting-dcv', 3)],
    'planned ordering order-unconfirmed *awaiting-dcv -awaiting-issuance -issued -verified -deployed -served',
  ],
  [
    'blocked',
    { state: 'blocked' },
    [entered('ordering', 1), entered('order-unconfirmed', 2), entered('blocked', 3)],
    'planned ordering order-unconfirmed *blocked -awaiting-dcv -awaiting-issuance -issued -verified -deployed -served',
  ],
  ['failed', { state: 'failed' }, [entered('ordering', 1), entered('failed', 3)], 'planned ordering *failed'],
  [
    'a redeployment',
    { state: 'verified', action: 'deploy' },
    [entered('verified', 1)],
    'planned *verified -deployed -served',
  ],
  [
    'other entries',
    { state: 'planned' },
    [{ ...entered('served', 1), kind: 'note' }],
    '*planned -ordering -awaiting-dcv -awaiting-issuance -issued -verified -deployed -served',
  ],
])('the states of a renewal: %s', (_title, fields, entries, expected) => {
  const mark = { passed: '', current: '*', ahead: '-' } as const;
  const steps = stepsOf(renewal(fields), entries).map(({ state, place }) => `${mark[place]}${state}`);
  expect(steps.join(' ')).toBe(expected);
});
