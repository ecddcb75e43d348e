import { X509Certificate } from 'node:crypto';
import { beforeEach, describe, expect, it } from 'vitest';
import type { SteerableSandboxCa } from '../../../src/sandbox/ca/index.ts';
import type { VendorSimulator } from '../../../src/sandbox/contract.ts';
import { createRrpproxySimulator } from '../../../src/sandbox/rrpproxy/index.ts';
import type { RrpproxyOptions } from '../../../src/sandbox/rrpproxy/index.ts';
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

describe('AddCertificate', () => {
  it('answers the manual sample for DNS validation with the documented properties', async () => {
    const answer = await order();
    expect(answer.code).toBe(200);
    for (const name of [
      'billingcount',
      'billingtype',
      'ca',
      'ca certificate id',
      'ca order id',
      'certificate',
      'class',
      'created by',
      'created date',
      'csr',
      'dcv domain',
      'dcv method',
      'dns rr',
      'domain',
      'order',
      'order paid until',
      'price',
      'server type',
      'status',
      'techcontact',
      'updated by',
      'updated date',
      'vat',
    ]) {
      expect(Object.keys(answer.properties)).toContain(name);
    }
    expect(answer.properties['domain']).toEqual(['example.com', 'www.example.com']);
    expect(answer.properties['dcv domain']).toEqual(['example.com', 'example.com']);
    expect(first(answer, 'dns rr')).toMatch(/^@ 3600 IN TXT [a-z0-9]{32}$/);
    expect(first(answer, 'certificate')).toMatch(/^DK\d{8}$/);
    expect(first(answer, 'order')).toMatch(/^DK0\d{8}$/);
    expect(first(answer, 'techcontact')).toMatch(/^CC-\d{8}$/);
    expect(first(answer, 'created date')).toBe('2026-10-01 08:00:00.0');
    expect(first(answer, 'order paid until')).toBe('2027-10-01 08:00:00.0');
    expect([first(answer, 'price'), first(answer, 'vat')]).toEqual(['42', '6.72']);
  });

  it('issues when, and only when, the CA has seen the record', async () => {
    const added = await order();
    const id = first(added, 'certificate');
    await ca.tick();
    const waiting = await status(id);
    expect(first(waiting, 'status')).toBe('processing');
    expect(first(waiting, 'expiration date')).toBe('');
    await fulfil(added);
    const done = await status(id);
    expect(first(done, 'status')).toBe('active');
    const leaf = new X509Certificate((done.properties['cert'] ?? []).join('\n'));
    const intermediate = new X509Certificate((done.properties['intermediate'] ?? []).join('\n'));
    const root = new X509Certificate((done.properties['root'] ?? []).join('\n'));
    expect(leaf.verify(intermediate.publicKey)).toBe(true);
    expect(intermediate.verify(root.publicKey)).toBe(true);
    expect(leaf.subjectAltName).toBe('DNS:example.com, DNS:www.example.com');
    expect(first(done, 'expiration date')).toBe(
      leaf.validToDate.toISOString().slice(0, 19).replace('T', ' '),
    );
    const reversed = await send({
      command: 'StatusCertificate',
      certificate: id,
      chainformat: 'pem_reverse',
    });
    expect(reversed.properties['intermediate']).toEqual(done.properties['root']);
  });

  it.each([
    ['dns-cname', 'ssl123dv', /^[a-z0-9]{32}\.(www\.)?example\.com\. IN CNAME dcv\.digicert\.com$/],
    ['dns-cname', 'positivessldv', /^_[a-f0-9]{32}\.(www\.)?example\.com\. IN CNAME \S+\.comodoca\.com$/],
  ])('validates by %s with %s', async (dcvmethod, cls, shape) => {
    const added = await order({ dcvmethod, class: cls });
    for (const record of added.properties['dns rr'] ?? []) expect(record).toMatch(shape);
    await fulfil(added);
    expect(first(await status(first(added, 'certificate')), 'status')).toBe('active');
  });

  it.each(['ssl123dv', 'positivessldv'])('validates %s by file', async (cls) => {
    const added = await order({ dcvmethod: 'http', class: cls });
    const digicert = cls === 'ssl123dv';
    expect(first(added, 'file name')).toMatch(
      digicert
        ? /^http:\/\/example\.com\/\.well-known\/pki-validation\/fileauth\.txt$/
        : /^http:\/\/example\.com\/\.well-known\/pki-validation\/[0-9A-F]{32}\.txt$/,
    );
    await fulfil(added);
    expect(first(await status(first(added, 'certificate')), 'status')).toBe('active');
  });

  it('validates by mail when the link was followed', async () => {
    const added = await order({ dcvmethod: 'email', dcvemail0: 'hostmaster@example.com' });
    expect(added.properties['dcv email']).toEqual(['hostmaster@example.com', 'hostmaster@example.com']);
    const wrong = await order({ dcvmethod: 'email', dcvemail0: 'me@example.com' });
    expect(wrong.code).toBe(541);
    const [pending] = ca.orders();
    ca.approveByEmail(pending?.id ?? '');
    await ca.tick();
    expect(first(await status(first(added, 'certificate')), 'status')).toBe('active');
  });

  it('previews price and names without ordering', async () => {
    const names = ['example.com', 'example.net', 'ftp.example.org'];
    const preview = await order({ checkonly: 1 }, names);
    expect(preview.properties['billingcount']).toEqual(['2', '1']);
    expect(preview.properties['billingtype']).toEqual(['ssl123dv-san', 'ssl123dv-base']);
    expect(preview.properties['domain']).toEqual([
      ...names,
      'www.example.com',
      'www.example.net',
      'www.ftp.example.org',
    ]);
    expect([first(preview, 'price'), first(preview, 'vat')]).toEqual(['98', '15.68']);
    const bare = await order({ checkonly: 1, noautofilldomains: 1 }, names);
    expect(bare.properties['domain']).toEqual(names);
    const wildcard = await order({ checkonly: 1 }, ['*.example.com']);
    expect(wildcard.properties['billingtype']).toEqual(['ssl123dv-wildcardbase']);
    expect(wildcard.properties['domain']).toEqual(['*.example.com', 'example.com']);
    const many = await order(
      { checkonly: 1 },
      [1, 2, 3, 4].map((number) => `example-${number}.com`),
    );
    expect(many.properties['domain']).toHaveLength(4 + 3);
    const pair = await order({ checkonly: 1, class: 'rapidssldv' }, ['www.example.com', 'example.com']);
    expect(pair.properties['billingcount']).toEqual(['1']);
    expect(simulator.invoices()).toEqual([]);
    expect(ca.orders()).toEqual([]);
  });

  it('checks parameters before it asks the CA', async () => {
    const lines = pemLines(await csrFor(['example.com']));
    const weak = pemLines(await csrFor(['example.com'], 'RSA-1024'));
    const codes = async (extra: CommandInput, names?: string[]): Promise<number> =>
      (await order(extra, names)).code;
    expect(await codes({ class: 'nosuchdv' })).toBe(505);
    expect(await codes({ csr: [lines.join('')] })).toBe(505);
    expect(await codes({ csr: lines.slice(0, -1) })).toBe(505);
    expect(await codes({ csr: weak })).toBe(541);
    expect(await codes({ dcvmethod: 'carrier-pigeon' })).toBe(505);
    expect(await codes({ dcvmethod: 'dns-txt', class: 'positivessldv' })).toBe(541);
    expect(await codes({ dcvmethod: 'http' }, ['*.example.com'])).toBe(541);
    expect(await codes({ class: 'rapidssldv' }, ['example.com', 'example.net'])).toBe(541);
    expect(await codes({ class: 'webserverev' }, ['*.example.com'])).toBe(541);
    expect(await codes({ techcontact0: 'CC-11111111' })).toBe(545);
    expect(await codes({ techcontact0: '' })).toBe(504);
    expect(await codes({ servertype: 'toaster' })).toBe(505);
    expect(await codes({ period: '2y' })).toBe(505);
    expect(await codes({ dcvdomain0: 'example.net' })).toBe(541);
    expect(await codes({ dcvdomain1: 'example.com', dcvdomain0: 'example.com' })).toBe(504);
    expect(await codes({ apiversion: 1 })).toBe(549);
    expect(simulator.invoices()).toEqual([]);
    expect(ca.orders()).toEqual([]);
  });

  it('takes inline contacts, or handles for an organization', async () => {
    const inline = await order({
      techcontact0: '',
      techfirstname0: 'Max',
      techlastname0: 'Mustermann',
      techemail0: 'max@example.org',
      techphone0: '+1.2345678',
    });
    const shown = await send({
      command: 'StatusCertificateContact',
      certificatecontact: first(inline, 'techcontact'),
    });
    expect(first(shown, 'last name')).toBe('Mustermann');
    expect(first(shown, 'status')).toBe('linked');
    expect((await order({ class: 'securesiteproof' })).code).toBe(504);
    const organization = { organizationohandle: 'O-ABC456', organizationphandle: 'P-ABC123' };
    const validated = await order({ class: 'securesiteproof', ...organization });
    expect(first(validated, 'organizationcontact')).toMatch(/^CC-/);
  });

  it('charges once per order, up to the credit', async () => {
    simulator = newSimulator({ credit: 50 });
    const added = await order({ servicetag: ['attempt-1'] });
    expect((await order()).code).toBe(546);
    expect(simulator.invoices()).toEqual([
      {
        at: clock.now(),
        orderId: first(added, 'order'),
        certificateId: first(added, 'certificate'),
        product: 'ssl123dv',
        price: 42,
        currency: 'EUR',
        reference: 'attempt-1',
      },
    ]);
  });

  it('gives what the CA refuses an id good for nothing but the support', async () => {
    simulator = newSimulator({ caRefuses: () => 'on the blocklist' });
    const refused = await order();
    expect(refused.code).toBe(549);
    expect(first(refused, 'certificate')).toMatch(/^FAIL\d{7}$/);
    expect((await status(first(refused, 'certificate'))).code).toBe(545);
    expect(simulator.invoices()).toEqual([]);
    expect((await send({ command: 'QueryEventList' })).properties['total']).toEqual(['0']);
  });

  it('spells properties the way it is told to', async () => {
    simulator = newSimulator({ names: 'tables', dnsRecordForm: 'bare-first' });
    const tables = await order();
    expect(tables.properties['dnsauth name']?.[0]).toMatch(/^[a-z0-9]{32}$/);
    expect(tables.properties['dnsauth name']?.[1]).toMatch(/^@ 3600 IN TXT /);
    expect(tables.properties).toHaveProperty(['paiduntil']);
    simulator = newSimulator({ names: 'knowledge-base' });
    expect((await order()).properties).toHaveProperty(['certificateorder']);
  });

  it('can change its mind about the record', async () => {
    simulator = newSimulator({ dcvDataChangesAfterOrder: true });
    const added = await order();
    const read = await status(first(added, 'certificate'));
    expect(read.properties['dns rr']).not.toEqual(added.properties['dns rr']);
    await fulfil(added);
    expect(first(await status(first(added, 'certificate')), 'status')).toBe('processing');
    await fulfil(read);
    expect(first(await status(first(added, 'certificate')), 'status')).toBe('active');
  });
});

