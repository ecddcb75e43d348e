import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { Secret } from '../../../../src/core/certificate.ts';
import type { InternetxGateway } from '../../../../src/providers/internetx/gateway.ts';
import { createJsonGateway, type RouteSpelling } from '../../../../src/providers/internetx/json-gateway.ts';
import { routes as commands } from '../../../../src/providers/internetx/json-routes.ts';
import { contactSchema } from '../../../../src/providers/internetx/schema.ts';
import {
  dependenciesAt,
  failure,
  password,
  signal,
  startOfTime,
  startStub,
  success,
  type VendorStub,
} from './support.ts';

let stub: VendorStub;
beforeEach(async () => {
  stub = await startStub();
});
afterEach(() => stub.close());

interface Extra {
  readonly routes?: RouteSpelling;
  readonly context?: number;
  readonly requestsPerSecond?: number;
}

function client(extra: Extra = {}, dependencies = dependenciesAt(startOfTime)): InternetxGateway {
  const { routes: spelling = 'underscore', context = 9, requestsPerSecond = 2.5 } = extra;
  const login = { user: 'robot', password: new Secret(password), context, requestsPerSecond } as const;
  return createJsonGateway(
    { ...login, url: stub.url, encoding: 'json', language: 'en' },
    spelling,
    dependencies,
  );
}

const order = {
  name: 'example.com',
  alternatives: [],
  lifetimeMonths: 12,
  software: 'APACHE2',
  csrPem: 'CSR',
  product: 'SSL123',
  authentication: { method: 'DNS' },
} as const;
const query = { filters: [], limit: 1, offset: 0, keys: [] };
const contact = contactSchema.parse({ fname: 'John' });

type Run = (gateway: InternetxGateway) => Promise<unknown> | undefined;
const runs: Readonly<Record<keyof typeof commands, Run>> = {
  hello: (c) => c.hello?.(signal),
  prepareOrder: (c) => c.prepareOrder({ csrPem: 'CSR', product: 'SSL123', checkCaa: false }, signal),
  create: (c) => c.create(order, 'ref', signal),
  realtime: (c) => c.realtime?.(order, 'ref', signal),
  reissue: (c) => c.reissue('571', order, 'ref', signal),
  renew: (c) => c.renew('571', order, 'ref', signal),
  revoke: (c) => c.revoke('571', 'ABC', signal),
  remove: (c) => c.remove('571', signal),
  info: (c) => c.info('571', signal),
  list: (c) => c.list(query, signal),
  comment: (c) => c.comment?.('571', 'text', signal),
  pollInfo: (c) => c.pollInfo(signal),
  pollConfirm: (c) => c.pollConfirm('1405661', signal),
  jobInfo: (c) => c.jobInfo('4297939738', signal),
  jobHistoryInfo: (c) => c.jobHistoryInfo('4297939738', signal),
  jobList: (c) => c.jobList(query, signal),
  jobHistoryList: (c) => c.jobHistoryList(query, signal),
  jobRetry: (c) => c.jobRetry?.('4297939738', signal),
  jobCancel: (c) => c.jobCancel?.('4297939738', signal),
  resendApproverMail: (c) => c.resendApproverMail('4297939738', signal),
  contactCreate: (c) => c.contactCreate(contact, signal),
  contactUpdate: (c) => c.contactUpdate('100', contact, signal),
  contactRemove: (c) => c.contactRemove('100', signal),
  contactInfo: (c) => c.contactInfo('100', signal),
  contactList: (c) => c.contactList(query, signal),
};

async function run(name: keyof typeof commands, gateway = client()): Promise<unknown> {
  const running = runs[name](gateway);
  if (running === undefined) throw new Error(`JSON has no ${name}`);
  return running;
}

// Routes of the vendor's OpenAPI document of April 2026, and their spelling in the reissue walkthrough and the
// documents of 2018; written out here apart from the client's own table.
const routes: readonly [name: keyof typeof commands, current: string, plain: string, paid: boolean][] = [
  ['hello', 'GET /hello', 'GET /hello', false],
  ['prepareOrder', 'POST /certificate/_prepareOrder', 'POST /certificate/prepareOrder', false],
  ['create', 'POST /certificate', 'POST /certificate', true],
  ['realtime', 'POST /certificate/_realtime', 'POST /certificate/realtime', true],
  ['reissue', 'PUT /certificate/571', 'PUT /certificate/571', true],
  ['renew', 'PUT /certificate/571/_renew', 'PUT /certificate/571/renew', true],
  ['revoke', 'POST /certificate/571/_revoke', 'DELETE /certificate/571/revoke', true],
  ['remove', 'DELETE /certificate/571', 'DELETE /certificate/571', true],
  ['info', 'GET /certificate/571', 'GET /certificate/571', false],
  ['list', 'POST /certificate/_search', 'POST /certificate/_search', false],
  ['comment', 'PUT /certificate/571/_comment', 'PUT /certificate/571/comment', false],
  ['pollInfo', 'GET /poll', 'GET /poll', false],
  ['pollConfirm', 'PUT /poll/1405661', 'PUT /poll/1405661', false],
  ['jobInfo', 'GET /job/4297939738', 'GET /job/4297939738', false],
  ['jobHistoryInfo', 'GET /job/history/4297939738', 'GET /job/history/4297939738', false],
  ['jobList', 'POST /job/_search', 'POST /job/_search', false],
  ['jobHistoryList', 'POST /job/history/_search', 'POST /job/history/_search', false],
  ['jobRetry', 'PUT /job/4297939738/_retry', 'PUT /job/4297939738/_retry', false],
  ['jobCancel', 'PUT /job/4297939738/_cancel', 'PUT /job/4297939738/cancel', false],
  [
    'resendApproverMail',
    'PUT /job/4297939738/_resendApproverEmail',
    'PUT /job/4297939738/_resendApproverEmail',
    false,
  ],
  ['contactCreate', 'POST /sslcontact', 'POST /sslcontact', true],
  ['contactUpdate', 'PUT /sslcontact/100', 'PUT /sslcontact/100', false],
  ['contactRemove', 'DELETE /sslcontact/100', 'DELETE /sslcontact/100', false],
  ['contactInfo', 'GET /sslcontact/100', 'GET /sslcontact/100', false],
  ['contactList', 'POST /sslcontact/_search', 'POST /sslcontact/_search', false],
];

