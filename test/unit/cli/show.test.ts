/** Commands that only look: check, plan, status, history. */
import { describe, expect, test } from 'vitest';
import { check } from '../../../src/cli/check.ts';
import { history } from '../../../src/cli/history.ts';
import { plan } from '../../../src/cli/plan.ts';
import { spendingLines } from '../../../src/cli/spending.ts';
import { status } from '../../../src/cli/status.ts';
import { stateWord } from '../../../src/status/state-word.ts';
import { RenewdError } from '../../../src/core/errors.ts';
import type { OrderRequest } from '../../../src/contracts/order.ts';
import type { Decision } from '../../../src/renewal/plan/decide.ts';
import { renewalStates } from '../../../src/core/renewal.ts';
import { aManagedCertificate, aTarget, someCapabilities } from '../../builders/managed.ts';
import { aProvider } from '../../builders/stage.ts';
import { aCertificateStatus, aRenewalStatus } from '../../builders/statuses.ts';
import { after, aLedgerEntry, aRenewal, noon } from '../../builders/store-records.ts';
import { aRecord } from '../plan/facts.ts';
import { aConfiguration, anEntry, aStage } from './context.ts';

const mistake = {
  severity: 'error',
  file: '/etc/renewd/renewd.yaml',
  line: 3,
  column: 5,
  path: 'keys',
  message: 'is no path',
  hint: 'write /x',
} as const;

describe('check', () => {
  test('right', async () => {
    const { context, output } = await aStage();
    expect(await check(context)).toBe(0);
    expect(output.lines).toEqual(['/etc/renewd/renewd.yaml is right: 1 certificate(s)']);
  });

  test('wrong: every mistake with its place, exit code 1', async () => {
    const { context, output } = await aStage({ loaded: { diagnostics: [mistake, { ...mistake, line: 9 }] } });
    expect(await check(context)).toBe(1);
    const text = output.lines.join('\n');
    expect(text).toMatch(/renewd\.yaml:3:5/);
    expect(text).toMatch(/renewd\.yaml:9:5/);
    expect(text).toContain('is no path');
  });

  test('for machines', async () => {
    const { context, output } = await aStage({ loaded: { diagnostics: [mistake] }, options: { json: true } });
    expect(await check(context)).toBe(1);
    expect(output.documents).toEqual([
      { valid: false, file: '/etc/renewd/renewd.yaml', certificates: null, diagnostics: [mistake] },
    ]);
    expect(output.lines).toEqual([]);
  });
});

describe('a configuration with mistakes', () => {
  test.each(Object.entries({ plan, status, history }))(
    'stops %s before anything is opened',
    async (_, command) => {
      const { context, output, log } = await aStage({ loaded: { diagnostics: [mistake] }, names: ['shop'] });
      await expect(command(context)).rejects.toMatchObject({
        code: 'config-invalid',
        message: expect.stringContaining('1 mistake'),
      });
      expect(output.errors.join('\n')).toContain('is no path');
      expect(log).toEqual([]);
    },
  );
});

describe('a name that is not in the inventory', () => {
  test.each(Object.entries({ plan, status }))(
    'is wrong usage for %s, with a suggestion',
    async (_, command) => {
      const { context } = await aStage({ names: ['shpo'] });
      await expect(command(context)).rejects.toMatchObject({
        code: 'usage',
        message: expect.stringContaining('did you mean "shop"'),
      });
    },
  );
});

