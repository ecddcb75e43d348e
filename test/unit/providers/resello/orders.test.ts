import { beforeAll, beforeEach, describe, expect, test } from 'vitest';
import type { OrderAction } from '../../../../src/contracts/order.ts';
import type { Provider } from '../../../../src/contracts/provider.ts';
import { manifest } from '../../../../src/providers/resello/index.ts';
import {
  apiKey,
  certificate,
  failure,
  id,
  makeIdentity,
  never,
  orderRequest,
  plan,
  startProvider,
  startStub,
  type Answer,
  type Bench,
  type Identity,
  type Stub,
} from './support.ts';

let stub: Stub;
let bench: Bench;
let provider: Provider;
let identity: Identity;

beforeAll(async () => {
  identity = await makeIdentity();
});
beforeEach(async () => {
  stub = await startStub();
  // What a renewal looks at before it is sent.
  stub.on(`GET /ssl-certificate/${id}`, {
    body: { id, status: 'active', created: '2025-12-10T09:00:00Z', plan },
  });
  stub.on(`GET /ssl-certificate-plan/${plan}`, { body: { id: plan, interval: 12 } });
  bench = startProvider(stub.url);
  ({ provider } = bench);
  return async () => {
    await provider.close();
    await stub.close();
  };
});
const previous = { certificateId: id };
const routes: Readonly<Record<OrderAction, string>> = {
  create: 'POST /ssl-certificate',
  renew: `POST /ssl-certificate/${id}/renew`,
  reissue: `POST /ssl-certificate/${id}/reissue`,
};
const actions = ['create', 'renew', 'reissue'] as const;

describe.each(actions)('%s', (action) => {
  const request = (extra = {}) => orderRequest(identity, { action, previous, ...extra });

  test('sends what was asked for, once, and asks nothing else before the answer is stored', async () => {
    stub.on(routes[action], { body: certificate(identity, { status: 'active' }) });
    const reading = await provider.submit(request(), never);
    expect(reading).toEqual({
      handle: { certificateId: id },
      status: 'pending',
      statusWord: 'active',
      challenges: [],
      ...(action === 'renew' ? { paidUntil: new Date('2027-12-10T09:00:00Z') } : {}),
    });
    const orders = stub.seen.filter(({ method }) => method === 'POST');
    expect(orders.map(({ path }) => `POST ${path}`)).toEqual([routes[action]]);
    expect(stub.seen.at(-1)).toBe(orders[0]);
    expect(stub.seen).toHaveLength(action === 'renew' ? 3 : 1);
    expect(orders[0]?.body).toEqual({
      csr: identity.csrPem,
      dcv_type: 'DNS',
      client_reference: 'rnwd-0123456789abcde',
      ...(action === 'reissue' ? {} : { plan }),
    });
    expect(orders[0]?.headers['content-type']).toBe('application/json');
  });

  test.each<[string, Answer]>([
    ['nothing', {}],
    ['500', { status: 500, body: { error: 'oops' } }],
    ['502 of a proxy', { status: 502, body: '<html>Bad gateway</html>' }],
    ['409', { status: 409, body: { error: 'exists' } }],
    ['a page with status 200', { body: '<html>login</html>' }],
    ['half an object', { body: '{"id": "0b8f' }],
    ['a list', { body: [] }],
    ['no body', { status: 204, body: '' }],
  ])('answered with %s: never sent again, outcome unknown', async (_, answer) => {
    stub.on(routes[action], answer);
    const thrown = await failure(provider.submit(request(), never));
    expect(thrown).toMatchObject({ kind: 'outcome-unknown' });
    expect(stub.count(routes[action])).toBe(1);
  });

  test.each<[number, object | string, string, string]>([
    [400, { errors: [{ code: 'E1', message: 'no', field: 'csr' }] }, 'provider-rejected', 'E1; no; csr: no'],
    [401, '', 'provider-unauthorized', 'HTTP 401'],
    [402, { error: { code: 'credit', message: 'too poor' } }, 'provider-funds', 'too poor'],
    [403, { detail: 'address not allowed' }, 'provider-unauthorized', 'address not allowed'],
    [404, { message: 'no such plan', code: 404 }, 'provider-object-missing', 'no such plan'],
    [408, '', 'provider-unavailable', 'HTTP 408'],
    [422, { errors: { plan: ['unknown', 'plan'] } }, 'provider-rejected', 'plan: unknown plan'],
    [429, '', 'provider-rate-limited', '429'],
  ])('refused with %i: known not to be applied', async (status, body, code, words) => {
    stub.on(routes[action], { status, body });
    const thrown = await failure(provider.submit(request(), never));
    expect(thrown).toMatchObject({ code, message: expect.stringContaining(words) });
    expect(thrown.kind).not.toBe('outcome-unknown');
    expect(stub.count(routes[action])).toBe(1);
  });

  test('e-mail validation names its approver, or is not sent', async () => {
    stub.on(routes[action], { body: { result: { id, status: 'pending' } } });
    const missing = orderRequest(identity, { action, previous, dcv: { method: 'email', record: 'txt' } });
    expect(await failure(provider.submit(missing, never))).toMatchObject({ code: 'config-invalid' });
    expect(stub.seen).toEqual([]);
    const dcv = { method: 'email', record: 'txt', approver: 'admin@example.com' } as const;
    await provider.submit({ ...missing, dcv, options: { approverEmail: 'other@example.com' } }, never);
    expect(stub.seen.at(-1)?.body).toMatchObject({
      dcv_type: 'EMAIL',
      approver_email_address: 'admin@example.com',
    });
  });
});

