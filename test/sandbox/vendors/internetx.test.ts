import { X509Certificate } from 'node:crypto';
import { beforeEach, describe, expect, it } from 'vitest';
import { z } from 'zod';
import type { SteerableSandboxCa } from '../../../src/sandbox/ca/index.ts';
import type { VendorSimulator } from '../../../src/sandbox/contract.ts';
import { printedSerial } from '../../../src/sandbox/internetx/certificate-json.ts';
import { createInternetxSimulator } from '../../../src/sandbox/internetx/index.ts';
import type { InternetxOptions } from '../../../src/sandbox/internetx/index.ts';
import {
  bodyText,
  caLookingAt,
  csrFor,
  DAY_MS,
  handClock,
  newEvidence,
  requestTo,
  seededRandom,
} from './kit.ts';
import type { Evidence, HandClock } from './kit.ts';

const ACCOUNT = { user: 'customer', password: 'pa:ss', context: 9 };
const HEADERS = {
  authorization: `Basic ${Buffer.from(`${ACCOUNT.user}:${ACCOUNT.password}`).toString('base64')}`,
  'x-domainrobot-context': '9',
  'user-agent': 'test',
};

/** As much of an answer as the tests look at, written down from the vendor's document. */
const Authentication = z.looseObject({
  method: z.string(),
  dns: z.string().optional(),
  fileName: z.string().optional(),
  fileContent: z.string().optional(),
  approverEmails: z.array(z.string()).optional(),
  provisioning: z.boolean().optional(),
});
const Certificate = z.looseObject({
  id: z.number(),
  orderId: z.string(),
  name: z.string(),
  product: z.string(),
  lifetime: z.looseObject({ unit: z.string(), period: z.number() }),
  software: z.string(),
  csr: z.string(),
  adminContact: z.looseObject({ id: z.number(), fname: z.string(), address: z.array(z.string()) }),
  technicalContact: z.looseObject({ id: z.number() }),
  authentication: Authentication,
  server: z.string().optional(),
  serialNumber: z.string().optional(),
  expire: z.string().optional(),
  created: z.string(),
  histories: z.array(z.looseObject({ serialNumber: z.string(), revoked: z.string().optional() })).optional(),
  certificationAuthority: z
    .array(z.looseObject({ caType: z.string(), caCertificate: z.string() }))
    .optional(),
});
const Message = z.looseObject({
  id: z.number(),
  job: z.looseObject({ id: z.number(), status: z.string(), action: z.string() }).optional(),
  notify: z.looseObject({ type: z.string() }).optional(),
  stid: z.string().optional(),
  ctid: z.string().optional(),
  object: z.looseObject({ type: z.string(), value: z.string(), data: z.unknown() }),
  messages: z.array(z.looseObject({ code: z.string() })).optional(),
});
const Envelope = z.looseObject({
  stid: z.string(),
  ctid: z.string().optional(),
  status: z.looseObject({ code: z.string().optional(), text: z.string().optional(), type: z.string() }),
  object: z.looseObject({ type: z.string(), value: z.string(), summary: z.number().optional() }).optional(),
  data: z.array(z.looseObject({})).optional(),
  messages: z
    .array(
      z.looseObject({
        code: z.string().optional(),
        objects: z.array(z.looseObject({ type: z.string(), value: z.string() })).optional(),
      }),
    )
    .optional(),
});
type Envelope = z.output<typeof Envelope>;

interface Reply extends Envelope {
  readonly http: number;
  readonly headers: Readonly<Record<string, string>>;
}

let clock: HandClock;
let evidence: Evidence;
let ca: SteerableSandboxCa;
let simulator: VendorSimulator;

function newSimulator(options: Partial<InternetxOptions> = {}): VendorSimulator {
  return createInternetxSimulator({ ca, clock, accounts: [ACCOUNT], random: seededRandom(), options });
}

beforeEach(() => {
  clock = handClock();
  evidence = newEvidence();
  ca = caLookingAt(evidence, clock);
  simulator = newSimulator();
});

async function send(
  method: string,
  path: string,
  body?: unknown,
  headers: Record<string, string> = HEADERS,
): Promise<Reply> {
  const text = body === undefined ? '' : JSON.stringify(body);
  const answer = await simulator.handle(requestTo(method, path, text, headers));
  return { ...Envelope.parse(JSON.parse(bodyText(answer))), http: answer.status, headers: answer.headers };
}