describe('immediate issuance', () => {
  it('issues within the order when the token is in place, and costs nothing when it is not', async () => {
    const csr = pemLines(await csrFor(['example.com']));
    const checked = await send({
      command: 'CheckCertificate',
      class: 'ssl123dv',
      generatedcvtoken: 1,
      csr,
      domain0: 'example.com',
    });
    const token = first(checked, 'dcv token');
    const early = await order({ csr, dcvtoken: token });
    expect(early.code).toBe(549);
    expect(first(early, 'certificate')).toMatch(/^FAIL/);
    expect(simulator.invoices()).toEqual([]);

    evidence.texts.set('example.com', [token]);
    const other = await order({ dcvtoken: token });
    expect(other.code).toBe(541);
    const done = await order({ csr, dcvtoken: token });
    expect(done.code).toBe(200);
    expect(first(done, 'status')).toBe('active');
    expect(first(done, 'cert')).toBe('-----BEGIN CERTIFICATE-----');
    expect((await send({ command: 'QueryEventList' })).properties['total']).toEqual(['0']);

    clock.advance(30 * DAY_MS);
    expect((await order({ csr, dcvtoken: token })).code).toBe(541);
  });

  it('exists for some classes only', async () => {
    const csr = pemLines(await csrFor(['example.com']));
    const sectigo = { command: 'CheckCertificate', class: 'positivessldv', generatedcvtoken: 1, csr };
    expect((await send(sectigo)).code).toBe(541);
  });
});

