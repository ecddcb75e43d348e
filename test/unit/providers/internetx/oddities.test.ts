/** The checklist of parsing oddities (reference, section 3.3), row by row, through the whole provider. */
import { afterEach, beforeEach, expect, test } from 'vitest';
import {
  failure,
  makeIdentity,
  makeLeaf,
  orderRequest,
  refusal,
  signal,
  startProvider,
  startStub,
  success,
  type Identity,
  type VendorStub,
} from './support.ts';

let stub: VendorStub;
let identity: Identity;
beforeEach(async () => {
  stub = await startStub();
  identity = await makeIdentity(['example.com']);
});
afterEach(() => stub.close());

const jobHandle = { jobId: '77' };

test('1. codes under their names of 2018, and messages nested as strings', async () => {
  stub.on('GET /job/77', {
    status: 400,
    body: {
      status: { resultCode: 'E300114', type: 'ERROR' },
      messages: [{ messageCode: 'EF300101', messages: ['a', 'b'] }],
    },
  });
  stub.on('GET /job/history/77', {
    body: {
      status: { resultCode: 'S300134', type: 'SUCCESS' },
      data: [{ job: { id: 77, status: 'FAILED' } }],
    },
  });
  expect((await startProvider(stub.url).provider.read(jobHandle, signal)).status).toBe('failed');
});

test('2. data missing, empty or one element; object missing; unknown words and fields', async () => {
  stub.on('GET /job/77', { body: { status: { type: 'SUCCESS' } } });
  stub.on('GET /job/history/77', {
    body: { status: { type: 'SUCCESS' }, data: [], surprise: { deep: [1] } },
  });
  const { provider } = startProvider(stub.url);
  expect((await failure(provider.read(jobHandle, signal))).kind).toBe('not-found');
  stub.on('GET /job/history/77', {
    body: success([{ job: { id: 77, status: 'WAIT', surprise: true }, surprise: 1 }]),
  });
  expect((await provider.read(jobHandle, signal)).status).toBe('pending');
});

test('3. object types in any letter case, status types in lower case', async () => {
  for (const type of ['certificate', 'Certificate', 'CERTIFICATE']) {
    stub.on('GET /job/77', {
      body: {
        status: { type: 'success' },
        data: [{ job: { id: 77, status: 'running' }, object: { type, data: { id: 5 } } }],
      },
    });
    expect((await startProvider(stub.url).provider.read(jobHandle, signal)).handle.certificateId).toBe('5');
  }
});

test('4. ids as numbers or strings, beyond 2^32; the order’s answer is a job', async () => {
  for (const [id, expected] of [
    [4_297_939_738, '4297939738'],
    ['4297939738', '4297939738'],
  ] as const) {
    stub.on('POST /certificate', { body: { status: { type: 'NOTIFY' }, data: [{ id }] } });
    const { handle } = await startProvider(stub.url).provider.submit(orderRequest(identity), signal);
    expect(handle).toEqual({ jobId: expected });
  }
});

test('5. authentication as an array, as an object, nested, and without data', async () => {
  const line = (name: string): string => `_dnsauth.${name}.\t300\tIN\tTXT\t"t"`;
  const forms: [authentication: unknown, count: number][] = [
    [[{ method: 'DNS', dns: line('example.com') }], 1],
    [{ method: 'DNS', dns: line('example.com') }, 1],
    [
      {
        method: 'DNS',
        domains: [
          { name: 'a.example.com', dns: line('a.example.com') },
          { name: 'b.example.com', dns: line('b.example.com') },
        ],
      },
      2,
    ],
    [{ method: 'FILE' }, 0],
    [null, 0],
  ];
  for (const [authentication, count] of forms) {
    stub.on('GET /job/77', {
      body: success([
        {
          job: { id: 77, status: 'DEFERRED' },
          object: { type: 'Certificate', value: 'example.com', data: { authentication } },
        },
      ]),
    });
    expect((await startProvider(stub.url).provider.read(jobHandle, signal)).challenges).toHaveLength(count);
  }
});

test('6. a zone line with stray white space goes back byte for byte', async () => {
  const dns = 'Example.COM. \t\t 300\tIN  TXT\t\t"abc\n"\t';
  stub.on('POST /certificate/_prepareOrder', {
    body: success([{ name: 'example.com', authentication: [{ method: 'DNS', dns }] }]),
  });
  stub.on('POST /certificate', { body: { status: { type: 'NOTIFY' }, data: [{ id: 1 }] } });
  const { provider } = startProvider(stub.url);
  const request = orderRequest(identity);
  const prepared = await provider.prepare?.(request, signal);
  expect(prepared?.challenges).toMatchObject([{ recordName: 'example.com', value: 'abc' }]);
  await provider.submit(prepared === undefined ? request : { ...request, prepared }, signal);
  expect(stub.requests[1]?.body).toMatchObject({ authentication: { method: 'DNS', dns } });
});

test('7. dates with an offset without colon; expire, an hour off, decides nothing', async () => {
  const server = await makeLeaf(identity, {
    notBefore: '2026-06-01T00:00:00Z',
    notAfter: '2026-12-12T12:00:00Z',
  });
  const certificate = {
    id: 571,
    server,
    created: '2026-06-01T00:00:00.000+0200',
    expire: '2026-11-01T12:00:00.000+0100',
    payable: '2027-06-01T00:00:00.000+0200',
  };
  stub.on('GET /certificate/571', { body: success([certificate]) });
  const reading = await startProvider(stub.url).provider.read({ certificateId: '571' }, signal);
  expect(reading).toMatchObject({
    status: 'issued',
    createdAt: new Date('2026-05-31T22:00:00Z'),
    paidUntil: new Date('2027-05-31T22:00:00Z'),
  });
});