describe('plan', () => {
  const create: Partial<Decision> = {
    action: 'create',
    reason: 'due-create',
    sentence: 'ends in 3d',
    until: null,
  };
  const row = (lines: readonly string[]) => lines[1]?.replaceAll(/ {2,}/g, '  ');

  test('nothing to do: when it will be, and no cost', async () => {
    const { context, output, log } = await aStage();
    expect(await plan(context)).toBe(0);
    expect(row(output.lines)).toMatch(
      /^shop  <good>none *<\/>  2027-05-01 12:00  -  healthy  valid until 2027-05-31/,
    );
    expect(log).toEqual(['open runtime, quiet', 'close runtime']);
  });

  test('a paid action with its price and the sum', async () => {
    const asked: OrderRequest[] = [];
    const provider = aProvider({
      preview: (request) => {
        asked.push(request);
        return Promise.resolve({ hundredths: 4250, currency: 'EUR' });
      },
    });
    const two = [
      anEntry(create),
      anEntry(
        { ...create, action: 'renew' },
        { managed: aManagedCertificate({ name: 'mail' }), record: aRecord() },
      ),
    ];
    const { context, output } = await aStage({ entries: two, provider });
    expect(await plan(context)).toBe(0);
    expect(row(output.lines)).toContain('<warn>create</>  now  42.50 EUR  due-create  ends in 3d');
    expect(output.lines.join('\n')).toContain('To be paid now: 85.00 EUR');
    expect(asked).toMatchObject([
      { action: 'create' },
      { action: 'renew', previous: { certificateId: 'c-1' } },
    ]);
    // The key of the CSR is thrown away; the reference can be told from a real one.
    expect(asked[0]?.reference).not.toMatch(/^rnwd-[a-z0-9]{15}$/);
    expect(asked[0]?.csrPem).toContain('BEGIN CERTIFICATE REQUEST');
  });

  test('a price that cannot be had is said, not guessed', async () => {
    const provider = aProvider({
      preview: () => Promise.reject(new RenewdError('provider-unavailable', 'no answer')),
    });
    const { context, output } = await aStage({ entries: [anEntry(create)], provider });
    expect(await plan(context)).toBe(0);
    expect(output.lines.join('\n')).toContain('paid, price unknown');
    expect(output.lines).toContain('shop: no price: no answer');
    expect(output.lines.join('\n')).not.toContain('To be paid now');
  });

  test.each([
    { title: 'offline', options: { offline: true }, capabilities: someCapabilities(), why: 'not asked' },
    {
      title: 'no preview',
      options: {},
      capabilities: someCapabilities({ pricePreview: false }),
      why: 'cnr has no price preview',
    },
  ])('$title: nobody is asked', async ({ options, capabilities, why }) => {
    const { context, output } = await aStage({ entries: [anEntry(create)], options, capabilities });
    await plan(context);
    expect(output.lines).toContain(`shop: no price: ${why}`);
  });

  test('a reissue is free', async () => {
    const { context, output } = await aStage({
      entries: [anEntry({ action: 'reissue', reason: 'due-reissue', until: null })],
    });
    await plan(context);
    expect(row(output.lines)).toContain('<warn>reissue</>  now  free  due-reissue');
    expect(output.lines).toHaveLength(3);
    expect(output.lines.at(-1)).toBe(
      'shop: reissue is free of charge, keeps the paid term, gives a new end, takes a new key, leaves earlier certificates valid, gets an id of its own',
    );
  });

  test('what is blocked needs a person: exit code 11', async () => {
    const { context, output } = await aStage({
      entries: [anEntry({ action: 'blocked', reason: 'names-dropped', until: null })],
    });
    expect(await plan(context)).toBe(11);
    expect(row(output.lines)).toContain('<bad>blocked</>  a person  -  names-dropped');
  });

  test('only what was named', async () => {
    const entries = [anEntry(), anEntry({}, { managed: aManagedCertificate({ name: 'mail' }) })];
    const loaded = { configuration: aConfiguration(entries.map(({ managed }) => managed)), diagnostics: [] };
    const { context, output } = await aStage({ entries, loaded, names: ['mail'] });
    await plan(context);
    expect(output.lines.slice(1).map((line) => line.split(' ')[0])).toEqual(['mail']);
  });

  test('for machines: moments, effect of the verb, and why there is no price', async () => {
    const { context, output } = await aStage({
      entries: [anEntry(create, { record: aRecord() })],
      options: { json: true, offline: true },
    });
    await plan(context);
    expect(output.documents).toMatchObject([
      {
        at: noon.toISOString(),
        certificates: [
          {
            name: 'shop',
            action: 'create',
            reason: 'due-create',
            at: null,
            dueAt: '2027-05-01T12:00:00.000Z',
            effect: { invoice: 'charged' },
            price: null,
            priceUnknown: 'not asked',
          },
        ],
      },
    ]);
    expect(output.lines).toEqual([]);
  });

  test('a failure on the way closes what was opened', async () => {
    const failing = { assess: () => Promise.reject(new Error('no')) };
    const { context, log } = await aStage({ driver: failing });
    await expect(plan(context)).rejects.toThrow('no');
    expect(log).toEqual(['open runtime, quiet', 'close runtime']);
  });
});

