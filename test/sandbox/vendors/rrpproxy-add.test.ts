/** AddCertificate of API 2: answers, validation by every method, prices, refusals, immediate issuance. */
import { X509Certificate } from 'node:crypto';
import { beforeEach, describe, expect, it } from 'vitest';
import { csrFor, DAY_MS } from './kit.ts';
import { newDesk } from './rrpproxy-desk.ts';
import type { Desk } from './rrpproxy-desk.ts';
import { first, pemLines } from './rrpproxy-kit.ts';
import type { CommandInput } from './rrpproxy-kit.ts';

let desk: Desk;

beforeEach(() => {
  desk = newDesk();
});

describe('AddCertificate', () => {
  it('answers the manual sample for DNS validation with the documented properties', async () => {
    const answer = await desk.order();
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
    const added = await desk.order();
    const id = first(added, 'certificate');
    await desk.ca.tick();
    const waiting = await desk.status(id);
    expect(first(waiting, 'status')).toBe('processing');
    expect(first(waiting, 'expiration date')).toBe('');
    await desk.fulfil(added);
    const done = await desk.status(id);
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
    const reversed = await desk.send({
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
    const added = await desk.order({ dcvmethod, class: cls });
    for (const record of added.properties['dns rr'] ?? []) expect(record).toMatch(shape);
    await desk.fulfil(added);
    expect(first(await desk.status(first(added, 'certificate')), 'status')).toBe('active');
  });

  it.each(['ssl123dv', 'positivessldv'])('validates %s by file', async (cls) => {
    const added = await desk.order({ dcvmethod: 'http', class: cls });
    const digicert = cls === 'ssl123dv';
    expect(first(added, 'file name')).toMatch(
      digicert
        ? /^http:\/\/example\.com\/\.well-known\/pki-validation\/fileauth\.txt$/
        : /^http:\/\/example\.com\/\.well-known\/pki-validation\/[0-9A-F]{32}\.txt$/,
    );
    await desk.fulfil(added);
    expect(first(await desk.status(first(added, 'certificate')), 'status')).toBe('active');
  });

  it('validates by mail when the link was followed', async () => {
    const added = await desk.order({ dcvmethod: 'email', dcvemail0: 'hostmaster@example.com' });
    expect(added.properties['dcv email']).toEqual(['hostmaster@example.com', 'hostmaster@example.com']);
    const wrong = await desk.order({ dcvmethod: 'email', dcvemail0: 'me@example.com' });
    expect(wrong.code).toBe(541);
    const [pending] = desk.ca.orders();
    desk.ca.approveByEmail(pending?.id ?? '');
    await desk.ca.tick();
    expect(first(await desk.status(first(added, 'certificate')), 'status')).toBe('active');
  });

  it('previews price and names without ordering', async () => {
    const names = ['example.com', 'example.net', 'ftp.example.org'];
    const preview = await desk.order({ checkonly: 1 }, names);
    expect(preview.properties['billingcount']).toEqual(['2', '1']);
    expect(preview.properties['billingtype']).toEqual(['ssl123dv-san', 'ssl123dv-base']);
    expect(preview.properties['domain']).toEqual([
      ...names,
      'www.example.com',
      'www.example.net',
      'www.ftp.example.org',
    ]);
    expect([first(preview, 'price'), first(preview, 'vat')]).toEqual(['98', '15.68']);
    const bare = await desk.order({ checkonly: 1, noautofilldomains: 1 }, names);
    expect(bare.properties['domain']).toEqual(names);
    const wildcard = await desk.order({ checkonly: 1 }, ['*.example.com']);
    expect(wildcard.properties['billingtype']).toEqual(['ssl123dv-wildcardbase']);
    expect(wildcard.properties['domain']).toEqual(['*.example.com', 'example.com']);
    const many = await desk.order(
      { checkonly: 1 },
      [1, 2, 3, 4].map((number) => `example-${number}.com`),
    );
    expect(many.properties['domain']).toHaveLength(4 + 3);
    const pair = await desk.order({ checkonly: 1, class: 'rapidssldv' }, ['www.example.com', 'example.com']);
    expect(pair.properties['billingcount']).toEqual(['1']);
    expect(desk.simulator.invoices()).toEqual([]);
    expect(desk.ca.orders()).toEqual([]);
  });

  it('checks parameters before it asks the CA', async () => {
    const lines = pemLines(await csrFor(['example.com']));
    const weak = pemLines(await csrFor(['example.com'], 'RSA-1024'));
    const codes = async (extra: CommandInput, names?: string[]): Promise<number> =>
      (await desk.order(extra, names)).code;
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
    expect(desk.simulator.invoices()).toEqual([]);
    expect(desk.ca.orders()).toEqual([]);
  });

  it('takes inline contacts, or handles for an organization', async () => {
    const inline = await desk.order({
      techcontact0: '',
      techfirstname0: 'Max',
      techlastname0: 'Mustermann',
      techemail0: 'max@example.org',
      techphone0: '+1.2345678',
    });
    const shown = await desk.send({
      command: 'StatusCertificateContact',
      certificatecontact: first(inline, 'techcontact'),
    });
    expect(first(shown, 'last name')).toBe('Mustermann');
    expect(first(shown, 'status')).toBe('linked');
    expect((await desk.order({ class: 'securesiteproof' })).code).toBe(504);
    const organization = { organizationohandle: 'O-ABC456', organizationphandle: 'P-ABC123' };
    const validated = await desk.order({ class: 'securesiteproof', ...organization });
    expect(first(validated, 'organizationcontact')).toMatch(/^CC-/);
  });

  it('charges once per order, up to the credit', async () => {
    desk = newDesk({ credit: 50 });
    const added = await desk.order({ servicetag: ['attempt-1'] });
    expect((await desk.order()).code).toBe(546);
    expect(desk.simulator.invoices()).toEqual([
      {
        at: desk.clock.now(),
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
    desk = newDesk({ caRefuses: () => 'on the blocklist' });
    const refused = await desk.order();
    expect(refused.code).toBe(549);
    expect(first(refused, 'certificate')).toMatch(/^FAIL\d{7}$/);
    expect((await desk.status(first(refused, 'certificate'))).code).toBe(545);
    expect(desk.simulator.invoices()).toEqual([]);
    expect((await desk.send({ command: 'QueryEventList' })).properties['total']).toEqual(['0']);
  });

  it('spells properties the way it is told to', async () => {
    desk = newDesk({ names: 'tables', dnsRecordForm: 'bare-first' });
    const tables = await desk.order();
    expect(tables.properties['dnsauth name']?.[0]).toMatch(/^[a-z0-9]{32}$/);
    expect(tables.properties['dnsauth name']?.[1]).toMatch(/^@ 3600 IN TXT /);
    expect(tables.properties).toHaveProperty(['paiduntil']);
    desk = newDesk({ names: 'knowledge-base' });
    expect((await desk.order()).properties).toHaveProperty(['certificateorder']);
  });

  it('can change its mind about the record', async () => {
    desk = newDesk({ dcvDataChangesAfterOrder: true });
    const added = await desk.order();
    const read = await desk.status(first(added, 'certificate'));
    expect(read.properties['dns rr']).not.toEqual(added.properties['dns rr']);
    await desk.fulfil(added);
    expect(first(await desk.status(first(added, 'certificate')), 'status')).toBe('processing');
    await desk.fulfil(read);
    expect(first(await desk.status(first(added, 'certificate')), 'status')).toBe('active');
  });
});

describe('immediate issuance', () => {
  it('issues within the order when the token is in place, and costs nothing when it is not', async () => {
    const csr = pemLines(await csrFor(['example.com']));
    const checked = await desk.send({
      command: 'CheckCertificate',
      class: 'ssl123dv',
      generatedcvtoken: 1,
      csr,
      domain0: 'example.com',
    });
    const token = first(checked, 'dcv token');
    const early = await desk.order({ csr, dcvtoken: token });
    expect(early.code).toBe(549);
    expect(first(early, 'certificate')).toMatch(/^FAIL/);
    expect(desk.simulator.invoices()).toEqual([]);

    desk.evidence.texts.set('example.com', [token]);
    const other = await desk.order({ dcvtoken: token });
    expect(other.code).toBe(541);
    const done = await desk.order({ csr, dcvtoken: token });
    expect(done.code).toBe(200);
    expect(first(done, 'status')).toBe('active');
    expect(first(done, 'cert')).toBe('-----BEGIN CERTIFICATE-----');
    expect((await desk.send({ command: 'QueryEventList' })).properties['total']).toEqual(['0']);

    desk.clock.advance(30 * DAY_MS);
    expect((await desk.order({ csr, dcvtoken: token })).code).toBe(541);
  });

  it('exists for some classes only', async () => {
    const csr = pemLines(await csrFor(['example.com']));
    const sectigo = { command: 'CheckCertificate', class: 'positivessldv', generatedcvtoken: 1, csr };
    expect((await desk.send(sectigo)).code).toBe(541);
  });
});