test('8. serial numbers without leading zeros, or NOT_SET', async () => {
  stub.on('GET /certificate/571', {
    body: success([{ id: 571, serialNumber: 'NOT_SET', histories: [{ serialNumber: 'ABC' }] }]),
  });
  stub.on('POST /certificate/571/_revoke', { body: success(undefined) });
  await startProvider(stub.url).provider.revoke({ certificateId: '571' }, '000ABC', 'superseded', signal);
  expect(stub.requests[1]?.body).toEqual({ serialNumber: 'ABC' });
});

test('9. PEM on one line, with CRLF, without final newline, root included', async () => {
  const leaf = await makeLeaf(identity);
  const root = await makeLeaf(await makeIdentity(['root.example']));
  const base64 = leaf.replace(/-----[^-]+-----|\s/g, '');
  const forms = [
    `-----BEGIN CERTIFICATE-----\n${base64}\n-----END CERTIFICATE-----`,
    `-----BEGIN CERTIFICATE-----${base64}-----END CERTIFICATE-----`,
    leaf.replaceAll('\n', '\r\n'),
    `\n${leaf}\n\n`,
  ];
  const readings = [];
  for (const server of forms) {
    const certificationAuthority = [
      { caType: 'INTERMEDIATE', caCertificate: root.trimEnd() },
      { caType: 'ROOT', caCertificate: root.trimEnd() },
    ];
    stub.on('GET /certificate/571', { body: success([{ id: 571, server, certificationAuthority }]) });
    readings.push(await startProvider(stub.url).provider.read({ certificateId: '571' }, signal));
  }
  for (const reading of readings) {
    expect(reading.leafPem).toBe(readings[0]?.leafPem);
    expect(reading.leafPem).toMatch(/-----END CERTIFICATE-----\n$/);
    expect(reading.caPems).toHaveLength(1);
  }
});

test('10. addresses and lifetimes in all their forms', async () => {
  const server = await makeLeaf(identity);
  const contact = (address: unknown): object => ({ id: 1, address });
  for (const lifetime of [{ unit: 'MONTH', period: 12 }, { unit: 'MONTH', period: '12' }, 12, null]) {
    const certificate = {
      id: 571,
      server,
      lifetime,
      lifeTime: { unit: 'm', period: '12' },
      created: '2026-10-31T23:00:00.000+0000',
    };
    stub.on('GET /certificate/571', {
      body: success([{ ...certificate, adminContact: contact(['a', 'b']), technicalContact: contact('a') }]),
    });
    const { paidUntil } = await startProvider(stub.url).provider.read({ certificateId: '571' }, signal);
    expect(paidUntil?.toISOString()).toBe(lifetime === null ? undefined : '2027-10-31T23:00:00.000Z');
  }
});

test('11. a job that vanished from /job is in the history; DEFERRED is no error; CANCELED has one L', async () => {
  const { provider } = startProvider(stub.url);
  stub.on('GET /job/77', { body: success([{ job: { id: 77, status: 'DEFERRED' } }]) });
  expect((await provider.read(jobHandle, signal)).status).toBe('pending');
  stub.on('GET /job/77', refusal('EF300101'));
  stub.on('GET /job/history/77', { body: success([{ job: { id: 77, status: 'CANCELED' } }]) });
  expect((await provider.read(jobHandle, signal)).status).toBe('cancelled');
});

test('12. foreign, repeated and unfinished messages; no summary', async () => {
  const message = { id: 9, job: { id: 77, status: 'RUNNING' }, object: { type: 'Certificate' } };
  stub.on(
    'GET /poll',
    { body: success([message]) },
    { body: success([message]) },
    { body: success([{ id: 10, notify: { type: 'X' } }]) },
  );
  const { events } = startProvider(stub.url).provider;
  const seen = [];
  for (let turn = 0; turn < 3; turn += 1) seen.push(...((await events?.fetch(5, signal)) ?? []));
  expect(seen.map(({ id, ours }) => [id, ours])).toEqual([
    ['9', true],
    ['9', true],
    ['10', false],
  ]);
});

test('13. German texts decide nothing; HTML and empty bodies are no answers', async () => {
  const { provider } = startProvider(stub.url);
  stub.on('GET /certificate/571', {
    status: 400,
    body: { status: { type: 'ERROR', text: 'Auftrag nicht gefunden' } },
  });
  expect((await failure(provider.read({ certificateId: '571' }, signal))).kind).toBe('rejected');
  for (const body of ['<html>Anmeldung</html>', '']) {
    stub.on('GET /certificate/571', { body });
    expect((await failure(provider.read({ certificateId: '571' }, signal))).code).toBe('provider-protocol');
  }
});

test('14. the plain spelling of routes is a setting', async () => {
  stub.on('POST /certificate/prepareOrder', { body: success([{ authentication: [{ method: 'DNS' }] }]) });
  await startProvider(stub.url, { routes: 'plain' }).provider.prepare?.(orderRequest(identity), signal);
  expect(stub.requests).toHaveLength(1);
});
