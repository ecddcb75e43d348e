/** HEXONET: RenewSSLCert, ReissueSSLCert, RevokeSSLCert, ResendSSLCertEmail. */
import { afterEach, describe, expect, it } from 'vitest';
import { RSA_KEY } from './hexonet-keys.ts';
import { create, first, joined, NAME, publishRecords, startHexonet } from './hexonet-kit.ts';
import type { HexonetWorld, Input } from './hexonet-kit.ts';
import { csrFor, DAY_MS } from './kit.ts';
import { pemLines } from './rrpproxy-kit.ts';
import type { TextAnswer } from './rrpproxy-kit.ts';

let world: HexonetWorld;
afterEach(() => world.close());

describe('RenewSSLCert', () => {
  it('is a new order with all that was before, and replaces the old certificate when it is issued', async () => {
    world = await startHexonet();
    const old = await world.issued();
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
    const old = await world.issued();
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
    const id = first(await world.issued(), 'sslcertid');
    const order = await world.ok({ command: 'RenewSSLCert', sslcertid: id });
    expect(first(order, 'validation')).toBe('EMAIL');
  });

  it('waits for its window where there is one', async () => {
    world = await startHexonet({ renewalWindowDays: 90 });
    const id = first(await world.issued(), 'sslcertid');
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
    const old = await world.issued();
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
    const waiting = await world.statusOf(id);
    expect(first(waiting, 'status')).toBe('PENDINGREISSUE');
    // The certificate shown is still the old one: the id alone tells nothing.
    expect(waiting.properties['crt']).toEqual(old.properties['crt']);
    expect(joined(waiting, 'csr')).toBe(csr);
    publishRecords(world.sandbox, order);
    await world.sandbox.tick();
    const status = await world.statusOf(id);
    expect(first(status, 'status')).toBe('ACTIVE');
    expect(status.properties['crt']).not.toEqual(old.properties['crt']);
    expect(first(status, 'registrationexpirationdate')).toBe(first(old, 'registrationexpirationdate'));
    expect(first(status, 'expirationdate') > first(old, 'expirationdate')).toBe(true);
    expect(world.simulator.invoices()).toHaveLength(1);
  });

  it('ends with the paid term, and is not to be had after it', async () => {
    world = await startHexonet();
    const id = first(await world.issued(), 'sslcertid');
    world.clock.advance(300 * DAY_MS);
    const reissue = { command: 'ReissueSSLCert', sslcertid: id, createprivatekey: 1, validation0: 'DNSZONE' };
    publishRecords(world.sandbox, await world.ok(reissue));
    await world.sandbox.tick();
    const status = await world.statusOf(id);
    expect(first(status, 'expirationdate')).toBe(first(status, 'registrationexpirationdate'));
    world.clock.advance(65 * DAY_MS);
    expect(first(await world.statusOf(id), 'statusdetails')).toBe('Expired');
    expect(await world.refused(reissue)).toBe(`549 Command failed; ${id} is paid for no longer`);
  });

  it('leaves the certificate there was when it fails', async () => {
    world = await startHexonet();
    const old = await world.issued();
    const id = first(old, 'sslcertid');
    await world.ok({ command: 'ReissueSSLCert', sslcertid: id, createprivatekey: 0 });
    world.sandbox.ca.fail(world.sandbox.ca.orders().at(-1)?.id ?? '', 'policy');
    const status = await world.statusOf(id);
    expect(status.properties).toMatchObject({
      status: ['ACTIVE'],
      statusdetails: ['policy'],
      csr: old.properties['csr'],
      validation: ['DNSZONE'],
      crt: old.properties['crt'],
    });
  });

  it('may move to another id, and nobody says to which', async () => {
    world = await startHexonet({ reissueId: 'new' });
    const old = first(await world.issued(), 'sslcertid');
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
    const several = await world.issued({
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
    const one = first(await world.issued(), 'sslcertid');
    expect(await world.refused({ command: 'ReissueSSLCert', sslcertid: one, csr })).toContain('541');
    const another = pemLines(await csrFor(['b.example.test']));
    expect(await world.refused({ command: 'ReissueSSLCert', sslcertid: one, csr: another })).toContain('541');
  });

  it('needs a request, a key or the wish for one, and one at a time', async () => {
    world = await startHexonet();
    const id = first(await world.issued(), 'sslcertid');
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
    const status = await world.issued();
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
    const sslcertid = first(await world.issued(), 'sslcertid');
    const answer = await world.call({ command: 'RevokeSSLCert', sslcertid });
    expect(answer.code).toBe(200);
  });

  it('writes again only while somebody is waited for', async () => {
    world = await startHexonet();
    const sslcertid = first(await world.issued(), 'sslcertid');
    const resend = { command: 'ResendSSLCertEmail', sslcertid };
    expect(await world.refused(resend)).toContain('549');
    expect(await world.refused({ ...resend, resendemailtype: 'Spam' })).toContain('505');
    await world.ok({ ...resend, resendemailtype: 'FulfillmentEmail' });
  });
});
