/** The Resello simulator behind the sandbox's front door: over HTTP, with its real CA, name server and faults. */
import { X509Certificate } from 'node:crypto';
import { createServer } from 'node:http';
import type { Server } from 'node:http';
import { once } from 'node:events';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { startSandbox } from '../../../src/sandbox/index.ts';
import type { Sandbox } from '../../../src/sandbox/index.ts';
import { listeningPort } from '../../../src/sandbox/guards.ts';
import { createReselloSimulator } from '../../../src/sandbox/resello/index.ts';
import { csrFor, handClock } from './kit.ts';
import { ACCOUNT, basic, CertificateObject, Details, DV, planId } from './resello-kit.ts';

let sandbox: Sandbox;
let web: Server;
const files = new Map<string, string>();

beforeEach(async () => {
  files.clear();
  web = createServer((request, response) => {
    const text = files.get(`http://${request.headers.host ?? ''}${request.url ?? ''}`);
    response.writeHead(text === undefined ? 404 : 200).end(text);
  }).listen(0, '127.0.0.1');
  await once(web, 'listening');
  sandbox = await startSandbox({
    clock: handClock(),
    zones: ['example.test'],
    httpPortMap: listeningPort(web),
    vendors: [({ ca, clock }) => createReselloSimulator({ ca, clock, accounts: [ACCOUNT] })],
  });
});

afterEach(async () => {
  await sandbox.close();
  web.closeAllConnections();
  web.close();
  await once(web, 'close');
});

function call(method: string, path: string, body?: unknown): Promise<Response> {
  const url = `${sandbox.vendors.get('resello')?.baseUrl ?? ''}/api${path}`;
  return fetch(url, {
    method,
    headers: { authorization: basic(ACCOUNT), 'content-type': 'application/json' },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
}

const read = async (path: string): Promise<unknown> => (await call('GET', path)).json();

it.each([
  ['DV Single', 'DNS', 'dns-txt'],
  ['DV Single CNAME', 'DNS', 'dns-cname'],
  ['DV Single', 'FILE', 'http'],
  ['DV Single CNAME', 'FILE', 'http'],
])('issues what was proved: %s by %s', async (plan, dcv_type, kind) => {
  const csr = await csrFor(['example.test']);
  const posted = await call('POST', '/ssl-certificate', { csr, dcv_type, plan: planId(plan) });
  const { id } = CertificateObject.parse(await posted.json());
  const status = async () => CertificateObject.parse(await read(`/ssl-certificate/${id}`)).status;
  await sandbox.tick();
  expect(await status()).toBe('pending');
  const details = Details.parse(await read(`/ssl-certificate/${id}/validation-details`));
  for (const { domain, dns, file } of details.domains) {
    if (dns?.type === 'TXT') sandbox.dns.addRecord({ name: dns.name, type: 'TXT', value: dns.value });
    if (dns?.type === 'CNAME') sandbox.dns.addRecord({ name: dns.name, type: 'CNAME', value: dns.value });
    if (file !== undefined) files.set(`http://${domain}${file.path}`, file.content);
  }
  await sandbox.tick();
  expect(await status()).toBe('active');
  expect(sandbox.ca.orders()[0]?.checks.map(({ requirement }) => requirement.kind)).toEqual([kind]);
  const leaf = new X509Certificate(await (await call('GET', `/ssl-certificate/${id}/download-crt`)).text());
  expect(leaf.subjectAltName).toBe('DNS:example.test');
});

it('leaves an order behind whose answer was lost, to be found by its reference', async () => {
  sandbox.faults.add({ vendor: 'resello', command: 'POST /ssl-certificate', kind: 'lose-answer' });
  const order = {
    csr: await csrFor(['example.test']),
    dcv_type: 'DNS',
    plan: DV,
    client_reference: '#attempt 1',
  };
  await expect(call('POST', '/ssl-certificate', order)).rejects.toThrow('fetch failed');
  const query = new URLSearchParams({ client_reference: '#attempt 1' });
  const found = CertificateObject.array().parse(await read(`/ssl-certificate?${query.toString()}`));
  expect(found).toMatchObject([{ status: 'pending', client_reference: '#attempt 1' }]);
  expect(sandbox.vendors.get('resello')?.simulator.invoices()).toHaveLength(1);
  const entries = sandbox.history.entries('resello');
  expect(entries.map(({ command, applied, httpStatus }) => [command, applied, httpStatus])).toEqual([
    ['POST /ssl-certificate', true, undefined],
    ['GET /ssl-certificate', true, 200],
  ]);
});

it('plays an ordered error without doing anything', async () => {
  sandbox.faults.add({ vendor: 'resello', kind: 'code', code: '402' });
  const order = { csr: await csrFor(['example.test']), dcv_type: 'DNS', plan: DV };
  expect((await call('POST', '/ssl-certificate', order)).status).toBe(402);
  expect(sandbox.vendors.get('resello')?.simulator.invoices()).toEqual([]);
});

it('tells the control API that it has no events', async () => {
  const asked = await fetch(`${sandbox.controlUrl}/events`, {
    method: 'POST',
    body: JSON.stringify({ vendor: 'resello', foreign: true }),
  });
  expect([asked.status, await asked.json()]).toMatchObject([
    400,
    { error: expect.stringContaining('no events') },
  ]);
});
