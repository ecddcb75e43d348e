/** HEXONET: certificates ordered, renewed, reissued and revoked, with control of their names really proved. */
import { createPrivateKey, createPublicKey, generateKeyPairSync, X509Certificate } from 'node:crypto';
import { afterAll, afterEach, describe, expect, it } from 'vitest';
import { at, cname, first, joined, publishRecords, startHexonet } from './hexonet-kit.ts';
import type { HexonetWorld, Input } from './hexonet-kit.ts';
import { SAMPLES, STATUS_PROPERTIES } from './hexonet-samples.ts';
import { csrFor, DAY_MS } from './kit.ts';
import { pemLines } from './rrpproxy-kit.ts';
import type { TextAnswer } from './rrpproxy-kit.ts';

let world: HexonetWorld;
/** Worlds that the rows of a table share, because none of them minds what the others did. */
const shared = new Map<string, HexonetWorld>();
afterEach(async () => {
  if (![...shared.values()].includes(world)) await world.close();
});
afterAll(() => Promise.all([...shared.values()].map((each) => each.close())));

async function sharedWorld(table: string): Promise<HexonetWorld> {
  const found = shared.get(table) ?? (await startHexonet());
  shared.set(table, found);
  return found;
}

const NAME = 'shop.example.test';
const create = (input: Input = {}): Input => ({
  command: 'CreateSSLCert',
  sslcertclass: 'COMODO_ESSENTIALSSL',
  ...input,
});
const newKey = (): string =>
  generateKeyPairSync('rsa', { modulusLength: 2048 })
    .privateKey.export({ type: 'pkcs1', format: 'pem' })
    .toString();
const serverKey = (pem: string): string =>
  createPublicKey(createPrivateKey(pem)).export({ type: 'spki', format: 'pem' }).toString();
const leafKey = (answer: TextAnswer): string =>
  new X509Certificate(joined(answer, 'crt')).publicKey.export({ type: 'spki', format: 'pem' }).toString();
const statusOf = (id: string): Promise<TextAnswer> => world.ok({ command: 'StatusSSLCert', sslcertid: id });

// Long keys take long to make: one request and one key of each kind serve all.
const RSA_CSR = pemLines(await csrFor([NAME], 'RSA'));
const RSA_KEY = newKey();
const EC_KEY = generateKeyPairSync('ec', { namedCurve: 'P-256' })
  .privateKey.export({ type: 'sec1', format: 'pem' })
  .toString();

/** Orders with a key the vendor is given, and has it issued. */
async function issued(input: Input = {}): Promise<TextAnswer> {
  const order = await world.ok(
    create({ domain0: NAME, validation0: 'DNSZONE', pem: pemLines(EC_KEY), ...input }),
  );
  publishRecords(world.sandbox, order);
  await world.sandbox.tick();
  const status = await statusOf(first(order, 'sslcertid'));
  expect(first(status, 'status')).toBe('ACTIVE');
  return status;
}

describe('the samples of the document', () => {
  it.each(SAMPLES)('$title', async ({ command, shows, code }) => {
    world = await sharedWorld('samples');
    const data = {
      name: NAME,
      csr: RSA_CSR,
      pem: pemLines(RSA_KEY),
      issued: first(await issued(), 'sslcertid'),
      waiting: first(await world.ok(create({ csr: RSA_CSR })), 'sslcertid'),
    };
    const answer = await world.call(command(data));
    expect(answer.code).toBe(code);
    expect(Object.keys(answer.properties)).toEqual(
      expect.arrayContaining(shows.map((name) => name.toLowerCase())),
    );
    for (const name of shows) {
      if (!name.startsWith('VALIDATION')) expect(first(answer, name.toLowerCase())).not.toBe('');
    }
  });
});

