/** A server behind HEXONET's EPP address that knows TLS and nothing else: frames and documents that are none. */
import { once } from 'node:events';
import { createServer, type TLSSocket } from 'node:tls';
import { afterEach, expect, onTestFinished, test, vi } from 'vitest';
import { createFrameReader, encodeFrame } from '../../src/vendors/hexonet/epp/frame.ts';
import { newCa, newLeaf } from '../builders/pki.ts';
import { createWorld } from '../builders/world.ts';
import { greeting, response } from '../unit/vendors/hexonet/support.ts';
import {
  besiege,
  expectCleanLogs,
  expectStillAsking,
  expectUntouched,
  holdDeadlines,
  march,
  marchUntilGood,
  mebibyte,
  memoryPeak,
  stateOf,
  toldAbout,
} from './kit.ts';

afterEach(() => {
  vi.restoreAllMocks();
});

const laughs = `<!DOCTYPE epp [<!ENTITY a "${'ha'.repeat(50)}">${'bcdefgh'
  .split('')
  .map((name, index) => `<!ENTITY ${name} "${`&${'abcdefg'.charAt(index)};`.repeat(10)}">`)
  .join('')}]><epp xmlns="urn:ietf:params:xml:ns:epp-1.0">&h;</epp>`;

interface Lie {
  readonly name: string;
  /** What is sent in place of the greeting, and of each answer after it; undefined: what a good server would send. */
  readonly hello?: Uint8Array | string;
  /** Instead of `hello`: nothing, or the greeting one octet at a time and never the last. */
  readonly mute?: 'silence' | 'drops';
  readonly answer?: Uint8Array | string;
  readonly code: string;
  readonly says: RegExp;
  readonly hangs?: true;
}

const lengthOf = (octets: number): Buffer => {
  const head = Buffer.alloc(4);
  head.writeUInt32BE(octets);
  return head;
};

const lies: readonly Lie[] = [
  {
    name: 'a frame shorter than its own length field',
    hello: lengthOf(3),
    code: 'provider-protocol',
    says: /sent an empty data unit/,
  },
  {
    name: 'a frame of 4 GB',
    hello: lengthOf(0xffff_ffff),
    code: 'provider-answer-too-large',
    says: /announced a data unit of 4294967295 octets; the limit is 1048576/,
  },
  {
    name: 'garbage without end',
    hello: Buffer.alloc(8 * mebibyte, 0xa5),
    code: 'provider-answer-too-large',
    says: /announced a data unit of \d+ octets/,
  },
  {
    name: 'another protocol',
    hello: '220 mail.example.com ESMTP\r\n',
    code: 'provider-answer-too-large',
    says: /announced a data unit of \d+ octets/,
  },
  {
    name: 'entities that multiply',
    hello: encodeFrame(laughs),
    code: 'provider-protocol',
    says: /document type/,
  },
  {
    name: 'elements without end, one in the other',
    hello: encodeFrame('<a>'.repeat(100_000)),
    code: 'provider-protocol',
    says: /deep|depth|nested/,
  },
  {
    name: 'octets that are no text',
    hello: Buffer.concat([lengthOf(8), Buffer.from([0xff, 0xfe, 0xc3, 0x28])]),
    code: 'provider-protocol',
    says: /UTF-8/,
  },
  { name: 'nothing at all', mute: 'silence', code: 'provider-unavailable', says: /timed out/, hangs: true },
  {
    name: 'a greeting, one octet at a time',
    mute: 'drops',
    code: 'provider-unavailable',
    says: /timed out/,
    hangs: true,
  },
  {
    name: 'entities that multiply, once it has the password',
    answer: encodeFrame(laughs),
    code: 'provider-protocol',
    says: /document type/,
  },
  {
    name: 'two answers for one question',
    answer: Buffer.concat([encodeFrame(response()), encodeFrame(response())]),
    code: 'provider-protocol',
    says: /not asked for/,
  },
];

const transportRoot = await newCa('transport root');
const { key, pem } = await newLeaf(transportRoot, {
  addresses: ['127.0.0.1'],
  notBefore: new Date(Date.now() - 86_400_000),
  notAfter: new Date(Date.now() + 86_400_000),
});

interface Liar {
  readonly port: number;
  /** Documents that came. */
  readonly heard: readonly string[];
}

async function startLiar({ hello, mute, answer }: Lie): Promise<Liar> {
  const heard: string[] = [];
  const sockets = new Set<TLSSocket>();
  const server = createServer({ key: key.pem, cert: pem }, (socket) => {
    sockets.add(socket);
    const reader = createFrameReader();
    socket.on('error', () => undefined);
    socket.on('data', (chunk: Uint8Array) => {
      for (const document of reader.push(chunk)) {
        heard.push(document);
        socket.write(answer ?? encodeFrame(response()));
      }
    });
    if (mute === 'drops') {
      const whole = encodeFrame(greeting());
      let sent = 0;
      const timer = setInterval(() => {
        if (sent < whole.length - 1) socket.write(whole.subarray(sent, sent + 1));
        sent += 1;
      }, 20);
      socket.on('close', () => clearInterval(timer));
    } else if (mute === undefined) socket.write(hello ?? encodeFrame(greeting()));
  });
  server.on('tlsClientError', () => undefined);
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  onTestFinished(() => {
    server.close();
    for (const socket of sockets) socket.destroy();
  });
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('no port');
  return { port: address.port, heard };
}

test.each(lies)('$name', async (lie) => {
  const deadlines = holdDeadlines();
  const liar = await startLiar(lie);
  const world = await createWorld({
    adjust: (configuration) => ({
      ...configuration,
      providers: configuration.providers.map((account) =>
        account.name === 'epp'
          ? {
              ...account,
              config: { ...account.config, url: `epps://127.0.0.1:${liar.port}`, ca: transportRoot.pem },
            }
          : account,
      ),
    }),
  });
  const before = await besiege(world, ['epp'], 'inx');
  const peak = await memoryPeak(async () => {
    await marchUntilGood(world);
    if (lie.hangs === true) {
      await expectStillAsking(world, ['epp']);
      deadlines.release();
    }
    await march(world, async () => (await toldAbout(world, 'epp')).length > 0);
  });
  const [first] = await toldAbout(world, 'epp');
  expect(first?.code).toBe(lie.code);
  expect(first?.sentence).toMatch(lie.says);
  expect(first?.sentence.length).toBeLessThan(400);
  expect(await stateOf(world, 'epp')).toBe('none');
  // Nobody who has not greeted as an EPP server hears the password; nobody at all hears of an order.
  expect(lie.hello === undefined && lie.mute === undefined ? [] : liar.heard).toEqual([]);
  expect(liar.heard.filter((document) => /CreateSSLCert|RenewSSLCert/.test(document))).toEqual([]);
  expect(peak).toBeLessThan(64 * mebibyte);
  expectUntouched(world, ['epp'], before);
  expect(world.sandbox.vendors.get('hexonet')?.simulator.invoices()).toEqual([]);
  await expectCleanLogs(world);
});
