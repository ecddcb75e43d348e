/** The CentralNic Reseller (RRPproxy) simulator: transport, sessions, and what has no file of its own. */
import { beforeEach, describe, expect, it } from 'vitest';
import type { SteerableSandboxCa } from '../../../src/sandbox/ca/index.ts';
import type { VendorSimulator } from '../../../src/sandbox/contract.ts';
import { createRrpproxySimulator } from '../../../src/sandbox/rrpproxy/index.ts';
import type { RrpproxyOptions } from '../../../src/sandbox/rrpproxy/index.ts';
import { bodyText, caLookingAt, csrFor, handClock, newEvidence, requestTo, seededRandom } from './kit.ts';
import type { Evidence, HandClock } from './kit.ts';
import { call, commandText, first, LOGIN, parseAnswer, pemLines } from './rrpproxy-kit.ts';
import type { CommandInput, TextAnswer } from './rrpproxy-kit.ts';

let clock: HandClock;
let evidence: Evidence;
let ca: SteerableSandboxCa;
let simulator: VendorSimulator;

function newSimulator(options: Partial<RrpproxyOptions> = {}): VendorSimulator {
  return createRrpproxySimulator({
    ca,
    clock,
    accounts: [LOGIN, { login: 'sandbox:reader', password: 'other' }],
    random: seededRandom(),
    options,
  });
}

beforeEach(() => {
  clock = handClock();
  evidence = newEvidence();
  ca = caLookingAt(evidence, clock);
  simulator = newSimulator();
});

const send = (input: CommandInput): Promise<TextAnswer> => call(simulator, { apiversion: 2, ...input });

async function order(extra: CommandInput = {}, names = ['example.com']): Promise<TextAnswer> {
  return await send({
    command: 'AddCertificate',
    class: 'ssl123dv',
    techcontact0: 'P-ABC123',
    dcvmethod: 'dns-txt',
    domain: names,
    csr: pemLines(await csrFor(names)),
    ...extra,
  });
}

/** Does what the answer says and lets the CA look. */
async function fulfil(answer: TextAnswer): Promise<void> {
  const {
    'dns rr': records = [],
    'dcv domain': domains = [],
    'file name': files = [],
    'file contents': contents = [],
  } = answer.properties;
  records.forEach((record, index) => {
    const [owner = '', ...rest] = record.split(' ');
    const domain = domains[index] ?? '';
    if (record.includes('CNAME')) evidence.aliases.set(owner.replace(/\.$/, ''), rest.at(-1) ?? '');
    else evidence.texts.set(domain, [...(evidence.texts.get(domain) ?? []), rest.at(-1) ?? owner]);
  });
  files.forEach((file, index) => evidence.files.set(file, (contents[index] ?? '').replaceAll(' ', '\n')));
  await ca.tick();
}

const status = (id: string): Promise<TextAnswer> => send({ command: 'StatusCertificate', certificate: id });

async function issued(extra: CommandInput = {}, names?: string[]): Promise<string> {
  const added = await order(extra, names);
  await fulfil(added);
  const id = first(added, 'certificate');
  expect(first(await status(id), 'status')).toBe('active');
  return id;
}