describe('RenewCertificate and ReissueCertificate', () => {
  it('renews into a new certificate and a new, paid order with everything else as before', async () => {
    const id = await issued({ servertype: 'nginx', dcvmethod: 'dns-cname' });
    const before = await status(id);
    clock.advance(100 * DAY_MS);
    const renewed = await send({ command: 'RenewCertificate', certificate: id });
    expect(renewed.code).toBe(200);
    expect(first(renewed, 'certificate')).not.toBe(id);
    expect(first(renewed, 'certificateorder')).not.toBe(first(before, 'order'));
    expect(renewed.properties['csr']).toEqual(before.properties['csr']);
    expect(first(renewed, 'server type')).toBe('nginx');
    expect(first(renewed, 'dcv method')).toBe('dns-cname');
    expect(first(renewed, 'parent certificate')).toBe(id);
    expect(first(renewed, 'order paid until')).toBe('2028-01-09 08:00:00.0');
    expect(simulator.invoices()).toHaveLength(2);
    await fulfil(renewed);
    expect(first(await status(first(renewed, 'certificate')), 'status')).toBe('active');
    expect(first(await status(id), 'status')).toBe('active');
  });

  it('reissues into a new certificate of the same order, free of charge and with the same method', async () => {
    const id = await issued();
    const orderId = first(await status(id), 'order');
    clock.advance(150 * DAY_MS);
    const csr = pemLines(await csrFor(['example.com']));
    const refused = await send({ command: 'ReissueCertificate', certificate: id, csr, dcvmethod: 'http' });
    expect(refused.code).toBe(503);
    const reissued = await send({ command: 'ReissueCertificate', certificate: id, csr });
    expect(first(reissued, 'order')).toBe(orderId);
    expect(first(reissued, 'certificate')).not.toBe(id);
    expect(reissued.properties['csr']).toEqual(csr);
    await fulfil(reissued);
    const done = await status(first(reissued, 'certificate'));
    expect(first(done, 'status')).toBe('active');
    // 199 days from now, still inside the paid year.
    expect(first(done, 'expiration date').slice(0, 10)).toBe('2027-09-15');
    expect(first(await status(id), 'status')).toBe('active');
    expect(simulator.invoices()).toHaveLength(1);

    clock.advance(30 * DAY_MS);
    const last = await send({ command: 'ReissueCertificate', certificate: id });
    await fulfil(last);
    // Never beyond what is paid.
    expect(first(await status(first(last, 'certificate')), 'expiration date')).toBe('2027-10-01 08:00:00');
    const whole = await send({ command: 'StatusCertificateOrder', certificateorder: orderId });
    expect(whole.properties['certificate']).toHaveLength(3);
    expect(first(whole, 'status')).toBe('active');
  });

  it('keeps the places chosen for validation', async () => {
    const host = 'deep.shop.example.com';
    const id = await issued({ dcvdomain0: 'example.com' }, [host]);
    const plain = await order({}, [host]);
    expect(plain.properties['dcv domain']).toEqual([host, `www.${host}`].map(() => host));
    for (const command of ['RenewCertificate', 'ReissueCertificate']) {
      const next = await send({ command, certificate: id });
      expect(next.properties['dcv domain']).toEqual(['example.com', 'example.com']);
    }
  });

  it('refuses what has not been issued, what has ended, and other CAs', async () => {
    const pending = first(await order(), 'certificate');
    expect((await send({ command: 'ReissueCertificate', certificate: pending })).code).toBe(557);
    expect((await send({ command: 'RenewCertificate', certificate: pending })).code).toBe(557);
    const sectigo = await issued({ class: 'positivessldv', dcvmethod: 'dns-cname' });
    expect((await send({ command: 'ReissueCertificate', certificate: sectigo })).code).toBe(549);
    const ended = await issued();
    clock.advance(366 * DAY_MS);
    expect(first(await status(sectigo), 'status')).toBe('expired');
    expect((await send({ command: 'ReissueCertificate', certificate: ended })).code).toBe(557);
    expect((await send({ command: 'RenewCertificate', certificate: ended })).code).toBe(200);
  });

  it('can insist on a renewal window', async () => {
    simulator = newSimulator({ renewalWindowDays: 90 });
    const id = await issued();
    expect((await send({ command: 'RenewCertificate', certificate: id })).code).toBe(548);
    clock.advance(275 * DAY_MS);
    expect((await send({ command: 'RenewCertificate', certificate: id })).code).toBe(200);
  });
});

