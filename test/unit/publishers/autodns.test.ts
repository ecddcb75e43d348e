/** AutoDNS zones in both encodings, by scripted answers. */
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { DnsPublisher, DnsRecord, PublisherDependencies } from '../../../src/contracts/publisher.ts';
import { Secret } from '../../../src/core/certificate.ts';
import { configSchema } from '../../../src/publishers/autodns/config.ts';
import { createAutodns } from '../../../src/publishers/autodns/publisher.ts';
import { parseXml, textAt } from '../../../src/vendors/common/xml.ts';
import {
  dependenciesAt,
  failure,
  password,
  refusal,
  signal,
  startOfTime,
  startStub,
  success,
  type ScriptedAnswer,
  type VendorStub,
} from '../providers/internetx/support.ts';
import { keepingLogger, type KeepingLogger } from './silent-logger.ts';

let stub: VendorStub;
let logger: KeepingLogger;
beforeEach(async () => {
  stub = await startStub();
  logger = keepingLogger();
});
afterEach(() => stub.close());

const unused = (): never => {
  throw new Error('a DNS publisher needs neither files nor processes');
};
const nothing: Pick<PublisherDependencies, 'files' | 'processes'> = {
  get files(): never {
    return unused();
  },
  get processes(): never {
    return unused();
  },
};

function publisher(extra: Readonly<Record<string, unknown>> = {}): DnsPublisher {
  const { clock, random, throttleOf, observe } = dependenciesAt(startOfTime);
  const parsed = configSchema.parse({
    user: 'robot',
    password: { env: 'UNUSED' },
    zones: ['Example.com.'],
    url: stub.url,
    ...extra,
  });
  const config = { ...parsed, password: new Secret(password) };
  // The getters must not be called, so they are kept as getters.
  const dependencies = Object.create(nothing, {
    ...Object.getOwnPropertyDescriptors({ clock, random, throttleOf, observe, logger }),
  });
  return createAutodns('zones', config, dependencies);
}

const text: DnsRecord = {
  name: '_dnsauth.shop.example.com',
  type: 'TXT',
  value: 'token-1',
  ttlSeconds: 300,
};
const apex: DnsRecord = { ...text, name: 'example.com' };
const alias: DnsRecord = {
  name: '_ab12.shop.example.com',
  type: 'CNAME',
  value: 'Proof.Sectigo.com',
  ttlSeconds: 300,
};

const stream = 'POST /zone/example.com/_stream';
const info = 'GET /zone/example.com/a.ns14.net';