test('a number upgrades one of Encryption Everywhere, with a new certificate only', async () => {
  for (const action of actions) {
    stub.on(routes[action], { body: { id, status: 'pending' } });
    const options = { encryptionEverywhereOrder: 'EE-1' };
    await provider.submit(orderRequest(identity, { action, previous, options }), never);
  }
  const orders = stub.seen.filter(({ method }) => method === 'POST');
  expect(orders.map(({ body }) => JSON.stringify(body).includes('EE-1'))).toEqual([true, false, false]);
});

describe('what a renewal looks at before it is sent', () => {
  const read = `GET /ssl-certificate/${id}`;
  const renewal = () => orderRequest(identity, { action: 'renew', previous });

  test.each<[string, Answer, string]>([
    ['refused credentials', { status: 401, body: '' }, 'authentication'],
    ['a server that is down', { status: 503, body: '' }, 'unavailable'],
    ['nothing there', { status: 404, body: '{}' }, 'not-found'],
  ])('%s: asked once, and nothing is ordered', async (_, answer, kind) => {
    stub.on(read, answer);
    expect((await failure(provider.submit(renewal(), never))).kind).toBe(kind);
    expect(stub.seen).toHaveLength(1);
  });

  test.each<[string, object | string, string | undefined]>([
    ['not understood', '<html>', undefined],
    ['without a beginning', { id, status: 'active' }, undefined],
    [
      'with the plan in it',
      { id, status: 'active', created: '2026-02-28', plan: { id: 'p', interval: 24 } },
      '2030-02-28',
    ],
    ['with a plan that is gone', { id, status: 'active', created: '2025-12-10', plan: 'gone' }, '2027-12-10'],
  ])('a certificate %s', async (_, body, day) => {
    stub.on(read, { body });
    stub.on(routes.renew, { body: { id, status: 'pending' } });
    const { paidUntil } = await provider.submit(renewal(), never);
    expect(paidUntil?.toISOString().slice(0, 10)).toBe(day);
  });
});

test('a renewal of nothing is our mistake and not sent', async () => {
  for (const action of ['renew', 'reissue'] as const) {
    expect((await failure(provider.submit(orderRequest(identity, { action }), never))).code).toBe('internal');
  }
  expect(stub.seen).toEqual([]);
});

test('order settings that do not fit are not sent', async () => {
  const options = { validation: 'ev', department: 'IT' };
  const thrown = await failure(provider.submit(orderRequest(identity, { options }), never));
  expect(thrown).toMatchObject({
    code: 'config-invalid',
    message: expect.stringContaining('chamberOfCommerce'),
  });
  expect(stub.seen).toEqual([]);
});

test('no connection is no order', async () => {
  await stub.close();
  expect((await failure(provider.submit(orderRequest(identity), never))).kind).toBe('unavailable');
});

test('what the vendor says back holds no secret', async () => {
  const credentials = Buffer.from(`robot:${apiKey}`).toString('base64');
  const forms = [apiKey, encodeURIComponent(apiKey), credentials, JSON.stringify(apiKey).slice(1, -1)];
  for (const secret of forms) {
    stub.on(routes.create, {
      status: 400,
      body: { error: { code: secret, message: `you sent ${secret}!` } },
    });
    const thrown = await failure(provider.submit(orderRequest(identity), never));
    const all = `${thrown.message} ${JSON.stringify(thrown.fields)} ${bench.logged.join()}`;
    expect(all).toContain('[secret]');
    expect(forms.filter((form) => all.includes(form))).toEqual([]);
  }
});