function only<T extends z.ZodType>(schema: T, reply: Envelope): z.output<T> {
  expect(reply.data).toHaveLength(1);
  return schema.parse(reply.data?.[0]);
}

async function prepared(csr: string, product = 'QUICKSSLPREMIUM') {
  const reply = await send('POST', '/v1/certificate/_prepareOrder', { plain: csr, product });
  expect(reply.status.code).toBe('S400110');
  const data = only(z.looseObject({ name: z.string(), authentication: z.array(Authentication) }), reply);
  const method = (name: string) => data.authentication.find((each) => each.method === name);
  return { reply, data, dns: method('DNS')?.dns ?? '', file: method('FILE') };
}

function orderBody(csr: string, extra: Record<string, unknown> = {}) {
  return {
    adminContact: { id: 100 },
    technicalContact: { id: 100 },
    name: 'example.com',
    lifetime: { unit: 'MONTH', period: 12 },
    software: 'APACHESSL',
    csr,
    product: 'QUICKSSLPREMIUM',
    authentication: { method: 'DNS' },
    ...extra,
  };
}

/** Puts a zone line where the CA looks. */
function publish(line: string): void {
  const match = /^(\S+?)\.\s+300\s+IN\s+(TXT|CNAME)\s+"?([^"\s]+?)\.?"?$/.exec(line);
  const [, owner = '', type, data = ''] = match ?? [];
  if (type === 'TXT') evidence.texts.set(owner, [...(evidence.texts.get(owner) ?? []), data]);
  else evidence.aliases.set(owner, data);
}

const poll = () => send('GET', '/v1/poll');

/** Orders, proves, polls and confirms; the certificate's id. */
async function ordered(extra: Record<string, unknown> = {}): Promise<number> {
  const csr = await csrFor(['example.com']);
  const { dns } = await prepared(csr);
  const started = await send(
    'POST',
    '/v1/certificate',
    orderBody(csr, { authentication: { method: 'DNS', dns }, ...extra }),
  );
  expect(started.status).toMatchObject({ code: 'N400101', type: 'NOTIFY' });
  publish(dns);
  await ca.tick();
  const message = only(Message, await poll());
  await send('PUT', `/v1/poll/${message.id}`);
  return Certificate.parse(message.object.data).id;
}

async function reissue(id: number): Promise<{ job: number; csr: string }> {
  const csr = await csrFor(['example.com']);
  const { dns } = await prepared(csr);
  const started = await send(
    'PUT',
    `/v1/certificate/${id}`,
    orderBody(csr, { authentication: { method: 'DNS', dns, provisioning: true } }),
  );
  expect(started.http).toBe(200);
  publish(dns);
  return { job: only(z.looseObject({ id: z.number() }), started).id, csr };
}

