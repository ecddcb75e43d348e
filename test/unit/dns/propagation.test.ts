import { createSocket } from 'node:dgram';
import { afterEach, describe, expect, test } from 'vitest';
import type { DnsRecord } from '../../../src/contracts/publisher.ts';
import { rcodes, recordTypes } from '../../../src/dns/codes.ts';
import type { ResourceRecord } from '../../../src/dns/message.ts';
import { checkPropagation, type PropagationOptions } from '../../../src/dns/propagation.ts';
import { fakeResolver, type FakeResolver } from './fake-resolver.ts';
import {
  answerTo,
  makeRecord,
  soaRecord,
  startFakeServer,
  textRecord,
  type FakeServer,
  type Handler,
  type Reply,
} from './fake-server.ts';

const zone = 'example.test';
const record: DnsRecord = { name: `_d.${zone}`, type: 'TXT', value: 'token', ttlSeconds: 60 };
const { signal } = new AbortController();

const servers: FakeServer[] = [];
afterEach(async () => {
  for (const server of servers.splice(0)) await server.close();
});

async function serve(handler: Handler): Promise<FakeServer> {
  const server = await startFakeServer(handler);
  servers.push(server);
  return server;
}

/** Authoritative, serial 7, with this answer to everything but SOA. */
async function authority(reply: Reply): Promise<FakeServer> {
  return await serve(({ request }) => [
    answerTo(
      request,
      request.questions[0]?.type === recordTypes.SOA ? { answers: [soaRecord(zone, 7)] } : reply,
    ),
  ]);
}

const empty = fakeResolver({ records: [], zones: [] });

function at(texts: readonly string[], timeoutMs = 5000): PropagationOptions {
  return { resolver: empty, authoritative: { [zone]: texts }, timeoutMs, signal };
}

describe('what one server shows', () => {
  const ours = textRecord(record.name, 'token');
  const other = textRecord(record.name, 'other');
  test.for<[string, Reply, boolean, string]>([
    ['our value', { answers: [ours] }, true, 'our value'],
    ['our value in segments', { answers: [textRecord(record.name, 'to', 'ken')] }, true, 'our value'],
    ['our value among others', { answers: [other, ours] }, true, 'our value, one of 2'],
    [
      'our value from a cache',
      { answers: [ours], authoritative: false },
      false,
      'is not authoritative for the zone',
    ],
    ['other values', { answers: [other, other] }, false, '2 other values'],
    ['our value at another name', { answers: [textRecord('x.test', 'token')] }, false, 'no TXT record'],
    ['the value in other letters', { answers: [textRecord(record.name, 'TOKEN')] }, false, '1 other value'],
    ['no such name', { rcode: rcodes.NXDOMAIN }, false, 'the name does not exist'],
    ['refusal', { rcode: rcodes.REFUSED, authoritative: false }, false, 'answers REFUSED'],
    [
      'an alias',
      {
        answers: [
          makeRecord(record.name, { kind: 'CNAME', target: 'x.test' }),
          textRecord('x.test', 'token'),
        ],
      },
      false,
      'an alias to x.test instead',
    ],
  ])('%s', async ([, reply, visible, seen]) => {
    const server = await authority(reply);
    expect(await checkPropagation(record, at([server.text]))).toEqual({
      visible,
      servers: [{ server: server.text, visible, detail: `serial 7: ${seen}` }],
    });
    expect(server.asked.every(({ request }) => !request.header.recursionDesired)).toBe(true);
  });

  test('a CNAME is compared without case and final dot', async () => {
    const target = makeRecord(record.name.toUpperCase(), { kind: 'CNAME', target: 'TOKEN.ca.test' });
    const server = await authority({ answers: [target] });
    const wanted: DnsRecord = { ...record, type: 'CNAME', value: 'Token.CA.test.' };
    expect((await checkPropagation(wanted, at([server.text]))).visible).toBe(true);
    expect((await checkPropagation({ ...wanted, value: 'other.ca.test' }, at([server.text]))).visible).toBe(
      false,
    );
  });
});

describe('what all servers show', () => {
  test('one that lags is enough to wait', async () => {
    const good = await authority({ answers: [textRecord(record.name, 'token')] });
    const late = await authority({ rcode: rcodes.NXDOMAIN });
    const report = await checkPropagation(record, at([good.text, late.text]));
    expect(report.visible).toBe(false);
    expect(report.servers.map(({ visible }) => visible)).toEqual([true, false]);
  });

  test('one that is not there is enough to wait, and is named', async () => {
    const good = await authority({ answers: [textRecord(record.name, 'token')] });
    const report = await checkPropagation(record, at([good.text, '127.0.0.1:1']));
    expect(report.visible).toBe(false);
    expect(report.servers[1]?.detail).toContain('127.0.0.1:1 cannot be reached: ECONNREFUSED');
  });

  test('no server at all shows nothing', async () => {
    expect(await checkPropagation(record, at([]))).toEqual({ visible: false, servers: [] });
  });

  test('the most specific configured zone counts', async () => {
    const good = await authority({ answers: [textRecord(record.name, 'token')] });
    const authoritative = { test: ['127.0.0.1:1'], [zone]: [good.text], 'other.test': ['127.0.0.1:1'] };
    expect((await checkPropagation(record, { ...at([]), authoritative })).visible).toBe(true);
  });
});

