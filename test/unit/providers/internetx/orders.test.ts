import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { OrderRequest } from '../../../../src/contracts/order.ts';
import {
  failure,
  makeIdentity,
  makeLeaf,
  orderRequest,
  password,
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

// The prepare answer of the reissue walkthrough (page version 29), with our CSR's names.
const preparedLine =
  'example.com.\t\t300\tIN\tTXT\t\t"2018092608362142n4sbul8rv8ttv7zkhjgzvyim8n1kpa9lys0uqdszxzs0pa0l"';
const prepareAnswer = {
  stid: '20180926-stid',
  status: { code: 'S400110', text: 'CSR key was checked successfully.', type: 'SUCCESS' },
  data: [
    {
      plain: '-----BEGIN CERTIFICATE REQUEST----- ... -----END CERTIFICATE REQUEST-----',
      name: 'example.com',
      keySize: 2048,
      product: 'QUICKSSLPREMIUM',
      authentication: [
        { method: 'EMAIL', approverEmails: ['admin@example.com', 'hostmaster@example.com'] },
        { method: 'DNS', dns: preparedLine },
        { method: 'FILE' },
      ],
      algorithm: 'RSA',
      signatureHashAlgorithm: 'SHA256',
    },
  ],
};

function started(code: string, id: unknown = 4_297_939_738): object {
  return {
    stid: '20180926-stid',
    status: { code, text: 'Certificate order was started successfully.', type: 'NOTIFY' },
    object: { type: 'certificate', value: 'example.com' },
    data: [{ id }],
  };
}

const previous = { certificateId: '123456', jobId: '1' };

describe('prepare', () => {
  test('sends what the document sends, and gives the record to publish', async () => {
    stub.on('POST /certificate/_prepareOrder', { body: prepareAnswer });
    const { provider } = startProvider(stub.url);
    const prepared = await provider.prepare?.(orderRequest(identity), signal);
    expect(stub.requests[0]?.body).toEqual({ plain: identity.csrPem, product: 'QUICKSSLPREMIUM' });
    expect(prepared).toEqual({
      challenges: [
        {
          kind: 'dns',
          identifier: 'example.com',
          recordName: 'example.com',
          recordType: 'TXT',
          value: '2018092608362142n4sbul8rv8ttv7zkhjgzvyim8n1kpa9lys0uqdszxzs0pa0l',
        },
      ],
      token: { authentication: { method: 'DNS', dns: preparedLine } },
    });
  });

  test.each([
    ['reissue', 'REISSUE'],
    ['renew', 'RENEW'],
  ] as const)('for a %s names certificate and business case', async (action, businessCase) => {
    stub.on('POST /certificate/_prepareOrder', { body: prepareAnswer });
    const { provider } = startProvider(stub.url);
    await provider.prepare?.(
      orderRequest(identity, { action, previous, options: { checkCaa: true } }),
      signal,
    );
    expect(stub.requests[0]?.body).toEqual({
      plain: identity.csrPem,
      product: 'QUICKSSLPREMIUM',
      businessCase,
      certificate: { id: 123_456 },
      checkCaa: true,
    });
  });

  test('is sent again after a passing failure', async () => {
    stub.on(
      'POST /certificate/_prepareOrder',
      { status: 502, body: '<html>' },
      { body: undefined },
      { body: prepareAnswer },
    );
    const { provider, sleeps } = startProvider(stub.url);
    expect((await provider.prepare?.(orderRequest(identity), signal))?.challenges).toHaveLength(1);
    expect(stub.requests).toHaveLength(3);
    expect(sleeps.length).toBeGreaterThanOrEqual(2);
  });

  test('a method that is not offered is a setting to mend, and the answer says what is offered', async () => {
    const [data] = prepareAnswer.data;
    stub.on('POST /certificate/_prepareOrder', {
      body: {
        ...prepareAnswer,
        data: [{ ...data, authentication: [{ method: 'EMAIL' }, { method: 'FILE' }] }],
      },
    });
    const { provider } = startProvider(stub.url);
    const error = await failure(Promise.resolve(provider.prepare?.(orderRequest(identity), signal)));
    expect(error).toMatchObject({ code: 'provider-rejected', kind: 'configuration' });
    expect(error.message).toContain('EMAIL, FILE');
  });

  test('FILE without data prepares nothing to publish yet', async () => {
    stub.on('POST /certificate/_prepareOrder', { body: prepareAnswer });
    const { provider } = startProvider(stub.url);
    const request = orderRequest(identity, { dcv: { method: 'file', record: 'txt' } });
    expect(await provider.prepare?.(request, signal)).toEqual({
      challenges: [],
      token: { authentication: { method: 'FILE' } },
    });
  });

  test('approver addresses', async () => {
    stub.on('POST /certificate/_prepareOrder', { body: prepareAnswer });
    const { provider } = startProvider(stub.url);
    const request = orderRequest(identity, {
      dcv: { method: 'email', record: 'txt', approver: 'admin@example.com' },
    });
    expect(await provider.approvers?.(request, signal)).toEqual([
      'admin@example.com',
      'hostmaster@example.com',
    ]);
    expect((await provider.prepare?.(request, signal))?.challenges).toEqual([
      { kind: 'email', identifier: 'example.com', addresses: ['admin@example.com'] },
    ]);
  });
});

describe('submit', () => {
  // The reissue request of the walkthrough, for the same intent.
  const documented = (csr: string): object => ({
    adminContact: { id: 100 },
    technicalContact: { id: 100 },
    name: 'example.com',
    lifetime: { unit: 'MONTH', period: 12 },
    software: 'APACHESSL',
    csr,
    product: 'QUICKSSLPREMIUM',
    authentication: { method: 'DNS', dns: preparedLine, provisioning: true },
  });
  const options = { software: 'APACHESSL', provisioning: true };

  test.each([
    ['reissue', 'PUT /certificate/123456', 'N400101'],
    ['reissue', 'PUT /certificate/123456', 'N400102'],
    ['renew', 'PUT /certificate/123456/_renew', 'N400106'],
    ['create', 'POST /certificate', 'N400101'],
  ] as const)('%s sends the body of the document to %s and takes %s', async (action, route, code) => {
    stub.on('POST /certificate/_prepareOrder', { body: prepareAnswer });
    stub.on(route, { body: started(code) });
    const { provider } = startProvider(stub.url, { adminContact: 100 });
    const request: OrderRequest = orderRequest(identity, {
      action,
      options,
      ...(action === 'create' ? {} : { previous }),
    });
    const prepared = await provider.prepare?.(request, signal);
    // As the ledger keeps it: through JSON.
    const stored: OrderRequest['prepared'] = JSON.parse(JSON.stringify(prepared));
    const reading = await provider.submit(
      { ...request, ...(stored === undefined ? {} : { prepared: stored }) },
      signal,
    );
    expect(stub.requests[1]?.body).toEqual(documented(identity.csrPem));
    expect(stub.requests[1]?.headers['x-domainrobot-ctid']).toBe(request.reference);
    expect(reading).toEqual({
      // The answer's id is the job's; the certificate keeps the one of the URL.
      handle: { jobId: '4297939738', ...(action === 'create' ? {} : { certificateId: '123456' }) },
      status: 'pending',
      statusWord: 'NOTIFY',
      challenges: prepared?.challenges,
    });
  });

  test('further names, contacts of the certificate, term and transparency', async () => {
    stub.on('POST /certificate', { body: started('N400101') });
    const { provider } = startProvider(stub.url, { adminContact: '7', technicalContact: 8 });
    const several = await makeIdentity(['a.example.com', 'b.example.com', 'c.example.com']);
    await provider.submit(
      orderRequest(several, {
        product: 'comodo_ssl_ucc',
        dcv: { method: 'file', record: 'txt' },
        options: { adminContact: 9, lifetimeMonths: 24, transparency: 'PUBLIC' },
      }),
      signal,
    );
    expect(stub.requests[0]?.body).toEqual({
      adminContact: { id: 9 },
      technicalContact: { id: 8 },
      name: 'a.example.com',
      lifetime: { unit: 'MONTH', period: 24 },
      software: 'APACHE2',
      csr: several.csrPem,
      product: 'COMODO_SSL_UCC',
      authentication: { method: 'FILE' },
      subjectAlternativeNames: [{ name: 'b.example.com' }, { name: 'c.example.com' }],
      certificateTransparencyPrivacy: 'PUBLIC',
    });
  });

  test('unknown products are passed on as they are written', async () => {
    stub.on('POST /certificate', { body: started('N400101') });
    const { provider } = startProvider(stub.url);
    await provider.submit(orderRequest(identity, { product: 'Brand_New' }), signal);
    expect(stub.requests[0]?.body).toMatchObject({ product: 'Brand_New' });
  });

  test.each([
    ['BASIC_SSL', ['*.example.com']],
    ['basic_ssl_wildcard', ['example.com', '*.example.com']],
  ])('%s for %j is refused before anything is sent', async (product, names) => {
    const { provider } = startProvider(stub.url);
    const request = orderRequest(await makeIdentity(names), { product });
    for (const attempt of [
      provider.submit(request, signal),
      Promise.resolve(provider.prepare?.(request, signal)),
    ]) {
      expect(await failure(attempt)).toMatchObject({ code: 'provider-rejected', kind: 'configuration' });
    }
    expect(stub.requests).toHaveLength(0);
  });

  test('e-mail goes to the chosen approver, and needs one', async () => {
    stub.on('POST /certificate', { body: started('N400101') });
    const { provider } = startProvider(stub.url);
    await provider.submit(
      orderRequest(identity, { dcv: { method: 'email', record: 'txt', approver: 'admin@example.com' } }),
      signal,
    );
    expect(stub.requests[0]?.body).toMatchObject({
      authentication: { method: 'EMAIL', approverEmails: ['admin@example.com'] },
    });
    const error = await failure(
      provider.submit(orderRequest(identity, { dcv: { method: 'email', record: 'txt' } }), signal),
    );
    expect(error.kind).toBe('configuration');
    expect(stub.requests).toHaveLength(1);
  });

  test.each([
    ['the answer is lost', { body: undefined }],
    ['HTTP 502 without an envelope', { status: 502, body: '<html>Bad Gateway</html>' }],
    ['HTTP 200 with a broken body', { body: '{"stid":"1","status":{"code":"N4001' }],
    ['HTTP 200 with an empty body', { body: '' }],
    ['accepted without data', { body: { status: { code: 'N400101', type: 'NOTIFY' } } }],
    ['accepted with an id that is none', { body: started('N400101', { deep: 1 }) }],
    ['a type nobody knows', { body: { status: { type: 'HUH' }, data: [{ id: 1 }] } }],
    ['a redirect', { status: 303, headers: { location: '/elsewhere' }, body: '' }],
  ])('sent once and unknown: %s', async (_, answer) => {
    for (const [action, route] of [
      ['create', 'POST /certificate'],
      ['reissue', 'PUT /certificate/123456'],
      ['renew', 'PUT /certificate/123456/_renew'],
    ] as const) {
      stub.on(route, answer);
      const { provider } = startProvider(stub.url);
      expect(
        (await failure(provider.submit(orderRequest(identity, { action, previous }), signal))).kind,
      ).toBe('outcome-unknown');
    }
    expect(stub.requests).toHaveLength(3);
  });

  test.each([
    ['EF01000', 'rejected'],
    ['EF400139', 'dcv-failed'],
    ['EF4001012', 'conflict'],
    ['EF4001006', 'configuration'],
  ])('refused and known not to be applied: %s is %s', async (reason, kind) => {
    stub.on('PUT /certificate/123456/_renew', refusal(reason, 400, 'E400106'));
    const { provider } = startProvider(stub.url);
    const error = await failure(
      provider.submit(orderRequest(identity, { action: 'renew', previous }), signal),
    );
    expect(error.kind).toBe(kind);
    expect(stub.requests).toHaveLength(1);
  });

  test('a reissue without the certificate is our own mistake', async () => {
    const { provider } = startProvider(stub.url);
    expect((await failure(provider.submit(orderRequest(identity, { action: 'reissue' }), signal))).kind).toBe(
      'invariant',
    );
    expect(stub.requests).toHaveLength(0);
  });

  test('order settings that are none are refused before anything is sent', async () => {
    const { provider } = startProvider(stub.url);
    const error = await failure(
      provider.submit(orderRequest(identity, { options: { lifetimeMonths: 'long' } }), signal),
    );
    expect(error.code).toBe('config-invalid');
    expect(stub.requests).toHaveLength(0);
  });

  test('a job id beyond 2^53 keeps its digits', async () => {
    stub.on('POST /certificate', {
      body: '{"status":{"code":"N400101","type":"NOTIFY"},"data":[{"id":9223372036854775807,"status":"RUNNING"}]}',
    });
    const { provider } = startProvider(stub.url);
    const reading = await provider.submit(orderRequest(identity), signal);
    expect(reading).toMatchObject({ handle: { jobId: '9223372036854775807' }, statusWord: 'RUNNING' });
  });
});

describe('realtime', () => {
  const options = { realtime: true };

  test('answers with the certificate', async () => {
    const server = await makeLeaf(identity);
    stub.on('POST /certificate/_realtime', { body: success([{ id: 571, name: 'example.com', server }]) });
    const { provider } = startProvider(stub.url);
    const reading = await provider.submit(orderRequest(identity, { options }), signal);
    expect(reading).toMatchObject({
      status: 'issued',
      handle: { certificateId: '571' },
      spkiSha256: identity.spkiSha256,
    });
  });

  test.each([
    ['unreadable', { id: 571, server: 'no certificate' }],
    ['without an id', { name: 'example.com' }],
  ])('an accepted order with a certificate that is %s is unknown, not refused', async (_, certificate) => {
    stub.on('POST /certificate/_realtime', { body: success([certificate]) });
    const { provider } = startProvider(stub.url);
    expect((await failure(provider.submit(orderRequest(identity, { options }), signal))).kind).toBe(
      'outcome-unknown',
    );
  });

  test('is for new certificates only', async () => {
    stub.on('PUT /certificate/123456', { body: started('N400102') });
    const { provider } = startProvider(stub.url);
    await provider.submit(orderRequest(identity, { action: 'reissue', previous, options }), signal);
    expect(stub.requests[0]?.path).toBe('/certificate/123456');
  });
});

describe('retry of the validation', () => {
  const waiting = (method = 'DNS', status = 'DEFERRED'): object =>
    success([
      { job: { id: 77, status }, object: { type: 'Certificate', data: { authentication: { method } } } },
    ]);

  test.each(['DNS', 'FILE'])('by %s runs the step of the job again', async (method) => {
    stub.on('GET /job/77', { body: waiting(method) });
    stub.on('PUT /job/77/_retry', { body: success(undefined) });
    await startProvider(stub.url).provider.retryValidation({ jobId: '77' }, signal);
    expect(stub.requests).toHaveLength(2);
    expect(stub.requests[1]?.body).toBeUndefined();
  });

  test('by e-mail sends the mail again, and says when it does not go', async () => {
    stub.on('GET /job/77', { body: waiting('EMAIL') });
    stub.on('PUT /job/77/_resendApproverEmail', { body: success(undefined) });
    const { provider } = startProvider(stub.url);
    await provider.retryValidation({ jobId: '77' }, signal);
    expect(stub.requests).toHaveLength(2);
    stub.on('PUT /job/77/_resendApproverEmail', refusal('EF01000'));
    expect((await failure(provider.retryValidation({ jobId: '77' }, signal))).kind).toBe('rejected');
    stub.on('PUT /job/77/_resendApproverEmail', refusal('EF300101'));
    await provider.retryValidation({ jobId: '77' }, signal);
  });

  test.each(['EF300101', 'EF01000', 'EF02022', 'EF99999'])('a refusal (%s) is harmless', async (reason) => {
    stub.on('GET /job/77', { body: waiting() });
    stub.on('PUT /job/77/_retry', refusal(reason));
    await startProvider(stub.url).provider.retryValidation({ jobId: '77' }, signal);
    expect(stub.requests).toHaveLength(2);
  });

  test.each(['SUCCESS', 'FAILED', 'CANCELED'])('a job that has ended as %s is left alone', async (status) => {
    stub.on('GET /job/77', refusal('EF300101'));
    stub.on('GET /job/history/77', { body: waiting('DNS', status) });
    await startProvider(stub.url).provider.retryValidation({ jobId: '77' }, signal);
    expect(stub.requests).toHaveLength(2);
  });

  test('nothing is asked without a job; being locked out or offline is still an error', async () => {
    const { provider } = startProvider(stub.url);
    await provider.retryValidation({ certificateId: '1' }, signal);
    expect(stub.requests).toHaveLength(0);
    stub.on('GET /job/77', { body: waiting() });
    stub.on('PUT /job/77/_retry', { status: 401, body: '' });
    expect((await failure(provider.retryValidation({ jobId: '77' }, signal))).kind).toBe('authentication');
    stub.on('PUT /job/77/_retry', { status: 503, body: '' });
    expect((await failure(provider.retryValidation({ jobId: '77' }, signal))).kind).toBe('unavailable');
  });
});

describe('revoke', () => {
  const certificate = {
    id: 571,
    name: 'example.com',
    serialNumber: '6CA6BD336FCFF808D72E231B4A7A84C',
    histories: [
      { serialNumber: 'ABCDEF', orderId: '1' },
      { serialNumber: '1234', revoked: '2026-10-01T00:00:00.000+0200' },
    ],
  };

  test.each([
    ['00ABCDEF', 'ABCDEF'],
    ['06ca6bd336fcff808d72e231b4a7a84c', '6CA6BD336FCFF808D72E231B4A7A84C'],
  ])('%s is sent in the provider’s spelling, %s', async (serialHex, serialNumber) => {
    stub.on('GET /certificate/571', { body: success([certificate]) });
    stub.on('POST /certificate/571/_revoke', { body: success(undefined) });
    const { provider } = startProvider(stub.url);
    await provider.revoke({ certificateId: '571' }, serialHex, 'superseded', signal);
    expect(stub.requests[1]?.body).toEqual({ serialNumber });
  });

  test('revoked before: nothing is sent', async () => {
    stub.on('GET /certificate/571', { body: success([certificate]) });
    await startProvider(stub.url).provider.revoke({ certificateId: '571' }, '00001234', 'superseded', signal);
    expect(stub.requests).toHaveLength(1);
  });

  test.each(['ff', 'NOT_SET', ''])(
    'a serial number that is not the certificate’s (%j) is refused here',
    async (serial) => {
      stub.on('GET /certificate/571', { body: success([{ ...certificate, serialNumber: 'NOT_SET' }]) });
      const { provider } = startProvider(stub.url);
      const error = await failure(provider.revoke({ certificateId: '571' }, serial, 'superseded', signal));
      expect(error.kind).toBe('rejected');
      expect(stub.requests).toHaveLength(1);
    },
  );

  test('an order known by its job only is read first; without a certificate there is nothing to revoke', async () => {
    stub.on('GET /job/77', { body: success([{ job: { id: 77, status: 'RUNNING' } }]) });
    const { provider } = startProvider(stub.url);
    expect((await failure(provider.revoke({ jobId: '77' }, 'abcdef', 'superseded', signal))).kind).toBe(
      'not-found',
    );
  });

  test('sent once when its answer is lost', async () => {
    stub.on('GET /certificate/571', { body: success([certificate]) });
    stub.on('POST /certificate/571/_revoke', { body: undefined });
    const { provider } = startProvider(stub.url);
    const error = await failure(provider.revoke({ certificateId: '571' }, 'abcdef', 'superseded', signal));
    expect(error.kind).toBe('outcome-unknown');
    expect(stub.requests).toHaveLength(2);
  });
});

describe('cancel', () => {
  const job = (status: string): object => success([{ job: { id: 77, status } }]);

  test('cancels the job', async () => {
    stub.on('PUT /job/77/_cancel', { body: success(undefined) });
    await startProvider(stub.url).provider.cancel({ jobId: '77' }, signal);
    expect(stub.requests).toHaveLength(1);
  });

  test.each(['CANCELED', 'FAILED'])('quiet when the job has ended as %s', async (status) => {
    stub.on('PUT /job/77/_cancel', refusal('EF300101'));
    stub.on('GET /job/77', refusal('EF300101'));
    stub.on('GET /job/history/77', { body: job(status) });
    await startProvider(stub.url).provider.cancel({ jobId: '77' }, signal);
    expect(stub.requests).toHaveLength(3);
  });

  test.each([
    ['SUCCESS', 'conflict'],
    ['RUNNING', 'rejected'],
  ])('an error when the job is %s', async (status, kind) => {
    stub.on('PUT /job/77/_cancel', refusal('EF01000'));
    stub.on('GET /job/77', { body: job(status) });
    expect((await failure(startProvider(stub.url).provider.cancel({ jobId: '77' }, signal))).kind).toBe(kind);
  });

  test('without a job there is nothing to cancel', async () => {
    expect(
      (await failure(startProvider(stub.url).provider.cancel({ certificateId: '1' }, signal))).kind,
    ).toBe('conflict');
  });
});

test('an abort ends a call promptly and says that nothing was applied', async () => {
  const { provider } = startProvider(stub.url);
  const error = await failure(provider.submit(orderRequest(identity), AbortSignal.abort()));
  expect(error.kind).toBe('unavailable');
  expect(stub.requests).toHaveLength(0);
});

test('observations name the command and hold no secret', async () => {
  stub.on('POST /certificate', refusal('EF01000'));
  const { provider, observations } = startProvider(stub.url);
  const error = await failure(provider.submit(orderRequest(identity), signal));
  expect(observations).toMatchObject([{ command: 'CertificateCreate', outcome: 'http-4xx' }]);
  const encoded = Buffer.from(`robot:${password}`).toString('base64');
  for (const text of [
    JSON.stringify(observations),
    error.message,
    JSON.stringify(error),
    String(error.stack),
  ]) {
    expect(text).not.toContain(password);
    expect(text).not.toContain(encoded);
  }
});