describe('transport and frame', () => {
  it('wants credentials, a context and a User-Agent', async () => {
    expect((await send('GET', '/v1/hello')).http).toBe(200);
    expect((await send('GET', '/hello')).status).toEqual({ type: 'SUCCESS' });
    const without = (name: string) =>
      Object.fromEntries(Object.entries(HEADERS).filter(([key]) => key !== name));
    expect((await send('GET', '/v1/hello', undefined, without('authorization'))).http).toBe(401);
    expect((await send('GET', '/v1/hello', undefined, without('x-domainrobot-context'))).http).toBe(401);
    expect(
      (await send('GET', '/v1/hello', undefined, { ...HEADERS, 'x-domainrobot-context': '4' })).http,
    ).toBe(401);
    expect((await send('GET', '/v1/hello', undefined, without('user-agent'))).http).toBe(400);
    expect((await send('GET', '/v1/nothing')).http).toBe(404);
  });

  it('opens sessions that need neither password nor context', async () => {
    const agent = { 'user-agent': 'test' };
    const login = await send('POST', '/v1/login?undefined=x', { ...ACCOUNT, context: '9' }, agent);
    expect(login.status.code).toBe('S1321001');
    const id = login.headers['x-domainrobot-sessionid'] ?? '';
    const cookie = (login.headers['set-cookie'] ?? '').split(';')[0] ?? '';
    expect((await send('GET', '/v1/poll', undefined, { ...agent, 'x-domainrobot-sessionid': id })).http).toBe(
      200,
    );
    expect((await send('GET', '/v1/poll', undefined, { ...agent, cookie })).http).toBe(200);
    clock.advance(600_000);
    expect((await send('GET', '/v1/poll', undefined, { ...agent, cookie })).http).toBe(401);
    expect((await send('POST', '/v1/login', { ...ACCOUNT, password: 'x' }, agent)).http).toBe(401);
    const second = await send('POST', '/v1/login?timeout=300', ACCOUNT, agent);
    const session = { ...agent, 'x-domainrobot-sessionid': second.headers['x-domainrobot-sessionid'] ?? '' };
    expect((await send('GET', '/v1/logout', undefined, session)).status.code).toBe('S1321003');
    expect((await send('GET', '/v1/poll', undefined, session)).http).toBe(401);
  });

  it('echoes the client transaction id and repeats its own in a header', async () => {
    const reply = await send('GET', '/v1/poll', undefined, { ...HEADERS, 'x-domainrobot-ctid': 'attempt-7' });
    expect(reply.ctid).toBe('attempt-7');
    expect(reply.headers['x-domainrobot-stid']).toBe(reply.stid);
    expect((await send('GET', '/v1/poll?ctid=by-query')).ctid).toBe('by-query');
  });

  it('limits requests per second with 429', async () => {
    simulator = newSimulator({ rateLimit: { perSecond: 3, retryAfterSeconds: 1 } });
    const codes: number[] = [];
    for (let i = 0; i < 4; i += 1) codes.push((await send('GET', '/v1/hello')).http);
    expect(codes).toEqual([200, 200, 200, 429]);
    clock.advance(1000);
    expect((await send('GET', '/v1/hello')).http).toBe(200);
  });

  it('speaks German and the old names of codes when told to', async () => {
    simulator = newSimulator({ language: 'de', oldCodeNames: true });
    const reply = await send('GET', '/v1/poll');
    expect(reply.status).toMatchObject({
      resultCode: 'S0905',
      text: 'Die Nachricht wurde erfolgreich abgefragt.',
    });
    expect(reply.headers['content-language']).toBe('de');
    const error = await send('GET', '/v1/job/1');
    expect(error.messages?.[0]).toMatchObject({
      messageCode: 'EF300101',
      text: 'Der Auftrag wurde nicht gefunden.',
    });
  });

  it.each([
    ['both', 200, 200],
    ['underscore', 200, 404],
    ['plain', 404, 200],
  ] as const)('has routes spelled %s', async (routes, underscore, plain) => {
    simulator = newSimulator({ routes });
    const body = { plain: await csrFor(['example.com']), product: 'BASIC_SSL' };
    expect((await send('POST', '/v1/certificate/_prepareOrder', body)).http).toBe(underscore);
    expect((await send('POST', '/v1/certificate/prepareOrder', body)).http).toBe(plain);
    expect((await send('POST', '/v1/certificate/_search', {})).http).toBe(200);
  });

  it('names requests as the vendor does', () => {
    const body = JSON.stringify({ user: 'a', password: 'b' });
    expect(simulator.describe(requestTo('PUT', '/v1/certificate/571/renew', body))).toEqual({
      command: 'PUT /certificate/{id}/_renew',
      parameters: { id: 571, user: 'a' },
    });
  });
});

