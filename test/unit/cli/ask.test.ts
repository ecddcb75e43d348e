/** Commands that ask a provider something beside renewals: provider, approvers, resend, check --online. */
import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { approvers } from '../../../src/cli/approvers.ts';
import { check } from '../../../src/cli/check.ts';
import { parametersOf, provider as providerCommand } from '../../../src/cli/provider.ts';
import { misfits } from '../../../src/cli/product-fit.ts';
import { resend } from '../../../src/cli/resend.ts';
import type { ProductFacts } from '../../../src/contracts/capabilities.ts';
import type { OrderHandle } from '../../../src/contracts/order.ts';
import type { ProviderOperation } from '../../../src/contracts/provider-operations.ts';
import { Secret } from '../../../src/core/certificate.ts';
import { renewalStates, type RenewalState } from '../../../src/core/renewal.ts';
import { aManagedCertificate } from '../../builders/managed.ts';
import { aProvider } from '../../builders/stage.ts';
import { aRenewal } from '../../builders/store-records.ts';
import { aConfiguration, aStage, type Surroundings } from './context.ts';

const folder = mkdtempSync(join(tmpdir(), 'renewd-ask-'));
afterAll(() => rmSync(folder, { recursive: true }));

const account = { name: 'cnr', type: 'rrpproxy', config: {}, spend: {}, lostAnswerGraceMs: 0 };
const configuration = { ...aConfiguration(), providers: [account] };
const loaded = { configuration, diagnostics: [] };

function operation(fields: Partial<ProviderOperation> = {}): ProviderOperation {
  return {
    name: 'order-list',
    summary: 'Certificate orders of the account.',
    command: 'QueryCertificateOrderList',
    effect: 'reads',
    parameters: [
      { name: 'limit', description: 'Rows at most.' },
      { name: 'tag', description: 'Service tag.', several: true },
      { name: 'order', description: 'Its id.', required: true },
    ],
    run: (parameters) => Promise.resolve({ data: { given: parameters } }),
    ...fields,
  };
}

describe('parameters of an operation', () => {
  test('by name, in the order given; a value may hold "="', () => {
    expect(parametersOf(operation(), ['order=1', 'tag=a=b', 'tag='])).toEqual({
      order: ['1'],
      tag: ['a=b', ''],
    });
  });

  test.each([
    [['limit'], /does not take "limit"; it takes: limit=… tag=… order=…/],
    [['order=1', 'colour=red'], /does not take "colour=red"/],
    [['order=1', 'order=2'], /takes order once/],
    [['limit=1'], /needs order=…: Its id\./],
    [['__proto__=1'], /does not take/],
  ])('%j is refused', (words, message) => {
    expect(() => parametersOf(operation(), words)).toThrow(message);
  });
});

describe('provider', () => {
  async function ask(
    words: readonly string[],
    operations: readonly ProviderOperation[],
    options: Surroundings['options'] = {},
  ) {
    const stage = await aStage({ loaded, names: words, options, provider: aProvider({ operations }) });
    return { ...stage, code: providerCommand(stage.context) };
  }

  test('lists what there is, with parameters and what they mean', async () => {
    const { code, output } = await ask(
      ['cnr'],
      [operation(), operation({ name: 'order-cancel', effect: 'changes' })],
    );
    expect(await code).toBe(0);
    const text = output.lines.join('\n');
    expect(text).toContain(
      '<bold>order-list</>\n  Certificate orders of the account.  [QueryCertificateOrderList]',
    );
    expect(text).toContain('    order=…  Its id. (required)');
    expect(text).toContain('    tag=…  Service tag. (may be repeated)');
    expect(text).toContain('<bold>order-cancel</> (changes something: --yes)');
  });

  test('asks, and prints JSON', async () => {
    const { code, output, log } = await ask(['cnr', 'order-list', 'order=7'], [operation()]);
    expect(await code).toBe(0);
    expect(output.documents).toEqual([{ operation: 'order-list', data: { given: { order: ['7'] } } }]);
    expect(log).toEqual(['open runtime, quiet', 'close runtime']);
  });

  test.each([
    [['nowhere'], /no provider "nowhere" is configured; there is: cnr/],
    [['cnx'], /did you mean "cnr"/],
    [['cnr', 'order-lst', 'order=1'], /no operation "order-lst"; did you mean "order-list"/],
  ])('%j: what is wrong, and what would be right', async (words, message) => {
    await expect((await ask(words, [operation()])).code).rejects.toThrow(message);
  });

  test('what changes something wants a word more', async () => {
    const calls: unknown[] = [];
    const cancel = operation({
      name: 'order-cancel',
      effect: 'changes',
      run: (parameters) => {
        calls.push(parameters);
        return Promise.resolve({ data: null });
      },
    });
    await expect((await ask(['cnr', 'order-cancel', 'order=1'], [cancel])).code).rejects.toThrow(/add --yes/);
    expect(calls).toEqual([]);
    expect(await (await ask(['cnr', 'order-cancel', 'order=1'], [cancel], { yes: true })).code).toBe(0);
    expect(calls).toEqual([{ order: ['1'] }]);
  });

  test('a file goes where it is wanted, readable for its owner alone, never over another', async () => {
    const withKey = operation({ run: () => Promise.resolve({ data: {}, file: new Secret('KEY') }) });
    const quiet = await ask(['cnr', 'order-list', 'order=1'], [withKey]);
    expect(await quiet.code).toBe(0);
    expect(JSON.stringify([quiet.output.documents, quiet.output.lines, quiet.output.errors])).not.toContain(
      'KEY',
    );
    expect(quiet.output.errors.join()).toMatch(/--out FILE/);
    const out = join(folder, 'key.pem');
    expect(await (await ask(['cnr', 'order-list', 'order=1'], [withKey], { out })).code).toBe(0);
    expect(readFileSync(out, 'utf8')).toBe('KEY');
    expect(statSync(out).mode & 0o777).toBe(0o600);
    writeFileSync(out, 'OLD');
    await expect(
      (await ask(['cnr', 'order-list', 'order=1'], [withKey], { out })).code,
    ).rejects.toMatchObject({
      code: 'file-failed',
    });
    expect(readFileSync(out, 'utf8')).toBe('OLD');
  });
});