describe('CreateSSLCert', () => {
  it('makes key and request for a name alone, and asks WHOIS who it is for', async () => {
    world = await startHexonet();
    const order = await world.ok(create({ domain0: NAME }));
    expect(order.properties).toMatchObject({
      sslcertclass: ['COMODO_ESSENTIALSSL'],
      status: ['REQUESTEDCREATE'],
      createddate: ['2026-10-01 08:00:00'],
      registrationexpirationdate: ['2027-10-01 08:00:00'],
      expirationdate: ['2027-10-01 08:00:00'],
      domain: [NAME],
      validation: ['EMAIL'],
      validationemail: ['info@example.test'],
      validationdnsrr: [''],
      internaldns: ['0'],
      keylength: ['2048'],
      techcontact0email: ['info@example.test'],
    });
    const key = joined(order, 'pem');
    expect(key).toMatch(/^-----BEGIN RSA PRIVATE KEY-----\n/);
    const parsed = world.sandbox.ca.parseCsr(joined(order, 'csr'));
    expect(parsed).toMatchObject({ commonName: NAME, names: [NAME], keySize: 2048, signatureValid: true });
    expect(parsed.subject).toMatchObject({ O: 'Example GmbH', C: 'DE' });
    const id = first(order, 'sslcertid');
    expect(id).toMatch(/^\d{10}$/);
    expect(await world.status(id)).toBe('PENDINGCREATE');
    const [waiting] = world.sandbox.ca.orders();
    world.sandbox.ca.approveByEmail(waiting?.id ?? '');
    await world.sandbox.tick();
    expect(leafKey(await statusOf(id))).toBe(serverKey(key));
  });

  it('issues what StatusSSLCert prints like the example, once the record is there', async () => {
    world = await startHexonet();
    const csr = `${RSA_CSR.join('\n')}\n`;
    const order = await world.ok(
      create({ csr: RSA_CSR, domain0: NAME, validation0: 'DNSZONE', serversoftware: 'APACHESSL' }),
    );
    const id = first(order, 'sslcertid');
    await world.sandbox.tick();
    expect(await world.status(id)).toBe('PENDINGCREATE');
    const record = cname(first(order, 'validationdnsrr'));
    expect(record.name).toMatch(/^[a-z0-9]{10}\.shop\.example\.test$/);
    expect(record.value).toMatch(/^[a-z0-9]{10}\.shop\.example\.test$/);
    world.sandbox.dns.addRecord({ ...record, type: 'CNAME' });
    await world.sandbox.tick();
    const status = await statusOf(id);
    expect(Object.keys(status.properties).map((name) => name.toUpperCase())).toEqual(
      expect.arrayContaining([...STATUS_PROPERTIES]),
    );
    expect(status.properties).toMatchObject({
      status: ['ACTIVE'],
      statusdetails: ['Valid'],
      serversoftware: ['APACHESSL'],
    });
    expect(joined(status, 'csr')).toBe(csr);
    expect(status.properties['pem']).toBeUndefined();
    const leaf = new X509Certificate(joined(status, 'crt'));
    expect(leaf.subjectAltName).toBe(`DNS:${NAME}, DNS:www.${NAME}`);
    expect(first(status, 'expirationdate')).toBe(
      leaf.validToDate.toISOString().slice(0, 19).replace('T', ' '),
    );
    expect(first(status, 'registrationexpirationdate')).toBe('2027-10-01 08:00:00');
    const chain = joined(status, 'cacrt').match(/-----BEGIN[^]*?-----END CERTIFICATE-----/g) ?? [];
    const [intermediate = '', root = ''] = chain;
    expect(leaf.checkIssued(new X509Certificate(intermediate))).toBe(true);
    expect(new X509Certificate(intermediate).checkIssued(new X509Certificate(root))).toBe(true);
    expect(world.simulator.invoices()).toEqual([
      {
        at: new Date('2026-10-01T08:00:00Z'),
        orderId: first(order, 'orderreference'),
        certificateId: id,
        product: 'COMODO_ESSENTIALSSL',
        price: 12,
        currency: 'EUR',
      },
    ]);
  });

  it('puts the record into a zone of its own DNS when asked, and leaves it there', async () => {
    world = await startHexonet();
    const order = await world.ok(create({ csr: RSA_CSR, validation0: 'DNSZONE', internaldns: 1 }));
    expect(first(order, 'internaldns')).toBe('1');
    const { name, value } = cname(first(order, 'validationdnsrr'));
    expect(world.sandbox.dns.records(name, 'CNAME')).toEqual([value]);
    await world.sandbox.tick();
    expect(await world.status(first(order, 'sslcertid'))).toBe('ACTIVE');
    expect(world.sandbox.dns.records(name, 'CNAME')).toEqual([value]);
  });

  it('creates a zone nobody asks where the domain is delegated elsewhere', async () => {
    world = await startHexonet({ hostedZones: [] });
    const order = await world.ok(create({ domain0: 'example.org', validation0: 'DNSZONE', internaldns: 1 }));
    const zone = await world.ok({ command: 'QueryDNSZoneRRList', dnszone: 'example.org.', rrtype: 'CNAME' });
    const { name, value } = cname(first(order, 'validationdnsrr'));
    expect(zone.properties['rr']).toEqual([`${name}. 3600 IN CNAME ${value}.`]);
    await world.sandbox.tick();
    expect(await world.status(first(order, 'sslcertid'))).toBe('PENDINGCREATE');
  });

  it('looks for the file it names', async () => {
    world = await startHexonet();
    const order = await world.ok(create({ csr: RSA_CSR, validation0: 'URL' }));
    const url = first(order, 'validationurl');
    expect(url).toMatch(/^http:\/\/shop\.example\.test\/[a-z0-9]{10}\.txt$/);
    const id = first(order, 'sslcertid');
    world.files.set(url.slice('http://'.length), 'something else');
    await world.sandbox.tick();
    expect(await world.status(id)).toBe('PENDINGCREATE');
    world.files.set(url.slice('http://'.length), first(order, 'validationurlcontent'));
    await world.sandbox.tick();
    const status = await statusOf(id);
    // A file proves its own host only: nothing comes free.
    expect(new X509Certificate(joined(status, 'crt')).subjectAltName).toBe(`DNS:${NAME}`);
  });

  it("follows Comodo's forms when asked: hashes, two lines, a well-known path", async () => {
    world = await startHexonet({ validationForm: 'comodo' });
    const dns = await world.ok(create({ csr: RSA_CSR, validation0: 'DNSZONE' }));
    expect(first(dns, 'validationdnsrr')).toMatch(
      /^_[0-9a-f]{32}\.shop\.example\.test\. CNAME [0-9a-f]{32}\.[0-9a-f]{32}\.comodoca\.com\.$/,
    );
    const order = await world.ok(create({ csr: RSA_CSR, validation0: 'URL' }));
    const url = first(order, 'validationurl');
    expect(url).toMatch(/^http:\/\/shop\.example\.test\/\.well-known\/pki-validation\/[0-9A-F]{32}\.txt$/);
    const content = first(order, 'validationurlcontent');
    expect(content).toMatch(/^[0-9a-f]{64} comodoca\.com$/);
    const id = first(order, 'sslcertid');
    world.files.set(url.slice('http://'.length), content);
    await world.sandbox.tick();
    expect(await world.status(id)).toBe('PENDINGCREATE');
    world.files.set(url.slice('http://'.length), content.replace(' ', '\n'));
    await world.sandbox.tick();
    expect(await world.status(id)).toBe('ACTIVE');
  });

  it('validates every name its own way', async () => {
    world = await startHexonet();
    const names = [NAME, 'a.example.test', 'b.example.test'];
    const order = await world.ok(
      create({
        sslcertclass: 'COMODO_UCC',
        domain: names,
        pem: pemLines(EC_KEY),
        validation: ['DNSZONE', 'URL'],
        validationemail2: 'admin@example.test',
      }),
    );
    expect(order.properties).toMatchObject({
      domain: names,
      domaincount: ['3'],
      validation: ['DNSZONE', 'URL', 'EMAIL'],
      validationemail: ['', '', 'admin@example.test'],
    });
    expect(at(order, 'validationdnsrr', 1)).toBe('');
    expect(at(order, 'validationurl', 0)).toBe('');
    publishRecords(world.sandbox, order);
    world.files.set(
      at(order, 'validationurl', 1).slice('http://'.length),
      at(order, 'validationurlcontent', 1),
    );
    await world.sandbox.tick();
    const id = first(order, 'sslcertid');
    expect(await world.status(id)).toBe('PENDINGCREATE');
    world.sandbox.ca.approveByEmail(world.sandbox.ca.orders()[0]?.id ?? '');
    await world.sandbox.tick();
    const leaf = new X509Certificate(joined(await statusOf(id), 'crt'));
    expect(leaf.subjectAltName).toBe(names.map((name) => `DNS:${name}`).join(', '));
  });

  it('takes a wildcard with the domain below it', async () => {
    world = await startHexonet();
    const status = await issued({ sslcertclass: 'COMODO_WILDCARDSSL', domain0: '*.example.test' });
    expect(new X509Certificate(joined(status, 'crt')).subjectAltName).toBe(
      'DNS:*.example.test, DNS:example.test',
    );
  });

  it('makes the request from a given key, and about the CSR contact', async () => {
    world = await startHexonet();
    const pem = RSA_KEY;
    const status = await issued({
      pem: pemLines(pem),
      ownercontact0: 'P-ABC123',
      csrcontact0organization: 'Another GmbH',
      csrcontact0country: 'at',
    });
    expect(joined(status, 'pem')).toBe(pem);
    expect(leafKey(status)).toBe(serverKey(pem));
    expect(first(status, 'csrorganization')).toBe('Another GmbH');
    expect(status.properties).toMatchObject({
      csrcontact0country: ['AT'],
      ownercontact0organization: ['Example GmbH'],
      admincontact0lastname: ['Mustermann'],
    });
  });

  it('takes an elliptic key, and makes one of the length asked for', async () => {
    world = await startHexonet();
    const status = await issued();
    expect(joined(status, 'pem')).toBe(EC_KEY);
    expect(leafKey(status)).toBe(serverKey(EC_KEY));
    const longer = await world.ok(create({ domain0: NAME, keylength: 3072 }));
    expect(first(longer, 'keylength')).toBe('3072');
    expect(createPrivateKey(joined(longer, 'pem')).asymmetricKeyDetails?.modulusLength).toBe(3072);
  });

  it('is dearer for more years', async () => {
    world = await startHexonet();
    const order = await world.ok(create({ csr: RSA_CSR, period: 3 }));
    expect(first(order, 'registrationexpirationdate')).toBe('2029-10-01 08:00:00');
    expect(world.simulator.invoices()).toMatchObject([{ price: 36 }]);
  });

  it.each<[string, () => Promise<Input> | Input, string]>([
    ['no class', () => ({ sslcertclass: '' }), '504 Missing required attribute; SSLCERTCLASS'],
    [
      'an unknown class',
      () => ({ sslcertclass: 'ssl123dv', domain0: NAME }),
      '541 Invalid attribute value; SSLCERTCLASS',
    ],
    ['no name', () => ({}), '504 Missing required attribute; DOMAIN0'],
    ['a name that is none', () => ({ domain0: 'localhost' }), '505 Invalid attribute value syntax; DOMAIN0'],
    [
      'too many names',
      () => ({ domain: ['a.example.test', 'b.example.test'] }),
      '541 Invalid attribute value; DOMAIN1; COMODO_ESSENTIALSSL takes one domain',
    ],
    [
      'too few names',
      () => ({ sslcertclass: 'COMODO_UCC', domain0: NAME }),
      '541 Invalid attribute value; DOMAIN; COMODO_UCC takes 2 to 100 domains',
    ],
    [
      'a wildcard that is not sold',
      () => ({ domain0: '*.example.test' }),
      '541 Invalid attribute value; DOMAIN; COMODO_ESSENTIALSSL takes no wildcard',
    ],
    [
      'no wildcard where it is',
      () => ({ sslcertclass: 'COMODO_WILDCARDSSL', domain0: NAME }),
      '541 Invalid attribute value; DOMAIN0; COMODO_WILDCARDSSL wants a wildcard',
    ],
    [
      'a method that is none',
      () => ({ domain0: NAME, validation0: 'DNS' }),
      '505 Invalid attribute value syntax; VALIDATION0',
    ],
    [
      'a method the class has not',
      () => ({ sslcertclass: 'SYMANTEC_SECURESITE', domain0: NAME, validation0: 'URL' }),
      '541 Invalid attribute value; VALIDATION0; SYMANTEC_SECURESITE has no URL validation',
    ],
    [
      'a wildcard by file',
      () => ({ sslcertclass: 'COMODO_WILDCARDSSL', domain0: '*.example.test', validation0: 'URL' }),
      '541 Invalid attribute value; VALIDATION0; a wildcard cannot be validated by URL',
    ],
    [
      'a method for no name',
      () => ({ domain0: NAME, validation1: 'URL' }),
      '541 Invalid attribute value; VALIDATION1; there is no DOMAIN1',
    ],
    [
      'an address that is none',
      () => ({ domain0: NAME, validationemail0: 'me' }),
      '505 Invalid attribute value syntax; VALIDATIONEMAIL0',
    ],
    [
      'nobody to write to',
      () => ({ domain0: NAME, ownercontact0city: 'Homburg' }),
      '504 Missing required attribute; VALIDATIONEMAIL0',
    ],
    [
      'an unknown contact',
      () => ({ domain0: NAME, techcontact0: 'P-XXX999' }),
      '541 Invalid attribute value; TECHCONTACT0',
    ],
    [
      'no organisation',
      () => ({ sslcertclass: 'COMODO_INSTANTSSL', domain0: NAME, ownercontact0email: 'a@example.test' }),
      '504 Missing required attribute; OWNERCONTACT0ORGANIZATION',
    ],
    [
      'a term that is not sold',
      () => ({ domain0: NAME, period: 4 }),
      '505 Invalid attribute value syntax; PERIOD',
    ],
    [
      'too short a key',
      () => ({ domain0: NAME, keylength: 1024 }),
      '505 Invalid attribute value syntax; KEYLENGTH',
    ],
    [
      'a key longer than the CA takes',
      () => ({ domain0: NAME, keylength: 8192 }),
      '549 Command failed; the certificate supplier takes keys of 4096 bits at most',
    ],
    [
      'a key that is none',
      () => ({ domain0: NAME, pem0: '-----BEGIN RSA PRIVATE KEY-----' }),
      '505 Invalid attribute value syntax; PEM',
    ],
    [
      'a request in one piece',
      async () => ({ csr0: (await csrFor([NAME])).replaceAll('\n', '') }),
      '505 Invalid attribute value syntax; CSR',
    ],
    [
      'a request without its beginning',
      async () => ({ csr: ['', ...pemLines(await csrFor([NAME])).slice(1)] }),
      '505 Invalid attribute value syntax; CSR',
    ],
    [
      'a request with a short key',
      async () => ({ csr: pemLines(await csrFor([NAME], 'RSA-1024')) }),
      '541 Invalid attribute value; CSR; key below 2048 bits',
    ],
    [
      'a request for something else',
      async () => ({ domain0: NAME, csr: pemLines(await csrFor(['a.example.test'])) }),
      '541 Invalid attribute value; DOMAIN; not the names of the CSR: shop.example.test a.example.test',
    ],
    [
      'a refusal of the CA',
      () => ({ domain0: 'refuse-me.example.test' }),
      '549 Command failed; The certificate supplier refused the request',
    ],
    ['no credit', () => ({ domain0: 'credit-me.example.test' }), '546 Credit limit exceeded'],
  ])('is refused, and costs nothing: %s', async (_, input, refusal) => {
    world = await sharedWorld('refusals');
    expect(await world.refused(create(await input()))).toBe(refusal);
    expect(world.simulator.invoices()).toEqual([]);
    expect(world.sandbox.ca.orders()).toEqual([]);
  });

  it('refuses a request that was tampered with', async () => {
    world = await startHexonet();
    const lines = RSA_CSR;
    // A letter of the signature changed, as one sample of the vendor's pages has it.
    const last = lines.at(-2) ?? '';
    const csr = [
      ...lines.slice(0, -2),
      `${last.startsWith('A') ? 'B' : 'A'}${last.slice(1)}`,
      lines.at(-1) ?? '',
    ];
    expect(await world.refused(create({ csr }))).toBe('541 Invalid attribute value; CSR; wrong signature');
    expect(await world.refused({ command: 'ParseSSLCertCSR', csr })).toContain('549');
  });

  it('stops when the credit is used up', async () => {
    world = await startHexonet({ credit: 20 });
    const csr = pemLines(await csrFor([NAME]));
    await world.ok(create({ csr }));
    expect(await world.refused(create({ csr }))).toBe('546 Credit limit exceeded');
    expect(world.simulator.invoices()).toHaveLength(1);
  });

  it('accepts both spellings of classes that drift', async () => {
    world = await startHexonet();
    const order = await world.ok(create({ sslcertclass: 'comodo_instantsslpro', csr: RSA_CSR }));
    expect(first(order, 'sslcertclass')).toBe('COMODO_INSTANTSSL_PRO');
  });
});