describe('lists', () => {
  it('finds a service tag, pages, and hides what was cancelled', async () => {
    const ids: string[] = [];
    for (const tag of ['a', 'b', 'c']) {
      ids.push(first(await order({ servicetag0: tag, addservicetag0: 'all' }), 'certificate'));
    }
    const found = await send({ command: 'QueryCertificateList', servicetag0: 'b' });
    expect(found.properties['certificate']).toEqual([ids[1]]);
    expect(found.properties['column']).toEqual(['certificate']);

    const pages: string[] = [];
    for (let next = 0, total = 1; next < total;) {
      const page = await send({ command: 'QueryCertificateList', first: next, limit: 2, servicetag0: 'all' });
      pages.push(...(page.properties['certificate'] ?? []));
      total = Number(first(page, 'total'));
      next = Number(first(page, 'last')) + 1;
    }
    expect(pages.sort()).toEqual([...ids].sort());

    await send({ command: 'DeleteCertificate', certificate: ids[0] ?? '', action: 'cancelorder' });
    const left = await send({ command: 'QueryCertificateList', wide: 1 });
    expect(left.properties['certificate']).not.toContain(ids[0]);
    expect(left.properties['created date']?.[0]).toBe('2026-10-01 08:00:00');
    expect(left.properties['column']).toEqual([
      'certificate',
      'status',
      'certificateorder',
      'server type',
      'created date',
      'updated date',
      'expiration date',
      'class',
    ]);
    const cancelled = await send({ command: 'QueryCertificateList', status: 'cancel*' });
    expect(cancelled.properties['certificate']).toEqual([ids[0]]);
    const empty = await send({ command: 'QueryCertificateList', domain: 'no.example' });
    expect([empty.code, first(empty, 'total'), first(empty, 'last')]).toEqual([200, '0', '-1']);
  });

  it('filters by name, class, status and day, and sorts', async () => {
    await order({}, ['one.example.com']);
    clock.advance(DAY_MS);
    await order({ class: 'rapidssldv' }, ['two.example.com']);
    const count = async (filter: CommandInput): Promise<number> =>
      (await send({ command: 'QueryCertificateList', ...filter })).properties['certificate']?.length ?? 0;
    expect(await count({ domain: 'two.example.com' })).toBe(1);
    expect(await count({ domain: '*.example.com' })).toBe(2);
    expect(await count({ class: 'ssl123dv' })).toBe(1);
    expect(await count({ createddate: '2026-10-02' })).toBe(1);
    expect(await count({ createddate: '2026-10-0*' })).toBe(2);
    expect(await count({ status: 'active' })).toBe(0);
    const newest = await send({
      command: 'QueryCertificateList',
      wide: 1,
      orderby: 'createddate',
      order: 'desc',
    });
    expect(newest.properties['class']).toEqual(['RAPIDSSLDV', 'SSL123DV']);
    const orders = await send({ command: 'QueryCertificateOrderList', wide: 1, limit: 1 });
    expect([first(orders, 'count'), first(orders, 'total')]).toEqual(['1', '2']);
    expect(first(orders, 'paid until')).toMatch(/^2027-10-0\d 08:00:00$/);
  });
});

