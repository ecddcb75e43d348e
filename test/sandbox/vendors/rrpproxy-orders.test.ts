/** Orders, contacts, tags, tokens and class data of API 2, beyond the walk that rrpproxy.test.ts takes. */
import { X509Certificate } from 'node:crypto';
import { beforeEach, describe, expect, it } from 'vitest';
import { csrFor, DAY_MS } from './kit.ts';
import { newDesk } from './rrpproxy-desk.ts';
import type { Desk } from './rrpproxy-desk.ts';
import { first, pemLines } from './rrpproxy-kit.ts';
import type { CommandInput, TextAnswer } from './rrpproxy-kit.ts';

let desk: Desk;

beforeEach(() => {
  desk = newDesk();
});

const orderStatus = (certificateorder: string): Promise<TextAnswer> =>
  desk.send({ command: 'StatusCertificateOrder', certificateorder });

describe('CertificateOrders', () => {
  it('are listed by filter, in order, in columns and in pages', async () => {
    const one = await desk.order();
    desk.clock.advance(DAY_MS);
    await desk.order({ class: 'rapidssldv' }, ['two.example.com']);
    const list = (extra: CommandInput = {}): Promise<TextAnswer> =>
      desk.send({ command: 'QueryCertificateOrderList', ...extra });
    const id = first(one, 'order');
    expect((await list()).properties['column']).toEqual(['certificateorder']);
    const wide = await list({ wide: 1, orderby: 'CREATEDDATE', order: 'DESC', limit: 1 });
    expect(wide.properties).toMatchObject({
      class: ['RAPIDSSLDV'],
      status: ['processing'],
      'created date': ['2026-10-02 08:00:00'],
      'paid until': ['2027-10-02 08:00:00'],
      column: ['certificateorder', 'paid until', 'status', 'class', 'created date', 'updated date'],
      count: ['1'],
      first: ['0'],
      last: ['0'],
      limit: ['1'],
      total: ['2'],
    });
    const filters: readonly CommandInput[] = [
      { certificateorder: `${id.slice(0, 5)}*` },
      { class: 'ssl123dv' },
      { createddate: '2026-10-01' },
      { updateddate: '2026-10-01*' },
      { paiduntil: '2027-10-01 *' },
    ];
    for (const filter of filters) expect((await list(filter)).properties['certificateorder']).toEqual([id]);
    expect((await list({ status: 'active' })).properties['total']).toEqual(['0']);
    expect((await list({ orderby: 'PRICE' })).code).toBe(505);
    expect((await list({ foo: 1 })).code).toBe(503);
    expect((await list({ apiversion: 1 })).code).toBe(549);
  });

  it('hold the certificates of their reissues, and show what becomes of them', async () => {
    desk = newDesk({ duplicatedIndex: true, closeDelayMs: 60_000 });
    const id = await desk.issued();
    const order = first(await desk.status(id), 'order');
    const reissued = first(
      await desk.send({ command: 'ReissueCertificate', certificate: id }),
      'certificate',
    );
    const shown = await orderStatus(order);
    expect(shown.properties['certificate']).toEqual([id, reissued]);
    expect(shown.properties['certificate status']).toEqual(['active', 'processing']);
    expect(shown.raw.match(/property\[certificate expiration date\]\[0\]/g)).toHaveLength(2);
    expect(first(shown, 'status')).toBe('processing');
    await desk.send({ command: 'DeleteCertificate', certificate: reissued, action: 'REVOKEORDER' });
    expect((await orderStatus(order)).properties['certificate status']).toEqual([
      'revoke_processing',
      'cancel_processing',
    ]);
    expect(first(await orderStatus(order), 'status')).toBe('revoke_processing');
    desk.clock.advance(60_000);
    expect((await orderStatus(order)).properties['certificate status']).toEqual(['revoked', 'canceled']);
    expect(first(await orderStatus(order), 'status')).toBe('revoked');
    expect((await orderStatus('DK012345678')).code).toBe(545);
  });

  it.each([
    ['REVOKE', 'pending', 557],
    ['REVOKEORDER', 'pending', 557],
    ['CANCELORDER', 'pending', 200],
    ['REVOKE', 'issued', 200],
    ['REVOKEORDER', 'issued', 200],
    ['CANCELORDER', 'issued', 557],
  ])('DeleteCertificate with %s of a %s one', async (action, state, code) => {
    const certificate = state === 'issued' ? await desk.issued() : first(await desk.order(), 'certificate');
    const remove = (): Promise<TextAnswer> =>
      desk.send({ command: 'DeleteCertificate', certificate, action: action.toLowerCase() });
    expect((await remove()).code).toBe(code);
    const after = { pending: 'canceled', issued: 'revoked' }[state];
    expect(first(await desk.status(certificate), 'status')).toBe(
      code === 200 ? after : { pending: 'processing', issued: 'active' }[state],
    );
    // Money back for what was never issued only.
    expect(desk.simulator.invoices()).toHaveLength(code === 200 && state === 'pending' ? 2 : 1);
    expect((await remove()).code).toBe(557);
  });

  it('Sectigo gives no money back', async () => {
    const added = await desk.order({ class: 'positivessldv', dcvmethod: 'dns-cname' });
    await desk.send({ command: 'CancelCertificateOrder', certificateorder: first(added, 'order') });
    expect(desk.simulator.invoices()).toHaveLength(1);
  });
});