describe('what happens to an order', () => {
  it('fails after it was charged', async () => {
    world = await startHexonet();
    const csr = pemLines(await csrFor(['fail-me.example.test']));
    const order = await world.ok(create({ csr }));
    expect(first(order, 'status')).toBe('REQUESTEDCREATE');
    const status = await statusOf(first(order, 'sslcertid'));
    expect(status.properties).toMatchObject({
      status: ['FAILED'],
      statusdetails: ['The certificate supplier rejected the order'],
    });
    expect(world.simulator.invoices()).toHaveLength(1);
  });

  it('waits before it reaches the CA, with its DCV data still unknown where that is so', async () => {
    world = await startHexonet({ dcvData: 'after-transmission' });
    const csr = pemLines(await csrFor(['slow-one.example.test']));
    const order = await world.ok(create({ csr, validation0: 'DNSZONE' }));
    const id = first(order, 'sslcertid');
    expect(first(order, 'validationdnsrr')).toBe('');
    expect(await world.status(id)).toBe('REQUESTEDCREATE');
    expect(world.sandbox.ca.orders()).toEqual([]);
    world.clock.advance(600_000);
    const status = await statusOf(id);
    expect(first(status, 'status')).toBe('PENDINGCREATE');
    publishRecords(world.sandbox, status);
    await world.sandbox.tick();
    expect(await world.status(id)).toBe('ACTIVE');
  });

  it('may want other DCV data at the first look', async () => {
    world = await startHexonet({ dcvDataChangesAfterOrder: true });
    const order = await world.ok(create({ csr: pemLines(await csrFor([NAME])), validation0: 'DNSZONE' }));
    publishRecords(world.sandbox, order);
    const id = first(order, 'sslcertid');
    const status = await statusOf(id);
    expect(first(status, 'validationdnsrr')).not.toBe(first(order, 'validationdnsrr'));
    await world.sandbox.tick();
    expect(await world.status(id)).toBe('PENDINGCREATE');
    publishRecords(world.sandbox, status);
    await world.sandbox.tick();
    expect(await world.status(id)).toBe('ACTIVE');
  });

  it.each([
    ['short', 'create', ['REQUESTED', 'PENDING', 'REQUESTEDCREATE', 'PENDINGCREATE']],
    ['short', 'renew', ['REQUESTED', 'PENDING', 'REQUESTEDRENEW', 'PENDINGRENEW']],
    ['long', 'renew', ['REQUESTEDCREATE', 'PENDINGCREATE', 'REQUESTEDRENEW', 'PENDINGRENEW']],
    ['processing', 'renew', ['PROCESSING', 'PROCESSING', 'PROCESSING', 'PROCESSING']],
  ] as const)(
    'is told in words of the kind %s, renewals as %s',
    async (statusWords, renewalStatus, words) => {
      world = await startHexonet({ statusWords, renewalStatus });
      const csr = pemLines(await csrFor([NAME]));
      const order = await world.ok(create({ csr, validation0: 'DNSZONE' }));
      const id = first(order, 'sslcertid');
      const seen = [first(order, 'status'), await world.status(id)];
      publishRecords(world.sandbox, order);
      await world.sandbox.tick();
      const renewed = await world.ok({ command: 'RenewSSLCert', sslcertid: id });
      seen.push(first(renewed, 'status'), await world.status(first(renewed, 'sslcertid')));
      expect(seen).toEqual(
        statusWords === 'short' && renewalStatus === 'create'
          ? ['REQUESTED', 'PENDING', 'REQUESTED', 'PENDING']
          : words,
      );
    },
  );
});