describe('prepare', () => {
  it('answers with the documented fields, one element per method', async () => {
    const csr = await csrFor(['example.com'], 'RSA');
    const { reply, data, dns, file } = await prepared(csr);
    expect(reply.object).toBeUndefined();
    expect(data).toMatchObject({
      name: 'example.com',
      keySize: 2048,
      countryCode: 'DE',
      organization: 'Example GmbH',
      product: 'QUICKSSLPREMIUM',
      algorithm: 'RSA',
      signatureHashAlgorithm: 'SHA256',
    });
    expect(data.authentication.map(({ method }) => method)).toEqual(['EMAIL', 'DNS', 'FILE']);
    expect(data.authentication[0]?.approverEmails).toHaveLength(5);
    expect(dns).toMatch(/^example\.com\.\t\t300\tIN\tTXT\t"20261001100000[a-z0-9]{50}"$/);
    expect(file?.fileName).toBe('example.com/.well-known/pki-validation/fileauth.txt');
    const again = await prepared(csr);
    expect(again.dns).not.toBe(dns);
  });

  it('takes a request as the official clients send it', async () => {
    const [begin = '', ...rest] = (await csrFor(['example.com'])).trim().split('\n');
    const plain = [begin, rest.slice(0, -1).join(''), rest.at(-1)].join('\r\n');
    const nulls = { csr: null, lifetime: null, name: null, authentication: null };
    const reply = await send('POST', '/certificate/_prepareOrder', { plain, product: 'BASIC_SSL', ...nulls });
    expect(reply.http).toBe(200);
  });

  it('refuses what it cannot use', async () => {
    const refused = async (body: unknown) => {
      const reply = await send('POST', '/v1/certificate/_prepareOrder', body);
      expect(reply.http).toBe(400);
      expect(reply.status).toMatchObject({ code: 'E400110', type: 'ERROR' });
      return reply.messages?.[0]?.objects?.[0]?.type;
    };
    const csr = await csrFor(['example.com']);
    expect(await refused({ product: 'BASIC_SSL' })).toBe('certificateData.plain');
    expect(await refused({ plain: 'x', product: 'BASIC_SSL' })).toBe('certificateData.plain');
    expect(await refused({ plain: csr, product: 'NO_SUCH' })).toBe('certificateData.product');
    expect(await refused({ plain: csr, product: 'BASIC_SSL_WILDCARD' })).toBe('certificateData.product');
    const weak = await csrFor(['example.com'], 'RSA-1024');
    expect(await refused({ plain: weak, product: 'BASIC_SSL' })).toBe('certificateData.plain');
  });

  it('offers CNAME for the other CA, no file for wildcards, and the owner it is told to', async () => {
    simulator = newSimulator({ dnsOwner: '_dnsauth', fileForm: 'bare' });
    const cname = await prepared(await csrFor(['example.com']), 'COMODO_SSL');
    expect(cname.dns).toMatch(/^_[0-9a-f]{32}\.example\.com\.\t\t300\tIN\tCNAME\t\S+\.comodoca\.com\.$/);
    const wildcard = await prepared(await csrFor(['*.example.com']), 'BASIC_SSL_WILDCARD');
    expect(wildcard.data.authentication.map(({ method }) => method)).toEqual(['EMAIL', 'DNS']);
    expect(wildcard.dns).toMatch(/^_dnsauth\.example\.com\.\t/);
    expect((await prepared(await csrFor(['example.com']))).file).toEqual({ method: 'FILE' });
  });
});

