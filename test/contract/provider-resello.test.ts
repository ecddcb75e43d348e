import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { OperationResult } from '../../src/contracts/provider-operations.ts';
import { readDownload } from '../../src/providers/resello/downloads.ts';
import { manifest } from '../../src/providers/resello/index.ts';
import { sandboxAccounts } from '../../src/sandbox/start.ts';
import { providerContract } from './provider.ts';
import type { Open, VendorFacts } from './provider/vendor.ts';
import { never, openWorld, type World } from './provider/world.ts';

const { username, apiKey } = sandboxAccounts.resello;

// The vendor calls the password of an account its API key.
const open: Open = ({ password, ...settings }, dependencies) =>
  manifest.create({ ...settings, apiKey: password }, dependencies);

const vendor: VendorFacts = {
  manifest,
  path: '/api',
  login: username,
  password: apiKey,
  settings: { username, requestsPerSecond: 1 },
  // "DV Single", "DV Wildcard" and "DV Single CNAME" of the simulator's plans.
  products: {
    usual: 'a1f1b0de-52a6-4c43-9d5b-0d3f6c7be101',
    wildcard: 'c93d7e22-6c1a-4f57-b6f3-2c0b8e5ac303',
    cname: 'b52f0c11-0d8b-4f0e-8a4e-7f1f4a9fd202',
  },
  // "DV Multi-Domain"
  several: 'd04e8f33-7d2b-4a68-87a4-3d1c9f6bd404',
  commands: {
    create: 'POST /ssl-certificate',
    reissue: 'POST /ssl-certificate/{id}/reissue',
    renew: 'POST /ssl-certificate/{id}/renew',
    read: 'GET /ssl-certificate/{id}',
    list: 'GET /ssl-certificate',
  },
  codes: {
    funds: '402',
    tryAgain: '500',
    rateLimited: '429',
    unauthorized: '401',
    unauthorizedAddress: '403',
    rejected: '422',
  },
  rateLimitedOrder: 'rate-limited',
  // The plan's window: the last 90 days of the term.
  daysUntilRenewal: 280,
  revokesCurrent: false,
  refusal: 'later',
  dialects: [
    ...(['result', 'data', 'results', 'items'] as const).map((envelope) => ({
      name: `answers wrapped in "${envelope}"`,
      simulator: { resello: { envelope } },
    })),
    ...(['next', 'links', 'link-header'] as const).map((form) => ({
      name: `lists in pages, by ${form}`,
      simulator: { resello: { pagination: { form, pageSize: 1, origin: 'own' } } },
    })),
    ...(['zone-lines', 'flat', 'list'] as const).map((details) => ({
      name: `validation details as ${details}`,
      simulator: { resello: { details } },
    })),
    ...(['host-content', 'host-target'] as const).map((instructionNames) => ({
      name: `instructions named ${instructionNames}`,
      simulator: { resello: { instructionNames } },
    })),
    { name: 'files by their address', simulator: { resello: { fileForm: 'url' } } },
    { name: 'the whole chain as crt', simulator: { resello: { crt: 'chain' } } },
    { name: 'the certificate as DER', simulator: { resello: { crt: 'der' } } },
    ...(['crlf', 'no-final'] as const).map((lineEnds) => ({
      name: `PEM ending ${lineEnds}`,
      simulator: { resello: { lineEnds } },
    })),
    {
      name: 'other names of fields and dates',
      simulator: {
        resello: {
          nameField: 'common_name',
          planForm: 'object',
          createdName: 'created_at',
          updatedName: 'updated_at',
          expiresName: 'valid_until',
          dateForm: 'iso',
        },
      },
    },
    {
      name: 'other status codes',
      simulator: {
        resello: {
          createdStatus: 202,
          acceptedStatus: 202,
          invalidStatus: 422,
          downloadWhilePending: 'empty',
        },
      },
    },
    { name: 'partial matches of the reference', simulator: { resello: { referenceFilter: 'partial' } } },
    {
      name: 'domain refused when a validation is retried',
      simulator: { resello: { validateDomain: 'refused' } },
    },
  ],
  refusalThatEchoes: (text) => ({
    status: 422,
    body: JSON.stringify({ errors: [{ code: 'invalid', message: text }] }),
  }),
  lacks: ['events', 'revoke', 'approvers', 'challenges', 'cancelled-orders'],
};