describe('RenewSSLCert', () => {
  it('is a new order with all that was before, and replaces the old certificate when it is issued', async () => {
    world = await startHexonet();
    const old = await issued();
    const oldId = first(old, 'sslcertid');
    world.clock.advance(300 * DAY_MS);
    const order = await world.ok({ command: 'RenewSSLCert', sslcertid: oldId });
    const id = first(order, 'sslcertid');
    expect(id).not.toBe(oldId);
    expect(order.properties).toMatchObject({
      status: ['REQUESTEDRENEW'],
      'old-sslcertid': [oldId],
      'old-expirationdate': [first(old, 'expirationdate')],
      registrationexpirationdate: ['2028-07-28 08:00:00'],
      validation: ['DNSZONE'],
      csr: old.properties['csr'],
      pem: old.properties['pem'],
    });
    expect(await world.status(oldId)).toBe('ACTIVE');
    publishRecords(world.sandbox, order);
    await world.sandbox.tick();
    expect(await world.status(id)).toBe('ACTIVE');
    expect(await world.status(oldId)).toBe('REPLACED');
    expect(world.simulator.invoices()).toHaveLength(2);
    expect(await world.refused({ command: 'RenewSSLCert', sslcertid: oldId })).toContain('549');
    const revoked = { command: 'RevokeSSLCert', sslcertid: oldId, reason: 'superseded' };
    await world.ok(revoked);
    expect(await world.status(oldId)).toBe('REVOKED');
  });

  it('keeps or changes key and request as it is told', async () => {
    world = await startHexonet();
    const old = await issued();
    const id = first(old, 'sslcertid');
    const renew = (input: Input): Promise<TextAnswer> =>
      world.ok({ command: 'RenewSSLCert', sslcertid: id, ...input });
    const contact = { ownercontact0organization: 'New GmbH', ownercontact0email: 'new@example.test' };

    const sameRequest = await renew(contact);
    expect(sameRequest.properties['csr']).toEqual(old.properties['csr']);
    expect(first(sameRequest, 'csrorganization')).toBe('Example GmbH');
    expect(first(sameRequest, 'techcontact0organization')).toBe('New GmbH');

    const newRequest = await renew({ ...contact, createcsr: 1 });
    expect(newRequest.properties['pem']).toEqual(old.properties['pem']);
    expect(first(newRequest, 'csrorganization')).toBe('New GmbH');

    const madeKey = await renew({ createprivatekey: 1 });
    expect(madeKey.properties['pem']).not.toEqual(old.properties['pem']);

    const own = RSA_KEY;
    expect(joined(await renew({ pem: pemLines(own) }), 'pem')).toBe(own);

    const ownRequest = await renew({ csr: pemLines(await csrFor([NAME])) });
    expect(ownRequest.properties['pem']).toBeUndefined();
    const more = { command: 'RenewSSLCert', sslcertid: first(ownRequest, 'sslcertid'), createcsr: 1 };
    publishRecords(world.sandbox, ownRequest);
    await world.sandbox.tick();
    expect(await world.refused(more)).toBe(
      '549 Command failed; no private key is associated with the certificate',
    );
    expect(world.simulator.invoices()).toHaveLength(6);
  });

  it('may fall back to mail where the command page says so', async () => {
    world = await startHexonet({ validationDefault: 'email' });
    const id = first(await issued(), 'sslcertid');
    const order = await world.ok({ command: 'RenewSSLCert', sslcertid: id });
    expect(first(order, 'validation')).toBe('EMAIL');
  });

  it('waits for its window where there is one', async () => {
    world = await startHexonet({ renewalWindowDays: 90 });
    const id = first(await issued(), 'sslcertid');
    expect(await world.refused({ command: 'RenewSSLCert', sslcertid: id })).toContain('548');
    world.clock.advance(276 * DAY_MS);
    await world.ok({ command: 'RenewSSLCert', sslcertid: id });
  });

  it('is refused for what was never issued, and for what is not there', async () => {
    world = await startHexonet();
    const order = await world.ok(create({ csr: pemLines(await csrFor([NAME])) }));
    const id = first(order, 'sslcertid');
    expect(await world.refused({ command: 'RenewSSLCert', sslcertid: id })).toBe(
      `549 Command failed; ${id} is waiting`,
    );
    expect(await world.refused({ command: 'RenewSSLCert', sslcertid: '1' })).toBe('545 Object not found; 1');
    expect(world.simulator.invoices()).toHaveLength(1);
  });
});

