/** The zone routes on the sandbox's own name server, and what the vendor writes there by itself. */
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { csrFor } from './kit.ts';
import { call, openStage, orderBody, withOptions, zoneLine } from './internetx-kit.ts';
import type { Reply, Stage } from './internetx-kit.ts';

const Zone = z.looseObject({
  origin: z.string(),
  virtualNameServer: z.string(),
  resourceRecords: z
    .array(
      z.object({
        name: z.string(),
        ttl: z.number(),
        type: z.string(),
        value: z.string(),
        pref: z.number().optional(),
      }),
    )
    .optional(),
});
const Prepared = z.looseObject({
  authentication: z.array(
    z.looseObject({ method: z.string(), dns: z.string().optional(), provisioning: z.boolean().optional() }),
  ),
});

let stage: Stage;

beforeEach(async () => {
  stage = await openStage();
});

afterEach(() => stage.dns.close());

const stream = (body: unknown, zone = 'example.com', simulator = stage.simulator) =>
  call(simulator, 'POST', `/zone/${zone}/_stream`, body);
const zoneIn = (reply: Reply) => Zone.parse(reply.data?.[0]);
const records = (name: string) => stage.dns.records(name, 'TXT');

describe('stream', () => {
  it.each([
    [{ name: '_dnsauth', type: 'TXT', value: 'v', ttl: 60 }, '_dnsauth.example.com'],
    [{ name: '_dnsauth.example.com.', type: 'txt', value: 'v' }, '_dnsauth.example.com'],
    [{ name: 'A.B', type: 'TXT', value: 'v', ttl: 0 }, 'a.b.example.com'],
    [{ name: '', type: 'TXT', value: 'v' }, 'example.com'],
    [{ name: '@', type: 'TXT', value: 'v', ttl: '120' }, 'example.com'],
    [{ type: 'TXT', value: 'v' }, 'example.com'],
    [{ raw: '_x.example.com. 300 IN TXT "v"' }, '_x.example.com'],
    [{ raw: 'example.com.\t\t300\tIN\tTXT\t\t"v"\n' }, 'example.com'],
    [{ raw: '_x IN 300 TXT v' }, '_x.example.com'],
    [{ raw: '_x TXT "v"' }, '_x.example.com'],
    [{ raw: '_x 300 TXT "" "v"' }, '_x.example.com'],
    // Without the dot a name is relative to the zone, however complete it looks.
    [{ name: 'www.example.com', type: 'TXT', value: 'v' }, 'www.example.com.example.com'],
  ])('adds %j', async (record, name) => {
    const reply = await stream({ adds: [record], rems: null });
    expect([reply.http, reply.status.code, reply.status.type]).toEqual([200, 'S0202002', 'SUCCESS']);
    expect(reply.object).toEqual({ type: 'Zone', value: 'example.com' });
    expect(records(name)).toEqual(['v']);
  });

  it('takes null, empty and absent lists, and the name of a record as its zone', async () => {
    for (const body of [{}, { adds: null }, { rems: [] }, { adds: [], rems: null }]) {
      expect((await stream(body)).http).toBe(200);
    }
    const add = { adds: [{ name: '_acme.www.example.com.', type: 'TXT', value: 'v' }] };
    expect((await stream(add, '_acme.www.example.com')).object?.value).toBe('example.com');
    expect(records('_acme.www.example.com')).toEqual(['v']);
    expect((await stream(add, 'other.example')).status.code).toBe('E0202002');
  });

  it('refuses what is there already, as recorded', async () => {
    const add = { adds: [{ name: '_x', type: 'TXT', value: 'v' }] };
    await stream(add);
    const twice = await stream(add);
    expect([twice.http, twice.status.code]).toEqual([400, 'E0202002']);
    expect(twice.messages?.[0]).toMatchObject({
      code: 'EF02022',
      objects: [{ value: '_x.example.com TXT "v"' }],
    });
    expect(twice.messages?.[0]?.objects?.[0]?.type).toMatch(/^example\.com@ns1\.example\.com\/rr\[\d+\]$/);
    expect(twice.object).toBeUndefined();
    const within = {
      adds: [
        { name: '_y', type: 'TXT', value: 'w' },
        { name: '_y', type: 'TXT', value: 'w' },
      ],
    };
    expect((await stream(within)).messages?.[0]?.code).toBe('EF02022');
    expect(records('_y.example.com')).toEqual([]);
    const cname = { adds: [{ name: 'alias', type: 'CNAME', value: 'Target.example.net.' }] };
    expect((await stream(cname)).http).toBe(200);
    expect((await stream(cname)).messages?.[0]?.code).toBe('EF02022');
  });

  it('removes by value only, and what is not there quietly, unless told otherwise', async () => {
    const record = (value: string) => ({ name: '_x', type: 'TXT', value, ttl: 300 });
    await stream({ adds: [record('a'), record('b')] });
    expect((await stream({ rems: [{ ...record('a'), ttl: 0 }] })).http).toBe(200);
    expect(records('_x.example.com')).toEqual(['b']);
    const serial = stage.dns.serial('example.com');
    expect((await stream({ rems: [record('a')] })).http).toBe(200);
    expect(stage.dns.serial('example.com')).toBe(serial);
    const strict = withOptions(stage, { missingRecord: 'refuse' });
    const refused = await stream({ rems: [record('b'), record('a')] }, 'example.com', strict);
    expect([refused.http, refused.status.code]).toEqual([400, 'E0202002']);
    // All or nothing.
    expect(records('_x.example.com')).toEqual(['b']);
  });

  it.each([
    [{ name: 'x', type: 'SRV', value: 'v' }, 'adds[0].type'],
    [{ name: 'x', type: 'TXT' }, 'adds[0].value'],
    [{ name: 'x.example.net.', type: 'TXT', value: 'v' }, 'adds[0].name'],
    [{ raw: 'rubbish' }, 'adds[0].raw'],
    [{ raw: 'x 300 IN TXT "v' }, 'adds[0].raw'],
    [{ raw: 'x.example.net. 300 IN TXT "v"' }, 'adds[0].name'],
    [{ name: 'x', type: 'A', value: 'nonsense' }, 'x.example.com A'],
    [{ name: 'x', type: 'TXT', value: 'v', ttl: -1 }, 'zone.adds.0.ttl'],
  ])('refuses %j', async (record, field) => {
    const reply = await stream({ adds: [record] });
    expect([reply.http, reply.status.code, reply.messages?.[0]?.code]).toEqual([400, 'E0202002', 'EF01000']);
    expect(reply.messages?.[0]?.objects?.[0]?.type).toBe(field);
  });

  it('refuses to remove what cannot be', async () => {
    const reply = await stream({ rems: [{ name: 'x', type: 'A', value: 'nonsense' }] });
    expect([reply.http, reply.messages?.[0]?.code]).toEqual([400, 'EF01000']);
  });

  it('has the other code of success when told to', async () => {
    const simulator = withOptions(stage, { streamCode: 'S0301' });
    expect((await stream({}, 'example.com', simulator)).status.code).toBe('S0301');
  });
});