describe('order, poll, inquire', () => {
  it('answers an order with the id of a job, which waits for DNS and then moves to the history', async () => {
    const csr = await csrFor(['example.com']);
    const { dns } = await prepared(csr);
    const started = await send(
      'POST',
      '/v1/certificate',
      orderBody(csr, { authentication: { method: 'DNS', dns } }),
      { ...HEADERS, 'x-domainrobot-ctid': 'attempt-1' },
    );
    const { id: job } = only(z.looseObject({ id: z.number() }), started);
    expect(job).toBeGreaterThan(2 ** 32);
    expect(started.object).toEqual({ type: 'certificate', value: 'example.com' });
    const ObjectJob = z.looseObject({
      job: z.looseObject({ status: z.string(), subStatus: z.string().optional(), execution: z.string() }),
      object: z.looseObject({ data: Certificate }),
    });
    expect(only(ObjectJob, await send('GET', `/v1/job/${job}`)).job.status).toBe('RUNNING');
    clock.advance(60_000);
    await ca.tick();
    const waiting = only(ObjectJob, await send('GET', `/v1/job/${job}`));
    expect(waiting.job).toMatchObject({
      status: 'DEFERRED',
      subStatus: 'WF_DNS_AUTH',
      execution: '2026-10-01T10:11:00.000+0200',
    });
    expect(waiting.object.data.authentication.dns).toBe(dns.replace('\t\t', '\t'));
    expect(waiting.object.data.server).toBeUndefined();
    expect((await poll()).data).toBeUndefined();

    publish(dns);
    await ca.tick();
    const gone = await send('GET', `/v1/job/${job}`);
    expect([gone.http, gone.messages?.[0]?.code]).toEqual([400, 'EF300101']);
    const past = only(ObjectJob, await send('GET', `/v1/job/history/${job}`));
    expect(past.job.status).toBe('SUCCESS');

    const polled = await poll();
    expect(polled.object).toMatchObject({ type: 'message', summary: 1 });
    const message = only(Message, polled);
    expect(message).toMatchObject({ ctid: 'attempt-1', stid: started.stid });
    expect(message.job).toMatchObject({
      id: job,
      status: 'SUCCESS',
      type: 'ssl',
      subType: 'QUICKSSLPREMIUM',
      action: 'create',
    });
    const told = Certificate.parse(message.object.data);
    expect(told.certificationAuthority).toBeUndefined();
    expect(simulator.invoices()).toEqual([
      {
        at: new Date('2026-10-01T08:00:00Z'),
        orderId: told.orderId,
        certificateId: String(told.id),
        product: 'QUICKSSLPREMIUM',
        price: 59,
        currency: 'EUR',
        reference: 'attempt-1',
      },
    ]);

    const info = await send('GET', `/v1/certificate/${told.id}`);
    expect(info.status.code).toBe('S400104');
    const certificate = only(Certificate, info);
    const leaf = new X509Certificate(certificate.server ?? '');
    expect(certificate.server?.endsWith('\n')).toBe(true);
    expect(certificate.certificationAuthority?.map(({ caType }) => caType)).toEqual(['INTERMEDIATE', 'ROOT']);
    const [intermediate, root] = certificate.certificationAuthority ?? [];
    expect(intermediate?.caCertificate.endsWith('-----')).toBe(true);
    expect(leaf.verify(new X509Certificate(intermediate?.caCertificate ?? '').publicKey)).toBe(true);
    expect(new X509Certificate(intermediate?.caCertificate ?? '').issuer).toBe(
      new X509Certificate(root?.caCertificate ?? '').subject,
    );
    expect(leaf.subjectAltName).toContain('DNS:www.example.com');
    expect(BigInt(`0x${certificate.serialNumber}`)).toBe(BigInt(`0x${leaf.serialNumber}`));
    expect(certificate.serialNumber).not.toMatch(/^0/);
    // UTC wall clock with the local offset.
    const end = leaf.validToDate.toISOString().slice(0, 19);
    expect(certificate.expire?.startsWith(end)).toBe(true);
    expect(certificate.expire).toMatch(/\.000\+0[12]00$/);
    expect(certificate.csr.split('\n')).toHaveLength(3);
    expect(certificate.histories).toEqual([]);
  });

  it('delivers the oldest message until it is confirmed', async () => {
    simulator.queueForeignEvent();
    simulator.queueForeignEvent();
    const oldest = only(Message, await poll());
    expect(oldest.object.type).toBe('Domain');
    expect(oldest.job?.status).toBe('SUCCESS');
    expect(only(Message, await poll()).id).toBe(oldest.id);
    expect((await poll()).object?.summary).toBe(2);
    const headers = {
      ...HEADERS,
      'content-type': 'application/x-www-form-urlencoded',
      'content-length': '0',
    };
    const confirmed = await send('PUT', `/v1/poll/${oldest.id}`, undefined, headers);
    expect(confirmed.status.code).toBe('S0906');
    expect(confirmed.object).toEqual({ type: 'message', value: String(oldest.id) });
    expect(only(Message, await poll()).notify?.type).toBe('domain_away');
    expect((await send('PUT', `/v1/poll/${oldest.id}`)).http).toBe(400);
    simulator.redeliverLastEvent();
    expect(only(Message, await poll()).id).toBe(oldest.id);
  });

  it('wants the whole order, existing contacts and the prepared string', async () => {
    const csr = await csrFor(['example.com']);
    const refused = async (extra: Record<string, unknown>) => {
      const reply = await send('POST', '/v1/certificate', orderBody(csr, extra));
      expect([reply.http, reply.status.code]).toEqual([400, 'E400101']);
      return [reply.messages?.[0]?.code, reply.messages?.[0]?.objects?.[0]?.type];
    };
    expect(await refused({ lifetime: null })).toEqual(['EF01000', 'certificate.lifetime']);
    expect(await refused({ software: 'NOTEPAD' })).toEqual(['EF01000', 'certificate.software']);
    expect(await refused({ adminContact: { id: 7 } })).toEqual(['EF4001006', 'certificate.adminContact']);
    expect(await refused({ technicalContact: { id: '7' } })).toEqual([
      'EF4001010',
      'certificate.technicalContact',
    ]);
    expect(await refused({ authentication: null })).toEqual(['EF01000', 'certificate.authentication']);
    expect(await refused({ authentication: { method: 'DNS', dns: 'example.com. 300 IN TXT "x"' } })).toEqual([
      'EF01000',
      'certificate.authentication.dns',
    ]);
    expect(await refused({ name: 'other.example' })).toEqual(['EF01000', 'certificate.name']);
    expect(simulator.invoices()).toEqual([]);
  });

  it('draws the record itself when the order has none', async () => {
    const csr = await csrFor(['example.com']);
    const { dns } = await prepared(csr);
    await send('POST', '/v1/certificate', orderBody(csr));
    publish(dns);
    await ca.tick();
    expect((await poll()).data).toBeUndefined();
  });

  it('validates by file and by mail', async () => {
    const csr = await csrFor(['example.com']);
    const { file } = await prepared(csr);
    const { fileName = '', fileContent = '' } = file ?? {};
    await send(
      'POST',
      '/v1/certificate',
      orderBody(csr, { authentication: { method: 'FILE', fileContent } }),
    );
    evidence.files.set(`http://${fileName}`, fileContent);
    const authentication = { method: 'EMAIL', approverEmails: ['admin@example.com'] };
    await send('POST', '/v1/certificate', orderBody(csr, { authentication }));
    ca.approveByEmail(ca.orders()[1]?.id ?? '');
    await ca.tick();
    expect((await poll()).object?.summary).toBe(2);
    const wrong = { method: 'EMAIL', approverEmails: ['someone@example.com'] };
    expect((await send('POST', '/v1/certificate', orderBody(csr, { authentication: wrong }))).http).toBe(400);
  });

  it('tells of failure with a reason and takes the money back', async () => {
    simulator = newSimulator({ caRefuses: () => 'CAA forbids' });
    const csr = await csrFor(['example.com']);
    expect((await send('POST', '/v1/certificate', orderBody(csr))).status.code).toBe('N400101');
    const message = only(Message, await poll());
    expect(message.job?.status).toBe('FAILED');
    expect(message.messages).toEqual([{ code: 'EF400139', text: 'CAA forbids', status: 'ERROR' }]);
    expect(simulator.invoices().map(({ price }) => price)).toEqual([59, -59]);
  });

  it('issues in real time where the evidence is in place', async () => {
    const csr = await csrFor(['example.com']);
    const { dns } = await prepared(csr, 'BASIC_SSL');
    const body = orderBody(csr, { product: 'BASIC_SSL', authentication: { method: 'DNS', dns } });
    const early = await send('POST', '/v1/certificate/_realtime', body);
    expect([early.http, early.status.code, early.messages?.[0]?.code]).toEqual([400, 'E4001012', 'EF400139']);
    expect(simulator.invoices()).toEqual([]);
    publish(dns);
    const done = await send('POST', '/v1/certificate/_realtime', body);
    expect(done.status.code).toBe('S4001012');
    expect(only(Certificate, done).server).toContain('BEGIN CERTIFICATE');
    expect((await send('POST', '/v1/certificate/_realtime', orderBody(csr))).http).toBe(400);
    expect((await poll()).data).toBeUndefined();
  });
});