describe('ReissueSSLCert', () => {
  it('gives another certificate under the same id, for nothing, within the paid term', async () => {
    world = await startHexonet();
    const old = await issued();
    const id = first(old, 'sslcertid');
    world.clock.advance(150 * DAY_MS);
    const csr = await csrFor([NAME]);
    const order = await world.ok({
      command: 'ReissueSSLCert',
      sslcertid: id,
      csr: pemLines(csr),
      validation0: 'DNSZONE',
    });
    expect(Object.keys(order.properties).sort()).toEqual([
      'domain',
      'validation',
      'validationdnsrr',
      'validationemail',
      'validationurl',
      'validationurlcontent',
    ]);
    const waiting = await statusOf(id);
    expect(first(waiting, 'status')).toBe('PENDINGREISSUE');
    // The certificate shown is still the old one: the id alone tells nothing.
    expect(waiting.properties['crt']).toEqual(old.properties['crt']);
    expect(joined(waiting, 'csr')).toBe(csr);
    publishRecords(world.sandbox, order);
    await world.sandbox.tick();
    const status = await statusOf(id);
    expect(first(status, 'status')).toBe('ACTIVE');
    expect(status.properties['crt']).not.toEqual(old.properties['crt']);
    expect(first(status, 'registrationexpirationdate')).toBe(first(old, 'registrationexpirationdate'));
    expect(first(status, 'expirationdate') > first(old, 'expirationdate')).toBe(true);
    expect(world.simulator.invoices()).toHaveLength(1);
  });

  it('ends with the paid term, and is not to be had after it', async () => {
    world = await startHexonet();
    const id = first(await issued(), 'sslcertid');
    world.clock.advance(300 * DAY_MS);
    const reissue = { command: 'ReissueSSLCert', sslcertid: id, createprivatekey: 1, validation0: 'DNSZONE' };
    publishRecords(world.sandbox, await world.ok(reissue));
    await world.sandbox.tick();
    const status = await statusOf(id);
    expect(first(status, 'expirationdate')).toBe(first(status, 'registrationexpirationdate'));
    world.clock.advance(65 * DAY_MS);
    expect(first(await statusOf(id), 'statusdetails')).toBe('Expired');
    expect(await world.refused(reissue)).toBe(`549 Command failed; ${id} is paid for no longer`);
  });

  it('leaves the certificate there was when it fails', async () => {
    world = await startHexonet();
    const old = await issued();
    const id = first(old, 'sslcertid');
    await world.ok({ command: 'ReissueSSLCert', sslcertid: id, createprivatekey: 0 });
    world.sandbox.ca.fail(world.sandbox.ca.orders().at(-1)?.id ?? '', 'policy');
    const status = await statusOf(id);
    expect(status.properties).toMatchObject({
      status: ['ACTIVE'],
      statusdetails: ['policy'],
      crt: old.properties['crt'],
    });
  });

  it('may move to another id, and nobody says to which', async () => {
    world = await startHexonet({ reissueId: 'new' });
    const old = first(await issued(), 'sslcertid');
    const order = await world.ok({ command: 'ReissueSSLCert', sslcertid: old, createprivatekey: 1 });
    expect(order.properties['sslcertid']).toBeUndefined();
    const list = await world.ok({ command: 'QuerySSLCertList', status: 'PENDINGREISSUE' });
    publishRecords(world.sandbox, order);
    await world.sandbox.tick();
    expect(await world.status(first(list, 'sslcertid'))).toBe('ACTIVE');
    expect(await world.status(old)).toBe('REPLACED');
  });

  it('changes the further names of a certificate for several only', async () => {
    world = await startHexonet();
    const names = [NAME, 'a.example.test'];
    const several = await issued({
      sslcertclass: 'COMODO_UCC',
      domain: names,
      validation: ['DNSZONE', 'DNSZONE'],
    });
    const csr = pemLines(await csrFor([NAME, 'b.example.test', 'c.example.test']));
    const id = first(several, 'sslcertid');
    const order = await world.ok({
      command: 'ReissueSSLCert',
      sslcertid: id,
      csr,
      validation: Array(3).fill('DNSZONE'),
    });
    expect(order.properties['domain']).toEqual([NAME, 'b.example.test', 'c.example.test']);
    const one = first(await issued(), 'sslcertid');
    expect(await world.refused({ command: 'ReissueSSLCert', sslcertid: one, csr })).toContain('541');
    const another = pemLines(await csrFor(['b.example.test']));
    expect(await world.refused({ command: 'ReissueSSLCert', sslcertid: one, csr: another })).toContain('541');
  });

  it('needs a request, a key or the wish for one, and one at a time', async () => {
    world = await startHexonet();
    const id = first(await issued(), 'sslcertid');
    const reissue = { command: 'ReissueSSLCert', sslcertid: id };
    expect(await world.refused(reissue)).toBe('504 Missing required attribute; CSR0');
    await world.ok({ ...reissue, createprivatekey: 0 });
    expect(await world.refused({ ...reissue, createprivatekey: 0 })).toBe(
      `549 Command failed; ${id} is waiting`,
    );
  });
});

