import { afterEach, describe, expect, test } from 'vitest';
import type { DnsPublisher, DnsRecord } from '../../../src/contracts/publisher.ts';
import { Secret } from '../../../src/core/certificate.ts';
import { opcodes, rcodes, recordClasses, recordTypes } from '../../../src/dns/codes.ts';
import { decodeMessage, encodeMessage, type Message } from '../../../src/dns/message.ts';
import type { TsigData } from '../../../src/dns/record-data.ts';
import { createRfc2136 } from '../../../src/publishers/rfc2136/publisher.ts';
import { createQueues } from '../../../src/publishers/rfc2136/queues.ts';
import { replyTo, startFakeServer, type Asked, type FakeServer, type Handler } from '../dns/fake-server.ts';
import { answerMac } from '../dns/tsig-answer.ts';
import { keepingLogger } from './silent-logger.ts';

const now = new Date('2026-11-21T12:00:00Z');
const clock = { now: () => now, sleep: () => Promise.reject(new Error('not used')) };
const secretText = Buffer.alloc(32, 5).toString('base64');
const { signal } = new AbortController();
const record: DnsRecord = { name: '_d.sub.example.test', type: 'TXT', value: 'token', ttlSeconds: 300 };

const servers: FakeServer[] = [];
afterEach(async () => {
  for (const server of servers.splice(0)) await server.close();
});

async function serve(handler: Handler): Promise<FakeServer> {
  const server = await startFakeServer(handler);
  servers.push(server);
  return server;
}

function tsigOf(message: Message): TsigData {
  const data = message.additionals.at(-1)?.data;
  if (data?.kind !== 'TSIG') throw new Error('the request is not signed');
  return data;
}

function unsigned({ request }: Asked, rcode: number): Uint8Array {
  return encodeMessage({ ...replyTo(request, { rcode }), questions: request.questions });
}

/** An answer signed as RFC 8945 §5.3 says. */
function signed(asked: Asked, rcode: number, secret = secretText): Uint8Array {
  const bare = unsigned(asked, rcode);
  const requested = tsigOf(asked.request);
  const data: TsigData = { ...requested, mac: new Uint8Array() };
  const mac = answerMac(secret, 'renewd', bare, data, requested.mac);
  const record = {
    name: 'renewd',
    type: recordTypes.TSIG,
    class: recordClasses.ANY,
    ttl: 0,
    data: { ...data, mac },
  };
  return encodeMessage({ ...decodeMessage(bare), additionals: [record] });
}

function publisher(
  server: { readonly text: string },
  zones: readonly string[] = ['example.test'],
): DnsPublisher {
  const config = {
    server: server.text,
    zones: [...zones],
    key: { name: 'renewd.', algorithm: 'hmac-sha256' as const, secret: new Secret(secretText) },
    ttlSeconds: 60,
    timeout: 600,
  };
  return createRfc2136('ns1', config, { clock, logger: keepingLogger() });
}

describe('an update', () => {
  test('adds one value in the longest configured zone, unless the name is an alias', async () => {
    const server = await serve((asked) => [signed(asked, rcodes.NOERROR)]);
    await publisher(server, ['test', 'sub.example.test', 'example.test']).publish(record, signal);
    const request = server.asked[0]?.request;
    expect(request?.header.opcode).toBe(opcodes.update);
    expect(request?.questions).toMatchObject([{ name: 'sub.example.test', type: recordTypes.SOA }]);
    expect(request?.answers).toMatchObject([
      { name: record.name, type: recordTypes.CNAME, class: recordClasses.NONE },
    ]);
    expect(request?.authorities).toMatchObject([{ name: record.name, ttl: 60, class: recordClasses.IN }]);
  });

  test('is sent again when its answer is lost', async () => {
    const server = await serve((asked) => (asked.count < 2 ? [] : [signed(asked, rcodes.NOERROR)]));
    await publisher(server).publish(record, signal);
    expect(server.asked).toHaveLength(2);
  });

  test('that is large goes over TCP', async () => {
    const server = await serve((asked) => [signed(asked, rcodes.NOERROR)]);
    await publisher(server).publish({ ...record, value: 'x'.repeat(700) }, signal);
    expect(server.asked.map(({ transport }) => transport)).toEqual(['tcp']);
  });

  test('at one name waits for the one before it; at another it does not', async () => {
    let waiting: Asked | undefined;
    const server = await serve((asked) => {
      if (asked.count > 1) return [signed(asked, rcodes.NOERROR)];
      waiting = asked;
      return [];
    });
    const ns = publisher(server);
    const first = ns.publish(record, signal);
    const second = ns.withdraw({ ...record, name: record.name.toUpperCase() }, signal);
    await ns.publish({ ...record, name: '_other.example.test' }, signal);
    expect(waiting?.count).toBe(1);
    await Promise.all([first, second]);
    const sent = server.asked.map(({ request }) => {
      const [change] = request.authorities;
      return `${change?.class === recordClasses.NONE ? 'remove' : 'add'} ${change?.name}`;
    });
    expect(sent).toEqual([
      `add ${record.name}`,
      'add _other.example.test',
      `add ${record.name}`,
      `remove ${record.name.toUpperCase()}`,
    ]);
  });
});