describe('CertificateContacts', () => {
  const contact = (certificatecontact: string): Promise<TextAnswer> =>
    desk.send({ command: 'StatusCertificateContact', certificatecontact });

  it.each(['tech', 'evapprover', 'organization'])(
    'are made as %s from data and from handles',
    async (type) => {
      const data = {
        command: 'AddCertificateContact',
        type,
        firstname: 'Max',
        lastname: 'Mustermann',
        jobtitle: 'Boss',
        phone: '+1.2345678',
        email: 'max@example.org',
        ...(type === 'organization'
          ? {
              organizationname: 'Example Corp',
              organizationdba: 'Example DBA',
              organizationstreet: 'Example Street 1',
              organizationzip: '12345',
              organizationcity: 'Exampletown',
              organizationstate: 'EX',
              organizationcountry: 'DE',
              organizationphone: '+1.55512345678',
              organizationemail: 'office@example.org',
            }
          : {}),
      };
      const made = await desk.send(data);
      expect(first(made, 'certificatecontact')).toMatch(/^CC-\d{8}$/);
      const shown = await contact(first(made, 'certificatecontact'));
      expect(shown.properties).toMatchObject({
        type: [type],
        'last name': ['Mustermann'],
        'job title': ['Boss'],
      });
      expect(first(shown, 'organization dba')).toBe(type === 'organization' ? 'Example DBA' : '');
      const handles = {
        command: 'AddCertificateContact',
        type,
        phandle: 'p-abc123',
        ...(type === 'organization' ? { ohandle: 'O-ABC456' } : {}),
      };
      const copied = await contact(first(await desk.send(handles), 'certificatecontact'));
      expect(first(copied, 'last name')).toBe('P-ABC123');
      expect(first(copied, 'organization name') !== '').toBe(type === 'organization');
    },
  );

  it('refuse what is missing, wrong or unknown', async () => {
    desk = newDesk({ unknownHandles: ['P-GONE1'] });
    const add = async (extra: CommandInput): Promise<number> =>
      (await desk.send({ command: 'AddCertificateContact', ...extra })).code;
    const person = { type: 'tech', lastname: 'M', phone: '+1.2345678', email: 'm@example.org' };
    expect(await add({ ...person, type: '' })).toBe(504);
    expect(await add({ ...person, type: 'billing' })).toBe(505);
    expect(await add({ ...person, phone: '' })).toBe(504);
    expect(await add({ ...person, phone: '12345' })).toBe(505);
    expect(await add({ ...person, email: 'nobody' })).toBe(505);
    expect(await add({ ...person, type: 'organization' })).toBe(504);
    expect(await add({ type: 'tech', ohandle: 'O-ABC1', phandle: 'P-ABC1' })).toBe(541);
    expect(await add({ type: 'organization', ohandle: 'O-ABC1' })).toBe(504);
    expect(await add({ type: 'tech', phandle: 'X-1' })).toBe(505);
    expect(await add({ type: 'tech', phandle: 'P-GONE1' })).toBe(545);
    expect((await contact('CC-12345678')).code).toBe(545);
    expect(first(await desk.send({ command: 'QueryCertificateContactList' }), 'total')).toBe('0');
  });

  it('are found by pattern, and go weeks after their last use', async () => {
    desk = newDesk({ names: 'tables', overstatedTotal: 1 });
    for (const lastname of ['Alpha', 'Beta']) {
      await desk.send({
        command: 'AddCertificateContact',
        type: 'tech',
        lastname,
        phone: '+1.2345678',
        email: `${lastname}@example.org`,
      });
    }
    const list = (extra: CommandInput): Promise<TextAnswer> =>
      desk.send({ command: 'QueryCertificateContactList', wide: 1, ...extra });
    const found = await list({ email: 'alpha@*', orderby: 'LASTNAME' });
    expect(found.properties).toMatchObject({
      lastname: ['Alpha'],
      status: ['unlinked'],
      'deletion date': ['2026-10-29 08:00:00'],
      count: ['1'],
      total: ['2'],
    });
    await desk.order({ techcontact0: first(found, 'contact') });
    desk.clock.advance(28 * DAY_MS);
    expect((await list({})).properties).toMatchObject({ lastname: ['Alpha'], status: ['linked'] });
    expect((await list({ organizationcategory: 'Bank' })).properties['count']).toEqual(['0']);
  });
});