describe('search, inquiry and patch', () => {
  it('finds the zone and its name server, then shows and changes it', async () => {
    const found = await call(stage.simulator, 'POST', '/zone/_search', {
      filters: [{ key: 'name', operator: 'EQUAL', value: 'example.com' }],
    });
    expect([found.status.code, found.object?.summary]).toEqual(['S0205', 1]);
    const { origin, virtualNameServer, resourceRecords } = zoneIn(found);
    expect([origin, virtualNameServer, resourceRecords]).toEqual([
      'example.com',
      'ns1.example.com',
      undefined,
    ]);
    const path = `/zone/${origin}/${virtualNameServer}`;
    const patched = await call(stage.simulator, 'PATCH', path, {
      resourceRecordsAdd: [
        { name: '_x', type: 'TXT', value: 'v', ttl: 120 },
        { name: '', type: 'MX', value: 'mail.example.com', pref: 10 },
      ],
      resourceRecordsRem: null,
    });
    expect(patched.status.code).toBe('S0202001');
    const shown = zoneIn(await call(stage.simulator, 'GET', path));
    expect(shown).toEqual(zoneIn(patched));
    expect(shown.resourceRecords).toEqual(
      expect.arrayContaining([
        { name: '_x', ttl: 120, type: 'TXT', value: 'v' },
        { name: '', ttl: 60, type: 'MX', value: 'mail.example.com', pref: 10 },
      ]),
    );
    expect(zoneIn(await call(stage.simulator, 'GET', '/zone/example.com'))).toEqual(shown);
    // What was read can be removed as it stands.
    await call(stage.simulator, 'PATCH', path, { resourceRecordsRem: shown.resourceRecords });
    expect(records('_x.example.com')).toEqual([]);
    expect(stage.dns.records('example.com', 'MX')).toEqual([]);
  });

  it('knows no other zone and no other name server', async () => {
    for (const path of [
      '/zone/other.example',
      '/zone/example.com/ns9.example.com',
      '/zone/www.example.com',
    ]) {
      const reply = await call(stage.simulator, 'GET', path);
      expect([reply.http, reply.status.code]).toEqual([400, 'E0205']);
    }
    const all = await call(stage.simulator, 'POST', '/zone/_search', {});
    expect(all.data?.map((zone) => Zone.parse(zone).origin)).toEqual(['example.com', 'shop.example.org']);
    for (const key of ['nonsense', 'constructor', '__proto__']) {
      const filters = [{ key, operator: 'IS_NULL' }];
      const wrong = await call(stage.simulator, 'POST', '/zone/_search', { filters });
      expect(wrong.messages?.[0]?.code).toBe('EF00022');
    }
    const some = withOptions(stage, { managedZones: ['shop.example.org'] });
    expect((await call(some, 'POST', '/zone/_search', {})).object?.summary).toBe(1);
    expect((await call(some, 'GET', '/zone/example.com')).http).toBe(400);
  });

  it('is named by route', () => {
    const request = (method: string, path: string) => ({
      method,
      path,
      query: new URLSearchParams(),
      headers: {},
      body: Buffer.from('{"adds":[]}'),
    });
    expect(stage.simulator.describe(request('POST', '/v1/zone/example.com/_stream'))).toEqual({
      command: 'POST /zone/{name}/_stream',
      parameters: { name: 'example.com', adds: [] },
    });
    expect(stage.simulator.describe(request('PATCH', '/zone/example.com/ns1.example.com')).command).toBe(
      'PATCH /zone/{name}/{ns}',
    );
  });
});

