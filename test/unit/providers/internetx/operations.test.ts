/** What an operator may ask: parameters are checked, answers are plain data without secrets, each task by its own name. */
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { OperationResult, ProviderOperation } from '../../../../src/contracts/provider-operations.ts';
import { commands } from '../../../../src/providers/internetx/commands.ts';
import { routes } from '../../../../src/providers/internetx/json-routes.ts';
import { shown } from '../../../../src/providers/internetx/shown.ts';
import { tasks } from '../../../../src/providers/internetx/xml-gateway.ts';
import { failure, refusal, signal, startProvider, startStub, success, type VendorStub } from './support.ts';

let stub: VendorStub;
beforeEach(async () => {
  stub = await startStub();
});
afterEach(() => stub.close());

function operations(encoding: 'json' | 'xml' = 'json'): readonly ProviderOperation[] {
  return startProvider(stub.url, { encoding }).provider.operations ?? [];
}

type Given = Readonly<Record<string, readonly string[]>>;

function run(name: string, given: Given = {}): Promise<OperationResult> {
  const operation = operations().find((one) => one.name === name);
  if (operation === undefined) throw new Error(`no operation ${name}`);
  return operation.run(given, signal);
}

test('every task is in the list of commands, and the other way round', () => {
  const known = commands.map(({ command }) => command).sort();
  expect([...new Set(Object.values(routes).map(({ command }) => command))].sort()).toEqual(known);
  expect(Object.values(tasks).filter(({ command }) => !known.includes(command))).toEqual([]);
  for (const { command, repeatable } of [...Object.values(routes), ...Object.values(tasks)]) {
    expect([command, commands.find((fact) => fact.command === command)?.repeatable]).toEqual([
      command,
      repeatable,
    ]);
  }
});

test('every operation names a command of that list; XML has those that it has tasks for', () => {
  const known = commands.map(({ command }) => command);
  const names = operations().map(({ name }) => name);
  expect(operations().every(({ command, name }) => known.includes(command) && /^[a-z-]+$/.test(name))).toBe(
    true,
  );
  expect(new Set(names).size).toBe(names.length);
  const inXml = operations('xml').map(({ name }) => name);
  expect(names.filter((name) => !inXml.includes(name))).toEqual([
    'certificate-comment',
    'job-cancel',
    'job-retry',
    'connection-check',
  ]);
});

describe('reads', () => {
  test('a list with filters, fields and a page', async () => {
    stub.on('POST /certificate/_search?keys[]=expire', {
      body: success([{ id: 571, name: 'example.com', expire: 'x', note: null }], { object: { summary: 31 } }),
    });
    const given = {
      filter: ['name~*.example.com', 'product=SSL123'],
      field: ['expire'],
      limit: ['10'],
      offset: ['20'],
    };
    expect((await run('certificate-list', given)).data).toEqual({
      summary: 31,
      rows: [{ id: 571, name: 'example.com', expire: 'x', note: null }],
    });
    expect(stub.requests[0]?.body).toEqual({
      filters: [
        { key: 'name', operator: 'LIKE', value: '*.example.com' },
        { key: 'product', operator: 'EQUAL', value: 'SSL123' },
      ],
      view: { limit: 10, offset: 20 },
      orders: [{ key: 'id', type: 'DESC' }],
    });
  });

  test.each([
    ['certificate-info', 'certificate', 'GET /certificate/5'],
    ['job-info', 'job', 'GET /job/5'],
    ['job-history-info', 'job', 'GET /job/history/5'],
    ['contact-info', 'contact', 'GET /sslcontact/5'],
  ])('%s shows everything but secrets; a passing failure is tried again', async (name, parameter, route) => {
    const row = { id: 5, job: { id: 5 }, authInfo: 'S0Lygv', deep: { password: 'x', list: [1] } };
    stub.on(route, { status: 503, body: '' }, { body: success([row]) });
    expect((await run(name, { [parameter]: ['5'] })).data).toEqual({
      ...row,
      authInfo: '[secret]',
      deep: { password: '[secret]', list: [1] },
    });
    stub.on(route, { body: success([]) });
    expect((await failure(run(name, { [parameter]: ['5'] }))).code).toBe('provider-object-missing');
  });

  test('the connection', async () => {
    stub.on('GET /hello', { body: success(undefined) });
    expect((await run('connection-check')).data).toEqual({ done: true });
    stub.on('GET /hello', { status: 401, body: '' });
    expect((await failure(run('connection-check'))).kind).toBe('authentication');
  });
});