describe('an answer is believed only when it is signed', () => {
  test.for<[string, (asked: Asked) => Uint8Array, string, string]>([
    [
      'agreement without signature',
      (asked) => unsigned(asked, rcodes.NOERROR),
      'authentication',
      'without signing its answer',
    ],
    [
      'agreement signed by another',
      (asked) => signed(asked, 0, 'b3RoZXI='),
      'authentication',
      'is not properly signed',
    ],
    [
      'refusal without signature',
      (asked) => unsigned(asked, rcodes.REFUSED),
      'authentication',
      'REFUSED; the answer was not signed',
    ],
    [
      'not authoritative',
      (asked) => signed(asked, rcodes.NOTAUTH),
      'configuration',
      'not authoritative for zone example.test; name the primary server',
    ],
    [
      'name not in zone',
      (asked) => signed(asked, rcodes.NOTZONE),
      'configuration',
      'is not in zone example.test',
    ],
    [
      'no updates here',
      (asked) => unsigned(asked, rcodes.NOTIMP),
      'configuration',
      'does not accept DNS updates',
    ],
    ['trouble at the server', (asked) => signed(asked, rcodes.SERVFAIL), 'unavailable', 'its log says why'],
    ['not understood', (asked) => unsigned(asked, rcodes.FORMERR), 'dcv-failed', 'does not understand'],
    ['an unknown code', (asked) => signed(asked, 11), 'dcv-failed', 'answers RCODE 11'],
    [
      'a prerequisite nobody stated',
      (asked) => signed(asked, rcodes.NXRRSET),
      'dcv-failed',
      'answers NXRRSET',
    ],
  ])('%s', async ([, answer, kind, words]) => {
    const server = await serve((asked) => [answer(asked)]);
    const publishing = publisher(server).publish(record, signal);
    await expect(publishing).rejects.toMatchObject({
      code: 'dcv-publish-failed',
      kind,
      fields: { server: server.text, zone: 'example.test', key: 'renewd', recordName: record.name },
    });
    await expect(publishing).rejects.toThrow(words);
    await expect(publishing).rejects.not.toThrow(secretText);
  });
});

describe('a server', () => {
  test('that does not answer is unavailable, with the record named', async () => {
    const server = await serve(() => []);
    await expect(publisher(server).publish(record, signal)).rejects.toMatchObject({
      code: 'dcv-publish-failed',
      kind: 'unavailable',
      message: `_d.sub.example.test in zone example.test cannot be updated: DNS server ${server.text} did not answer within 600 ms`,
    });
  });

  test('that does not answer is left at once when the signal fires', async () => {
    const server = await serve(() => []);
    const stop = new AbortController();
    const publishing = publisher(server).publish(record, stop.signal);
    await expect.poll(() => server.asked.length).toBe(1);
    stop.abort(new Error('enough'));
    await expect(publishing).rejects.toThrow('enough');
  });

  test('named by host is found through the system', async () => {
    const server = await serve((asked) => [signed(asked, rcodes.NOERROR)]);
    await publisher({ text: `localhost:${server.port}` }).publish(record, signal);
    expect(server.asked).toHaveLength(1);
  });
});

test('a record outside the zones is sent nowhere', async () => {
  const server = await serve((asked) => [signed(asked, rcodes.NOERROR)]);
  const stray = { ...record, name: '_d.notexample.test' };
  await expect(publisher(server).publish(stray, signal)).rejects.toMatchObject({ code: 'dcv-no-publisher' });
  expect(server.asked).toEqual([]);
});

test('queues keep order within a key, go on after a failure, and are forgotten', async () => {
  const inTurn = createQueues();
  const done: string[] = [];
  let release = (): void => undefined;
  const gate = new Promise<void>((resolve) => {
    release = resolve;
  });
  const failing = inTurn('a', async () => {
    await gate;
    done.push('a1');
    throw new Error('first');
  });
  const second = inTurn('a', async () => done.push('a2'));
  await inTurn('b', async () => done.push('b1'));
  expect(done).toEqual(['b1']);
  release();
  await expect(failing).rejects.toThrow('first');
  await second;
  expect(done).toEqual(['b1', 'a1', 'a2']);
});
