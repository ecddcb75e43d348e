import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import {
  failure,
  makeIdentity,
  makeLeaf,
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
let leaf: string;
beforeEach(async () => {
  stub = await startStub();
  identity = await makeIdentity(['example.com', 'www.example.com']);
  leaf = await makeLeaf(identity);
});
afterEach(() => stub.close());

const line = 'example.com.\t300\tIN\tTXT\t"token"';

function job(status: string, extra: object = {}, object?: object): object {
  return success([
    { job: { id: 77, status, type: 'ssl', ...extra }, ...(object === undefined ? {} : { object }) },
  ]);
}

function certificate(extra: object = {}): object {
  return success([
    { id: 571, orderId: '2743098', name: 'example.com', product: 'QUICKSSLPREMIUM', server: leaf, ...extra },
  ]);
}

describe('a job that runs', () => {
  test('is pending although the certificate still has its old leaf, which is not even looked at', async () => {
    stub.on('GET /job/77', { body: job('RUNNING') });
    const { provider } = startProvider(stub.url);
    const reading = await provider.read({ jobId: '77', certificateId: '571' }, signal);
    expect(reading).toEqual({
      handle: { jobId: '77', certificateId: '571' },
      status: 'pending',
      statusWord: 'RUNNING',
      challenges: [],
    });
    expect(stub.requests).toHaveLength(1);
  });

  test('shows what to publish, the CSR’s key, the steps, and when it goes on', async () => {
    stub.on('GET /job/77', {
      body: success([
        {
          job: {
            id: 77,
            status: 'DEFERRED',
            subStatus: 'WF_DNS_AUTH',
            created: '2026-11-01T12:50:00.000+0100',
            execution: '2026-11-01T13:10:00.000+0100',
          },
          object: {
            type: 'Certificate',
            value: 'example.com',
            data: { csr: identity.csrPem, authentication: { method: 'DNS', dns: line } },
          },
          authentication: [{ step: 'DOMAIN_VERIFICATION', status: 'IN_PROGRESS' }],
          dcvAuth: [{ domain: 'example.com', status: 'WAIT' }],
          notices: ['Bitte warten'],
        },
      ]),
    });
    const { provider } = startProvider(stub.url);
    expect(await provider.read({ jobId: '77' }, signal)).toEqual({
      handle: { jobId: '77' },
      status: 'pending',
      statusWord: 'DEFERRED/WF_DNS_AUTH',
      challenges: [
        {
          kind: 'dns',
          identifier: 'example.com',
          recordName: 'example.com',
          recordType: 'TXT',
          value: 'token',
        },
      ],
      spkiSha256: identity.spkiSha256,
      createdAt: new Date('2026-11-01T11:50:00Z'),
      message: 'Bitte warten; DOMAIN_VERIFICATION IN_PROGRESS; example.com WAIT',
      retryAfterMs: 600_000,
    });
  });

  test('learns the certificate’s id as soon as the job shows it', async () => {
    stub.on('GET /job/77', {
      body: job('WAIT', {}, { type: 'certificate', data: { id: 571, orderId: 12 } }),
    });
    const { provider } = startProvider(stub.url);
    expect((await provider.read({ jobId: '77' }, signal)).handle).toEqual({
      jobId: '77',
      certificateId: '571',
      orderId: '12',
    });
  });

  test('SUPPORT waits for a person', async () => {
    stub.on('GET /job/77', { body: job('SUPPORT') });
    const reading = await startProvider(stub.url).provider.read({ jobId: '77' }, signal);
    expect(reading.status).toBe('pending');
    expect(reading.waitsForPerson).toMatch(/InterNetX support/);
  });

  test('an unknown status is an error that carries the word', async () => {
    stub.on('GET /job/77', { body: job('LEVITATING') });
    const error = await failure(startProvider(stub.url).provider.read({ jobId: '77' }, signal));
    expect(error.code).toBe('provider-protocol');
    expect(error.message).toContain('LEVITATING');
  });
});

describe('a job that has ended', () => {
  test.each([
    ['FAILED', 'failed'],
    ['CANCELED', 'cancelled'],
  ])('%s, found in the history', async (word, status) => {
    stub.on('GET /job/77', refusal('EF300101'));
    stub.on('GET /job/history/77', {
      body: job(word, {}, { type: 'Certificate', data: { authentication: { method: 'DNS', dns: line } } }),
    });
    const reading = await startProvider(stub.url).provider.read(
      { jobId: '77', certificateId: '571' },
      signal,
    );
    expect(reading).toMatchObject({ status, statusWord: word, challenges: [] });
  });

  test('SUCCESS: leaf, chain without doubles, names, key, term', async () => {
    const intermediate = (await makeLeaf(await makeIdentity(['ca.example']))).trimEnd();
    const root = (await makeLeaf(await makeIdentity(['root.example']))).replaceAll('\n', '\r\n');
    stub.on('GET /job/77', refusal('EF300101'));
    stub.on('GET /job/history/77', {
      body: job('SUCCESS', { action: 'create' }, { type: 'Certificate', data: { id: 571 } }),
    });
    stub.on('GET /certificate/571', {
      body: certificate({
        created: '2026-11-01T00:00:00.000+0100',
        payable: '2027-11-01T00:00:00.000+0100',
        certificationAuthority: [
          { caType: 'INTERMEDIATE', caCertificate: intermediate },
          { caType: 'ROOT', caCertificate: root },
          { caType: 'ROOT', caCertificate: `${root}${intermediate}` },
        ],
      }),
    });
    const reading = await startProvider(stub.url).provider.read({ jobId: '77' }, signal);
    expect(reading).toEqual({
      handle: { jobId: '77', certificateId: '571', orderId: '2743098' },
      status: 'issued',
      statusWord: 'SUCCESS',
      challenges: [],
      leafPem: `${leaf.trimEnd()}\n`,
      caPems: [`${intermediate}\n`, `${root.replaceAll('\r', '').trimEnd()}\n`],
      spkiSha256: identity.spkiSha256,
      names: ['example.com', 'www.example.com'],
      paidUntil: new Date('2027-10-31T23:00:00Z'),
      createdAt: new Date('2026-10-31T23:00:00Z'),
    });
  });

  test('SUCCESS without a certificate id: the newest of the name and product, whatever the queue does', async () => {
    stub.on('GET /job/77', {
      body: job('SUCCESS', { subType: 'SSL123' }, { type: 'certificate', value: 'example.com' }),
    });
    stub.on('POST /certificate/_search?keys[]=product&keys[]=created', {
      body: success(
        [
          {
            id: 573,
            name: 'example.com',
            product: 'QUICKSSLPREMIUM',
            created: '2026-11-01T00:00:00.000+0100',
          },
          { id: 572, name: 'example.com', product: 'SSL123', created: '2026-11-01T00:00:00.000+0100' },
          { id: 571, name: 'example.com', product: 'SSL123', created: '2025-11-01T00:00:00.000+0100' },
        ],
        { object: { type: 'certificate', summary: 3 } },
      ),
    });
    stub.on('GET /certificate/572', { body: certificate({ id: 572 }) });
    const reading = await startProvider(stub.url).provider.read({ jobId: '77' }, signal);
    expect(reading).toMatchObject({ status: 'issued', handle: { jobId: '77', certificateId: '572' } });
    expect(stub.requests[1]?.body).toEqual({
      filters: [{ key: 'name', operator: 'EQUAL', value: 'example.com' }],
      view: { limit: 100, offset: 0 },
      orders: [{ key: 'id', type: 'DESC' }],
    });
  });

  test('SUCCESS and nothing listed yet is pending, not lost', async () => {
    stub.on('GET /job/77', { body: job('SUCCESS', {}, { type: 'certificate', value: 'example.com' }) });
    stub.on('POST /certificate/_search?keys[]=product&keys[]=created', { body: success([]) });
    const reading = await startProvider(stub.url).provider.read({ jobId: '77' }, signal);
    expect(reading).toMatchObject({ status: 'pending', statusWord: 'SUCCESS', handle: { jobId: '77' } });
  });

  test('SUCCESS while the certificate has no leaf yet is pending', async () => {
    stub.on('GET /job/77', { body: job('SUCCESS') });
    stub.on('GET /certificate/571', { body: certificate({ server: null, csr: identity.csrPem }) });
    const reading = await startProvider(stub.url).provider.read(
      { jobId: '77', certificateId: '571' },
      signal,
    );
    expect(reading).toMatchObject({ status: 'pending', spkiSha256: identity.spkiSha256 });
    expect(reading.leafPem).toBeUndefined();
  });

  test('gone from both places: the certificate decides, and without one the job is missing', async () => {
    stub.on('GET /job/77', refusal('EF300101'));
    stub.on('GET /job/history/77', { body: success(undefined) });
    stub.on('GET /certificate/571', { body: certificate() });
    const { provider } = startProvider(stub.url);
    expect(await provider.read({ jobId: '77', certificateId: '571' }, signal)).toMatchObject({
      status: 'issued',
      spkiSha256: identity.spkiSha256,
    });
    expect((await failure(provider.read({ jobId: '77' }, signal))).code).toBe('provider-object-missing');
  });
});

describe('a certificate alone', () => {
  const read = (now?: Date): ReturnType<ReturnType<typeof startProvider>['provider']['read']> =>
    startProvider(stub.url, {}, now).provider.read({ certificateId: '571' }, signal);

  test('reissueStatus is the status word where there is one', async () => {
    stub.on('GET /certificate/571', { body: certificate({ reissueStatus: 'REQUIRED' }) });
    expect((await read()).statusWord).toBe('REQUIRED');
  });

  test('revoked by its own serial number in the history, leading zeros or not', async () => {
    const histories = [{ serialNumber: 'A1B2C3D', revoked: '2026-10-01T00:00:00.000+0200' }];
    stub.on('GET /certificate/571', { body: certificate({ serialNumber: '0A1B2C3D', histories }) });
    expect((await read()).status).toBe('revoked');
  });

  test('an earlier one being revoked changes nothing; neither does NOT_SET', async () => {
    for (const serialNumber of ['0A1B2C3D', 'NOT_SET']) {
      const histories = [
        { serialNumber: 'FF', revoked: '2026-10-01T00:00:00.000+0200' },
        { serialNumber: 'NOT_SET', revoked: '2026-10-01T00:00:00.000+0200' },
        { serialNumber: 'A1B2C3D', revoked: null },
      ];
      stub.on('GET /certificate/571', { body: certificate({ serialNumber, histories }) });
      expect((await read()).status).toBe('issued');
    }
  });

  test('expired only when leaf and paid term are over', async () => {
    const body = certificate({ payable: '2027-11-01T00:00:00.000+0000' });
    stub.on('GET /certificate/571', { body });
    expect((await read(new Date('2027-10-31T00:00:00Z'))).status).toBe('issued');
    expect((await read(new Date('2027-11-01T00:00:00Z'))).status).toBe('expired');
  });

  test('a leaf that is no certificate is an error', async () => {
    stub.on('GET /certificate/571', {
      body: certificate({ server: '-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----' }),
    });
    expect((await failure(read())).code).toBe('provider-protocol');
    stub.on('GET /certificate/571', { body: certificate({ server: 'none' }) });
    expect((await failure(read())).code).toBe('provider-protocol');
  });

  test('a chain inside `server` is told from the leaf', async () => {
    const intermediate = await makeLeaf(await makeIdentity(['ca.example']));
    stub.on('GET /certificate/571', { body: certificate({ server: `${leaf}\n${intermediate}` }) });
    const reading = await read();
    expect(reading.spkiSha256).toBe(identity.spkiSha256);
    expect(reading.caPems).toHaveLength(1);
  });

  test('fields of the wrong kind are named, what they hold is not', async () => {
    stub.on('GET /certificate/571', { body: certificate({ server: { secret: 'planted' } }) });
    const error = await failure(read());
    expect(error.code).toBe('provider-protocol');
    expect(error.message).toContain('server');
    expect(error.message).not.toContain('planted');
  });

  test('an empty answer is a missing certificate', async () => {
    stub.on('GET /certificate/571', { body: success([]) });
    expect((await failure(read())).code).toBe('provider-object-missing');
  });
});

describe('end of the paid term', () => {
  const lifetime = { unit: 'MONTH', period: 12 };
  const created = '2026-01-01T00:00:00.000+0000';
  const termEnd = '2027-01-01T00:00:00.000Z';

  async function paidUntil(
    fields: object,
    notBefore: string,
    notAfter: string,
    action?: string,
  ): Promise<string | undefined> {
    const server = await makeLeaf(identity, { notBefore, notAfter });
    stub.on('GET /job/77', { body: job('SUCCESS', { action, created: '2026-11-20T10:00:00.000+0000' }) });
    stub.on('GET /certificate/571', { body: certificate({ server, ...fields }) });
    const handle = { certificateId: '571', ...(action === undefined ? {} : { jobId: '77' }) };
    return (await startProvider(stub.url).provider.read(handle, signal)).paidUntil?.toISOString();
  }

  test.each([
    [
      'payable wins',
      { payable: '2027-06-01T00:00:00.000+0200', created, lifetime },
      '2026-01-01',
      '2026-07-19',
      undefined,
      '2027-05-31T22:00:00.000Z',
    ],
    [
      'created and lifetime in the first term',
      { created, lifetime },
      '2026-01-01',
      '2026-07-19',
      undefined,
      termEnd,
    ],
    [
      'a reissue that ends with the term',
      { created, lifetime },
      '2026-11-01',
      '2027-01-01',
      undefined,
      termEnd,
    ],
    ['plain months (XML style)', { created, lifetime: 12 }, '2026-01-01', '2026-07-19', undefined, termEnd],
    [
      'a leaf that outlives the first term: not known',
      { created, lifetime },
      '2026-11-20',
      '2027-06-07',
      undefined,
      undefined,
    ],
    [
      'a short leaf from the time of renewals: not known',
      { created, lifetime },
      '2026-11-20',
      '2026-12-20',
      undefined,
      undefined,
    ],
    [
      'after a renew job: a term from then on',
      { created, lifetime },
      '2026-11-20',
      '2027-06-07',
      'renew',
      '2027-11-20T10:00:00.000Z',
    ],
    ['after a reissue job: as before', { created, lifetime }, '2026-09-20', '2027-01-01', 'reissue', termEnd],
    [
      'expire is not used',
      { expire: '2027-01-01T00:00:00.000+0000' },
      '2026-01-01',
      '2027-01-01',
      undefined,
      undefined,
    ],
    ['no lifetime', { created }, '2026-01-01', '2026-07-19', undefined, undefined],
    [
      'an unreadable date',
      { payable: 'soon', created: 'then', lifetime },
      '2026-01-01',
      '2026-07-19',
      undefined,
      undefined,
    ],
  ])('%s', async (_, fields, notBefore, notAfter, action, expected) => {
    expect(await paidUntil(fields, `${notBefore}T00:00:00Z`, `${notAfter}T00:00:00Z`, action)).toBe(expected);
  });
});