describe('transport', () => {
  it('reads GET and POST, whatever the Content-Type, in one field or in many', async () => {
    const text = commandText({ COMMAND: 'GetCertificateInfo', APIVERSION: 2 });
    const one = new URLSearchParams({ s_login: 'sandbox', s_pw: 'secret', s_command: text, s_opmode: 'OTE' });
    const many = new URLSearchParams({
      S_LOGIN: 'sandbox',
      s_pw: 'secret',
      Command: 'getcertificateinfo',
      ApiVersion: '2',
    });
    const requests = [
      requestTo('POST', '/api/call.cgi', one.toString(), { 'content-type': 'text/plain;charset=UTF-8' }),
      requestTo('POST', '/api/call', many.toString()),
      requestTo('GET', `/api/call?${one.toString()}`),
      requestTo('GET', `/api/call.cgi?${many.toString()}`),
    ];
    for (const request of requests) {
      const answer = parseAnswer(bodyText(await simulator.handle(request)));
      expect(answer.code).toBe(200);
      expect(answer.properties['class']).toHaveLength(20);
      expect(simulator.describe(request)).toEqual({
        command: 'GetCertificateInfo',
        parameters: { apiversion: '2' },
      });
    }
  });

  it('answers in the wire form by default', async () => {
    const { raw } = await send({ command: 'GetCertificateInfo' });
    expect(raw).toMatch(/^\[RESPONSE\]\ncode = 200\ndescription = Command completed successfully\n/);
    expect(raw).toMatch(/\nproperty\[class\]\[1\] = \S+\n/);
    expect(raw).toMatch(/\nEOF\n$/);
  });

  it.each(['wire', 'manual', 'knowledge-base', 'hexonet'] as const)(
    'says the same in %s style',
    async (style) => {
      simulator = newSimulator({ style });
      const answer = await order();
      const fold = (name: string): string => name.toLowerCase().replaceAll(/[ _]/g, '');
      const folded = Object.fromEntries(
        Object.entries(answer.properties).map(([name, list]) => [fold(name), list]),
      );
      expect(answer.code).toBe(200);
      expect(folded['dnsrr']).toHaveLength(2);
      expect(folded['status']).toEqual(['processing']);
      expect(answer.raw.includes('\r\n')).toBe(style === 'hexonet');
      expect(/EOF\s*$/.test(answer.raw)).toBe(style === 'wire' || style === 'hexonet');
    },
  );

  it('refuses wrong credentials, unknown commands and unknown or missing parameters with their codes', async () => {
    const wrong = await call(simulator, { command: 'QueryEventList' }, { s_login: 'sandbox', s_pw: 'no' });
    expect(wrong.code).toBe(530);
    expect((await send({ command: 'MakeCoffee' })).code).toBe(500);
    const unknown = await send({ command: 'StatusCertificate', certificate: 'DK1', last: '3', foo: '1' });
    expect([unknown.code, unknown.description]).toEqual([503, 'Unknown attribute name; LAST/FOO']);
    expect((await send({ command: 'StatusCertificate' })).code).toBe(504);
    expect((await send({ command: 'StatusCertificate', certificate: 'DK12345678' })).code).toBe(545);
    expect((await send({ command: 'StatusCertificate', certificate: 'DK1', apiversion: '3' })).code).toBe(
      505,
    );
    expect((await send({ command: 'QueryCertificateList', limit: '-1' })).code).toBe(505);
    expect((await simulator.handle(requestTo('GET', '/nowhere'))).status).toBe(404);
  });

  it('opens sessions with StartSession or with persistent alone, and ends them', async () => {
    const opened = await call(
      simulator,
      { command: 'StartSession', persistent: '1' },
      { s_login: 'sandbox', s_pw: 'secret' },
    );
    const bare = new URLSearchParams({ s_login: 'sandbox', s_pw: 'secret', persistent: '1' });
    const other = parseAnswer(
      bodyText(await simulator.handle(requestTo('POST', '/api/call', bare.toString()))),
    );
    for (const answer of [opened, other]) {
      const session = { s_login: 'sandbox', s_sessionid: first(answer, 'sessionid') };
      expect((await call(simulator, { command: 'QueryEventList' }, session)).code).toBe(200);
      expect((await call(simulator, { command: 'StopSession' }, session)).code).toBe(200);
      expect((await call(simulator, { command: 'QueryEventList' }, session)).code).toBe(530);
    }
    const idle = await call(simulator, { command: 'StartSession' });
    clock.advance(600_000);
    const late = await call(
      simulator,
      { command: 'QueryEventList' },
      { s_sessionid: first(idle, 'sessionid') },
    );
    expect(late.code).toBe(530);
  });

  it('locks an account that asks too often', async () => {
    simulator = newSimulator({ rateLimit: { perSecond: 2, lockMs: 120_000 } });
    const codes: number[] = [];
    for (let i = 0; i < 3; i += 1) codes.push((await send({ command: 'QueryEventList' })).code);
    expect(codes).toEqual([200, 200, 422]);
    clock.advance(119_999);
    expect((await send({ command: 'QueryEventList' })).code).toBe(422);
    clock.advance(2);
    expect((await send({ command: 'QueryEventList' })).code).toBe(200);
  });

  it('keeps accounts apart but shares one among its users', async () => {
    const id = first(await order(), 'certificate');
    const reader = { s_login: 'sandbox:reader', s_pw: 'other' };
    const read = await call(
      simulator,
      { command: 'StatusCertificate', certificate: id, apiversion: 2 },
      reader,
    );
    expect(read.code).toBe(200);
  });
});