describe('closing', () => {
  it('cancels and refunds an order only while nothing was issued', async () => {
    const added = await order();
    const orderId = first(added, 'order');
    expect((await send({ command: 'RevokeCertificateOrder', certificateorder: orderId })).code).toBe(557);
    expect((await send({ command: 'CancelCertificateOrder', certificateorder: orderId })).code).toBe(200);
    expect(first(await status(first(added, 'certificate')), 'status')).toBe('canceled');
    expect(simulator.invoices().map(({ price }) => price)).toEqual([42, -42]);
    expect(ca.orders()[0]?.status).toBe('cancelled');

    const id = await issued();
    const other = first(await status(id), 'order');
    expect((await send({ command: 'CancelCertificateOrder', certificateorder: other })).code).toBe(557);
  });

  it('revokes one certificate, after which its order can still be used', async () => {
    const id = await issued();
    expect((await send({ command: 'RevokeCertificate', certificate: id })).code).toBe(200);
    expect(ca.revocations()).toHaveLength(1);
    expect(first(await status(id), 'status')).toBe('revoked');
    expect((await send({ command: 'RevokeCertificate', certificate: id })).code).toBe(557);
    expect((await send({ command: 'ReissueCertificate', certificate: id })).code).toBe(200);
    const orderId = first(await status(id), 'order');
    expect((await send({ command: 'RevokeCertificateOrder', certificateorder: orderId })).code).toBe(200);
    expect((await send({ command: 'ReissueCertificate', certificate: id })).code).toBe(557);
  });

  it('can take its time', async () => {
    simulator = newSimulator({ closeDelayMs: 60_000 });
    const id = await issued();
    await send({ command: 'DeleteCertificate', certificate: id, action: 'REVOKE' });
    expect(first(await status(id), 'status')).toBe('revoke_processing');
    clock.advance(60_000);
    expect(first(await status(id), 'status')).toBe('revoked');
  });
});