describe('approvers', () => {
  test('lists the addresses on offer and marks the chosen one', async () => {
    const managed = aManagedCertificate({
      dcv: { method: 'email', record: 'txt', approver: 'B@shop.test', propagationTimeoutMs: 1 },
    });
    const asked: unknown[] = [];
    const { context, output } = await aStage({
      loaded: { configuration: { ...configuration, certificates: [managed] }, diagnostics: [] },
      names: ['shop'],
      provider: aProvider({
        approvers: (request) => {
          asked.push([request.action, request.names]);
          return Promise.resolve(['a@shop.test', 'b@shop.test']);
        },
      }),
    });
    expect(await approvers(context)).toBe(0);
    expect(output.lines).toEqual(['a@shop.test', 'b@shop.test   (chosen)']);
    expect(asked).toEqual([['create', managed.names]]);
  });

  test('a provider without a list says so', async () => {
    const { context } = await aStage({ loaded, names: ['shop'], provider: aProvider() });
    await expect(approvers(context)).rejects.toThrow(/offers no list/);
  });
});

describe('resend', () => {
  const waiting = new Set<RenewalState>(['awaiting-dcv', 'awaiting-issuance']);

  async function withOrder(state: RenewalState) {
    const asked: OrderHandle[] = [];
    const provider = aProvider({
      retryValidation: (handle) => {
        asked.push(handle);
        return Promise.resolve();
      },
    });
    const stage = await aStage({ loaded, names: ['shop'], provider });
    await stage.store.createRenewal(aRenewal({ state, certificateId: 'c-1', dcvMethod: 'email' }), {});
    return { ...stage, asked };
  }

  test.each([...waiting])('an order that is %s', async (state) => {
    const { context, asked, output, store } = await withOrder(state);
    expect(await resend(context)).toBe(0);
    expect(asked).toEqual([{ certificateId: 'c-1' }]);
    expect(output.lines.join()).toMatch(/ada .*the mail is sent again/);
    expect(await store.ledger({ limit: 5 })).toMatchObject([
      { kind: 'note', subject: 'resend', certificate: 'shop', detail: { by: 'ada' } },
    ]);
  });

  test.each(renewalStates.filter((state) => !waiting.has(state)))(
    'nothing for one that is %s',
    async (state) => {
      const { context, asked } = await withOrder(state);
      await expect(resend(context)).rejects.toThrow(/no order of shop waits for validation/);
      expect(asked).toEqual([]);
    },
  );
});

describe('check --online', () => {
  const facts: ProductFacts = { wildcard: false, maxNames: 1 };

  async function online(productFacts?: () => Promise<ProductFacts | undefined>) {
    const stage = await aStage({
      loaded,
      options: { online: true },
      provider: aProvider(productFacts === undefined ? {} : { productFacts }),
    });
    return { ...stage, code: await check(stage.context) };
  }

  test('what fits is said once', async () => {
    const { code, output } = await online(() => Promise.resolve({ wildcard: true, maxNames: 100 }));
    expect(code).toBe(0);
    expect(output.lines).toHaveLength(1);
  });

  test('a misfit fails the check', async () => {
    const managed = aManagedCertificate({ names: ['a.test', '*.a.test'] });
    expect(misfits(managed, facts)).toEqual([
      'it does not cover wildcards (*.a.test)',
      'it takes 1 names, the inventory has 2',
    ]);
    const { code, output } = await online(() => Promise.resolve(undefined));
    expect(code).toBe(1);
    expect(output.lines.join('\n')).toMatch(/shop: ssl123dv at cnr: the provider does not know this product/);
  });

  test('what cannot be asked is not held against the inventory', async () => {
    expect(await online()).toMatchObject({ code: 0 });
    const { code, output } = await online(() => Promise.reject(new Error('no answer')));
    expect(code).toBe(0);
    expect(output.lines.join('\n')).toMatch(/not checked/);
  });
});

test.each<[string, Parameters<typeof aManagedCertificate>[0], Partial<ProductFacts>, readonly RegExp[]]>([
  ['as many names as it takes', { names: ['a.test', 'b.test'] }, { maxNames: 2 }, []],
  ['one name too many', { names: ['a.test', 'b.test', 'c.test'] }, { maxNames: 2 }, [/takes 2 names/]],
  ['a method that it lacks', {}, { dcv: ['email'] }, [/does not validate by dns; possible: email/]],
  ['a record type that it lacks', {}, { recordTypes: ['cname'] }, [/by txt records; possible: cname/]],
  ['a term that it lacks', { order: { period: '2y' } }, { periods: ['1y'] }, [/no term of 2y; possible: 1y/]],
  ['immediate where it is not', { order: { immediate: true } }, { immediateIssuance: false }, [/not issued/]],
])('products: %s', (_, managed, more, expected) => {
  const found = misfits(aManagedCertificate(managed), { wildcard: true, maxNames: 10, ...more });
  expect(found).toEqual(expected.map((one) => expect.stringMatching(one)));
});