describe('servers named by DNS', () => {
  function dns(addresses: Readonly<Record<string, readonly string[]>>): FakeResolver {
    const records: ResourceRecord[] = Object.entries(addresses).flatMap(([host, list]) => [
      makeRecord(zone, { kind: 'NS', target: host }),
      ...list.map((address) => makeRecord(host, { kind: address.includes(':') ? 'AAAA' : 'A', address })),
    ]);
    return fakeResolver({ records, zones: [zone] });
  }

  function through(resolver: FakeResolver, port: number, timeoutMs = 5000): PropagationOptions {
    return { resolver, authoritative: {}, nameServerPort: port, timeoutMs, signal };
  }

  test('every address is asked; an unreachable IPv6 one does not count beside a good one', async () => {
    const good = await authority({ answers: [textRecord(record.name, 'token')] });
    const resolver = dns({ 'ns1.example.test': ['127.0.0.1', '::1'] });
    const report = await checkPropagation(record, through(resolver, good.port));
    expect(report.visible).toBe(true);
    expect(report.servers).toMatchObject([
      { server: `ns1.example.test ${good.text}`, visible: true },
      { server: `ns1.example.test [::1]:${good.port}`, visible: false },
    ]);
    expect(report.servers[1]?.detail).toMatch(/cannot be reached: .* \(does not count\)$/);
  });

  test('a server that is nowhere reachable counts', async () => {
    const good = await authority({ answers: [textRecord(record.name, 'token')] });
    const resolver = dns({ 'ns1.example.test': ['127.0.0.1'], 'ns2.example.test': ['::1'] });
    const report = await checkPropagation(record, through(resolver, good.port));
    expect(report.visible).toBe(false);
    expect(report.servers[1]?.detail).not.toContain('does not count');
  });

  test('an IPv6 address that is only silent does not block beside a good one', async ({ skip }) => {
    const good = await authority({ answers: [textRecord(record.name, 'token')] });
    const silent = createSocket('udp6');
    const bound = await new Promise<boolean>((resolve) => {
      silent.once('error', () => resolve(false));
      silent.bind(good.port, '::1', () => resolve(true));
    });
    if (!bound) skip('this host has no IPv6 loopback, or its port is taken');
    const resolver = dns({ 'ns1.example.test': ['127.0.0.1', '::1'] });
    const report = await checkPropagation(record, through(resolver, good.port));
    silent.close();
    expect(report.visible).toBe(true);
    expect(report.servers[1]?.detail).toMatch(/did not answer within \d+ ms \(does not count\)$/);
  });

  test('a server name without address is shown and does not count, one that cannot be looked up does', async () => {
    const good = await authority({ answers: [textRecord(record.name, 'token')] });
    const nowhere = dns({ 'ns1.example.test': ['127.0.0.1'], 'ns2.example.test': [] });
    const report = await checkPropagation(record, through(nowhere, good.port));
    expect(report).toMatchObject({ visible: true });
    expect(report.servers[1]).toEqual({
      server: 'ns2.example.test',
      visible: false,
      detail: 'has no address (does not count)',
    });
    const records = [
      makeRecord(zone, { kind: 'NS', target: 'ns1.example.test' }),
      makeRecord(zone, { kind: 'NS', target: 'ns2.example.test' }),
      makeRecord('ns1.example.test', { kind: 'A', address: '127.0.0.1' }),
    ];
    const failing = ['A ns2.example.test', 'AAAA ns2.example.test'];
    const broken = fakeResolver({ records, zones: [zone], failing });
    expect(await checkPropagation(record, through(broken, good.port))).toMatchObject({
      visible: false,
      servers: [{ visible: true }, { server: 'ns2.example.test', visible: false }],
    });
  });

  test('at most 13 servers and 32 addresses are asked, each server keeping a share', async () => {
    const good = await authority({ answers: [textRecord(record.name, 'token')] });
    const many = Object.fromEntries(
      Array.from({ length: 20 }, (_, index) => [
        `ns${String(index).padStart(2, '0')}.example.test`,
        Array.from({ length: 5 }, (_unused, host) => `127.${index}.0.${host + 1}`),
      ]),
    );
    // Only 127.0.0.1 listens; the others answer "connection refused" at once.
    const report = await checkPropagation(record, through(dns(many), good.port));
    expect(report.servers.length).toBeLessThanOrEqual(32);
    expect(new Set(report.servers.map(({ server }) => server.split(' ')[0])).size).toBe(13);
  });

  test('a zone without NS records is an error', async () => {
    const resolver = fakeResolver({ records: [], zones: [zone] });
    await expect(checkPropagation(record, through(resolver, 1))).rejects.toMatchObject({
      code: 'dns-failed',
    });
  });
});

describe('time', () => {
  test('silent servers are rows once the time is up', async () => {
    const silent = await serve(() => []);
    const report = await checkPropagation(record, at([silent.text], 200));
    expect(report).toEqual({
      visible: false,
      servers: [{ server: silent.text, visible: false, detail: 'no answer before the time was up' }],
    });
  });

  test('a resolver that hangs is an error once the time is up', async () => {
    const resolver = {
      query: (_name: string, _type: string, stop: AbortSignal): Promise<never> =>
        new Promise((_resolve, reject) => {
          stop.addEventListener('abort', () => reject(stop.reason));
        }),
    };
    const looking = checkPropagation(record, { resolver, authoritative: {}, timeoutMs: 100, signal });
    await expect(looking).rejects.toMatchObject({
      code: 'dns-failed',
      message: 'the authoritative servers of _d.example.test could not be found within 100 ms',
    });
  });

  test('the signal ends the look with its reason', async () => {
    const silent = await serve(() => []);
    const stop = new AbortController();
    const looking = checkPropagation(record, { ...at([silent.text]), signal: stop.signal });
    await expect.poll(() => silent.asked.length).toBe(1);
    stop.abort(new Error('enough'));
    await expect(looking).rejects.toThrow('enough');
  });
});
