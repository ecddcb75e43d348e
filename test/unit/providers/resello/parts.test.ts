import fc from 'fast-check';
import { beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { z } from 'zod';
import { RenewdError } from '../../../../src/core/errors.ts';
import { commands } from '../../../../src/providers/resello/commands.ts';
import { configSchema, orderSchema } from '../../../../src/providers/resello/config.ts';
import { readDownload } from '../../../../src/providers/resello/downloads.ts';
import { failureOf } from '../../../../src/providers/resello/errors.ts';
import { orderStatus, vendorDate } from '../../../../src/providers/resello/mapping.ts';
import { certificateSchema } from '../../../../src/providers/resello/schema.ts';
import {
  nextPage,
  parseJson,
  shown,
  unwrapList,
  unwrapObject,
} from '../../../../src/providers/resello/wire.ts';
import {
  apiKey,
  failure,
  id,
  makeIdentity,
  never,
  plan,
  startProvider,
  startStub,
  type Identity,
  type Stub,
} from './support.ts';
import type { Provider } from '../../../../src/contracts/provider.ts';

let identity: Identity;
beforeAll(async () => {
  identity = await makeIdentity();
});

describe('settings', () => {
  const smallest = { url: 'https://api.example/v1', username: 'u', apiKey: { env: 'K' } };

  test('of an account', () => {
    expect(configSchema.parse(smallest)).toEqual({ ...smallest, requestsPerSecond: 1 });
    for (const wrong of [
      { url: undefined },
      { url: 'ftp://x' },
      { apiKey: 'secret' },
      { username: '' },
      { requestsPerSecond: 0 },
      { extra: 1 },
    ]) {
      expect(configSchema.safeParse({ ...smallest, ...wrong }).success).toBe(false);
    }
  });

  test('are described, and become a JSON Schema', () => {
    for (const schema of [configSchema, orderSchema]) {
      expect(Object.values(schema.shape).filter((field) => !field.description)).toEqual([]);
      expect(z.toJSONSchema(schema, { target: 'draft-7', io: 'input' })).toMatchObject({ type: 'object' });
    }
  });

  test('of an order: what ov and ev cannot do without', () => {
    expect(orderSchema.parse({})).toEqual({ validation: 'dv' });
    const whole = { chamberOfCommerce: '1', department: 'd', approverFirstName: 'a', approverLastName: 'b' };
    for (const validation of ['ov', 'ev'] as const) {
      expect(orderSchema.safeParse({ validation, ...whole }).success).toBe(true);
      for (const field of Object.keys(whole)) {
        const result = orderSchema.safeParse({ validation, ...whole, [field]: undefined });
        expect(result.error?.issues.map(({ path }) => path)).toEqual([[field]]);
      }
    }
    for (const wrong of [{ approverPhone: '0612345678' }, { approverEmail: 'x' }, { plan: 'x' }]) {
      expect(orderSchema.safeParse(wrong).success).toBe(false);
    }
  });
});

test.each<[string, string | undefined]>([
  ['2013-10-22T14:28:36.896498+00:00', '2013-10-22T14:28:36.000Z'],
  ['2026-11-01T12:00:00Z', '2026-11-01T12:00:00.000Z'],
  ['2026-11-01T12:00:00+0200', '2026-11-01T10:00:00.000Z'],
  ['2026-11-01T12:00:00', '2026-11-01T12:00:00.000Z'],
  ['2026-11-01 12:00:00', '2026-11-01T12:00:00.000Z'],
  ['2026-11-01', '2026-11-01T00:00:00.000Z'],
  ['2026-13-41', undefined],
  ['tomorrow', undefined],
  ['1', undefined],
  ['', undefined],
])('the date %s', (text, iso) => {
  expect(vendorDate(text)?.toISOString()).toBe(iso);
});

test.each<[string, ReturnType<typeof failureOf>]>([
  ['{"error":"no"}', { code: undefined, message: 'no', fieldErrors: [] }],
  ['{"error":{"code":"E1","message":"no"}}', { code: 'E1', message: 'no', fieldErrors: [] }],
  [
    '{"errors":[{"code":7,"message":"no","field":"csr"}]}',
    { code: '7', message: 'no', fieldErrors: ['csr: no'] },
  ],
  [
    '{"errors":{"csr":["bad","worse"]}}',
    { code: undefined, message: undefined, fieldErrors: ['csr: bad worse'] },
  ],
  ['{"message":"no","code":"E2"}', { code: 'E2', message: 'no', fieldErrors: [] }],
  ['{"detail":"no"}', { code: undefined, message: 'no', fieldErrors: [] }],
  ['', { code: undefined, message: undefined, fieldErrors: [] }],
  ['<html>', { code: undefined, message: undefined, fieldErrors: [] }],
  ['{"errors":[1,null,"x"],"error":null}', { code: undefined, message: undefined, fieldErrors: [] }],
])('the failure %s', (body, wanted) => {
  expect(failureOf(body)).toEqual(wanted);
});

test('covers are taken off in order', () => {
  expect(unwrapObject({ result: { id: 1 }, data: { id: 2 } })).toEqual({ id: 1 });
  expect(unwrapObject({ data: { id: 2 } })).toEqual({ id: 2 });
  expect(unwrapObject({ id: 3, data: 'x' })).toEqual({ id: 3, data: 'x' });
  expect(unwrapObject([])).toBeUndefined();
  expect(unwrapList({ id: 1 })).toBeUndefined();
  expect(nextPage({ next: null, links: 7 }, 'nonsense, <a>; rel=prev')).toBeUndefined();
});

test('any text: a value or none, nothing polluted, bounded when it is shown', () => {
  const texts = fc.oneof(
    fc.string(),
    fc.json(),
    fc.json().map((json) => json.slice(0, -1)),
    fc.json().map((json) => json + json),
  );
  fc.assert(
    fc.property(texts, (text) => {
      const value = parseJson(text);
      unwrapObject(value);
      unwrapList(value);
      nextPage(value, text);
      failureOf(text);
      orderStatus(text);
      vendorDate(text);
      shown(value);
      expect(certificateSchema.safeParse(value)).toBeDefined();
    }),
    { numRuns: 500 },
  );
  const polluting = parseJson('{"__proto__":{"polluted":1},"constructor":{"prototype":{"polluted":1}}}');
  shown(polluting);
  expect(Object.keys(Object.prototype)).toEqual([]);
  expect(parseJson(`[${'0,'.repeat(200_000)}0]`)).toBeUndefined();
  expect(parseJson('['.repeat(100_000))).toBeUndefined();
  expect(JSON.stringify(shown('x'.repeat(100_000))).length).toBeLessThan(5000);
});

describe('downloads', () => {
  test('any bytes, cut, doubled or changed: certificates or a typed error', async () => {
    const good = Buffer.from(`${identity.leafPem}\n${identity.middlePem}`);
    const bytes = fc.oneof(
      fc.uint8Array({ maxLength: 300 }).map((one) => Buffer.from(one)),
      fc.nat(good.length).map((cut) => good.subarray(0, cut)),
      fc.nat(good.length - 1).map((at) => {
        const copy = Buffer.from(good);
        copy[at] = 0x41;
        return copy;
      }),
      fc.constant(Buffer.concat([good, good])),
      fc.constantFrom(
        Buffer.from(good.toString(), 'utf16le'),
        Buffer.from('PK\x03\x04'),
        Buffer.from([0x30, 0x80, 0, 0]),
      ),
    );
    await fc.assert(
      fc.asyncProperty(bytes, async (input) => {
        const result = await readDownload(input).then(
          () => 'certificates',
          (thrown: unknown) => (thrown instanceof RenewdError ? thrown.kind : thrown),
        );
        expect(['certificates', 'protocol']).toContain(result);
      }),
      { numRuns: 300 },
    );
  }, 20_000);

  test('more certificates than any chain has', async () => {
    const many = Buffer.from(`${identity.leafPem}\n`.repeat(33));
    const thrown: unknown = await readDownload(many).catch((reason: unknown) => reason);
    expect(thrown).toMatchObject({ code: 'provider-protocol' });
    expect((await readDownload(many.subarray(0, many.length - 30))).certificates).toHaveLength(32);
  });
});

describe('operations', () => {
  let stub: Stub;
  let provider: Provider;

  beforeEach(async () => {
    stub = await startStub();
    ({ provider } = startProvider(stub.url));
    return async () => {
      await provider.close();
      await stub.close();
    };
  });

  function run(name: string, values: Readonly<Record<string, readonly string[]>> = {}): Promise<unknown> {
    const operation = provider.operations?.find((one) => one.name === name);
    if (operation === undefined) throw new Error(`no operation ${name}`);
    return operation.run(values, never);
  }
  const certificate = [id];

  test('name commands of the list, and each command that renewals do not use has one', () => {
    const operations = provider.operations ?? [];
    const known = new Map(commands.map((fact) => [fact.command, fact]));
    for (const { command, effect, name } of operations) {
      expect(known.get(command)?.use).toContain(name);
      expect(['reads', 'changes']).toContain(effect);
    }
    expect(commands.filter(({ use }) => !/submit|read|find|cancel|retry|operation/.test(use))).toEqual([]);
    expect(operations.find(({ name }) => name === 'certificate-delete')).toMatchObject({
      effect: 'changes',
      summary: expect.stringContaining('WARNING'),
    });
  });

  test('list with both filters, the reference compared by us', async () => {
    const rows = [{ id: '1', client_reference: 'a b' }, { id: '2', client_reference: 'a b c' }, 'odd'];
    stub.on(`GET /ssl-certificate?plan=${plan}&client_reference=a+b`, { body: { results: rows } });
    expect(await run('certificate-list', { plan: [plan], reference: ['a b'] })).toEqual({
      data: { complete: true, certificates: [rows[0]] },
    });
  });

  test('read, details and plans as they come', async () => {
    stub.on(`GET /ssl-certificate/${id}`, { body: { result: { id, odd: { x: 1 } } } });
    stub.on(`GET /ssl-certificate/${id}/validation-details`, { body: '' });
    stub.on(`GET /ssl-certificate-plan?name=wild&id=p1%2Cp2`, { body: [{ id: 'p1' }] });
    stub.on(`GET /ssl-certificate-plan/p1`, { body: { id: 'p1', interval: 12 } });
    expect(await run('certificate-read', { certificate })).toEqual({ data: { id, odd: { x: 1 } } });
    expect(await run('validation-details', { certificate })).toEqual({ data: null });
    expect(await run('plan-list', { name: ['wild'], id: ['p1', 'p2'] })).toEqual({
      data: { complete: true, plans: [{ id: 'p1' }] },
    });
    expect(await run('plan-read', { plan: ['p1'] })).toEqual({ data: { id: 'p1', interval: 12 } });
  });

  test('another method', async () => {
    stub.on(`POST /ssl-certificate/${id}/validate`, { body: '{}' });
    await run('validate', { certificate, method: ['file'], domain: ['example.com'] });
    await run('validate', { certificate, method: ['email'], email: ['a@example.com'] });
    expect(stub.seen.map(({ body }) => body)).toEqual([
      { dcv_type: 'FILE', domain: 'example.com' },
      { dcv_type: 'EMAIL', email_address: 'a@example.com' },
    ]);
  });

  test('download gives the bytes to be written', async () => {
    stub.on(`GET /ssl-certificate/${id}/download-zip`, { body: Buffer.from('PK') });
    expect(await run('download', { certificate, format: ['zip'] })).toEqual({
      data: { certificate: id, format: 'zip', bytes: 2 },
      file: Buffer.from('PK'),
    });
  });

  test('delete, and not quietly what is not there', async () => {
    stub.on(`DELETE /ssl-certificate/${id}`, { body: '' }, { status: 404, body: '' });
    expect(await run('certificate-delete', { certificate })).toEqual({ data: { deleted: id } });
    expect(await failure(run('certificate-delete', { certificate }))).toMatchObject({ kind: 'not-found' });
  });

  test.each<[string, Readonly<Record<string, readonly string[]>>]>([
    ['validate', { certificate, method: ['fax'] }],
    ['validate', { certificate, method: ['email'] }],
    ['validate', { certificate, method: ['email'], email: ['nobody'] }],
    ['download', { certificate, format: ['exe'] }],
    ['certificate-read', { certificate: ['../../x'] }],
    ['plan-list', { id: ['a,b'] }],
  ])('%s %j: refused, nothing sent', async (name, values) => {
    expect(await failure(run(name, values))).toMatchObject({ code: 'usage' });
    expect(stub.seen).toEqual([]);
  });

  test('none holds the key', async () => {
    stub.on(`GET /ssl-certificate/${id}`, { status: 400, body: { detail: apiKey } });
    expect((await failure(run('certificate-read', { certificate }))).message).not.toContain(apiKey);
  });
});