describe('reissue, renew, revoke, delete', () => {
  it('reissues under the same id, free of charge, and remembers the old serial', async () => {
    const id = await ordered();
    const before = only(Certificate, await send('GET', `/v1/certificate/${id}`));
    clock.advance(100 * DAY_MS);
    const { job, csr } = await reissue(id);
    expect(only(Certificate, await send('GET', `/v1/certificate/${id}`)).serialNumber).toBe(
      before.serialNumber,
    );
    await ca.tick();
    const message = only(Message, await poll());
    expect(message.job).toMatchObject({ id: job, status: 'SUCCESS', action: 'create' });
    const after = only(Certificate, await send('GET', `/v1/certificate/${id}`));
    expect(after.serialNumber).not.toBe(before.serialNumber);
    expect(after.orderId).toBe(before.orderId);
    expect(after.csr.split('\n')[1]).toBe(csr.trim().split('\n').slice(1, -1).join(''));
    expect(after.histories?.map(({ serialNumber }) => serialNumber)).toEqual([before.serialNumber]);
    expect(after.authentication.provisioning).toBe(true);
    expect(simulator.invoices()).toHaveLength(1);
    expect(ca.revocations()).toEqual([]);

    const current = await send('POST', `/v1/certificate/${id}/_revoke`, { serialNumber: after.serialNumber });
    expect(current.http).toBe(400);
    const old = await send('DELETE', `/v1/certificate/${id}/_revoke`, { serialNumber: before.serialNumber });
    expect(old.status.code).toBe('S4001031');
    expect(old.data).toBeUndefined();
    expect(ca.revocations()).toHaveLength(1);
  });

  it('does not change the method on reissue', async () => {
    const id = await ordered();
    const csr = await csrFor(['example.com']);
    const bound = await send('POST', '/v1/certificate/_prepareOrder', {
      plain: csr,
      product: 'QUICKSSLPREMIUM',
      certificate: { id },
      businessCase: 'REISSUE',
    });
    const offered = z.looseObject({ authentication: z.array(Authentication) }).parse(bound.data?.[0]);
    expect(offered.authentication.map(({ method }) => method)).toEqual(['DNS']);
    const reply = await send(
      'PUT',
      `/v1/certificate/${id}`,
      orderBody(csr, { authentication: { method: 'FILE' } }),
    );
    expect(reply.messages?.[0]).toMatchObject({
      code: 'EF01000',
      objects: [{ type: 'certificate.authentication.method', value: 'FILE' }],
    });
    expect((await send('PUT', '/v1/certificate/99', orderBody(csr))).http).toBe(400);
  });

  it('renews within ninety days before the end only', async () => {
    const id = await ordered();
    const early = await send('PUT', `/v1/certificate/${id}/_renew`);
    expect([early.http, early.status.code, early.messages?.[0]?.code]).toEqual([400, 'E400106', 'EF4001012']);
    clock.advance(110 * DAY_MS);
    const started = await send('PUT', `/v1/certificate/${id}/_renew`, { id: String(id) });
    expect(started.status.code).toBe('N400106');
    const [pending] = ca.orders().filter(({ status }) => status === 'pending');
    const [requirement] = pending?.request.requirements ?? [];
    if (requirement?.kind === 'dns-txt') evidence.texts.set(requirement.recordName, [requirement.value]);
    await ca.tick();
    expect(only(Message, await poll()).job).toMatchObject({ status: 'SUCCESS', action: 'renew' });
    expect(simulator.invoices()).toHaveLength(2);
  });

  it('deletes as a job', async () => {
    const id = await ordered();
    expect((await send('DELETE', `/v1/certificate/${id}`)).status.code).toBe('N400103');
    expect(only(Message, await poll()).job).toMatchObject({ status: 'SUCCESS', action: 'delete' });
    expect((await send('GET', `/v1/certificate/${id}`)).http).toBe(400);
    expect(ca.revocations()).toHaveLength(1);
  });

  it('cancels an open job', async () => {
    const csr = await csrFor(['example.com']);
    const { id: job } = only(
      z.looseObject({ id: z.number() }),
      await send('POST', '/v1/certificate', orderBody(csr)),
    );
    const open = await send('POST', '/v1/job/_search', {
      filters: [{ key: 'object', operator: 'EQUAL', value: 'example.com' }],
    });
    expect(open.object?.summary).toBe(1);
    expect((await send('PUT', `/v1/job/${job}/cancel`)).http).toBe(200);
    expect((await send('PUT', `/v1/job/${job}/_cancel`)).messages?.[0]?.code).toBe('EF300101');
    expect(only(Message, await poll()).job?.status).toBe('CANCELED');
    const past = await send('POST', '/v1/job/history/_search', {});
    expect(past.object?.summary).toBe(1);
    expect(ca.orders()[0]?.status).toBe('cancelled');
  });
});