describe('everything else', () => {
  it('decodes requests and certificates, and lists approvers', async () => {
    const id = await issued();
    const crt = (await status(id)).properties['cert'] ?? [];
    const csr = pemLines(await csrFor(['example.com', 'www.example.com'], 'RSA'));
    const answer = await send({
      command: 'CheckCertificate',
      class: 'ssl123dv',
      csr,
      crt,
      domain: ['example.com', 'example.org'],
    });
    expect(first(answer, 'csr public key algorithm')).toBe('rsaEncryption');
    expect(first(answer, 'csr public key size')).toBe('2048');
    expect(first(answer, 'csr signature algorithm')).toBe('sha256WithRSAEncryption');
    expect(first(answer, 'csr subject')).toBe('C = DE, O = Example GmbH, CN = example.com');
    expect(answer.properties['csr san']).toEqual(['example.com', 'www.example.com']);
    expect(answer.properties['crt san']).toEqual(['example.com', 'www.example.com']);
    expect(first(answer, 'crt validity not after')).toMatch(/^2027-04-\d\d /);
    expect(first(answer, 'crt serial')).toMatch(/^([0-9a-f]{2}:)+[0-9a-f]{2}$/);
    expect(answer.properties['dcv email']).toHaveLength(10);
    expect(answer.properties['domain']?.slice(4, 6)).toEqual(['example.com', 'example.org']);
  });

  it('tells what a class can do', async () => {
    const answer = await send({ command: 'GetCertificateInfo', class: 'SSL123DV' });
    expect(first(answer, 'max free alternatives')).toBe('3');
    expect(first(answer, 'supports immediate issuance')).toBe('1');
    expect(first(answer, 'techcontact')).toBe('MANDATORY');
    const sectigo = await send({ command: 'GetCertificateInfo', class: 'multidomaindv' });
    expect([first(sectigo, 'dcv dns txt'), first(sectigo, 'included domains with base')]).toEqual(['0', '3']);
  });

  it('keeps contacts', async () => {
    const tech = await send({
      command: 'AddCertificateContact',
      type: 'tech',
      firstname: 'Max',
      lastname: 'Mustermann',
      email: 'max@example.org',
      phone: '+1.5552345678',
    });
    expect(first(tech, 'status')).toBe('unverified');
    await send({
      command: 'AddCertificateContact',
      type: 'organization',
      ohandle: 'O-ABC456',
      phandle: 'P-ABC123',
    });
    const wide = await send({ command: 'QueryCertificateContactList', wide: 1, type: 'tech' });
    expect(wide.properties['last name']).toEqual(['Mustermann']);
    expect(first(await send({ command: 'QueryCertificateContactList' }), 'total')).toBe('2');
    const added = await order({ techcontact0: first(tech, 'certificatecontact') });
    expect(first(added, 'techcontact')).toBe(first(tech, 'certificatecontact'));
  });

  it('has the CA look again on ResendNotification', async () => {
    const added = await order();
    const record = first(added, 'dns rr').split(' ').at(-1) ?? '';
    evidence.texts.set('example.com', [record]);
    const object = first(added, 'certificate');
    expect((await send({ command: 'ResendNotification', type: 'CERTIFICATE', object })).code).toBe(200);
    expect(first(await status(object), 'status')).toBe('active');
    expect((await send({ command: 'ResendNotification', type: 'CERTIFICATE', object })).code).toBe(557);
  });

  it('has a past when it is seeded with one', async () => {
    const seeded = simulator.seed({
      names: ['example.com', 'www.example.com'],
      product: 'rapidssldv',
      csrPem: await csrFor(['example.com']),
      notBefore: new Date('2026-04-01T00:00:00Z'),
      notAfter: new Date('2026-10-16T00:00:00Z'),
      paidUntil: new Date('2027-04-01T00:00:00Z'),
      dcvMethod: 'dns',
    });
    const read = await status(seeded.certificateId);
    expect(first(read, 'status')).toBe('active');
    expect(first(read, 'order')).toBe(seeded.orderId);
    expect(simulator.invoices()).toEqual([]);
    const reissued = await send({ command: 'ReissueCertificate', certificate: seeded.certificateId });
    expect(first(reissued, 'order')).toBe(seeded.orderId);
    expect(JSON.stringify(simulator.snapshot())).toContain(seeded.certificateId);
  });

  it('answers ordered error codes in its own words', () => {
    const answer = parseAnswer(bodyText(simulator.errorAnswer('421')));
    expect(answer.code).toBe(421);
    expect(answer.description).not.toBe('');
  });
});