describe('JSON', () => {
  const zone = { origin: 'example.com', virtualNameServer: 'a.ns14.net' };

  /** Searches find the zone by its own name only. */
  function serveZone(records: readonly object[] = []): void {
    stub.onPost((body) =>
      JSON.stringify(body).includes('"value":"example.com"')
        ? { body: success([zone], { object: { summary: 1 } }) }
        : { body: success(undefined, { object: { summary: 0 } }) },
    );
    stub.on(stream, { body: success(undefined) });
    stub.on(info, { body: success([{ ...zone, resourceRecords: records }]) });
  }

  const changes = (): unknown[] =>
    stub.requests.filter(({ path }) => path.endsWith('/_stream')).map(({ body }) => body);

  test('adds one value to the zone around the name, and nothing else', async () => {
    serveZone();
    const zones = publisher();
    await zones.publish(text, signal);
    expect(changes()).toEqual([
      { adds: [{ name: '_dnsauth.shop', ttl: 60, type: 'TXT', value: 'token-1' }], rems: [] },
    ]);
    // From the name itself upwards, and never above the configured domain.
    expect(
      stub.requests.filter(({ path }) => path === '/zone/_search').map(({ body }) => body),
    ).toMatchObject([
      { filters: [{ key: 'name', operator: 'EQUAL', value: '_dnsauth.shop.example.com' }] },
      { filters: [{ key: 'name', operator: 'EQUAL', value: 'shop.example.com' }] },
      { filters: [{ key: 'name', operator: 'EQUAL', value: 'example.com' }] },
    ]);
    expect(stub.requests[0]?.headers['x-domainrobot-context']).toBe('4');
    expect(zones.zones).toEqual(['example.com']);
  });

  test('the zone’s own name is empty, an alias points to an absolute name', async () => {
    serveZone();
    const zones = publisher({ ttlSeconds: 120 });
    await zones.publish(apex, signal);
    await zones.publish(alias, signal);
    expect(changes()).toEqual([
      { adds: [{ name: '', ttl: 120, type: 'TXT', value: 'token-1' }], rems: [] },
      { adds: [{ name: '_ab12.shop', ttl: 120, type: 'CNAME', value: 'proof.sectigo.com.' }], rems: [] },
    ]);
  });

  test('a zone below the configured domain is the closer one; it is looked for once', async () => {
    const below = { origin: 'shop.example.com', virtualNameServer: 'b.ns14.net' };
    stub.onPost((body) =>
      JSON.stringify(body).includes('"value":"shop.example.com"')
        ? { body: success([below]) }
        : { body: success([]) },
    );
    stub.on('POST /zone/shop.example.com/_stream', { body: success(undefined) });
    const zones = publisher();
    await zones.publish(text, signal);
    await zones.publish({ ...text, value: 'token-2' }, signal);
    expect(changes()).toMatchObject([{ adds: [{ name: '_dnsauth' }] }, { adds: [{ name: '_dnsauth' }] }]);
  });

  test('an answer with another zone is not the zone', async () => {
    stub.onPost(() => ({ body: success([{ origin: 'example.org', virtualNameServer: 'a' }]) }));
    const error = await failure(publisher().publish(text, signal));
    expect(error).toMatchObject({ code: 'dcv-publish-failed', kind: 'configuration' });
    expect(error.message).toContain('looked for _dnsauth.shop.example.com, shop.example.com, example.com');
    expect(changes()).toEqual([]);
  });

  test('a value that is there already is fine', async () => {
    serveZone();
    // The error of the zone stream that lego recorded.
    stub.on(stream, refusal('EF02022', 400, 'E0202002'));
    await publisher().publish(text, signal);
    expect(changes()).toHaveLength(1);
  });

  test('a lost answer is asked for again: twice is once', async () => {
    serveZone();
    stub.on(stream, { body: undefined }, refusal('EF02022', 400, 'E0202002'));
    await publisher().publish(text, signal);
    expect(changes()).toHaveLength(2);
  });

  test('removes what the zone lists, as it lists it, and nothing that merely looks alike', async () => {
    serveZone([
      { name: '_dnsauth.shop', type: 'TXT', value: 'token-2', ttl: 300 },
      { name: '_dnsauth.shop', type: 'A', value: 'token-1', ttl: 300 },
      { name: '_dnsauth', type: 'TXT', value: 'token-1', ttl: 300 },
      { name: '_dnsauth.shop', type: 'TXT', value: 'token-1', ttl: 3600 },
    ]);
    await publisher().withdraw(text, signal);
    expect(changes()).toEqual([
      { adds: [], rems: [{ name: '_dnsauth.shop', ttl: 3600, type: 'TXT', value: 'token-1' }] },
    ]);
  });

  test.each([
    ['absolute', { name: '_dnsauth.shop.example.com.', type: 'TXT', value: 'token-1' }, text],
    ['in capitals', { name: '_DNSAUTH.SHOP', type: 'txt', value: 'token-1' }, text],
    ['with quotes', { name: '_dnsauth.shop', type: 'TXT', value: '"token-1"' }, text],
    ['at the top', { name: '@', type: 'TXT', value: 'token-1' }, apex],
    ['at the top, without a name', { name: null, type: 'TXT', value: 'token-1' }, apex],
    ['an alias without its dot', { name: '_ab12.shop', type: 'CNAME', value: 'proof.sectigo.com' }, alias],
    ['an alias with its dot', { name: '_ab12.shop', type: 'CNAME', value: 'proof.sectigo.com.' }, alias],
  ])('listed %s, it is removed in that spelling', async (_, listed, record) => {
    serveZone([listed]);
    await publisher().withdraw(record, signal);
    expect(changes()).toEqual([
      { adds: [], rems: [{ ...listed, name: listed.name ?? '', type: listed.type.toUpperCase() }] },
    ]);
  });

  test('quiet when the value, or the whole zone, is gone', async () => {
    serveZone();
    await publisher().withdraw(text, signal);
    expect(changes()).toEqual([]);
    stub.on(info, refusal('EF02020', 400, 'E0205'));
    await publisher().withdraw(text, signal);
    expect(changes()).toEqual([]);
  });

  test('without looking up, the configured zone is the zone', async () => {
    stub.on(stream, { body: success(undefined) });
    stub.on('GET /zone/example.com', {
      body: success([
        {
          origin: 'example.com',
          resourceRecords: [{ name: '_dnsauth.shop', type: 'TXT', value: 'token-1' }],
        },
      ]),
    });
    const zones = publisher({ lookup: false });
    await zones.publish(text, signal);
    await zones.withdraw(text, signal);
    expect(stub.requests.map(({ method, path }) => `${method} ${path}`)).toEqual([
      stream,
      'GET /zone/example.com',
      stream,
    ]);
  });

  test.each([
    ['wrong credentials', { status: 401, body: '' }, 'authentication'],
    ['a refusal', refusal('EF01000', 400, 'E0202002'), 'dcv-failed'],
    ['an answer nobody understands', { body: '<html>' }, 'dcv-failed'],
    ['a server in trouble', { status: 503, body: '' }, 'unavailable'],
    ['too many requests', { status: 429, headers: { 'retry-after': '60' }, body: '' }, 'unavailable'],
  ] satisfies [string, ScriptedAnswer, string][])('%s', async (_, answer, kind) => {
    serveZone();
    stub.on(stream, answer);
    const error = await failure(publisher().publish(text, signal));
    expect(error).toMatchObject({
      code: 'dcv-publish-failed',
      kind,
      fields: { publisher: 'zones', zone: 'example.com', recordName: text.name },
    });
    expect(error.message).toContain('127.0.0.1');
    expect(error.message + JSON.stringify(logger.lines)).not.toContain(password);
  });

  test('a record outside the domains is nobody’s here', async () => {
    const error = await failure(publisher().publish({ ...text, name: '_dnsauth.example.org' }, signal));
    expect(error.code).toBe('dcv-no-publisher');
    expect((await failure(publisher().publish({ ...text, name: 'notexample.com' }, signal))).code).toBe(
      'dcv-no-publisher',
    );
    expect(stub.requests).toHaveLength(0);
  });

  test('a zone that was moved is looked for again', async () => {
    serveZone();
    const zones = publisher();
    stub.on(stream, refusal('EF02020', 400, 'E0202002'), { body: success(undefined) });
    await failure(zones.publish(apex, signal));
    await zones.publish(apex, signal);
    expect(stub.requests.filter(({ path }) => path === '/zone/_search')).toHaveLength(2);
  });

  test('hostile records: too many, strange types, names of the prototype chain', async () => {
    serveZone(Array.from({ length: 20_001 }, () => ({ name: 'a', type: 'A', value: '1' })));
    expect((await failure(publisher().withdraw(text, signal))).kind).toBe('dcv-failed');
    stub.on(info, {
      body: '{"status":{"type":"SUCCESS"},"data":[{"resourceRecords":[{"__proto__":{"polluted":1},"type":7}]}]}',
    });
    expect((await failure(publisher().withdraw(text, signal))).kind).toBe('dcv-failed');
    expect('polluted' in {}).toBe(false);
  });
});