describe('RevokeSSLCert and ResendSSLCertEmail', () => {
  it('revokes once, with a reason, what was issued', async () => {
    world = await startHexonet();
    const status = await issued();
    const sslcertid = first(status, 'sslcertid');
    const revoke = { command: 'RevokeSSLCert', sslcertid, reason: 'key compromise' };
    expect((await world.ok(revoke)).properties).toEqual({});
    expect(await world.status(sslcertid)).toBe('REVOKED');
    expect(world.sandbox.ca.revocations()).toMatchObject([{ reason: 'key compromise' }]);
    expect(await world.refused(revoke)).toBe(`549 Command failed; ${sslcertid} is revoked`);
    expect(await world.refused({ ...revoke, sslcertid: '1' })).toContain('545');
  });

  it('does without a reason where the document does', async () => {
    world = await startHexonet({ revocationReason: 'optional' });
    const sslcertid = first(await issued(), 'sslcertid');
    await world.ok({ command: 'RevokeSSLCert', sslcertid });
  });

  it('writes again only while somebody is waited for', async () => {
    world = await startHexonet();
    const sslcertid = first(await issued(), 'sslcertid');
    const resend = { command: 'ResendSSLCertEmail', sslcertid };
    expect(await world.refused(resend)).toContain('549');
    expect(await world.refused({ ...resend, resendemailtype: 'Spam' })).toContain('505');
    await world.ok({ ...resend, resendemailtype: 'FulfillmentEmail' });
  });
});

