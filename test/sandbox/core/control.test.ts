import { X509Certificate } from 'node:crypto';
import { request } from 'undici';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { startSandbox } from '../../../src/sandbox/index.ts';
import type { Sandbox } from '../../../src/sandbox/index.ts';
import { handClock, opensslCsr, plainVendor } from './support.ts';
import type { PlainVendor } from './support.ts';

let vendor: PlainVendor;
let sandbox: Sandbox;

beforeEach(async () => {
  sandbox = await startSandbox({
    clock: handClock(),
    zones: ['example.test'],
    vendors: [
      ({ ca }) => {
        vendor = {
          ...plainVendor(),
          seed: (order) => ({ certificateId: 'c1', orderId: 'o1', certificate: ca.issueNow(order) }),
          invoices: () => [
            { at: new Date(0), orderId: 'o1', certificateId: 'c1', product: 'dv', price: 1, currency: 'EUR' },
          ],
        };
        return vendor;
      },
    ],
  });
});
afterEach(() => sandbox.close());

type Method = 'GET' | 'POST' | 'DELETE' | 'PATCH';

async function call(method: Method, path: string, body?: unknown) {
  const answer = await request(sandbox.controlUrl + path, {
    method,
    body: body === undefined ? null : typeof body === 'string' ? body : JSON.stringify(body),
  });
  const text = await answer.body.text();
  const isJson = String(answer.headers['content-type']).startsWith('application/json');
  const value: unknown = isJson ? JSON.parse(text) : text;
  return { status: answer.statusCode, value };
}
const ok = async (...args: Parameters<typeof call>): Promise<unknown> => {
  const { status, value } = await call(...args);
  expect({ status, value }).toMatchObject({ status: 200 });
  return value;
};

it('says what it is, loudly, and lists its routes', async () => {
  const about = await ok('GET', '/');
  expect(about).toMatchObject({
    warning: expect.stringMatching(/NOT A CA.*forgets everything on exit/),
    vendors: { plain: sandbox.vendors.get('plain')?.baseUrl },
    dns: `127.0.0.1:${sandbox.dns.address.port}`,
  });
  expect(about).toMatchObject({ routes: expect.arrayContaining([expect.stringContaining('POST /faults')]) });
  expect(await call('GET', '/nothing')).toMatchObject({
    status: 404,
    value: { routes: expect.arrayContaining([expect.stringContaining('POST /faults')]) },
  });
  expect(await call('PATCH', '/history')).toMatchObject({
    status: 405,
    value: { error: '/history does not take PATCH; GET or DELETE would be right.' },
  });
});

it('history', async () => {
  await (
    await request(sandbox.vendors.get('plain')?.baseUrl ?? '', { method: 'POST', body: 'command=A&s_pw=x' })
  ).body.dump();
  expect(await ok('GET', '/history?vendor=plain')).toMatchObject([
    { command: 'A', parameters: { s_pw: '***' } },
  ]);
  expect(await call('GET', '/history?vendor=acme')).toMatchObject({
    status: 400,
    value: { error: expect.stringContaining('plain') },
  });
  await ok('DELETE', '/history');
  expect(await ok('GET', '/history')).toEqual([]);
});

it('faults', async () => {
  const fault = { vendor: 'plain', kind: 'code', code: '421', command: 'A' };
  expect(await ok('POST', '/faults', fault)).toEqual([{ ...fault, times: 1 }]);
  expect(await ok('GET', '/faults')).toHaveLength(1);
  expect(await ok('DELETE', '/faults')).toEqual([]);
  for (const [wrong, message] of [
    [{ ...fault, kind: 'explode' }, /"kind".*lose-answer/],
    [{ ...fault, vendor: 'acme' }, /no vendor "acme".*plain/],
    [{ vendor: 'plain', kind: 'redirect' }, /needs "location"/],
    [{ ...fault, when: 'now' }, /when/],
    ['{', /no JSON/],
    [undefined, /The body/],
  ] as const) {
    expect(await call('POST', '/faults', wrong)).toMatchObject({
      status: 400,
      value: { error: expect.stringMatching(message) },
    });
  }
});