describe('status', () => {
  test('a table: one line each, the worst word first', async () => {
    const probe = [{ host: 'shop.example.com', port: 443, protocol: 'tls' as const }];
    const entries = [
      anEntry(
        {},
        {
          managed: aManagedCertificate({ deploy: [aTarget({ probe })] }),
          record: aRecord({ servedMatches: true }),
        },
      ),
      anEntry({ action: 'blocked', reason: 'blocked' }, { managed: aManagedCertificate({ name: 'mail' }) }),
    ];
    const { context, output } = await aStage({ entries });
    expect(await status(context)).toBe(11);
    expect(output.lines[0]).toMatch(/^NAME +STATE +NOT AFTER +LEFT +DUE +PAID UNTIL +SERVED +NEXT$/);
    expect(output.lines[1]).toMatch(
      /^shop +<good>valid *<\/> +2027-05-31 +190d +2027-05-01 +2027-11-13 +yes +valid until/,
    );
    expect(output.lines[2]).toMatch(/^mail +<bad>blocked/);
  });

  test('what no endpoint was asked about is not called served', async () => {
    const entries = [anEntry({}, { record: aRecord({ servedMatches: true }) })];
    const { context, output } = await aStage({ entries, names: ['shop'] });
    expect(await status(context)).toBe(0);
    expect(output.lines.join('\n')).toMatch(/served +not known: no endpoint to ask is configured/);
    const table = await aStage({ entries });
    await status(table.context);
    expect(table.output.lines[1]).toMatch(/ 2027-11-13 +- +valid until/);
  });

  test('one in detail, with its newest renewal', async () => {
    const { context, output, store } = await aStage({ names: ['shop'] });
    await store.createRenewal(aRenewal({ state: 'awaiting-dcv', keyId: 'k-secret', csrPem: 'CSR' }), {});
    expect(await status(context)).toBe(0);
    const text = output.lines.join('\n');
    expect(text).toMatch(/state +awaiting-dcv/);
    expect(text).toMatch(/not after +2027-05-31 12:00 UTC/);
    expect(text).toMatch(
      /newest renewal +create, awaiting-dcv since 2026-11-22 12:00 UTC; begun 2026-11-22 12:00 UTC: \w/,
    );
    expect(text).toMatch(/next +none \(healthy\)/);
    expect(text).not.toMatch(/undefined|k-secret|CSR|[{}]/);
  });

  test('for machines', async () => {
    const { context, output } = await aStage({ options: { json: true } });
    expect(await status(context)).toBe(0);
    expect(output.documents).toMatchObject([
      {
        at: noon.toISOString(),
        certificates: [{ name: 'shop', decision: { action: 'none', reason: 'healthy' }, renewal: null }],
      },
    ]);
  });

  describe('the word for people', () => {
    const healthy = aCertificateStatus();
    const decision = (action: string) => ({ action, reason: 'x', sentence: 'x' });

    test.each([
      ['valid', healthy],
      ['blocked', { ...healthy, decision: decision('blocked') }],
      ['expired', { ...healthy, slackMs: 0 }],
      ['expired', { ...healthy, slackMs: -1, renewal: aRenewalStatus({ state: 'ordering' }) }],
      ['missing', { ...healthy, notAfter: null, slackMs: null, decision: decision('create') }],
      ['not served', { ...healthy, servedMatches: false }],
      ['not served', { ...healthy, servedMatches: false, renewal: aRenewalStatus({ state: 'served' }) }],
      ['served', { ...healthy, renewal: aRenewalStatus({ state: 'served' }) }],
      ['valid', { ...healthy, renewal: aRenewalStatus({ state: 'failed' }) }],
      ['due', { ...healthy, decision: decision('reissue') }],
      ['due', { ...healthy, decision: decision('reissue'), renewal: aRenewalStatus({ state: 'failed' }) }],
      ['waiting', { ...healthy, decision: decision('wait') }],
      [
        'awaiting-dcv',
        { ...healthy, decision: decision('resume'), renewal: aRenewalStatus({ state: 'awaiting-dcv' }) },
      ],
    ] as const)('%s', (word, facts) => {
      expect(stateWord(facts).word).toBe(word);
    });

    test('every state has one', () => {
      for (const state of renewalStates)
        expect(stateWord({ ...healthy, renewal: aRenewalStatus({ state }) }).word).toMatch(/^[a-z- ]+$/);
    });
  });
});

