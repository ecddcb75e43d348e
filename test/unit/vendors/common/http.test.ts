import { createServer as createTlsServer } from 'node:tls';
import { webcrypto } from 'node:crypto';
import 'reflect-metadata';
import { X509CertificateGenerator } from '@peculiar/x509';
import { afterEach, describe, expect, test } from 'vitest';
import { createHttpClient, type HttpClient, type HttpRequest } from '../../../../src/vendors/common/http.ts';
import { createThrottle } from '../../../../src/vendors/common/throttle.ts';
import { systemClock } from '../../../../src/platform/clock.ts';
import { httpText, manualClock, middling, rawServer, thrownBy } from '../support.ts';

const clients: HttpClient[] = [];
afterEach(async () => {
  await Promise.all(clients.splice(0).map((client) => client.close()));
});

interface Observation {
  command: string;
  outcome: string;
  seconds: number;
}

function clientOf(
  baseUrl: string,
  limits: { timeoutMs?: number; maxBytes?: number } = {},
): { client: HttpClient; observations: Observation[] } {
  const observations: Observation[] = [];
  const client = createHttpClient({
    baseUrl,
    userAgent: 'renewd-test',
    ...limits,
    throttle: createThrottle({ requestsPerSecond: 1000, concurrency: 4, clock: systemClock }),
    clock: manualClock(),
    random: middling,
    observe: (observation) => observations.push(observation),
  });
  clients.push(client);
  return { client, observations };
}

function requestOf(changes: Partial<HttpRequest> = {}): HttpRequest {
  return {
    command: 'Order',
    method: 'POST',
    path: '/orders?x=1',
    body: 's_pw=hunter2',
    repeatable: false,
    signal: new AbortController().signal,
    ...changes,
  };
}

const both = [
  ['repeatable', true, 'provider-unavailable'],
  ['not repeatable', false, 'provider-outcome-unknown'],
] as const;