providerContract('resello', open, vendor);

describe('what people may ask by hand', () => {
  let world: World;

  beforeEach(async () => {
    world = await openWorld({ vendor, open });
  });
  afterEach(() => world.end());

  function run(
    name: string,
    values: Readonly<Record<string, readonly string[]>> = {},
  ): Promise<OperationResult> {
    const operation = world.provider.operations?.find((one) => one.name === name);
    if (operation === undefined) throw new Error(`no operation ${name}`);
    return operation.run(values, never);
  }

  test('plans: all, by a part of the name, by id, one', async () => {
    const { usual, wildcard } = vendor.products;
    expect((await run('plan-list')).data).toMatchObject({ complete: true });
    expect(JSON.stringify((await run('plan-list')).data)).toContain(usual);
    const byName = JSON.stringify((await run('plan-list', { name: ['wildcard'] })).data);
    expect([byName.includes(wildcard), byName.includes(usual)]).toEqual([true, false]);
    const byId = JSON.stringify((await run('plan-list', { id: [usual, wildcard] })).data);
    expect([byId.includes(wildcard), byId.includes(usual), byId.includes(vendor.several)]).toEqual([
      true,
      true,
      false,
    ]);
    expect((await run('plan-read', { plan: [usual] })).data).toMatchObject({ id: usual, interval: 12 });
    expect(await world.provider.productFacts?.(wildcard, never)).toMatchObject({
      wildcard: true,
      validation: 'dv',
      termMonths: 12,
      renewWindowDays: 90,
    });
    expect(await world.provider.productFacts?.('nonesuch', never)).toBeUndefined();
  });

  test('certificates: listed by reference and plan, read, and downloaded in every form', async () => {
    const { request, issued } = await world.buy();
    await world.buy({ names: ['mail.example.test'] });
    const id = issued.handle.certificateId ?? '';
    const found = await run('certificate-list', { reference: [request.reference], plan: [request.product] });
    expect(found.data).toMatchObject({ complete: true, certificates: [{ id }] });
    expect((await run('certificate-read', { certificate: [id] })).data).toMatchObject({
      id,
      status: 'active',
    });
    const leaf = { certificates: expect.arrayContaining([issued.leafPem]) };
    for (const [format, content] of [
      ['crt', leaf],
      ['pkcs7', leaf],
      ['zip', leaf],
      ['ca', { certificates: expect.arrayContaining([issued.caPems?.[0]]) }],
      ['csr', { csrs: [request.csrPem] }],
    ] as const) {
      const { file } = await run('download', { certificate: [id], format: [format] });
      if (!(file instanceof Uint8Array)) throw new Error(`no file for ${format}`);
      expect(await readDownload(file)).toMatchObject(content);
    }
  });

  test('another method of validation', async () => {
    const { reading } = await world.place();
    const certificate = [reading.handle.certificateId ?? ''];
    await run('validate', { certificate, method: ['file'], domain: ['shop.example.test'] });
    const changed = await world.provider.read(reading.handle, never);
    expect(changed.challenges.map(({ kind }) => kind)).toContain('file');
    expect(new Set(changed.challenges.map(({ kind }) => kind)).size).toBe(1);
    expect((await run('validation-details', { certificate })).data).toMatchObject({ dcv_type: 'FILE' });
    expect((await world.finish({ reading: changed })).status).toBe('issued');
  });

  test('the end of a certificate', async () => {
    const { issued } = await world.buy();
    const certificate = [issued.handle.certificateId ?? ''];
    await run('certificate-delete', { certificate });
    const gone = await world.failure(world.provider.read(issued.handle, never), 'not-found');
    expect(gone.code).toBe('provider-object-missing');
    await world.failure(run('certificate-delete', { certificate }), 'not-found');
  });
});
