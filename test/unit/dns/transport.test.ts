import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { afterEach, describe, expect, test } from 'vitest';
import { rcodes, recordTypes } from '../../../src/dns/codes.ts';
import type { Message } from '../../../src/dns/message.ts';
import { encodeMessage } from '../../../src/dns/message.ts';
import { query, type QueryOptions } from '../../../src/dns/query.ts';
import {
  answerTo,
  replyTo,
  startFakeServer,
  textRecord,
  type FakeServer,
  type Handler,
} from './fake-server.ts';

const name = '_dnsauth.example.test';
const { signal } = new AbortController();
const options: QueryOptions = { recursionDesired: false, timeoutMs: 3000, signal };
/** Where nothing comes: the whole of it is waited for. */
const brief: QueryOptions = { ...options, timeoutMs: 600 };

const servers: FakeServer[] = [];
afterEach(async () => {
  for (const server of servers.splice(0)) await server.close();
});

async function serve(handler: Handler): Promise<FakeServer> {
  const server = await startFakeServer(handler);
  servers.push(server);
  return server;
}

function good(request: Message): Uint8Array {
  return answerTo(request, { answers: [textRecord(name, 'value')] });
}

function valueIn(message: Message): string {
  const data = message.answers[0]?.data;
  return data?.kind === 'TXT' ? Buffer.concat(data.segments).toString() : '';
}

describe('over UDP', () => {
  test('one question, with EDNS, recursion as asked', async () => {
    const server = await serve(({ request }) => [good(request)]);
    expect(valueIn(await query(server, name, 'TXT', options))).toBe('value');
    await query(server, name, 'TXT', { ...options, recursionDesired: true });
    const [off, on] = server.asked.map(({ request }) => request);
    expect(off).toMatchObject({
      header: { recursionDesired: false, opcode: 0 },
      questions: [{ name, type: 16, class: 1 }],
    });
    expect(off?.additionals).toMatchObject([{ type: recordTypes.OPT, class: 1232 }]);
    expect(on?.header.recursionDesired).toBe(true);
  });

  test('ids and ports differ from question to question', async () => {
    const server = await serve(({ request }) => [good(request)]);
    for (let count = 0; count < 12; count += 1) await query(server, name, 'TXT', options);
    expect(new Set(server.asked.map(({ request }) => request.header.id)).size).toBeGreaterThan(6);
    expect(new Set(server.asked.map(({ from }) => from?.port)).size).toBeGreaterThan(6);
  });

  test('a lost question is sent again, the same, three times in all', async () => {
    const server = await serve(({ request, count }) => (count === 3 ? [good(request)] : []));
    expect(valueIn(await query(server, name, 'TXT', options))).toBe('value');
    expect(new Set(server.asked.map(({ bytes }) => Buffer.from(bytes).toString('hex'))).size).toBe(1);
    const silent = await serve(() => []);
    await expect(query(silent, name, 'TXT', brief)).rejects.toMatchObject({
      code: 'dns-failed',
      kind: 'unavailable',
      message: `DNS server ${silent.text} did not answer within 600 ms`,
    });
    expect(silent.asked).toHaveLength(3);
  });

  test('answers to other questions, with another id, or that are questions are ignored', async () => {
    const server = await serve(({ request }) => {
      const reply = replyTo(request, { answers: [textRecord(name, 'forged')] });
      const { header, questions } = reply;
      const elsewhere = questions.map((question) => ({ ...question, name: 'other.test' }));
      const otherType = questions.map((question) => ({ ...question, type: recordTypes.A }));
      const wrong: Message[] = [
        { ...reply, header: { ...header, id: (header.id + 1) & 0xffff } },
        { ...reply, header: { ...header, response: false } },
        { ...reply, header: { ...header, opcode: 5 } },
        { ...reply, questions: elsewhere },
        { ...reply, questions: otherType },
        { ...reply, questions: [] },
        { ...reply, questions: [...questions, ...questions] },
      ];
      return [...wrong.map(encodeMessage), good(request)];
    });
    expect(valueIn(await query(server, name, 'TXT', options))).toBe('value');
  });

  test('the case of the name in the answer does not matter', async () => {
    const server = await serve(({ request }) => {
      const reply = replyTo(request, { answers: [textRecord(name, 'value')] });
      return [
        encodeMessage({
          ...reply,
          questions: reply.questions.map((question) => ({ ...question, name: name.toUpperCase() })),
        }),
      ];
    });
    expect(valueIn(await query(server, name, 'TXT', options))).toBe('value');
  });

  test('an answer from another port is ignored', async () => {
    const stranger = createSocket('udp4');
    stranger.bind(0, '127.0.0.1');
    await once(stranger, 'listening');
    const server = await serve(({ request, from, count }) => {
      const forged = answerTo(request, { answers: [textRecord(name, 'forged')] });
      stranger.send(forged, from?.port ?? 0, '127.0.0.1');
      return count === 2 ? [good(request)] : [];
    });
    expect(valueIn(await query(server, name, 'TXT', options))).toBe('value');
    expect(server.asked).toHaveLength(2);
    stranger.close();
  });

  test('garbage is waited out, and named when nothing better comes', async () => {
    const lucky = await serve(({ request }) => [Buffer.from('garbage'), good(request)]);
    expect(valueIn(await query(lucky, name, 'TXT', options))).toBe('value');
    const server = await serve(() => [Buffer.from('garbage')]);
    await expect(query(server, name, 'TXT', brief)).rejects.toThrow(
      /did not answer.*malformed DNS message: ends early/,
    );
  });

  test('a closed port is told at once', async () => {
    const server = await serve(() => []);
    await server.close();
    servers.pop();
    await expect(query(server, name, 'TXT', { ...options, timeoutMs: 30_000 })).rejects.toMatchObject({
      code: 'dns-failed',
      message: `DNS server ${server.text} cannot be reached: ECONNREFUSED`,
    });
  });

  test('the signal ends it at once', async () => {
    const server = await serve(() => []);
    const stop = new AbortController();
    const asking = query(server, name, 'TXT', { ...options, timeoutMs: 30_000, signal: stop.signal });
    stop.abort(new Error('enough'));
    await expect(asking).rejects.toThrow('enough');
    await expect(query(server, name, 'TXT', { ...options, signal: stop.signal })).rejects.toThrow('enough');
  });

  test('a server from before EDNS is asked again without', async () => {
    const server = await serve(({ request }) => {
      if (request.additionals.length === 0) return [good(request)];
      return [encodeMessage({ ...replyTo(request, { rcode: rcodes.FORMERR }), questions: [] })];
    });
    expect(valueIn(await query(server, name, 'TXT', options))).toBe('value');
  });

  test('an error without a question is an answer', async () => {
    const server = await serve(({ request }) => [
      encodeMessage({ ...replyTo(request, { rcode: rcodes.REFUSED }), questions: [] }),
    ]);
    expect((await query(server, name, 'TXT', options)).header.rcode).toBe(rcodes.REFUSED);
  });
});