describe('events', () => {
  it('tells of issuance, reissue, failure and closing, and forgets nothing', async () => {
    const id = await issued();
    clock.advance(1000);
    const reissued = await send({ command: 'ReissueCertificate', certificate: id });
    await fulfil(reissued);
    clock.advance(1000);
    const failing = first(await order(), 'certificate');
    ca.fail(ca.orders().at(-1)?.id ?? '', 'CAA forbids');
    const list = await send({ command: 'QueryEventList', class: 'CERTIFICATE*', wide: 1 });
    expect(list.properties['eventclass']).toEqual([
      'CERTIFICATE_REQUEST',
      'CERTIFICATE_REISSUE',
      'CERTIFICATE_REQUEST',
    ]);
    expect(list.properties['eventsubclass']).toEqual([
      'REQUEST_SUCCESSFUL',
      'REISSUE_SUCCESSFUL',
      'REQUEST_FAILED',
    ]);
    expect(list.properties['object_id']).toEqual([id, first(reissued, 'certificate'), failing]);
    expect(first(list, 'events_total')).toBe('3');
    expect(first(await status(failing), 'status')).toBe('failed');
    expect(simulator.invoices().map(({ price }) => price)).toEqual([42, 42, -42]);

    const event = first(list, 'event');
    const shown = await send({ command: 'StatusEvent', event });
    expect(first(shown, 'object_id')).toBe(id);
    expect(first(shown, 'date')).toBe('2026-10-01 08:00:00.0');
    expect((await send({ command: 'DeleteEvent', event })).code).toBe(200);
    expect((await send({ command: 'DeleteEvent', event })).code).toBe(545);
    expect((await send({ command: 'StatusEvent', event })).code).toBe(545);
    expect((await send({ command: 'StatusEvent', event, history: 1 })).code).toBe(200);
    expect((await send({ command: 'QueryEventList', history: 1 })).properties['event']).toEqual([event]);
    expect((await send({ command: 'QueryEventList', showall: 1 })).properties['event']).toHaveLength(3);

    simulator.redeliverLastEvent();
    simulator.queueForeignEvent();
    const again = await send({ command: 'QueryEventList', wide: 1 });
    expect(again.properties['eventclass']).toContain('DOMAIN_TRANSFER');
    expect(again.properties['event']?.length).toBeGreaterThan(3);
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
