import { afterEach, expect, test } from 'vitest';
import { rcodes } from '../../../src/dns/codes.ts';
import { createResolver, hostAddresses } from '../../../src/dns/resolver.ts';
import { fakeResolver } from './fake-resolver.ts';
import {
  answerTo,
  makeRecord,
  startFakeServer,
  textRecord,
  type FakeServer,
  type Handler,
} from './fake-server.ts';

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

test('the next resolver is asked when one fails, is silent or refuses', async () => {
  const failing = await serve(({ request }) => [answerTo(request, { rcode: rcodes.SERVFAIL })]);
  const silent = await serve(() => []);
  const good = await serve(({ request }) => [answerTo(request, { answers: [textRecord('a.test', 'x')] })]);
  const resolver = createResolver({ servers: [failing.text, silent.text, good.text], timeoutMs: 1500 });
  const answer = await resolver.query('a.test', 'TXT', signal);
  expect(answer.answers).toHaveLength(1);
  expect(good.asked[0]?.request.header.recursionDesired).toBe(true);
});

test('"does not exist" is an answer', async () => {
  const server = await serve(({ request }) => [answerTo(request, { rcode: rcodes.NXDOMAIN })]);
  const resolver = createResolver({ servers: [server.text, '127.0.0.1:1'], timeoutMs: 30_000 });
  expect((await resolver.query('a.test', 'A', signal)).header.rcode).toBe(rcodes.NXDOMAIN);
});

test('when none can tell, each is named with its reason', async () => {
  const failing = await serve(({ request }) => [answerTo(request, { rcode: rcodes.SERVFAIL })]);
  const silent = await serve(() => []);
  const resolver = createResolver({ servers: [failing.text, silent.text], timeoutMs: 1500 });
  await expect(resolver.query('a.test', 'SOA', signal)).rejects.toMatchObject({
    code: 'dns-failed',
    kind: 'unavailable',
    message: `cannot look up SOA of a.test: ${failing.text} answers SERVFAIL; DNS server ${silent.text} did not answer within 1500 ms`,
  });
});

test('the signal ends the search with its reason', async () => {
  const silent = await serve(() => []);
  const stop = new AbortController();
  const asking = createResolver({ servers: [silent.text, silent.text] }).query('a.test', 'A', stop.signal);
  await expect.poll(() => silent.asked.length).toBe(1);
  stop.abort(new Error('enough'));
  await expect(asking).rejects.toThrow('enough');
});

test('a server that fails questions for AAAA does not hide the IPv4 addresses', async () => {
  const records = [makeRecord('ns.test', { kind: 'A', address: '192.0.2.1' })];
  const six = fakeResolver({ records, zones: [], failing: ['AAAA ns.test'] });
  expect(await hostAddresses('ns.test', six, signal)).toEqual(['192.0.2.1']);
  const none = fakeResolver({ records: [], zones: [], failing: ['AAAA ns.test'] });
  await expect(hostAddresses('ns.test', none, signal)).rejects.toMatchObject({ code: 'dns-failed' });
  expect(await hostAddresses('ns.test', fakeResolver({ records: [], zones: [] }), signal)).toEqual([]);
});