describe('provisioning', () => {
  async function prepared(csr: string, product: string, simulator = stage.simulator) {
    const reply = await call(simulator, 'POST', '/certificate/_prepareOrder', { plain: csr, product });
    const dns = Prepared.parse(reply.data?.[0]).authentication.find(({ method }) => method === 'DNS');
    return { dns: dns?.dns ?? '', provisioning: dns?.provisioning };
  }

  it.each([
    ['QUICKSSLPREMIUM', 'body'],
    ['COMODO_SSL', 'key'],
  ])('writes the record of a %s itself, asked for by %s', async (product, how) => {
    const csr = await csrFor(['example.com']);
    const { dns, provisioning } = await prepared(csr, product);
    expect(provisioning).toBe(true);
    const authentication = { method: 'DNS', dns, ...(how === 'body' ? { provisioning: true } : {}) };
    const query = how === 'body' ? '' : '?keys[]=dnsProvisioning';
    const order = orderBody(csr, { product, authentication });
    expect((await call(stage.simulator, 'POST', `/certificate${query}`, order)).status.code).toBe('N400101');
    const { name, type, value } = zoneLine(dns);
    expect(stage.dns.records(name, type)).toEqual([value]);
    await stage.ca.tick();
    expect((await call(stage.simulator, 'GET', '/poll')).data?.[0]).toMatchObject({
      job: { status: 'SUCCESS' },
    });
  });

  it('writes nothing unasked, nor into zones it does not manage', async () => {
    const csr = await csrFor(['example.com']);
    await call(stage.simulator, 'POST', '/certificate', orderBody(csr));
    expect(stage.dns.records('example.com', 'TXT')).toEqual([]);
    const elsewhere = withOptions(stage, { managedZones: [] });
    const { dns, provisioning } = await prepared(csr, 'QUICKSSLPREMIUM', elsewhere);
    expect(provisioning).toBe(false);
    const authentication = { method: 'DNS', dns, provisioning: true };
    expect((await call(elsewhere, 'POST', '/certificate', orderBody(csr, { authentication }))).http).toBe(
      200,
    );
    expect(stage.dns.records('example.com', 'TXT')).toEqual([]);
  });

  it('leaves an order waiting whose record cannot be written', async () => {
    stage.dns.addRecord({ name: 'www2.example.com', type: 'CNAME', value: 'elsewhere.example.net' });
    const csr = await csrFor(['www2.example.com']);
    const authentication = { method: 'DNS', provisioning: true };
    const order = orderBody(csr, { name: 'www2.example.com', authentication });
    expect((await call(stage.simulator, 'POST', '/certificate', order)).status.code).toBe('N400101');
    await stage.ca.tick();
    expect((await call(stage.simulator, 'GET', '/poll')).data).toBeUndefined();
  });
});