describe('history', () => {
  async function withEntries(count: number, options: Readonly<Record<string, string | boolean>> = {}) {
    const stage = await aStage({ names: ['shop'], options });
    await stage.store.appendLedger(
      Array.from({ length: count }, (_, index) =>
        aLedgerEntry({ at: after(index * 1000), text: `step ${index}` }),
      ),
    );
    return stage;
  }

  test('oldest first, with costs', async () => {
    const { context, output, store, log } = await withEntries(2);
    await store.appendLedger([
      aLedgerEntry({
        kind: 'intent',
        subject: 'submit create',
        charged: { hundredths: 4200, currency: 'EUR' },
      }),
    ]);
    expect(await history(context)).toBe(0);
    expect(output.lines.map((line) => line.replaceAll(/ {2,}/g, '  '))).toEqual([
      '<dim>2026-11-22 12:00:00</>  note  state  step 0',
      '<dim>2026-11-22 12:00:01</>  note  state  step 1',
      '<dim>2026-11-22 12:00:00</>  intent  submit create  Something happened. [42.00 EUR]',
    ]);
    expect(log).toEqual(['close store']);
  });

  test.each([
    { count: 300, options: {}, first: 100, shown: 200 },
    { count: 3, options: { limit: '2' }, first: 1, shown: 2 },
    { count: 1000, options: { limit: '5' }, first: 995, shown: 5 },
    { count: 2500, options: { limit: '1200' }, first: 1300, shown: 1200 },
  ])('the newest of $count, $options', async ({ count, options, first, shown }) => {
    const { context, output } = await withEntries(count, options);
    await history(context);
    expect(output.lines).toHaveLength(shown);
    expect(output.lines[0]).toContain(`step ${first}`);
    expect(output.lines.at(-1)).toContain(`step ${count - 1}`);
  });

  test.each(['0', '-1', '1.5', 'x', ''])('--limit %j is wrong usage', async (limit) => {
    const { context } = await withEntries(0, { limit });
    await expect(history(context)).rejects.toMatchObject({ code: 'usage' });
  });

  test('nothing yet is said', async () => {
    const { context, output } = await withEntries(0);
    expect(await history(context)).toBe(0);
    expect(output.lines).toEqual(['nothing has been done for "shop" yet']);
    const typo = await aStage({ names: ['shpo'] });
    expect(await history(typo.context)).toBe(0);
    expect(typo.output.lines).toEqual([
      'nothing has been done for "shpo" yet, and the inventory has no such certificate; did you mean "shop"?',
    ]);
  });

  test('for machines', async () => {
    const { context, output } = await withEntries(1, { json: true });
    await history(context);
    expect(output.documents).toMatchObject([
      { certificate: 'shop', entries: [{ sequence: 1, text: 'step 0', at: noon.toISOString() }] },
    ]);
  });
});

describe('what is left to spend', () => {
  const row = {
    provider: 'cnr',
    ordersToday: 2,
    ordersPerDay: 5,
    monthHundredths: 12_345,
    perMonthHundredths: 50_000,
    currencies: ['EUR'],
  };

  test.each([
    [
      row,
      'cnr: 2 of 5 paid order(s) in 24 hours, 3 left; 123.45 EUR of 500.00 EUR this month, 376.55 EUR left',
    ],
    [
      { ...row, provider: null, ordersToday: 6, perMonthHundredths: null },
      'all providers together: 6 of 5 paid order(s) in 24 hours, 0 left; 123.45 EUR this month',
    ],
    [
      { ...row, ordersPerDay: null, currencies: ['CHF', 'EUR'] },
      'cnr: 2 paid order(s) in 24 hours; charges in CHF, EUR this month',
    ],
  ])('%#', (spending, line) => {
    expect(spendingLines([spending])).toEqual([line]);
  });

  test('an account without limit and order is not worth a line', () => {
    const idle = { ...row, ordersToday: 0, ordersPerDay: null, monthHundredths: 0, perMonthHundredths: null };
    expect(spendingLines([{ ...idle, currencies: [] }])).toEqual([]);
  });

  test.each(Object.entries({ plan, status }))('%s shows it', async (_, command) => {
    const { context, output } = await aStage({ spending: [row] });
    await command(context);
    expect(output.lines.at(-1)).toMatch(/^cnr: 2 of 5/);
    const json = await aStage({ spending: [row], options: { json: true } });
    await command(json.context);
    expect(json.output.documents).toMatchObject([{ spending: [row] }]);
  });
});
