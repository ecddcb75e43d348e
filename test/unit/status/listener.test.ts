/** Who may read: over the wire, with and without TLS. */
import { renameSync, utimesSync, writeFileSync } from 'node:fs';
import { request as httpRequest } from 'node:http';
import { request as httpsRequest, type RequestOptions } from 'node:https';
import { text } from 'node:stream/consumers';
import type { TLSSocket } from 'node:tls';
import { afterEach, expect, test, vi } from 'vitest';
import type { ListenSettings } from '../../../src/core/certificate.ts';
import { createMetrics } from '../../../src/status/metrics.ts';
import { startStatusServer, type StatusServer } from '../../../src/status/server.ts';
import { pageFacts } from '../../builders/page-facts.ts';
import { newChain } from '../../builders/pki.ts';
import { aStatusSource } from '../../builders/statuses.ts';
import { tempDirectory } from '../../builders/temp-directory.ts';

const token = 'correct-horse-battery-staple';
const open: StatusServer[] = [];
let logged: string[] = [];
const logger = {
  debug: () => undefined,
  info: (_fields: object, message: string) => void logged.push(message),
  warn: (fields: object, message: string) => void logged.push(`${message} ${JSON.stringify(fields)}`),
  error: (_fields: object, message: string) => void logged.push(message),
  child: () => logger,
};

afterEach(async () => {
  logged = [];
  for (const server of open.splice(0)) await server.close();
});

async function start(listen: Partial<ListenSettings>, secret?: () => Promise<string>) {
  const metrics = createMetrics('0.1.0');
  const server = await startStatusServer(
    { host: '127.0.0.1', port: 0, ...listen },
    {
      source: aStatusSource(pageFacts(5)),
      metrics,
      healthLimitMs: 600_000,
      logger,
      ...(secret === undefined ? {} : { token: secret }),
    },
  );
  open.push(server);
  return { server, metrics };
}

function ask(
  { address }: StatusServer,
  path: string,
  headers: Readonly<Record<string, string>> = {},
  tls?: RequestOptions,
) {
  const options = { host: address.host, port: address.port, path, headers, agent: false };
  return new Promise<{
    status: number | undefined;
    headers: NodeJS.Dict<string | string[]>;
    body: string;
    serial: string;
  }>((resolve, reject) => {
    const sent = tls === undefined ? httpRequest(options) : httpsRequest({ ...options, ...tls });
    let serial = '';
    sent.on('socket', (socket) =>
      socket.once('secureConnect', () => {
        // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- only TLS sockets emit it
        serial = (socket as TLSSocket).getPeerCertificate().serialNumber.toLowerCase();
      }),
    );
    sent.on('response', (response) => {
      text(response).then(
        (body) => resolve({ status: response.statusCode, headers: response.headers, body, serial }),
        reject,
      );
    });
    sent.on('error', reject).end();
  });
}

const bearer = { authorization: `Bearer ${token}` };

test('with a token: everything but health, style and icon wants it', async () => {
  const { server, metrics } = await start({ token: { env: 'X' } }, async () => token);
  for (const path of ['/', '/certificates/checkout', '/metrics', '/status.json', '/addresses', '/unknown']) {
    const refused = await ask(server, path);
    expect(refused.status, path).toBe(401);
    expect(refused.headers['www-authenticate']).toBe('Basic realm="renewd", charset="UTF-8"');
    expect(refused.body).not.toMatch(/checkout|example/);
    expect((await ask(server, path, bearer)).status, path).toBe(path === '/unknown' ? 404 : 200);
  }
  const password = `Basic ${Buffer.from(`ada:${token}`).toString('base64')}`;
  const shown = await ask(server, '/', { authorization: password, accept: 'text/html' });
  expect(shown.status).toBe(200);
  const style = /href="(\/style-[0-9a-f]{16}\.css)"/.exec(shown.body)?.[1] ?? '';
  expect(await ask(server, style)).toMatchObject({
    status: 200,
    headers: { 'content-type': 'text/css; charset=utf-8', 'cache-control': 'max-age=31536000, immutable' },
  });
  expect(JSON.parse((await ask(server, '/healthz')).body)).toEqual({ status: 'ok' });
  expect(JSON.parse((await ask(server, '/readyz')).body)).toEqual({ status: 'ready' });
  expect(JSON.parse((await ask(server, '/healthz', bearer)).body)).toHaveProperty('version');
  // Any name will do: a browser that was led here from elsewhere has no token to show.
  expect((await ask(server, '/', { ...bearer, host: 'evil.example' })).status).toBe(200);
  expect(await metrics.render([], 0)).not.toContain('renewd_listener_refused_total{');
});

