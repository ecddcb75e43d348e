import { connect } from 'node:net';
import { request, type IncomingMessage } from 'node:http';
import { text } from 'node:stream/consumers';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { createMetrics } from '../../../src/status/metrics.ts';
import { startStatusServer, type StatusServer } from '../../../src/status/server.ts';
import {
  aCertificateStatus,
  aHealth,
  aRenewalStatus,
  aStatusSource,
  type StatusFacts,
} from '../../builders/statuses.ts';
import { after, noon } from '../../builders/store-records.ts';

let server: StatusServer;
let facts: StatusFacts;
let logged: object[];

const logger = {
  debug: () => undefined,
  info: () => undefined,
  warn: (fields: object) => logged.push(fields),
  error: (fields: object) => logged.push(fields),
  child: () => logger,
};

beforeEach(async () => {
  logged = [];
  facts = {
    certificates: [aCertificateStatus({ renewal: aRenewalStatus() })],
    openRenewals: [aRenewalStatus()],
    spending: [],
    health: aHealth(),
  };
  server = await startStatusServer(
    { host: '127.0.0.1', port: 0 },
    { source: aStatusSource(facts), metrics: createMetrics('0.1.0'), healthLimitMs: 600_000, logger },
  );
});
afterEach(async () => {
  await server.close();
});

interface Reply {
  readonly status: number | undefined;
  readonly headers: IncomingMessage['headers'];
  readonly body: string;
}

function ask(path: string, method = 'GET'): Promise<Reply> {
  return new Promise((resolve, reject) => {
    const { host, port } = server.address;
    request({ host, port, path, method }, (response) => {
      text(response).then(
        (body) => resolve({ status: response.statusCode, headers: response.headers, body }),
        reject,
      );
    })
      .on('error', reject)
      .end();
  });
}

/** Sends bytes as they are and returns all that comes back until the server closes. */
function askRaw(bytes: string): Promise<string> {
  const socket = connect(server.address.port, server.address.host);
  socket.write(bytes);
  return text(socket);
}

test('/addresses lists them', async () => {
  const { status, body } = await ask('/addresses');
  expect(status).toBe(200);
  for (const path of ['/metrics', '/healthz', '/readyz', '/status.json']) expect(body).toContain(path);
});

test('/metrics is the text format with what the source says', async () => {
  const { status, headers, body } = await ask('/metrics');
  expect(status).toBe(200);
  expect(headers['content-type']).toBe('text/plain; version=0.0.4; charset=utf-8');
  expect(body).toContain('renewd_renewal_state{certificate="shop",state="awaiting-dcv"} 1\n');
  expect(body).toContain('renewd_renewals_open 1\n');
});

test('/status.json is the report', async () => {
  const { status, headers, body } = await ask('/status.json?pretty');
  expect(status).toBe(200);
  expect(headers['content-type']).toBe('application/json; charset=utf-8');
  const expected: unknown = JSON.parse(
    JSON.stringify({
      at: noon,
      certificates: facts.certificates,
      openRenewals: facts.openRenewals,
      spending: [],
    }),
  );
  expect(JSON.parse(body)).toEqual(expected);
});

test.each([
  { since: 'the last pass', health: { lastPassAt: after(-599_999) }, status: 200 },
  { since: 'the last pass', health: { lastPassAt: after(-600_000) }, status: 503 },
  { since: 'the start', health: { lastPassAt: null, startedAt: after(-599_999) }, status: 200 },
  { since: 'the start', health: { lastPassAt: null, startedAt: after(-600_000) }, status: 503 },
])('/healthz $status by the time since $since', async ({ health, status }) => {
  facts.health = aHealth(health);
  const reply = await ask('/healthz');
  expect(reply.status).toBe(status);
  expect(JSON.parse(reply.body)).toMatchObject({
    status: status === 200 ? 'ok' : 'stuck',
    ageSeconds: status === 200 ? 599 : 600,
    limitSeconds: 600,
    configValid: true,
  });
});

test('/readyz waits for the first pass', async () => {
  facts.health = aHealth({ lastPassAt: null });
  expect(await ask('/readyz')).toMatchObject({ status: 503, body: expect.stringContaining('starting') });
  facts.health = aHealth();
  expect(await ask('/readyz')).toMatchObject({ status: 200, body: expect.stringContaining('ready') });
});

test('HEAD answers like GET without the body', async () => {
  const get = await ask('/status.json');
  const head = await ask('/status.json', 'HEAD');
  expect(head).toMatchObject({ status: 200, body: '' });
  expect(head.headers['content-length']).toBe(get.headers['content-length']);
});

test.each(['POST', 'PUT', 'DELETE', 'PATCH', 'OPTIONS'])('%s is refused', async (method) => {
  const { status, headers } = await ask('/status.json', method);
  expect(status).toBe(405);
  expect(headers.allow).toBe('GET, HEAD');
});

test.each(['/unknown', '/metrics/', '//metrics', '/constructor', '/__proto__', '/%2e%2e/metrics'])(
  '%s does not exist',
  async (path) => {
    expect((await ask(path)).status).toBe(404);
    expect((await ask(path, 'POST')).status).toBe(404);
  },
);

test('every answer carries the headers that keep browsers in check', async () => {
  for (const path of ['/', '/certificates/shop', '/addresses', '/metrics', '/unknown']) {
    expect((await ask(path)).headers).toMatchObject({
      'cache-control': 'no-store',
      'content-security-policy': expect.stringContaining("default-src 'none'"),
      'x-content-type-options': 'nosniff',
    });
  }
});

test('a failure is logged and not shown', async () => {
  Object.defineProperty(facts, 'certificates', {
    get() {
      throw new Error('reason for the log');
    },
  });
  const { status, body } = await ask('/metrics');
  expect(status).toBe(500);
  expect(body).not.toContain('reason');
  expect(logged).toMatchObject([{ path: '/metrics', err: { code: 'internal' } }]);
  expect((await ask('/healthz')).status).toBe(200);
});

test('large headers and what is no HTTP are turned away', async () => {
  expect(await askRaw(`GET / HTTP/1.1\r\nHost: localhost\r\nX: ${'x'.repeat(9000)}\r\n\r\n`)).toMatch(
    /^HTTP\/1.1 431 /,
  );
  expect(await askRaw('\x16\x03\x01 hello\r\n\r\n')).toMatch(/^HTTP\/1.1 400 /);
  expect((await ask('/')).status).toBe(200);
});

test('a taken address is a clear error', async () => {
  const second = startStatusServer(server.address, {
    source: aStatusSource(facts),
    metrics: createMetrics('0.1.0'),
    healthLimitMs: 1,
    logger,
  });
  await expect(second).rejects.toMatchObject({
    code: 'listen-failed',
    message: expect.stringMatching(/127\.0\.0\.1:\d+: the address is in use.*`listen`/),
  });
});

test("somebody else's address is a clear error", async () => {
  const elsewhere = startStatusServer(
    { host: '192.0.2.1', port: 0 },
    { source: aStatusSource(facts), metrics: createMetrics('0.1.0'), healthLimitMs: 1, logger },
  );
  await expect(elsewhere).rejects.toMatchObject({
    code: 'listen-failed',
    message: expect.stringContaining('not an address of this machine'),
  });
});

test('closing ends idle connections too', async () => {
  const socket = connect(server.address.port, server.address.host);
  socket.write('GET / HTTP/1.1\r\nHost: localhost\r\n\r\n');
  await new Promise((resolve) => socket.once('data', resolve));
  const [rest] = await Promise.all([text(socket), server.close()]);
  expect(rest).toBe('');
});
