import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { X509Certificate } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import type { OrderReading } from '../../../../src/contracts/order.ts';
import type { Provider } from '../../../../src/contracts/provider.ts';
import { statusTable } from '../../../../src/providers/resello/mapping.ts';
import {
  certificate,
  failure,
  id,
  makeIdentity,
  never,
  normal,
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
let earlier: Identity;
let folder = '';

const read = `GET /ssl-certificate/${id}`;
const details = `${read}/validation-details`;
const download = (format: string): string => `${read}/download-${format}`;
const absent: Answer = { status: 404, body: '' };

beforeAll(async () => {
  identity = await makeIdentity();
  earlier = await makeIdentity();
  folder = mkdtempSync(join(tmpdir(), 'resello-'));
  writeFileSync(join(folder, 'leaf.crt'), identity.leafPem);
  writeFileSync(join(folder, 'ca.crt'), `${identity.middlePem}\n${identity.rootPem}`);
  writeFileSync(join(folder, 'README.txt'), 'Thank you for your order.\n');
  writeFileSync(join(folder, 'all.pem'), `${identity.rootPem}\n${identity.leafPem}\n${identity.middlePem}`);
  const run = (program: string, ...args: string[]): Buffer => execFileSync(program, args, { cwd: folder });
  run('openssl', 'crl2pkcs7', '-nocrl', '-certfile', 'all.pem', '-outform', 'DER', '-out', 'all.p7b');
  run('openssl', 'crl2pkcs7', '-nocrl', '-certfile', 'all.pem', '-out', 'all.p7b.pem');
  run('zip', '-q', 'all.zip', 'README.txt', 'ca.crt', 'leaf.crt');
  writeFileSync(join(folder, 'a.csr'), identity.csrPem);
  run('openssl', 'req', '-in', 'a.csr', '-outform', 'DER', '-out', 'csr.der');
});
afterAll(() => rmSync(folder, { recursive: true }));
beforeEach(async () => {
  stub = await startStub();
  bench = startProvider(stub.url);
  ({ provider } = bench);
  return async () => {
    await provider.close();
    await stub.close();
  };
});

function look(): Promise<OrderReading> {
  return provider.read({ certificateId: id }, never);
}

function file(name: string): Answer {
  return { body: readFileSync(join(folder, name)) };
}

function offer(files: Readonly<Record<string, Answer>>): void {
  for (const format of ['crt', 'ca', 'csr', 'pkcs7', 'zip'])
    stub.on(download(format), files[format] ?? absent);
}

describe('while it is pending', () => {
  test('the record that is asked for', async () => {
    stub.on(read, { body: { result: certificate(identity) } });
    stub.on(details, { body: { dcv: { name: '_dnsauth.shop.example.com', type: 'TXT', value: 'abc' } } });
    const reading = await look();
    expect(reading).toEqual({
      handle: { certificateId: id },
      status: 'pending',
      statusWord: 'pending',
      createdAt: new Date('2026-11-01T12:00:00Z'),
      spkiSha256: identity.spkiSha256,
      challenges: [
        {
          kind: 'dns',
          identifier: 'shop.example.com',
          recordName: '_dnsauth.shop.example.com',
          recordType: 'TXT',
          value: 'abc',
        },
      ],
    });
  });

  test.each([absent, { status: 409, body: '' }, { body: '' }, { body: {} }, { body: { data: [] } }])(
    'no details yet (%j): nothing is asked for, and nobody is called',
    async (answer) => {
      stub.on(read, { body: certificate(identity) });
      stub.on(details, answer);
      const reading = await look();
      expect(reading).toMatchObject({ status: 'pending', challenges: [] });
      expect(reading.waitsForPerson).toBeUndefined();
    },
  );

  test('details that say something else: a person is told, with what they say', async () => {
    stub.on(read, { body: certificate(identity) });
    stub.on(details, { body: { steps: [{ title: 'Call us', status: 'open', phone: '+31.6' }] } });
    const reading = await look();
    expect(reading).toMatchObject({ status: 'pending', challenges: [] });
    expect(reading.waitsForPerson).toContain(`validation-details --certificate ${id}`);
    expect(reading.message).toContain('Call us');
  });

  test('steps that are all done call nobody', async () => {
    stub.on(read, { body: certificate(identity) });
    stub.on(details, {
      body: {
        steps: [
          { title: 'DCV', status: 'Done' },
          { title: 'Vetting', status: 'approved' },
        ],
      },
    });
    expect((await look()).waitsForPerson).toBeUndefined();
  });

  test('e-mail: who got the mail', async () => {
    stub.on(read, { body: certificate(identity, { dcv_type: 'EMAIL' }) });
    stub.on(details, { body: { domain: 'shop.example.com', approver_emails: ['admin@example.com'] } });
    expect(await look()).toMatchObject({
      challenges: [{ kind: 'email', identifier: 'shop.example.com', addresses: ['admin@example.com'] }],
      waitsForPerson: 'mail went to admin@example.com; somebody must follow its link',
    });
    stub.on(read, {
      body: certificate(identity, { dcv_type: 'EMAIL', approver_email_address: 'a@example.com' }),
    });
    stub.on(details, absent);
    expect(await look()).toMatchObject({
      challenges: [{ kind: 'email', addresses: ['a@example.com'] }],
      waitsForPerson: expect.stringContaining('a@example.com'),
    });
  });

  test('a CSR that the object does not show is downloaded', async () => {
    stub.on(read, { body: certificate(identity, { csr: undefined }) });
    stub.on(details, absent);
    for (const csr of [{ body: identity.csrPem }, file('csr.der')]) {
      stub.on(download('csr'), csr);
      expect((await look()).spkiSha256).toBe(identity.spkiSha256);
    }
    stub.on(download('csr'), absent);
    expect((await look()).spkiSha256).toBeUndefined();
  });
});

test.each(Object.entries(statusTable))('status %s', async (word, status) => {
  offer({ crt: { body: identity.leafPem }, ca: { body: identity.middlePem } });
  stub.on(details, absent);
  for (const spelling of [word, word.toUpperCase(), word.replace('_', ' ')]) {
    stub.on(read, { body: { data: certificate(identity, { status: spelling, message: 'because' }) } });
    expect(await look()).toMatchObject({ status, statusWord: spelling });
  }
});

test('a status that nobody knows keeps waiting, and is logged', async () => {
  stub.on(read, { body: certificate(identity, { status: 'awaiting__proto__' }) });
  stub.on(details, absent);
  expect(await look()).toMatchObject({ status: 'pending', statusWord: 'awaiting__proto__' });
  expect(bench.logged.join()).toContain('awaiting__proto__');
  for (const word of ['constructor', '__proto__', 'toString']) {
    stub.on(read, { body: certificate(identity, { status: word }) });
    expect((await look()).status).toBe('pending');
  }
});

test('why it failed', async () => {
  stub.on(read, { body: certificate(identity, { status: 'failed', message: 'blocklist' }) });
  expect(await look()).toMatchObject({ status: 'failed', message: 'blocklist', challenges: [] });
});

describe('the files', () => {
  const chain = (): unknown => ({
    status: 'issued',
    leafPem: normal(identity.leafPem),
    caPems: expect.arrayContaining([normal(identity.middlePem)]),
    spkiSha256: identity.spkiSha256,
    names: ['shop.example.com', 'www.shop.example.com'],
    challenges: [],
  });

  beforeEach(() => stub.on(read, { body: certificate(identity, { status: 'active' }) }));

  test('crt and ca, and no other', async () => {
    offer({ crt: file('leaf.crt'), ca: file('ca.crt') });
    const reading = await look();
    expect(reading).toMatchObject(Object(chain()));
    expect(reading.caPems).toEqual([normal(identity.middlePem), normal(identity.rootPem)]);
    const asked = stub.seen.map(({ path }) => path.split('/').at(-1));
    expect(asked).toEqual([id, 'download-crt', 'download-ca', plan]);
  });

  test('a crt in DER, with CRLF, with the chain in it', async () => {
    for (const crt of [
      { body: new X509Certificate(identity.leafPem).raw },
      { body: identity.leafPem.replaceAll('\n', '\r\n') },
    ]) {
      offer({ crt, ca: file('ca.crt') });
      expect(await look()).toMatchObject(Object(chain()));
    }
    offer({ crt: file('all.pem') });
    expect(await look()).toMatchObject(Object(chain()));
  });

  test.each([
    ['pkcs7 in DER', 'all.p7b'],
    ['pkcs7 in PEM', 'all.p7b.pem'],
  ])('%s when there is no crt, or no ca', async (_, name) => {
    offer({ pkcs7: file(name) });
    expect(await look()).toMatchObject(Object(chain()));
    offer({ crt: file('leaf.crt'), pkcs7: file(name) });
    expect(await look()).toMatchObject(Object(chain()));
  });

  test('zip when there is nothing else', async () => {
    offer({ zip: file('all.zip') });
    expect(await look()).toMatchObject(Object(chain()));
    offer({ crt: file('leaf.crt'), ca: { body: '' }, pkcs7: { body: 'broken' }, zip: file('all.zip') });
    expect(await look()).toMatchObject(Object(chain()));
  });

  test('whatever the download is called', async () => {
    offer({ crt: file('all.zip'), ca: file('all.p7b') });
    expect(await look()).toMatchObject(Object(chain()));
  });

  test('a leaf without any chain is still the leaf', async () => {
    offer({ crt: file('leaf.crt') });
    expect(await look()).toMatchObject({ status: 'issued', leafPem: normal(identity.leafPem), caPems: [] });
  });

  test('active without files is not issued yet', async () => {
    offer({});
    stub.on(details, absent);
    expect(await look()).toMatchObject({ status: 'pending', spkiSha256: identity.spkiSha256 });
    offer({ crt: { body: '' }, zip: { status: 409, body: 'later' } });
    expect((await look()).status).toBe('pending');
  });

  test('active with the earlier leaf is not issued yet, and says what is asked for', async () => {
    offer({ crt: { body: earlier.leafPem }, ca: { body: earlier.middlePem } });
    stub.on(details, { body: ['_dnsauth IN TXT "abc"'] });
    const reading = await look();
    expect(reading).toMatchObject({
      status: 'pending',
      statusWord: 'active',
      spkiSha256: identity.spkiSha256,
      challenges: [{ recordName: '_dnsauth.shop.example.com', value: 'abc' }],
    });
    expect(reading.leafPem).toBeUndefined();
  });

  test('files that nobody can read are an error', async () => {
    offer({ crt: { body: '<html>no</html>' }, pkcs7: { body: 'PK\x03\x04rest' }, zip: { body: '0' } });
    expect(await failure(look())).toMatchObject({ kind: 'protocol' });
  });

  test('a server that is down is not "no file"', async () => {
    offer({ crt: { status: 503, body: '' } });
    expect(await failure(look())).toMatchObject({ kind: 'unavailable' });
    expect(stub.count(download('crt'))).toBe(3);
  });
});

describe('end of the paid term', () => {
  // The leaf lasts from 2026-11-20 to 199 days after 2026-11-21.
  const leafEnd = '2027-06-08T12:00:00Z';
  const planPath = `GET /ssl-certificate-plan/${plan}`;

  beforeEach(() => {
    offer({ crt: file('leaf.crt'), ca: file('ca.crt') });
    stub.on(planPath, { body: { id: plan, interval: 12, renew_days_before_expiration: 30 } });
  });

  async function paidUntil(extra: object): Promise<string | undefined> {
    stub.on(read, { body: certificate(identity, { status: 'active', ...extra }) });
    return (await look()).paidUntil?.toISOString().replace(/T00:00:00.000Z$/, '');
  }

  test.each(['expires', 'expiration_date', 'expire_date', 'valid_until'])(
    'after the leaf, as %s',
    async (key) => {
      expect(await paidUntil({ [key]: '2027-11-03T12:00:00.896498+00:00' })).toBe('2027-11-03T12:00:00.000Z');
      expect(stub.count(planPath)).toBe(0);
    },
  );

  test.each<[string, object, string | undefined]>([
    ['the first term', { created: '2026-11-01' }, '2027-11-01'],
    ['the leaf ends with it', { created: '2026-06-08', expires: leafEnd }, '2027-06-08'],
    ['a later one, after renewals', { created: '2023-11-01', expires: leafEnd }, '2027-11-01'],
    ['months of different lengths', { created: '2023-08-31', plan: { id: plan, interval: 6 } }, '2027-08-31'],
    ['to the end of February', { created: '2024-02-29', plan: { id: plan, interval: 48 } }, '2028-02-29'],
    [
      'a shorter plan in the object',
      { created: '2026-11-01', plan: { id: plan, interval: 8 } },
      '2027-07-01',
    ],
    ['no beginning', { created: 'long ago', expires: leafEnd }, undefined],
    ['a beginning that makes no sense', { created: '0001-01-01' }, undefined],
  ])('%s', async (_, extra, wanted) => {
    expect(await paidUntil(extra)).toBe(wanted);
    await look();
    // Asked for once.
    expect(stub.count(planPath)).toBeLessThanOrEqual(1);
  });

  test('a short leaf from the days of renewal may be of either term', async () => {
    const short = await makeIdentity(undefined, new Date('2026-12-10T00:00:00Z'), identity.key);
    offer({ crt: { body: short.leafPem }, ca: { body: short.middlePem } });
    expect(await paidUntil({ created: '2025-12-15' })).toBeUndefined();
    // Before those days there was nothing to renew.
    expect(await paidUntil({ created: '2026-01-15' })).toBe('2027-01-15');
  });

  test('a plan that cannot be read is a year', async () => {
    stub.on(planPath, { status: 404, body: '' });
    expect(await paidUntil({})).toBe('2027-11-01T12:00:00.000Z');
    stub.on(planPath, { status: 500, body: '' });
    expect(await paidUntil({ plan: undefined })).toBe('2027-11-01T12:00:00.000Z');
  });
});

describe('what is not an object of the API', () => {
  test.each<[string, Answer, object]>([
    ['a page', { body: '<html></html>' }, { kind: 'protocol' }],
    ['a list', { body: [] }, { kind: 'protocol' }],
    ['no id', { body: { status: 'pending' } }, { kind: 'protocol' }],
    ['no status', { body: { id } }, { kind: 'protocol' }],
    ['an id that is a path', { body: { id: '../x', status: 'pending' } }, { kind: 'protocol' }],
    ['404', { status: 404, body: '{}' }, { code: 'provider-object-missing' }],
    ['a page that says 404', { status: 404, body: '<html></html>' }, { kind: 'protocol' }],
    ['nesting', { body: '['.repeat(50_000) }, { kind: 'protocol' }],
  ])('%s', async (_, answer, error) => {
    stub.on(read, answer);
    expect(await failure(look())).toMatchObject(error);
  });

  test('fields of other kinds are no fields', async () => {
    const odd = {
      plan: [1],
      domain: 7,
      csr: {},
      dcv_type: null,
      created: 5,
      expires: {},
      client_reference: [],
    };
    stub.on(read, { body: certificate(identity, odd) });
    stub.on(details, absent);
    stub.on(download('csr'), absent);
    expect(await look()).toEqual({
      handle: { certificateId: id },
      status: 'pending',
      statusWord: 'pending',
      challenges: [],
    });
  });

  test('an id that cannot be one is not sent', async () => {
    for (const certificateId of ['../plan', 'a b', '', 'x'.repeat(65)]) {
      await failure(provider.read({ certificateId }, never));
    }
    await failure(provider.read({}, never));
    expect(stub.seen).toEqual([]);
  });
});
