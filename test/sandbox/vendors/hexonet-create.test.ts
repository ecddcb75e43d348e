/** HEXONET: CreateSSLCert in all its variants, with control of the names really proved. */
import { createPrivateKey, createPublicKey, X509Certificate } from 'node:crypto';
import { afterEach, describe, expect, it } from 'vitest';
import { RSA_CSR, RSA_KEY } from './hexonet-keys.ts';
import {
  at,
  cname,
  create,
  EC_KEY,
  first,
  joined,
  NAME,
  publishRecords,
  startHexonet,
} from './hexonet-kit.ts';
import type { HexonetWorld } from './hexonet-kit.ts';
import { STATUS_PROPERTIES } from './hexonet-samples.ts';
import { csrFor } from './kit.ts';
import { pemLines } from './rrpproxy-kit.ts';
import type { TextAnswer } from './rrpproxy-kit.ts';

let world: HexonetWorld;
afterEach(() => world.close());

const publicKey = (pem: string): string =>
  createPublicKey(createPrivateKey(pem)).export({ type: 'spki', format: 'pem' }).toString();
const leafKey = (answer: TextAnswer): string =>
  new X509Certificate(joined(answer, 'crt')).publicKey.export({ type: 'spki', format: 'pem' }).toString();

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
    expect(leafKey(await world.statusOf(id))).toBe(publicKey(key));
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
    const status = await world.statusOf(id);
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
    const status = await world.statusOf(id);
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
    const leaf = new X509Certificate(joined(await world.statusOf(id), 'crt'));
    expect(leaf.subjectAltName).toBe(names.map((name) => `DNS:${name}`).join(', '));
  });

  it('takes a wildcard with the domain below it', async () => {
    world = await startHexonet();
    const status = await world.issued({ sslcertclass: 'COMODO_WILDCARDSSL', domain0: '*.example.test' });
    expect(new X509Certificate(joined(status, 'crt')).subjectAltName).toBe(
      'DNS:*.example.test, DNS:example.test',
    );
  });

  it('makes the request from a given key, and about the CSR contact', async () => {
    world = await startHexonet();
    const pem = RSA_KEY;
    const status = await world.issued({
      pem: pemLines(pem),
      ownercontact0: 'P-ABC123',
      csrcontact0organization: 'Another GmbH',
      csrcontact0country: 'at',
    });
    expect(joined(status, 'pem')).toBe(pem);
    expect(leafKey(status)).toBe(publicKey(pem));
    expect(first(status, 'csrorganization')).toBe('Another GmbH');
    expect(status.properties).toMatchObject({
      csrcontact0country: ['AT'],
      ownercontact0organization: ['Example GmbH'],
      admincontact0lastname: ['Mustermann'],
    });
  });

  it('takes an elliptic key, and makes one of the length asked for', async () => {
    world = await startHexonet();
    const status = await world.issued();
    expect(joined(status, 'pem')).toBe(EC_KEY);
    expect(leafKey(status)).toBe(publicKey(EC_KEY));
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
    const status = await world.statusOf(first(order, 'sslcertid'));
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
    const status = await world.statusOf(id);
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
    const status = await world.statusOf(id);
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