describe('lists and look-ups', () => {
  async function three(): Promise<string[]> {
    const ids: string[] = [];
    for (const name of ['a.example.test', 'b.example.test', 'c.example.test']) {
      const order = await world.ok(create({ csr: pemLines(await csrFor([name])), validation0: 'DNSZONE' }));
      ids.push(first(order, 'sslcertid'));
      world.clock.advance(DAY_MS);
    }
    return ids;
  }
  const list = (input: Input = {}): Promise<TextAnswer> =>
    world.ok({ command: 'QuerySSLCertList', ...input });

  it('shows ids alone, or the columns of the example', async () => {
    world = await startHexonet();
    const ids = await three();
    expect((await list()).properties).toEqual({
      first: ['0'],
      last: ['2'],
      count: ['3'],
      total: ['3'],
      limit: ['10000'],
      sslcertid: ids,
    });
    const wide = await list({ wide: 1 });
    expect(Object.keys(wide.properties).sort()).toEqual(
      (
        'count first last limit parentuser peeruser sslcertclass sslcertcn sslcertcreateddate sslcertexpirationdate ' +
        'sslcertid sslcertstatus sslcertupdateddate total user'
      ).split(' '),
    );
    expect(wide.properties).toMatchObject({
      sslcertcn: ['a.example.test', 'b.example.test', 'c.example.test'],
      sslcertstatus: ['PENDINGCREATE', 'PENDINGCREATE', 'PENDINGCREATE'],
      sslcertcreateddate: ['2026-10-01 08:00:00', '2026-10-02 08:00:00', '2026-10-03 08:00:00'],
    });
  });

  it.each<[string, Input, readonly number[]]>([
    ['a page', { first: 1, limit: 1 }, [1]],
    ['a pattern', { sslcertcn: '?.EXAMPLE.*' }, [0, 1, 2]],
    ['a name', { sslcertcn: 'b.example.test' }, [1]],
    ['a class', { sslcertclass: 'COMODO_UCC' }, []],
    ['a status', { status: 'PENDING*' }, [0, 1, 2]],
    ['a moment', { mincreateddate: '2026-10-02 08:00:00' }, [1, 2]],
    ['a moment later', { mincreateddate: '2026-10-02 08:00:01' }, [2]],
    ['a day', { mincreateddate: '2026-10-02', maxcreateddate: '2026-10-02' }, [1]],
    ['an end', { maxexpirationdate: '2027-10-02 08:00:00' }, [0, 1]],
    ['an order', { orderby: 'SSLCERTCNDESC' }, [2, 1, 0]],
    ['another order', { orderby: 'createddatedesc', limit: 2 }, [2, 1]],
  ])('by %s', async (_, input, expected) => {
    world = await startHexonet();
    const ids = await three();
    const answer = await list(input);
    expect(answer.properties['sslcertid'] ?? []).toEqual(expected.map((index) => ids[index]));
    if (input['limit'] !== undefined) expect(first(answer, 'total')).toBe('3');
  });

  it('ids may have letters', async () => {
    world = await startHexonet({ ids: 'letters' });
    expect(first(await issued(), 'sslcertid')).toMatch(/^O[A-Za-z0-9]{20}$/);
  });

  it('reads a request, with names and in the order of the example', async () => {
    world = await startHexonet();
    const subject =
      'C=DE, ST=SL, L=Homburg, 2.5.4.9=Talstr. 27, O=HEXONET, CN=example.test, E=info@example.test';
    const csr = pemLines(await csrFor(['www.example.test', 'wiki.example.test'], 'RSA', subject));
    expect((await world.ok({ command: 'ParseSSLCertCSR', csr })).properties).toEqual({
      alternatecn: ['www.example.test', 'wiki.example.test'],
      c: ['DE'],
      cacrt: ['FALSE'],
      cn: ['example.test'],
      emailaddress: ['info@example.test'],
      l: ['Homburg'],
      o: ['HEXONET'],
      rsapublickeybits: ['2048'],
      st: ['SL'],
      street: ['Talstr. 27'],
    });
    const renamed = csr.map((line) => line.replace('CERTIFICATE', 'NEW CERTIFICATE'));
    await world.ok({ command: 'ParseSSLCertCSR', csr: renamed });
    expect(await world.refused({ command: 'ParseSSLCertCSR' })).toContain('504');
    expect(await world.refused({ command: 'ParseSSLCertCSR', csr: ['-----BEGIN'] })).toContain('505');
  });

  it('knows to whom it could write, and to whom it did', async () => {
    world = await startHexonet();
    const ask = { command: 'QuerySSLCertDCVEMailAddressList', sslcertclass: 'GEOTRUST_RAPIDSSL' };
    const answer = await world.ok({ ...ask, domain: 'www.example.test' });
    expect(answer.properties['email']).toEqual([
      'info@example.test',
      'info@example.test',
      ...['admin', 'administrator', 'hostmaster', 'webmaster', 'postmaster'].map(
        (box) => `${box}@example.test`,
      ),
      'support@supplier.invalid',
    ]);
    expect(answer.properties['level']).toEqual(['WHOIS', 'WHOIS', ...Array(5).fill('GENERIC'), 'MANUAL']);
    expect(await world.refused(ask)).toContain('504');
    const order = await world.ok(create({ csr: RSA_CSR, validationemail0: 'admin@example.test' }));
    const sslcertid = first(order, 'sslcertid');
    const asked = await world.ok({ command: 'QuerySSLCertDCVEMailAddressList', sslcertid });
    expect(asked.properties['email']).toEqual(['admin@example.test']);
  });

  it.each([
    ['without-root', 1],
    ['with-root', 2],
    ['root-first', 2],
  ] as const)('prints the chain %s', async (caCertificates, blocks) => {
    world = await startHexonet({
      caCertificates,
      freeAlternative: false,
      registrationExpiration: 'not-after',
    });
    const status = await issued({ csr: pemLines(await csrFor([NAME])) });
    const chain = joined(status, 'cacrt').match(/-----BEGIN[^]*?-----END CERTIFICATE-----/g) ?? [];
    expect(chain).toHaveLength(blocks);
    const isRoot = (pem = ''): boolean =>
      new X509Certificate(pem).subject === new X509Certificate(pem).issuer;
    expect(isRoot(chain[0])).toBe(caCertificates === 'root-first');
    expect(new X509Certificate(joined(status, 'crt')).subjectAltName).toBe(`DNS:${NAME}`);
    expect(first(status, 'registrationexpirationdate')).toBe(first(status, 'expirationdate'));
  });
});