test('what the verbs do is said as data', () => {
  const { verbs, findBy } = manifest.capabilities;
  expect(verbs.reissue).toMatchObject({
    invoice: 'free',
    earlierCertificates: 'revoked',
    certificateId: 'unchanged',
  });
  expect(verbs.renew).toMatchObject({ invoice: 'charged', paidUntil: 'new', certificateId: 'unchanged' });
  expect(verbs.create).toMatchObject({ invoice: 'charged', certificateId: 'new' });
  expect(findBy).toBe('reference');
});

describe('cancelling', () => {
  const read = `GET /ssl-certificate/${id}`;
  const remove = `DELETE /ssl-certificate/${id}`;
  const crt = `GET /ssl-certificate/${id}/download-crt`;

  test('before the first issuance: deleted, also when the answer was lost', async () => {
    stub.on(read, { body: certificate(identity) });
    stub.on(crt, { status: 404, body: '' });
    stub.on(remove, {}, { status: 404, body: { error: 'gone' } });
    await provider.cancel(previous, never);
    expect(stub.count(remove)).toBe(2);
  });

  test('a pending reissue or renewal: not deleted, for the certificate in use would end', async () => {
    stub.on(read, { body: certificate(identity) });
    stub.on(crt, { body: identity.leafPem });
    expect(await failure(provider.cancel(previous, never))).toMatchObject({ kind: 'conflict' });
    expect(stub.count(remove)).toBe(0);
  });

  test('one that is issued: refused', async () => {
    stub.on(read, { body: certificate(identity, { status: 'active' }) });
    stub.on(crt, { body: '' });
    expect(await failure(provider.cancel(previous, never))).toMatchObject({ kind: 'conflict' });
    expect(stub.count(remove)).toBe(0);
  });

  test.each([
    ['deleted', { body: 'x' }],
    ['missing', { status: 404, body: '' }],
  ])('one that is %s: quiet', async (word, answer) => {
    stub.on(read, word === 'missing' ? answer : { body: certificate(identity, { status: word }) });
    await provider.cancel(previous, never);
    expect(stub.count(remove)).toBe(0);
  });
});

describe('asking for validation again', () => {
  const read = `GET /ssl-certificate/${id}`;
  const validate = `POST /ssl-certificate/${id}/validate`;

  test('names method and domain, for e-mail the address', async () => {
    stub.on(validate, { status: 204, body: '' });
    stub.on(read, { body: certificate(identity) });
    await provider.retryValidation(previous, never);
    const mail = { dcv_type: 'EMAIL', approver_email_address: 'admin@example.com' };
    stub.on(read, { body: certificate(identity, mail) });
    await provider.retryValidation(previous, never);
    expect(stub.seen.filter(({ method }) => method === 'POST').map(({ body }) => body)).toEqual([
      { dcv_type: 'DNS', domain: 'shop.example.com' },
      { dcv_type: 'EMAIL', email_address: 'admin@example.com', domain: 'shop.example.com' },
    ]);
  });

  test('leaves the domain out where it is refused', async () => {
    stub.on(validate, { status: 422, body: { errors: { domain: ['unknown field'] } } }, { body: '{}' });
    stub.on(read, { body: certificate(identity) });
    await provider.retryValidation(previous, never);
    expect(stub.seen.at(-1)?.body).toEqual({ dcv_type: 'DNS' });
  });

  test('asks nothing of an order that has ended', async () => {
    for (const status of ['failed', 'deleted', 'expired']) {
      stub.on(read, { body: certificate(identity, { status }) });
      await provider.retryValidation(previous, never);
    }
    expect(stub.count(validate)).toBe(0);
  });
});

test('revoking one certificate is not offered, and says what is', async () => {
  const thrown = await failure(provider.revoke(previous, '01', 'keyCompromise', never));
  expect(thrown).toMatchObject({ kind: 'rejected', message: expect.stringContaining('reissue') });
  expect(stub.seen).toEqual([]);
});

describe('plans', () => {
  test('tell what is known of a product', async () => {
    const object = {
      id: plan,
      name: 'RapidSSL Wildcard (DV)',
      description: 'cheap',
      brand: 'RapidSSL',
      renew_days_before_expiration: 30,
      interval: 12,
      actions: [],
    };
    stub.on(`GET /ssl-certificate-plan/${plan}`, { body: { result: object } });
    expect(await provider.productFacts?.(plan, never)).toEqual({
      wildcard: true,
      maxNames: 250,
      validation: 'dv',
      periods: ['12m'],
      termMonths: 12,
      renewWindowDays: 30,
    });
  });

  test('that do not exist are not known', async () => {
    stub.on(`GET /ssl-certificate-plan/${plan}`, { status: 404, body: '' });
    expect(await provider.productFacts?.(plan, never)).toBeUndefined();
  });
});