describe('search', () => {
  it('gives sparse rows, pages and sorts', async () => {
    const one = await ordered();
    const two = await ordered({ comment: 'second' });
    const all = await send('POST', '/v1/certificate/_search?keys[]=expire&keys[]=product', {
      orders: [{ key: 'id', type: 'DESC' }],
      view: { limit: 1, offset: 0, children: true },
    });
    expect(all.object?.summary).toBe(2);
    expect(Object.keys(all.data?.[0] ?? {}).sort()).toEqual(['expire', 'id', 'name', 'product']);
    expect(all.data?.[0]).toMatchObject({ id: two, name: 'example.com' });
    const search = (filter: unknown) => send('POST', '/v1/certificate/_search', { filters: [filter] });
    expect((await search({ key: 'comment', operator: 'EQUAL', value: 'second' })).data).toEqual([
      { id: two, name: 'example.com' },
    ]);
    expect((await search({ key: 'name', operator: 'LIKE', value: 'exam*' })).object?.summary).toBe(2);
    const either = {
      link: 'OR',
      filters: [one, two].map((id) => ({ key: 'id', operator: 'EQUAL', value: id })),
    };
    expect((await search(either)).object?.summary).toBe(2);
    const none = await search({ key: 'expire', operator: 'LESS', value: '2026-01-01T00:00:00.000+0100' });
    expect([none.http, none.data, none.object?.summary]).toEqual([200, undefined, 0]);
    const wrong = await search({ key: 'serialNumber', operator: 'EQUAL', value: 'x' });
    expect(wrong.messages?.[0]).toMatchObject({
      code: 'EF00022',
      objects: [{ type: 'conditions[0]/key', value: 'serialNumber' }],
    });
  });
});