test('wrong tokens are counted, said once without their value, and slowed down', async () => {
  const { server, metrics } = await start({ token: { env: 'X' } }, async () => token);
  const statuses: (number | undefined)[] = [];
  for (let count = 0; count < 12; count += 1)
    statuses.push((await ask(server, '/metrics', { authorization: 'Bearer my-wrong-guess' })).status);
  expect(statuses).toEqual([...Array.from({ length: 10 }, () => 401), 429, 429]);
  expect(logged).toEqual(['status server: somebody showed a wrong token {"address":"127.0.0.1"}']);
  expect((await ask(server, '/metrics', bearer)).status).toBe(200);
  expect(await metrics.render([], 0)).toContain('renewd_listener_refused_total{reason="token"} 12\n');
});

test('a token that was exchanged counts after a reload; one that cannot be read leaves the one before', async () => {
  let present = async (): Promise<string> => token;
  const { server } = await start({ token: { env: 'X' } }, () => present());
  present = async () => 'another-token-of-ours';
  await server.reload();
  expect((await ask(server, '/', bearer)).status).toBe(401);
  present = () => Promise.reject(new Error('gone'));
  await expect(server.reload()).rejects.toThrow('gone');
  expect((await ask(server, '/', { authorization: 'Bearer another-token-of-ours' })).status).toBe(200);
});

test.each([
  ['localhost:9464', 200],
  ['127.0.0.1', 200],
  ['status.example.com', 200],
  ['rebound.example', 421],
])('without a token a request for %s gets %i', async (host, status) => {
  const { server, metrics } = await start({ hosts: ['status.example.com'] });
  for (const path of ['/', '/metrics', '/healthz'])
    expect((await ask(server, path, { host })).status, path).toBe(status);
  const counted = (await metrics.render([], 0)).includes('renewd_listener_refused_total{reason="host"} 3\n');
  expect(counted).toBe(status === 421);
});

test('refusals are pages for browsers and lines for others, and say what to do', async () => {
  const { server } = await start({});
  const host = 'rebound.example';
  const page = await ask(server, '/', { host, accept: 'text/html,*/*' });
  expect(page.headers['content-type']).toBe('text/html; charset=utf-8');
  expect(page.body).toContain('<h1>Misdirected request</h1>');
  expect((await ask(server, '/', { host })).body).toMatch(/^misdirected request: .*listen\.hosts/);
  const missing = await ask(server, '/certificates/nobody', { accept: 'text/html' });
  expect(missing).toMatchObject({ status: 404, body: expect.stringContaining('<h1>Not found</h1>') });
});

test.each([
  '/certificates/',
  '/certificates/..',
  '/certificates/%2e%2e%2fx',
  '/certificates/%ff',
  '/certificates/a b',
  '/style-0000000000000000.css',
])('%s does not exist', async (path) => {
  const { server } = await start({});
  expect((await ask(server, encodeURI(path).replaceAll('%25', '%'))).status).toBe(404);
});

test('the page has its policy and asks for itself again', async () => {
  const { server } = await start({});
  const { headers } = await ask(server, '/');
  expect(headers['content-security-policy']).toBe(
    "default-src 'none'; style-src 'self'; img-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'",
  );
  expect(headers['refresh']).toBe('60');
  expect((await ask(server, '/?refresh=off')).headers['refresh']).toBeUndefined();
});

