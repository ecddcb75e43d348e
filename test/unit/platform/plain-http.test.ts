/** Bounded HTTP for revocation: against peers that are too large, too slow, or send one elsewhere. */
import { describe, expect, test } from 'vitest';
import type { PlainRequest } from '../../../src/contracts/revocation.ts';
import { plainHttp } from '../../../src/platform/plain-http.ts';
import { startLoopback } from '../../builders/loopback.ts';

function asked(url: string, fields: Partial<PlainRequest> = {}): Promise<Buffer> {
  const signal = new AbortController().signal;
  return plainHttp.fetch({ url, maxBytes: 100, timeoutMs: 5000, signal, ...fields });
}

const unreadable = (why: RegExp) =>
  expect.objectContaining({ code: 'revocation-unreadable', message: expect.stringMatching(why) });

describe('plain HTTP', () => {
  test('gets, and posts', async () => {
    const { url, requests } = await startLoopback((request, response, body) => {
      response.end(`${request.headers['content-type'] ?? ''} ${body.toString()}`);
    });
    expect((await asked(`${url}/a?b`)).toString()).toBe(' ');
    const body = { type: 'application/ocsp-request', bytes: Buffer.from('?') };
    expect((await asked(url, { body })).toString()).toBe('application/ocsp-request ?');
    expect(requests).toEqual(['GET /a?b', 'POST /']);
  });

  test('a body of just the limit is read, one byte more is not', async () => {
    const { url } = await startLoopback((request, response) => {
      const size = Number(request.url?.slice(2));
      if (request.url?.startsWith('/c')) response.writeHead(200, { 'transfer-encoding': 'chunked' });
      response.end(Buffer.alloc(size));
    });
    for (const kind of ['l', 'c']) {
      expect((await asked(`${url}/${kind}100`)).length).toBe(100);
      await expect(asked(`${url}/${kind}101`)).rejects.toEqual(unreadable(/larger than 100 bytes/));
    }
  });

  test('what trickles is cut off in time', async () => {
    const { url } = await startLoopback((_, response) => {
      response.writeHead(200);
      const timer = setInterval(() => response.write('.'), 10);
      response.on('close', () => clearInterval(timer));
    });
    await expect(asked(url, { timeoutMs: 80, maxBytes: 1_000_000 })).rejects.toEqual(unreadable(/timed out/));
  });

  test('a peer that says nothing is cut off, and so is a question that nobody wants answered any more', async () => {
    const { url } = await startLoopback(() => undefined);
    await expect(asked(url, { timeoutMs: 50 })).rejects.toEqual(unreadable(/timed out/));
    const ending = new AbortController();
    const asking = asked(url, { signal: ending.signal });
    ending.abort();
    await expect(asking).rejects.toEqual(unreadable(/cancelled/));
  });

  test('an answer that breaks off is none', async () => {
    const { url } = await startLoopback((_, response) => {
      response.writeHead(200, { 'content-length': '50' });
      response.write('half');
      setImmediate(() => response.destroy());
    });
    await expect(asked(url)).rejects.toEqual(unreadable(/127/));
  });

  test.each([404, 500, 204])('status %i is no answer', async (status) => {
    const { url } = await startLoopback((_, response) => void response.writeHead(status).end());
    await expect(asked(url)).rejects.toEqual(unreadable(new RegExp(`HTTP ${status}`)));
  });

  test('a redirect is followed on the same host, three times', async () => {
    const { url, requests } = await startLoopback((request, response) => {
      const left = Number(request.url?.slice(1));
      if (left === 0) response.end('there');
      else response.writeHead(302, { location: `/${left - 1}` }).end();
    });
    expect((await asked(`${url}/3`)).toString()).toBe('there');
    expect(requests).toHaveLength(4);
    await expect(asked(`${url}/4`)).rejects.toEqual(unreadable(/circles/));
  });

  test.each<[string, (other: string) => string]>([
    ['another host', (other) => other],
    ['https', (other) => other.replace('http:', 'https:')],
    ['a file', () => 'file:///etc/passwd'],
    ['a place with credentials', (other) => other.replace('//', '//me:secret@')],
  ])('never to %s', async (_, location) => {
    const other = await startLoopback((__, response) => void response.end('elsewhere'));
    const { url } = await startLoopback(
      (__, response) => void response.writeHead(301, { location: location(other.url) }).end(),
    );
    await expect(asked(url)).rejects.toEqual(unreadable(/another host|no http address|credentials/));
    expect(other.requests).toEqual([]);
  });

  test.each(['https://127.0.0.1/', 'ftp://127.0.0.1/', 'nonsense', 'http://me:secret@127.0.0.1/'])(
    '%s is not asked',
    async (url) => {
      await expect(asked(url)).rejects.toEqual(unreadable(/no http address|credentials/));
    },
  );

  test('nobody there', async () => {
    const { url } = await startLoopback(() => undefined);
    await expect(asked(url.replace(/:\d+$/, ':1'))).rejects.toEqual(unreadable(/ECONNREFUSED/));
  });
});