describe('everything else', () => {
  it('keeps SSL contacts', async () => {
    const contact = {
      fname: 'John',
      lname: 'Doe',
      phone: '+49-123-12345',
      email: 'john.doe@example.com',
      title: 'Admin',
      organization: 'Company',
      address: ['123 Main Street'],
      pcode: '12345',
      city: 'Anytown',
      country: 'DE',
      state: 'BY',
    };
    const created = await send('POST', '/v1/sslcontact', contact);
    expect(created.status.code).toBe('S400201');
    const { id } = only(z.looseObject({ id: z.number() }), created);
    expect((await send('PUT', `/v1/sslcontact/${id}`, { ...contact, lname: 'Roe' })).status.code).toBe(
      'S400202',
    );
    expect(only(z.looseObject({ lname: z.string() }), await send('GET', `/v1/sslcontact/${id}`)).lname).toBe(
      'Roe',
    );
    const found = await send('POST', '/v1/sslcontact/_search', {
      filters: [{ key: 'email', operator: 'ILIKE', value: 'JOHN%' }],
    });
    expect(found.object?.summary).toBe(1);
    expect((await send('DELETE', `/v1/sslcontact/${id}`)).status.code).toBe('S400203');
    expect((await send('GET', `/v1/sslcontact/${id}`)).messages?.[0]?.code).toBe('EF4002001');
    expect((await send('POST', '/v1/sslcontact', { ...contact, phone: '0123' })).http).toBe(400);
  });

  it('has a past when it is seeded with one', async () => {
    const seeded = simulator.seed({
      names: ['example.com', 'www.example.com'],
      product: 'QUICKSSLPREMIUM',
      csrPem: await csrFor(['example.com']),
      notBefore: new Date('2026-04-01T00:00:00Z'),
      notAfter: new Date('2026-10-16T00:00:00Z'),
      paidUntil: new Date('2027-04-01T00:00:00Z'),
      dcvMethod: 'dns',
    });
    const read = only(Certificate, await send('GET', `/v1/certificate/${seeded.certificateId}`));
    expect(read.expire).toBe('2026-10-16T00:00:00.000+0200');
    await reissue(read.id);
    await ca.tick();
    expect(only(Message, await poll()).job?.status).toBe('SUCCESS');
    const leaf = new X509Certificate(
      only(Certificate, await send('GET', `/v1/certificate/${read.id}`)).server ?? '',
    );
    expect(leaf.validToDate <= new Date('2027-04-01T00:00:00Z')).toBe(true);
    expect(simulator.invoices()).toEqual([]);
    expect(JSON.stringify(simulator.snapshot())).toContain('QUICKSSLPREMIUM');
  });

  it('prints serials without leading zeros', () => {
    expect(printedSerial('06ca6bd3')).toBe('6CA6BD3');
    expect(printedSerial('0010')).toBe('10');
  });

  it('provisions managed zones on request', async () => {
    simulator = newSimulator({
      managedZones: ['example.com'],
      provision: (requirement) => {
        if (requirement.kind === 'dns-txt') evidence.texts.set(requirement.recordName, [requirement.value]);
      },
    });
    const csr = await csrFor(['example.com']);
    const { data } = await prepared(csr);
    expect(data.authentication.find(({ method }) => method === 'DNS')?.provisioning).toBe(true);
    await send('POST', '/v1/certificate?keys[]=dnsProvisioning', orderBody(csr));
    await ca.tick();
    expect(only(Message, await poll()).job?.status).toBe('SUCCESS');
  });

  it('answers ordered error codes in its own words', () => {
    const answer = (code: string) => {
      const { status, body } = simulator.errorAnswer(code);
      return [status, Envelope.parse(JSON.parse(body.toString()))] as const;
    };
    expect(answer('EF01000')[1].messages?.[0]?.code).toBe('EF01000');
    expect(answer('E400102')[1].status.code).toBe('E400102');
    expect(answer('503')[0]).toBe(503);
  });
});