test('the table of routes covers every command', () => {
  expect(routes.map(([name]) => name).sort()).toEqual(Object.keys(commands).sort());
});

describe.each(routes)('%s', (name, current, plain, paid) => {
  test(`is ${current}, or ${plain}`, async () => {
    // A job and everything else in one: what a row holds is not the matter here.
    const body = success([{ id: 1, job: { id: 1 } }]);
    stub.on(current, { body });
    stub.on(plain, { body });
    await run(name);
    await run(name, client({ routes: 'plain' }));
    expect(stub.requests.map((request) => `${request.method} ${request.path}`)).toEqual([current, plain]);
  });

  test('a lost answer is final for what is not repeatable', async () => {
    stub.on(current, { body: undefined });
    expect((await failure(run(name))).kind).toBe(paid ? 'outcome-unknown' : 'unavailable');
    expect(stub.requests).toHaveLength(1);
  });
});

test('headers: Basic, context as a decimal string, user agent, JSON, and the reference on orders only', async () => {
  stub.on('POST /certificate', { body: success([{ id: 1 }]) });
  stub.on('GET /poll', { body: success(undefined) });
  await client({ context: 123 }).create(order, 'renewd-0123456789abc', signal);
  await client().pollInfo(signal);
  const [create, poll] = stub.requests;
  expect(create?.headers).toMatchObject({
    authorization: `Basic ${Buffer.from(`robot:${password}`).toString('base64')}`,
    'x-domainrobot-context': '123',
    'x-domainrobot-ctid': 'renewd-0123456789abc',
    'content-type': 'application/json',
    accept: 'application/json',
    'user-agent': 'renewd',
  });
  expect(poll?.headers['x-domainrobot-context']).toBe('9');
  expect(poll?.headers).not.toHaveProperty('x-domainrobot-ctid');
  expect(poll?.headers).not.toHaveProperty('content-type');
});

test('extra fields of a list are asked for with unescaped brackets, as the vendor clients do', async () => {
  stub.on('POST /certificate/_search?keys[]=created&keys[]=product', { body: success([{ id: 1 }]) });
  await client().list({ ...query, keys: ['created', 'product'] }, signal);
  expect(stub.requests).toHaveLength(1);
});

test.each(['', '..', '1/2', '1?x', 'a b', '1%2f', 'x'.repeat(65)])(
  'an id like %j never becomes a path',
  async (id) => {
    expect((await failure(client().info(id, signal))).kind).toBe('invariant');
    expect(stub.requests).toHaveLength(0);
  },
);

test('HTTP 429 tells how long to wait, and holds back the next request of the account', async () => {
  stub.on(
    'GET /poll',
    { status: 429, headers: { 'retry-after': '40' }, body: '' },
    { body: success(undefined) },
  );
  const one = client();
  expect(await failure(one.pollInfo(signal))).toMatchObject({ kind: 'rate-limited', retryAfterMs: 40_000 });
  expect((await failure(one.pollInfo(signal))).kind).toBe('rate-limited');
  expect(stub.requests).toHaveLength(1);
});

test.each([0.5, 2.5, 3])(
  'at %d requests per second no second holds more than three',
  async (requestsPerSecond) => {
    stub.on('GET /poll', { body: success(undefined) });
    const dependencies = dependenciesAt(startOfTime);
    const sentAtMs: number[] = [];
    const observed = client(
      { requestsPerSecond },
      {
        ...dependencies,
        observe: ({ seconds }) => sentAtMs.push(dependencies.clock.now().getTime() - seconds * 1000),
      },
    );
    await Promise.all(Array.from({ length: 9 }, () => observed.pollInfo(signal)));
    expect(sentAtMs).toHaveLength(9);
    for (const start of sentAtMs) {
      expect(sentAtMs.filter((at) => at >= start && at < start + 1000).length).toBeLessThanOrEqual(3);
    }
  },
);

test('a redirect is not followed', async () => {
  stub.on('GET /poll', { status: 302, headers: { location: `${stub.url}/elsewhere` }, body: '' });
  expect((await failure(client().pollInfo(signal))).code).toBe('provider-redirected');
  expect(stub.requests).toHaveLength(1);
});

test('an answer without end is refused', async () => {
  stub.on('GET /certificate/571', {
    body: `{"status":{"type":"SUCCESS"},"stid":"${'x'.repeat(2_000_000)}"}`,
  });
  expect((await failure(client().info('571', signal))).code).toBe('provider-answer-too-large');
});

test('the password is in no error, even when the provider sends it back', async () => {
  const basic = Buffer.from(`robot:${password}`).toString('base64');
  const text = `Passwort ${password} ist falsch, Basic ${basic}`;
  stub.on('GET /hello', {
    status: 401,
    body: { status: { type: 'ERROR', code: 'E1', text }, messages: [{ code: 'EF01000', text }] },
  });
  const error = await failure(run('hello'));
  for (const secret of [password, basic])
    expect(error.message + JSON.stringify(error.fields)).not.toContain(secret);
  expect(error.message).toContain('[secret]');
});