describe('over TCP, after a truncated answer', () => {
  function truncating(handler: Handler): Handler {
    return (asked) =>
      asked.transport === 'udp' ? [answerTo(asked.request, { truncated: true })] : handler(asked);
  }

  test('the whole answer is fetched', async () => {
    const long = 'x'.repeat(255);
    const server = await serve(
      truncating(({ request }) => [
        answerTo(request, { answers: Array.from({ length: 100 }, () => textRecord(name, long, long)) }),
      ]),
    );
    expect((await query(server, name, 'TXT', options)).answers).toHaveLength(100);
    expect(server.asked.map(({ transport }) => transport)).toEqual(['udp', 'tcp']);
  });

  test('foreign messages before the answer are ignored, but not without end', async () => {
    const foreign = (request: Message): Uint8Array =>
      encodeMessage({
        ...replyTo(request, {}),
        header: { ...request.header, response: true, id: request.header.id ^ 1 },
      });
    const server = await serve(truncating(({ request }) => [foreign(request), good(request)]));
    expect(valueIn(await query(server, name, 'TXT', options))).toBe('value');
    const endless = await serve(
      truncating(({ request }) => Array.from({ length: 20 }, () => foreign(request))),
    );
    await expect(query(endless, name, 'TXT', { ...options, timeoutMs: 30_000 })).rejects.toThrow(
      'did not answer',
    );
  });

  test('a connection that ends without an answer is told at once', async () => {
    const server = await serve(truncating(() => []));
    await expect(query(server, name, 'TXT', { ...options, timeoutMs: 30_000 })).rejects.toThrow(
      'cannot be reached',
    );
  });

  test('silence ends with the timeout, and the signal ends it at once', async () => {
    // An empty message in a frame: something comes, but never an answer.
    const server = await serve(truncating(() => [new Uint8Array()]));
    await expect(query(server, name, 'TXT', brief)).rejects.toThrow(/did not answer within 600 ms/);
    const stop = new AbortController();
    const asking = query(server, name, 'TXT', { ...options, timeoutMs: 30_000, signal: stop.signal });
    await expect.poll(() => server.asked.length).toBe(4);
    stop.abort(new Error('enough'));
    await expect(asking).rejects.toThrow('enough');
  });
});