describe('the order queue', () => {
  const order = async (input: Input = {}): Promise<TextAnswer> =>
    world.ok(create({ csr: pemLines(await csrFor([NAME])), validation0: 'DNSZONE', ...input }));
  const decoded = (text: string): string => decodeURIComponent(text);

  it('keeps a command until it is executed', async () => {
    world = await startHexonet();
    const queued = await order({ order: 'CREATE' });
    expect(Object.keys(queued.properties)).toEqual(['orderid']);
    const orderid = first(queued, 'orderid');
    expect(world.simulator.invoices()).toEqual([]);
    const before = await world.ok({ command: 'QueryOrderList', orderid });
    expect(before.properties).toMatchObject({
      orderstatus: ['PENDING'],
      paymentstatus: ['UNPAID'],
      processingstatus: ['INACTIVE'],
      lastresponse: [''],
      lastresponsecode: [''],
      operationtype: ['CREATE'],
    });
    expect(decoded(first(before, 'ordercommand'))).toContain(
      'COMMAND=CreateSSLCert\nSSLCERTCLASS=COMODO_ESSENTIALSSL\nCSR0=',
    );
    const executed = await world.ok({ command: 'ExecuteOrder', orderid });
    const id = first(executed, 'sslcertid');
    const after = await world.ok({ command: 'QueryOrderList', orderid });
    expect(after.properties).toMatchObject({
      orderstatus: ['COMPLETED'],
      paymentstatus: ['PAID'],
      lastresponsecode: ['200'],
    });
    expect(decoded(first(after, 'lastresponse'))).toContain(`PROPERTY[SSLCERTID][0]=${id}\n`);
    expect(await world.refused({ command: 'ExecuteOrder', orderid })).toContain('549');
    expect(world.simulator.invoices()).toHaveLength(1);
  });

  it('lets a waiting command be changed and withdrawn', async () => {
    world = await startHexonet();
    const orderid = first(await order({ order: 'CREATE' }), 'orderid');
    await order({ order: 'UPDATE', orderid, period: 2 });
    const listed = await world.ok({ command: 'QueryOrderList', orderid, nototal: 1 });
    expect(decoded(first(listed, 'ordercommand'))).toContain('PERIOD=2');
    expect(listed.properties['total']).toBeUndefined();
    await world.ok({ command: 'DeleteOrder', orderid });
    expect(await world.refused({ command: 'ExecuteOrder', orderid })).toContain('545');
  });

  it('may take every order, and answer later', async () => {
    world = await startHexonet({ orderQueue: 'always', orderQueueDelayMs: 60_000 });
    const orderid = first(await order(), 'orderid');
    const wrong = first(await order({ domain0: 'other.example.test' }), 'orderid');
    const list = async (id: string): Promise<TextAnswer> =>
      world.ok({ command: 'QueryOrderList', orderid: id });
    expect(first(await list(orderid), 'orderstatus')).toBe('PENDING');
    world.clock.advance(60_000);
    const done = await list(orderid);
    const id = /PROPERTY\[SSLCERTID\]\[0\]=(\d+)/.exec(decoded(first(done, 'lastresponse')))?.[1] ?? '';
    expect(await world.status(id)).toBe('PENDINGCREATE');
    expect((await list(wrong)).properties).toMatchObject({
      orderstatus: ['FAILED'],
      lastresponsecode: ['541'],
      errorcount: ['1'],
    });
  });
});

it('has what was there before, and shows no key to those who look inside', async () => {
  world = await startHexonet();
  const csrPem = await csrFor([NAME]);
  const seeded = world.simulator.seed({
    names: [NAME],
    product: 'COMODO_ESSENTIALSSL',
    csrPem,
    notBefore: new Date('2026-05-01T00:00:00Z'),
    notAfter: new Date('2026-11-01T00:00:00Z'),
    paidUntil: new Date('2027-05-01T00:00:00Z'),
    dcvMethod: 'dns',
  });
  const status = await statusOf(seeded.certificateId);
  expect(status.properties).toMatchObject({
    status: ['ACTIVE'],
    orderreference: [seeded.orderId],
    expirationdate: ['2026-11-01 00:00:00'],
    registrationexpirationdate: ['2027-05-01 00:00:00'],
    validation: ['DNSZONE'],
  });
  expect(joined(status, 'crt')).toBe(seeded.certificate.leafPem);
  expect(world.simulator.invoices()).toEqual([]);
  await issued();
  expect(JSON.stringify(world.simulator.snapshot())).not.toMatch(/PRIVATE KEY/);
  expect(JSON.stringify(world.simulator.snapshot())).toMatch(/"key":"held"/);
});

it('is remembered without its keys', async () => {
  world = await startHexonet();
  const url = `${world.sandbox.vendors.get('hexonet')?.baseUrl}/api/call.cgi`;
  const lines = [...pemLines(RSA_KEY).map((line, index) => `PEM${index}=${line}`), `DOMAIN0=${NAME}`];
  const body = new URLSearchParams({
    s_entity: '1234',
    s_login: 'customer',
    s_pw: 'secret',
    s_command: ['COMMAND=createsslcert', 'SSLCERTCLASS=COMODO_ESSENTIALSSL', ...lines].join('\n'),
  });
  expect(await (await fetch(url, { method: 'POST', body })).text()).toContain('CODE=200');
  expect(world.sandbox.history.entries()).toEqual([
    {
      at: new Date('2026-10-01T08:00:00Z'),
      vendor: 'hexonet',
      command: 'CreateSSLCert',
      parameters: { SSLCERTCLASS: 'COMODO_ESSENTIALSSL', PEM: '***', DOMAIN: [NAME] },
      applied: true,
      httpStatus: 200,
      resultCode: '200',
    },
  ]);
});