async function certificateFiles(directory: string) {
  const { leaf, intermediate, root } = await newChain({
    notBefore: new Date(Date.now() - 86_400_000),
    notAfter: new Date(Date.now() + 86_400_000),
  });
  const tls = { certificate: `${directory}/fullchain.pem`, key: `${directory}/privkey.pem` };
  writeFileSync(tls.certificate, leaf.pem + intermediate.pem);
  writeFileSync(tls.key, leaf.key.pem);
  return { tls, leaf, root };
}

const trusting: RequestOptions = { rejectUnauthorized: false };

test('TLS: a changed certificate is served from the next connection on; half of one is not', async () => {
  const directory = tempDirectory();
  const { tls } = await certificateFiles(directory);
  const { server } = await start({ tls });
  const first = await ask(server, '/', {}, trusting);
  expect(first.status).toBe(200);

  const elsewhere = tempDirectory();
  const { tls: next } = await certificateFiles(elsewhere);
  const later = performance.now() + 5000;
  const clock = vi.spyOn(performance, 'now').mockReturnValue(later);
  renameSync(next.certificate, tls.certificate);
  expect((await ask(server, '/', {}, trusting)).serial).toBe(first.serial);
  expect(logged.filter((line) => line.includes('cannot be used'))).toHaveLength(1);
  clock.mockReturnValue(later + 500);
  renameSync(next.key, tls.key);
  expect((await ask(server, '/', {}, trusting)).serial).toBe(first.serial);
  clock.mockReturnValue(later + 2000);
  const second = await ask(server, '/', {}, trusting);
  expect(second.status).toBe(200);
  expect(second.serial).not.toBe(first.serial);
  expect(logged.at(-1)).toBe('status server: its certificate was read anew');
  // Touched, and the same: read again, served as before.
  utimesSync(tls.key, 1, 1);
  clock.mockReturnValue(later + 4000);
  expect((await ask(server, '/', {}, trusting)).serial).toBe(second.serial);
});

test('TLS: files that do not belong together are a clear error at the start', async () => {
  const directory = tempDirectory();
  const { tls } = await certificateFiles(directory);
  const other = await certificateFiles(tempDirectory());
  await expect(start({ tls: { ...tls, key: other.tls.key } })).rejects.toMatchObject({
    code: 'listen-failed',
    message: expect.stringContaining('`listen.tls`'),
  });
  await expect(start({ tls: { ...tls, key: `${directory}/none` } })).rejects.toMatchObject({
    code: 'listen-failed',
  });
});

test('client certificates: without one of the right CA nobody connects', async () => {
  const directory = tempDirectory();
  const { tls } = await certificateFiles(directory);
  const clientAuth = '1.3.6.1.5.5.7.3.2';
  const forClients = {
    notBefore: new Date(Date.now() - 86_400_000),
    notAfter: new Date(Date.now() + 86_400_000),
    extendedKeyUsage: [clientAuth],
  };
  const client = await newChain(forClients);
  const stranger = await newChain(forClients);
  const clientCa = `${directory}/ca.pem`;
  writeFileSync(clientCa, client.root.pem + client.intermediate.pem);
  const { server } = await start({ tls: { ...tls, clientCa } });
  const shows = ({ leaf, intermediate }: typeof client): RequestOptions => ({
    ...trusting,
    cert: leaf.pem + intermediate.pem,
    key: leaf.key.pem,
  });
  // What is seen of a refused handshake depends on who is faster.
  const cutOff = /socket hang up|ECONNRESET|EPIPE|alert/i;
  await expect(ask(server, '/healthz', {}, trusting)).rejects.toThrow(cutOff);
  await expect(ask(server, '/', {}, shows(stranger))).rejects.toThrow(cutOff);
  expect((await ask(server, '/', { host: 'any.example' }, shows(client))).status).toBe(200);
});