describe('XML', () => {
  const wrap = (data: string, type = 'success', more = ''): ScriptedAnswer => ({
    body: `<response><result><data>${data}</data>${more}<status><code>S0205</code><type>${type}</type></status></result></response>`,
  });
  const zone = '<zone><name>example.com</name><system_ns>a.ns14.net</system_ns></zone>';

  function serve(answers: { readonly records?: string; readonly change?: ScriptedAnswer }): void {
    stub.onPost((body) => {
      const task = parseXml(String(body)).children.find(({ name }) => name === 'task');
      if (textAt(task, 'code') === '0202001') return answers.change ?? wrap('');
      const value = textAt(task, 'where', 'value');
      if (value === undefined) {
        return wrap(
          `<zone><name>example.com</name><system_ns>a.ns14.net</system_ns>${answers.records ?? ''}</zone>`,
        );
      }
      return value === 'example.com' ? wrap(`<summary>1</summary>${zone}`) : wrap('<summary>0</summary>');
    });
  }

  const changes = (): string[] =>
    stub.requests.map(({ body }) => String(body)).filter((body) => body.includes('<code>0202001</code>'));

  test('adds one value, with the zone’s name server', async () => {
    serve({});
    const zones = publisher({ encoding: 'xml' });
    await zones.publish(text, signal);
    await zones.publish({ ...alias }, signal);
    expect(changes().map((body) => /<task>.*<\/task>/.exec(body)?.[0])).toEqual([
      `<task><code>0202001</code><default><rr_add><name>_dnsauth.shop</name><ttl>60</ttl><type>TXT</type><value>token-1</value></rr_add></default>${zone}</task>`,
      `<task><code>0202001</code><default><rr_add><name>_ab12.shop</name><ttl>60</ttl><type>CNAME</type><value>proof.sectigo.com.</value></rr_add></default>${zone}</task>`,
    ]);
    expect(String(stub.requests[0]?.body)).toContain(
      '<view><children>1</children><limit>1</limit></view><where><key>name</key><operator>eq</operator><value>_dnsauth.shop.example.com</value></where>',
    );
  });

  test('there already: fine; refused otherwise: told', async () => {
    const reason = (code: string): ScriptedAnswer => wrap('', 'error', `<msg><code>${code}</code></msg>`);
    serve({ change: reason('EF02022') });
    await publisher({ encoding: 'xml' }).publish(text, signal);
    serve({ change: reason('EF01000') });
    expect((await failure(publisher({ encoding: 'xml' }).publish(text, signal))).kind).toBe('dcv-failed');
  });

  test('removes what is listed, one record or several; quiet without', async () => {
    const rr = (name: string, value: string): string =>
      `<rr><name>${name}</name><ttl>3600</ttl><type>TXT</type><value>${value}</value></rr>`;
    serve({ records: rr('_dnsauth.shop', 'token-1') });
    await publisher({ encoding: 'xml' }).withdraw(text, signal);
    serve({ records: rr('', 'token-1') + rr('_dnsauth.shop', 'token-2') });
    await publisher({ encoding: 'xml' }).withdraw(text, signal);
    await publisher({ encoding: 'xml' }).withdraw(apex, signal);
    expect(changes().map((body) => /<rr_rem>.*<\/rr_rem>/.exec(body)?.[0])).toEqual([
      '<rr_rem><name>_dnsauth.shop</name><ttl>3600</ttl><type>TXT</type><value>token-1</value></rr_rem>',
      '<rr_rem><name></name><ttl>3600</ttl><type>TXT</type><value>token-1</value></rr_rem>',
    ]);
  });
});

describe('settings', () => {
  const smallest = { user: 'robot', password: { env: 'P' }, zones: ['Example.COM.'] };

  test('fill in what is usual', () => {
    expect(configSchema.parse(smallest)).toEqual({
      ...smallest,
      zones: ['example.com'],
      context: 4,
      encoding: 'json',
      language: 'en',
      requestsPerSecond: 2.5,
      lookup: true,
      ttlSeconds: 60,
    });
  });

  test.each([
    { zones: [] },
    { zones: ['.'] },
    { zones: ['exa mple'] },
    { ttlSeconds: 0 },
    { ttlSeconds: 100_000 },
    { password: 'open' },
    { surprise: 1 },
  ])('refuse %j', (extra) => {
    expect(configSchema.safeParse({ ...smallest, ...extra }).success).toBe(false);
  });

  test('an address that would send the password in the clear is refused', () => {
    expect(() => publisher({ url: 'http://api.example.com/v1' })).toThrow(
      expect.objectContaining({ code: 'config-invalid' }),
    );
  });
});