describe('the CA', () => {
  const submit = (): string =>
    sandbox.ca.submit({
      csrPem: opensslCsr(['example.test']),
      names: ['example.test'],
      requirements: [{ kind: 'email', identifier: 'example.test', address: 'admin@example.test' }],
      notAfterAtMost: new Date('2030-01-01T00:00:00Z'),
    }).id;

  it('is steered', async () => {
    expect(await ok('POST', '/ca', { maxValidityDays: 47 })).toEqual({ maxValidityDays: 47, delayMs: 0 });
    expect(await ok('POST', '/ca', { delayMs: 5 })).toEqual({ maxValidityDays: 47, delayMs: 5 });
    expect(sandbox.ca).toMatchObject({ maxValidityDays: 47, delayMs: 5 });
    expect(await call('POST', '/ca', { maxValidityDays: '47' })).toMatchObject({
      status: 400,
      value: { error: expect.stringMatching(/"maxValidityDays".*number/) },
    });
  });

  it('gives its root', async () => {
    const pem = await ok('GET', '/ca/root.pem');
    expect(new X509Certificate(String(pem)).subject).toContain('NOT A CA');
  });

  it('takes approvals and failures', async () => {
    const id = submit();
    expect(await ok('POST', '/tick')).toEqual({ orders: [{ id, status: 'pending' }] });
    expect(await ok('POST', `/ca/orders/${id}/approve`)).toMatchObject({ id, status: 'pending' });
    expect(await ok('POST', '/tick')).toEqual({ orders: [{ id, status: 'issued' }] });
    const second = submit();
    expect(await ok('POST', `/ca/orders/${second}/fail`, { reason: 'blocked' })).toMatchObject({
      status: 'failed',
      failure: 'blocked',
    });
    expect(await ok('GET', '/ca/orders')).toMatchObject([{ id }, { id: second }]);
    expect(await call('POST', `/ca/orders/${second}/approve`)).toMatchObject({ status: 400 });
    expect(await call('POST', '/ca/orders/ca-9/fail')).toMatchObject({
      status: 404,
      value: { error: expect.stringContaining(id) },
    });
  });
});

it('state and invoices', async () => {
  expect(await ok('GET', '/state')).toMatchObject({
    now: '2027-03-01T12:00:00.500Z',
    vendors: { plain: { applied: 0 } },
    ca: { maxValidityDays: 199, orders: [] },
    dns: { zones: [{ origin: 'example.test' }] },
  });
  expect(await ok('GET', '/invoices')).toMatchObject({ plain: [{ orderId: 'o1', price: 1 }] });
});

it('seeds and events', async () => {
  const seed = {
    vendor: 'plain',
    names: ['example.test'],
    product: 'dv',
    csrPem: opensslCsr(['example.test']),
    notBefore: '2026-10-01T00:00:00Z',
    notAfter: '2027-03-20T00:00:00Z',
    paidUntil: '2027-10-01T00:00:00Z',
    dcvMethod: 'dns',
  };
  expect(await ok('POST', '/seed', seed)).toMatchObject({
    certificateId: 'c1',
    certificate: { notAfter: '2027-03-20T00:00:00.000Z', names: ['example.test'] },
  });
  expect(await call('POST', '/seed', { ...seed, notAfter: 'soon', dcvMethod: 'smoke' })).toMatchObject({
    status: 400,
    value: { error: expect.stringMatching(/"notAfter".*would be right.*"dcvMethod".*"dns"/) },
  });
  expect(await call('POST', '/seed', { ...seed, paidUntil: null })).toMatchObject({
    status: 400,
    value: { error: expect.stringMatching(/^"paidUntil": is no moment/) },
  });
  await ok('POST', '/events', { vendor: 'plain', foreign: true });
  await ok('POST', '/events', { vendor: 'plain', redeliver: true });
  expect(vendor.events).toEqual(['foreign', 'redelivered']);
  for (const wrong of [{}, { foreign: true, redeliver: true }]) {
    expect(await call('POST', '/events', { vendor: 'plain', ...wrong })).toMatchObject({
      status: 400,
      value: { error: expect.stringContaining('would be right') },
    });
  }
});

it('DNS records', async () => {
  const record = { name: '_dcv.example.test', type: 'TXT', value: 'token' };
  expect(await ok('POST', '/dns/records', record)).toMatchObject({ values: ['token'] });
  expect(sandbox.dns.records('_dcv.example.test', 'TXT')).toEqual(['token']);
  const state = await ok('GET', '/dns/records');
  expect(JSON.stringify(state)).toContain('"value":"token"');
  expect(await ok('DELETE', '/dns/records', record)).toEqual({ removed: 1 });
  expect(await ok('DELETE', '/dns/records', { name: record.name, type: 'TXT' })).toEqual({ removed: 0 });
  expect(await call('POST', '/dns/records', { ...record, type: 'SRV' })).toMatchObject({
    status: 400,
    value: { error: expect.stringMatching(/"type".*TXT/) },
  });
  expect(await call('POST', '/dns/records', { ...record, name: 'x.invalid' })).toMatchObject({
    status: 400,
    value: { error: expect.stringContaining('example.test') },
  });
});