describe('changes', () => {
  test.each([
    [
      'certificate-comment',
      { certificate: ['5'], text: ['ours'] },
      'PUT /certificate/5/_comment',
      { comment: 'ours' },
    ],
    ['job-cancel', { job: ['5'] }, 'PUT /job/5/_cancel', undefined],
    ['job-retry', { job: ['5'] }, 'PUT /job/5/_retry', undefined],
    ['approver-mail-resend', { job: ['5'] }, 'PUT /job/5/_resendApproverEmail', undefined],
    ['contact-delete', { contact: ['5'] }, 'DELETE /sslcontact/5', undefined],
  ])('%s', async (name, given: Given, route, body) => {
    stub.on(route, { body: success(undefined) });
    expect((await run(name, given)).data).toMatchObject({ done: true });
    expect(stub.requests.map((request) => request.body)).toEqual([body]);
  });

  test('certificate-delete is sent once, whatever happens', async () => {
    stub.on('DELETE /certificate/5', {
      body: { status: { code: 'N400103', type: 'NOTIFY' }, data: [{ id: 77 }] },
    });
    expect((await run('certificate-delete', { certificate: ['5'] })).data).toEqual({
      accepted: 'N400103',
      job: '77',
    });
    stub.on('DELETE /certificate/5', { status: 503, body: '' });
    expect((await failure(run('certificate-delete', { certificate: ['5'] }))).kind).toBe('outcome-unknown');
    expect(stub.requests).toHaveLength(2);
  });

  const person = {
    'first-name': ['John'],
    'last-name': ['Doe'],
    organization: ['Company'],
    address: ['123 Main Street', '2nd floor'],
    'postal-code': ['12345'],
    city: ['Anytown'],
    country: ['DE'],
    phone: ['+49-123-12345'],
    email: ['john.doe@example.com'],
  };
  const sent = {
    fname: 'John',
    lname: 'Doe',
    organization: 'Company',
    address: ['123 Main Street', '2nd floor'],
    pcode: '12345',
    city: 'Anytown',
    country: 'DE',
    phone: '+49-123-12345',
    email: 'john.doe@example.com',
  };

  test.each([
    ['in the data', success([{ id: 100 }])],
    ['in the object', success(undefined, { object: { type: 'contact', value: '100' } })],
  ])('contact-create: the new id is %s', async (_, body) => {
    stub.on('POST /sslcontact', { body });
    expect((await run('contact-create', person)).data).toEqual({ contact: '100' });
    expect(stub.requests[0]?.body).toEqual(sent);
  });

  test('contact-create is sent once; without an id nobody knows which it is', async () => {
    stub.on('POST /sslcontact', { body: success(undefined) });
    expect((await failure(run('contact-create', person))).kind).toBe('outcome-unknown');
    stub.on('POST /sslcontact', { body: undefined });
    expect((await failure(run('contact-create', person))).kind).toBe('outcome-unknown');
    expect(stub.requests).toHaveLength(2);
  });

  test('contact-update keeps what is not given; an address may come as one text', async () => {
    stub.on('GET /sslcontact/100', { body: success([{ id: 100, ...sent, address: '123 Main Street' }]) });
    stub.on('PUT /sslcontact/100', { body: success(undefined) });
    await run('contact-update', { contact: ['100'], city: ['Othertown'] });
    expect(stub.requests[1]?.body).toEqual({ ...sent, address: ['123 Main Street'], city: 'Othertown' });
  });

  test('a refusal is told', async () => {
    stub.on('PUT /job/5/_cancel', refusal('EF300101'));
    expect((await failure(run('job-cancel', { job: ['5'] }))).kind).toBe('not-found');
  });
});

test.each([
  ['certificate-info', { certificate: ['../5'] }],
  ['certificate-info', { certificate: ['abc'] }],
  ['certificate-list', { filter: ['name'] }],
  ['certificate-list', { filter: ['na me=x'] }],
  ['certificate-list', { limit: ['0'] }],
  ['certificate-list', { limit: ['501'] }],
  ['certificate-list', { offset: ['-1'] }],
  ['certificate-list', { field: ['expire&x'] }],
  ['contact-create', { country: ['Germany'] }],
  ['contact-create', { phone: ['0123'] }],
  ['contact-create', { email: ['nobody'] }],
  ['contact-create', { city: ['a\nb'] }],
])('%s %j cannot be, and nothing is sent', async (name, given: Given) => {
  expect((await failure(run(name, given))).code).toBe('usage');
  expect(stub.requests).toHaveLength(0);
});

describe('shown', () => {
  test('is bounded in depth and length, and free of controls but line ends and tabs', () => {
    let deep: unknown = 'x';
    for (let level = 0; level < 50; level += 1) deep = [deep];
    expect(JSON.stringify(shown(deep)).length).toBeLessThan(60);
    expect(String(shown('x'.repeat(100_000))).length).toBeLessThanOrEqual(32 * 1024);
    expect(shown('a\u0000\u001b[2Jb\r\nc\td')).toBe('a [2Jb\nc\td');
    expect(shown({ a: undefined, b: null, c: true, d: 1 })).toEqual({ a: null, b: null, c: true, d: 1 });
  });

  test('names of the prototype chain are names like any other', () => {
    const strange: unknown = JSON.parse('{"__proto__":{"polluted":1},"constructor":"x"}');
    expect(JSON.stringify(shown(strange))).toContain('"constructor":"x"');
    expect('polluted' in {}).toBe(false);
  });
});