describe('createHttpClient', () => {
  test.each(both)('a plain answer (%s)', async (_, repeatable) => {
    await using server = await rawServer({
      onRequest: (socket) => socket.end(httpText('200 OK', '\ufeffgrün', ['X-One: 1', 'X-One: 2'])),
    });
    const { client, observations } = clientOf(`${server.url}/api/`);
    const answer = await client.request(requestOf({ repeatable, headers: { 'x-mine': 'yes' } }));
    expect(answer.status).toBe(200);
    expect(answer.text()).toBe('grün');
    expect(answer.headers['x-one']).toBe('1, 2');
    expect(server.received[0]).toMatch(/^POST \/api\/orders\?x=1 HTTP\/1\.1\r\n/);
    expect(server.received[0]).toContain('renewd-test');
    expect(server.received[0]).toContain('x-mine: yes');
    expect(observations).toEqual([{ command: 'Order', outcome: 'ok', seconds: 0 }]);
  });

  test('HTTP failures are answers', async () => {
    await using server = await rawServer({
      onRequest: (socket) => socket.end(httpText('502 Bad Gateway', '<html>bad gateway</html>')),
    });
    const { client, observations } = clientOf(server.url);
    const answer = await client.request(requestOf());
    expect([answer.status, answer.text()]).toEqual([502, '<html>bad gateway</html>']);
    expect(observations[0]?.outcome).toBe('http-5xx');
  });

  test('the caller may name the outcome', async () => {
    await using server = await rawServer({
      onRequest: (socket) => socket.end(httpText('200 OK', 'code=549')),
    });
    const { client, observations } = clientOf(server.url);
    await client.request(requestOf({ outcomeOf: (answer) => `said-${answer.text()}` }));
    expect(observations[0]?.outcome).toBe('said-code=549');
  });

  test.each(both)('no server: nothing was applied (%s)', async (_, repeatable) => {
    const server = await rawServer({});
    await server[Symbol.asyncDispose]();
    const { client, observations } = clientOf(server.url);
    const thrown = await thrownBy(client.request(requestOf({ repeatable })));
    expect(thrown).toMatchObject({ code: 'provider-unavailable', kind: 'unavailable' });
    expect(String(thrown)).toContain('ECONNREFUSED');
    expect(observations[0]?.outcome).toBe('unavailable');
  });

  test('a host without address: nothing was applied', async () => {
    const { client } = clientOf('https://no-such-host.invalid');
    expect(await thrownBy(client.request(requestOf()))).toMatchObject({ code: 'provider-unavailable' });
  });

  test('a broken TLS handshake: nothing was applied', async () => {
    await using server = await rawServer({
      onConnection: (socket) => socket.end('220 mail.example ESMTP\r\n'),
    });
    const { client } = clientOf(`https://127.0.0.1:${server.port}`);
    expect(await thrownBy(client.request(requestOf()))).toMatchObject({ code: 'provider-unavailable' });
  });

  test('a handshake that never ends: nothing was applied', async () => {
    await using server = await rawServer({});
    const { client } = clientOf(`https://127.0.0.1:${server.port}`, { timeoutMs: 200 });
    expect(await thrownBy(client.request(requestOf()))).toMatchObject({ code: 'provider-unavailable' });
  });

  test.each(both)(
    'cancelled during such a handshake: at once, and nothing was applied (%s)',
    async (_, repeatable) => {
      const cancel = new AbortController();
      await using server = await rawServer({ onConnection: () => cancel.abort() });
      const { client } = clientOf(`https://127.0.0.1:${server.port}`);
      const thrown = await thrownBy(client.request(requestOf({ repeatable, signal: cancel.signal })));
      expect(thrown).toMatchObject({ code: 'provider-unavailable' });
      expect(String(thrown)).toContain('cancelled');
    },
  );

  test('a certificate that is not trusted: nothing was sent', async () => {
    const algorithm = { name: 'ECDSA', namedCurve: 'P-256', hash: 'SHA-256' };
    const keys = await webcrypto.subtle.generateKey(algorithm, true, ['sign', 'verify']);
    const certificate = await X509CertificateGenerator.createSelfSigned({
      name: 'CN=elsewhere.example',
      keys,
    });
    const pkcs8 = Buffer.from(await webcrypto.subtle.exportKey('pkcs8', keys.privateKey)).toString('base64');
    const key = `-----BEGIN PRIVATE KEY-----\n${pkcs8}\n-----END PRIVATE KEY-----\n`;
    let heard = '';
    const server = createTlsServer({ key, cert: certificate.toString('pem') }, (socket) => {
      socket.on('error', () => undefined);
      socket.on('data', (chunk) => {
        heard += chunk.toString();
      });
    });
    await new Promise<void>((resolve) => {
      server.listen(0, '127.0.0.1', resolve);
    });
    const address = server.address();
    const port = typeof address === 'object' && address !== null ? address.port : 0;
    const { client } = clientOf(`https://127.0.0.1:${port}`);
    expect(await thrownBy(client.request(requestOf()))).toMatchObject({ code: 'provider-unavailable' });
    expect(heard).toBe('');
    server.close();
  });

  test.each(both)('a reset after the request (%s): %s', async (_, repeatable, code) => {
    await using server = await rawServer({ onRequest: (socket) => socket.resetAndDestroy() });
    const { client } = clientOf(server.url);
    expect(await thrownBy(client.request(requestOf({ repeatable })))).toMatchObject({ code });
    expect(server.received.filter((text) => text !== '')).toHaveLength(1);
  });

  test.each(both)('a connection closed without answer (%s)', async (_, repeatable, code) => {
    await using server = await rawServer({ onRequest: (socket) => socket.end() });
    const { client } = clientOf(server.url);
    expect(await thrownBy(client.request(requestOf({ repeatable })))).toMatchObject({ code });
  });

  test.each(both)('a body cut short (%s)', async (_, repeatable, code) => {
    await using server = await rawServer({
      onRequest: (socket) => socket.end('HTTP/1.1 200 OK\r\ncontent-length: 100\r\n\r\ncode = 2'),
    });
    const { client } = clientOf(server.url);
    expect(await thrownBy(client.request(requestOf({ repeatable })))).toMatchObject({ code });
  });

  test.each(both)('a body that trickles for ever (%s)', async (_, repeatable, code) => {
    await using server = await rawServer({
      onRequest: (socket) => {
        socket.write('HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n');
        const timer = setInterval(() => socket.write('1\r\nx\r\n'), 20);
        socket.on('close', () => clearInterval(timer));
      },
    });
    const { client } = clientOf(server.url, { timeoutMs: 1000 });
    const thrown = await thrownBy(client.request(requestOf({ repeatable })));
    expect(thrown).toMatchObject({ code });
    expect(String(thrown)).toContain('timed out');
  });

  test.each(both)('headers that never come (%s)', async (_, repeatable, code) => {
    await using server = await rawServer({ onRequest: () => undefined });
    const { client } = clientOf(server.url, { timeoutMs: 1000 });
    expect(await thrownBy(client.request(requestOf({ repeatable })))).toMatchObject({ code });
  });

  test.each([
    ['repeatable', true, 'provider-answer-too-large'],
    ['not repeatable', false, 'provider-outcome-unknown'],
  ] as const)('an endless body (%s)', async (_, repeatable, code) => {
    await using server = await rawServer({
      onRequest: (socket) => {
        socket.write('HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n');
        const pour = (): void => {
          while (!socket.destroyed && socket.write(`400\r\n${'x'.repeat(1024)}\r\n`));
        };
        socket.on('drain', pour);
        pour();
      },
    });
    const { client } = clientOf(server.url, { maxBytes: 10_000 });
    expect(await thrownBy(client.request(requestOf({ repeatable })))).toMatchObject({ code });
  });

  test('a body of exactly the limit is read', async () => {
    await using server = await rawServer({
      onRequest: (socket) => socket.end(httpText('200 OK', 'x'.repeat(100))),
    });
    const { client } = clientOf(server.url, { maxBytes: 100 });
    expect((await client.request(requestOf())).body).toHaveLength(100);
  });

  test.each([
    [301, true, 'protocol'],
    [302, true, 'protocol'],
    [303, false, 'outcome-unknown'],
    [307, false, 'outcome-unknown'],
    [308, true, 'protocol'],
  ] as const)('redirect %i is not followed (repeatable: %s)', async (status, repeatable, kind) => {
    await using target = await rawServer({ onRequest: (socket) => socket.end(httpText('200 OK', 'here')) });
    await using server = await rawServer({
      onRequest: (socket) =>
        socket.end(httpText(`${status} Moved`, '', [`location: ${target.url}/?s_pw=hunter2`])),
    });
    const { client } = clientOf(server.url);
    const thrown = await thrownBy(client.request(requestOf({ repeatable })));
    expect(thrown).toMatchObject({ code: 'provider-redirected', kind });
    expect(String(thrown)).toContain(`127.0.0.1:${server.port}`);
    expect(String(thrown)).not.toContain(String(target.port));
    expect(target.received).toEqual([]);
  });

  test('429 becomes a delay, for paid requests too', async () => {
    await using server = await rawServer({
      onRequest: (socket) => socket.end(httpText('429 Slow down', 'x', ['retry-after: 7'])),
    });
    const { client } = clientOf(server.url);
    expect(await thrownBy(client.request(requestOf()))).toMatchObject({
      code: 'provider-rate-limited',
      retryAfterMs: 7000,
    });
  });

  test.each(both)('cancelled in flight (%s)', async (_, repeatable, code) => {
    const cancel = new AbortController();
    await using server = await rawServer({ onRequest: () => cancel.abort() });
    const { client } = clientOf(server.url);
    const thrown = await thrownBy(client.request(requestOf({ repeatable, signal: cancel.signal })));
    expect(thrown).toMatchObject({ code });
    expect(String(thrown)).toContain('cancelled');
  });

  test('cancelled before it began: nothing was applied', async () => {
    const { client, observations } = clientOf('http://127.0.0.1:9');
    expect(await thrownBy(client.request(requestOf({ signal: AbortSignal.abort() })))).toMatchObject({
      code: 'provider-unavailable',
    });
    expect(observations).toEqual([]);
  });

  test('connections are kept for repeatable requests and never shared with paid ones', async () => {
    await using server = await rawServer({ onRequest: (socket) => socket.write(httpText('200 OK', 'x')) });
    const { client } = clientOf(server.url);
    for (const repeatable of [true, true, false, false, true]) {
      await client.request(requestOf({ repeatable, body: '' }));
    }
    const paid = server.received.filter((text) => /connection: close/i.test(text));
    expect(paid.map((text) => text.split('POST ').length - 1)).toEqual([1, 1]);
    expect(server.received.length).toBeLessThan(6);
  });

  test.each([
    'http://api.example.com/',
    'ftp://127.0.0.1/',
    'https://user:hunter2@api.example.com/',
    'https://api.example.com/?key=hunter2',
    'http://127.example.com/',
    'nonsense',
  ])('the base URL %s is refused', async (url) => {
    const thrown = await thrownBy(Promise.try(() => clientOf(url)));
    expect(thrown).toMatchObject({ code: 'config-invalid' });
    expect(String(thrown)).not.toContain('hunter2');
  });

  test.each([
    'https://api.example.com/x',
    'http://127.0.0.1:8080/',
    'http://[::1]:1/',
    'http://localhost:1/',
  ])('the base URL %s is taken', (url) => {
    expect(() => clientOf(url)).not.toThrow();
  });

  test('no failure shows path, body or answer', async () => {
    await using server = await rawServer({ onRequest: (socket) => socket.resetAndDestroy() });
    const { client } = clientOf(server.url);
    const thrown = await thrownBy(client.request(requestOf({ path: '/?s_pw=hunter2' })));
    expect(JSON.stringify(thrown, Object.getOwnPropertyNames(thrown))).not.toContain('hunter2');
    expect(String(thrown)).not.toContain('hunter2');
  });
});