describe('service tags', () => {
  it('are set, added and removed, and found', async () => {
    const id = first(await desk.order({ servicetag: ['shop'], addservicetag: ['2026'] }), 'certificate');
    await desk.order({ servicetag: ['blog'] });
    const tag = (extra: CommandInput): Promise<TextAnswer> =>
      desk.send({ command: 'ModifyCertificate', certificate: id, ...extra });
    const found = async (servicetag0: string): Promise<readonly string[]> =>
      (await desk.send({ command: 'QueryCertificateList', servicetag0 })).properties['certificate'] ?? [];
    expect([await found('shop'), await found('2026')]).toEqual([[id], [id]]);
    expect((await tag({ addservicetag: ['web'], delservicetag: ['2026'] })).properties['servicetag']).toEqual(
      ['shop', 'web'],
    );
    expect([await found('web'), await found('2026')]).toEqual([[id], []]);
    expect((await tag({ servicetag: ['only'] })).properties['servicetag']).toEqual(['only']);
    expect(await found('shop')).toEqual([]);
    expect((await tag({})).code).toBe(504);
    expect((await tag({ servicetag: ['a'], addservicetag: ['b'] })).code).toBe(541);
  });
});

describe('immediate issuance', () => {
  const NAMES = ['example.com'];

  async function token(csr: string[]): Promise<string> {
    const input = { command: 'CheckCertificate', generatedcvtoken: 1, class: 'ssl123dv', csr, domain: NAMES };
    return first(await desk.send(input), 'dcv token');
  }

  it.each(['AddCertificate', 'RenewCertificate', 'ReissueCertificate'])(
    '%s answers with the certificate',
    async (command) => {
      const certificate = command === 'AddCertificate' ? '' : await desk.issued();
      const paid = desk.simulator.invoices().length;
      const csr = pemLines(await csrFor(NAMES));
      const dcvtoken = await token(csr);
      const buy = (): Promise<TextAnswer> =>
        command === 'AddCertificate'
          ? desk.order({ csr, dcvtoken })
          : desk.send({ command, certificate, csr, dcvtoken });
      const total = async (): Promise<string> =>
        first(await desk.send({ command: 'QueryEventList' }), 'total');
      const before = await total();

      const early = await buy();
      expect(early.code).toBe(549);
      expect(first(early, 'certificate')).toMatch(/^FAIL\d{7}$/);
      expect(desk.simulator.invoices()).toHaveLength(paid);

      desk.evidence.texts.set('example.com', [dcvtoken]);
      const answer = await buy();
      expect(answer.code).toBe(200);
      expect(first(answer, 'status')).toBe('active');
      const leaf = new X509Certificate((answer.properties['cert'] ?? []).join('\n'));
      const intermediate = new X509Certificate((answer.properties['intermediate'] ?? []).join('\n'));
      expect(leaf.verify(intermediate.publicKey)).toBe(true);
      expect(answer.properties['root']?.[0]).toBe('-----BEGIN CERTIFICATE-----');
      expect(first(answer, 'expiration date')).not.toBe('');
      expect(desk.simulator.invoices()).toHaveLength(paid + (command === 'ReissueCertificate' ? 0 : 1));
      expect(await total()).toBe(before);
    },
  );

  it('wants the token of this class and key, not older than 30 days, and no mail', async () => {
    const csr = pemLines(await csrFor(NAMES));
    const dcvtoken = await token(csr);
    desk.evidence.texts.set('example.com', [dcvtoken]);
    expect((await desk.order({ csr, dcvtoken, dcvmethod: 'email' })).code).toBe(541);
    expect((await desk.order({ csr, dcvtoken, class: 'rapidssldv' })).code).toBe(541);
    expect((await desk.order({ dcvtoken })).code).toBe(541);
    expect((await desk.order({ csr, dcvtoken: 'made-up' })).code).toBe(541);
    const sectigo = { command: 'CheckCertificate', generatedcvtoken: 1, class: 'positivessldv', csr };
    expect((await desk.send(sectigo)).code).toBe(541);
    expect((await desk.send({ ...sectigo, class: '' })).code).toBe(504);
    desk.clock.advance(30 * DAY_MS);
    expect((await desk.order({ csr, dcvtoken })).code).toBe(541);
  });
});
