/** API 1 of CentralNic Reseller: orders with sub-certificates, their end and their move to API 2. */
import { beforeEach, describe, expect, it } from 'vitest';
import { csrFor } from './kit.ts';
import { newDesk } from './rrpproxy-desk.ts';
import type { Desk } from './rrpproxy-desk.ts';
import { first, pemLines } from './rrpproxy-kit.ts';
import type { CommandInput, TextAnswer } from './rrpproxy-kit.ts';

let desk: Desk;

beforeEach(() => {
  desk = newDesk();
});

const NAMES = ['example.com', 'www.example.com'];

async function reissue(certificate: string, extra: CommandInput = {}, names = NAMES): Promise<TextAnswer> {
  const csr = pemLines(await csrFor(names));
  return await desk.sendOld({ command: 'ReissueCertificate', certificate, csr, ...extra });
}

const status = (certificate: string, extra: CommandInput = {}): Promise<TextAnswer> =>
  desk.sendOld({ command: 'StatusCertificate', certificate, ...extra });

const events = async (): Promise<readonly string[]> =>
  (await desk.send({ command: 'QueryEventList', wide: 1 })).properties['eventsubclass'] ?? [];

describe('StatusCertificate', () => {
  it('shows a seeded order in the forms of the reissue page', async () => {
    const { certificateId, subId, certificate } = await desk.seedOld();
    expect(certificateId).toMatch(/^[A-Z]{2}\d{7}$/);
    expect(subId).toBe(`${certificateId}-001`);
    const shown = await status(certificateId);
    expect(shown.properties['sub']).toEqual([subId]);
    expect(first(shown, 'sub id')).toBe(subId);
    expect(first(shown, 'sub status')).toBe('ACTIVE');
    expect([first(shown, 'status'), first(shown, 'class')]).toEqual(['ACTIVE', 'RapidSSL']);
    expect(shown.properties['crt']?.join('\n')).toBe(certificate.leafPem.trim());
    expect(first(shown, 'certificate expiration date')).toBe('2026-10-16 00:00:00.0');
    const same = await desk.send({ command: 'StatusCertificate', certificate: certificateId, apiversion: 1 });
    expect(same.properties).toEqual(shown.properties);
    expect((await desk.status(certificateId)).code).toBe(545);
    expect((await status('AB1234567')).code).toBe(545);
    expect((await status(certificateId, { sub: `${certificateId}-002` })).code).toBe(545);
  });

  it('has every property of the manual’s table that applies', async () => {
    const { certificateId } = await desk.seedOld({ dcvMethod: 'email' });
    const { properties } = await status(certificateId);
    const names = Object.keys(properties);
    for (const name of [
      'certificate|sub id|sub created date|sub|sub status|status|approveremail|ownercontact|admincontact|techcontact',
      'billingcontact|webservertype|class|domain|csr|crt|created date|created by|certificate expiration date',
      'csr public key algorithm|csr signature algorithm|csr size|csr subject|csr san|csr commonname|csr country',
      'csr organization|crt public key algorithm|crt signature algorithm|crt validity not before',
      'crt validity not after|crt size|crt version|crt serial|crt subject|crt issuer|crt key usage',
      'crt extended key usage|crt san|crt issuer commonname|root crt|intermediate crt',
    ].flatMap((line) => line.split('|'))) {
      expect(names).toContain(name);
    }
    expect(properties['approveremail']).toEqual(['hostmaster@example.com']);
  });
});

describe('DeleteCertificate', () => {
  it('ends one sub, or without sub the whole order', async () => {
    const { certificateId, subId, certificate } = await desk.seedOld();
    await reissue(certificateId);
    const remove = (extra: CommandInput): Promise<TextAnswer> =>
      desk.sendOld({ command: 'DeleteCertificate', certificate: certificateId, ...extra });
    expect((await remove({ action: 'REVOKE' })).code).toBe(503);
    expect((await remove({ sub: subId ?? '' })).code).toBe(200);
    expect(desk.ca.revocations().map(({ serialHex }) => serialHex)).toEqual([certificate.serialHex]);
    expect((await status(certificateId)).properties['sub status']).toEqual(['REVOKED', 'ORDER_REQUESTED']);
    expect((await remove({ sub: subId ?? '' })).code).toBe(557);
    expect((await remove({})).code).toBe(200);
    expect((await status(certificateId)).properties['sub status']).toEqual(['REVOKED', 'CANCELLED']);
    expect((await remove({})).code).toBe(557);
    expect(await events()).toEqual(['DELETION_SUCCESSFUL', 'DELETION_SUCCESSFUL']);
  });

  it('can read the workflow page instead: without sub the newest active one only', async () => {
    desk = newDesk({ legacyDelete: 'newest-active', legacySubs: 'shown' });
    const { certificateId, subId } = await desk.seedOld();
    const answer = await reissue(certificateId);
    desk.evidence.texts.set('example.com', [first(answer, 'dnsauth name')]);
    await desk.ca.tick();
    await desk.sendOld({ command: 'DeleteCertificate', certificate: certificateId });
    expect((await status(certificateId)).properties['sub status']).toEqual(['REVOKED']);
    expect((await status(certificateId, { sub: subId ?? '' })).properties['sub status']).toEqual(['ACTIVE']);
  });
});

describe('ModifyCertificate', () => {
  it('sends the approval mail elsewhere while it is out', async () => {
    const { certificateId } = await desk.seedOld({ dcvMethod: 'email' });
    const modify = (extra: CommandInput): Promise<TextAnswer> =>
      desk.sendOld({ command: 'ModifyCertificate', certificate: certificateId, ...extra });
    expect((await modify({ approveremail: 'admin@example.com' })).code).toBe(557);
    await reissue(certificateId);
    expect((await modify({})).code).toBe(504);
    expect(
      (await modify({ approveremail0: 'postmaster@example.com', approveremail1: 'admin@example.com' })).code,
    ).toBe(200);
    const shown = (await status(certificateId)).properties['approveremail'];
    expect(shown).toEqual(['postmaster@example.com', 'admin@example.com']);
    const [old, current] = desk.ca.orders();
    expect([old?.status, current?.status]).toEqual(['cancelled', 'pending']);
    desk.ca.approveByEmail(current?.id ?? '');
    await desk.ca.tick();
    expect(first(await status(certificateId), 'status')).toBe('ACTIVE');
    expect(await events()).toEqual(['MODIFICATION_SUCCESSFUL', 'REISSUE_SUCCESSFUL']);
  });

  it('changes the method to mail at DigiCert, and to nothing else', async () => {
    const { certificateId } = await desk.seedOld();
    await reissue(certificateId);
    const modify = (authmethod: string): Promise<TextAnswer> =>
      desk.sendOld({ command: 'ModifyCertificate', certificate: certificateId, authmethod });
    expect((await modify('FILE')).code).toBe(541);
    expect((await modify('EMAIL')).code).toBe(200);
    expect((await status(certificateId)).properties['approveremail']).toHaveLength(5);
  });

  it('moves an order to API 2, where it goes on', async () => {
    const { certificateId, subId } = await desk.seedOld();
    const answer = await reissue(certificateId);
    const migrate = (): Promise<TextAnswer> =>
      desk.send({ command: 'ModifyCertificate', certificate: certificateId, migrate: 1 });
    expect((await migrate()).code).toBe(557);
    desk.evidence.texts.set('example.com', [first(answer, 'dnsauth name')]);
    await desk.ca.tick();
    const before = (await status(certificateId)).properties['crt'];

    const moved = await migrate();
    expect(moved.properties['migratedfrom']).toEqual([subId, `${certificateId}-002`]);
    const ids = moved.properties['migratedto'] ?? [];
    const old = await status(certificateId);
    expect(old.properties['migrated_to_certificate']).toEqual(ids);
    const [orderId, sameOrder] = old.properties['migrated_to_certificateorder'] ?? [];
    expect(orderId).toMatch(/^[A-Z]{2}O\d{8}$/);
    expect(sameOrder).toBe(orderId);
    expect(old.properties['sub status']).toEqual(['migrated', 'migrated']);
    expect(first(old, 'status')).toBe('migrated');
    expect((await migrate()).code).toBe(557);
    expect((await reissue(certificateId)).code).toBe(557);
    expect((await desk.sendOld({ command: 'DeleteCertificate', certificate: certificateId })).code).toBe(557);

    const next = await desk.status(ids[1] ?? '');
    expect([first(next, 'status'), first(next, 'class'), first(next, 'order')]).toEqual([
      'active',
      'RAPIDSSLDV',
      orderId,
    ]);
    expect(next.properties['cert']).toEqual(before);
    expect(first(next, 'parent certificate')).toBe(ids[0]);
    expect(first(next, 'order paid until')).toBe('2027-04-01 00:00:00.0');
    const contact = await desk.send({
      command: 'StatusCertificateContact',
      certificatecontact: first(next, 'techcontact'),
    });
    expect(contact.code).toBe(200);
    const order = await desk.send({ command: 'StatusCertificateOrder', certificateorder: orderId ?? '' });
    expect(order.properties['certificate']).toEqual(ids);

    const csr = pemLines(await csrFor(NAMES));
    const again = await desk.send({ command: 'ReissueCertificate', certificate: ids[1] ?? '', csr });
    expect(first(again, 'order')).toBe(orderId);
    await desk.fulfil(again);
    expect(first(await desk.status(first(again, 'certificate')), 'status')).toBe('active');
    const renewed = await desk.send({ command: 'RenewCertificate', certificate: ids[1] ?? '' });
    expect(renewed.code).toBe(200);
    expect(first(renewed, 'certificateorder')).not.toBe(orderId);
  });
});

describe('the rest of API 1', () => {
  it('is closed for new orders and renewals, whatever else is sent', async () => {
    const { certificateId } = await desk.seedOld();
    for (const command of ['AddCertificate', 'RenewCertificate']) {
      expect((await desk.sendOld({ command, certificate: certificateId, approveremail: 'x' })).code).toBe(
        549,
      );
      expect((await desk.sendOld({ command, apiversion: 1 })).code).toBe(549);
    }
    const order = { command: 'StatusCertificateOrder', certificateorder: 'DK012345678' };
    expect((await desk.sendOld({ ...order, apiversion: 1 })).code).toBe(549);
    expect((await desk.sendOld(order)).code).toBe(545);
    desk = newDesk({ missingApiVersion: 'refuse' });
    expect((await desk.sendOld({ command: 'QueryCertificateList' })).code).toBe(504);
    desk = newDesk({ missingApiVersion: 'v2' });
    const id = first(await desk.order(), 'certificate');
    expect((await desk.sendOld({ command: 'StatusCertificate', certificate: id })).code).toBe(200);
  });

  it('lists its own orders in pages', async () => {
    const one = await desk.seedOld();
    const two = await desk.seedOld({ product: 'PositiveSSL', names: ['two.example.com'] });
    await desk.order();
    const ids = [one.certificateId, two.certificateId].sort();
    const list = (extra: CommandInput = {}): Promise<TextAnswer> =>
      desk.sendOld({ command: 'QueryCertificateList', ...extra });
    expect((await list()).properties['certificate']).toEqual(ids);
    const page = await list({ first: 1, limit: 1 });
    expect(page.properties).toMatchObject({ certificate: [ids[1]], count: ['1'], last: ['1'], total: ['2'] });
    const wide = await list({ wide: 1, class: 'positivessl' });
    expect(wide.properties).toMatchObject({
      certificate: [two.certificateId],
      domain: ['two.example.com'],
      status: ['ACTIVE'],
      webservertype: ['apache2'],
      'expiration date': ['2026-10-16 00:00:00'],
      'tech contact': ['P-TEC100'],
    });
    expect((await list({ domain: 'www.*' })).properties['certificate']).toEqual([one.certificateId]);
    await desk.sendOld({ command: 'DeleteCertificate', certificate: two.certificateId });
    expect((await list({ status: 'REVOKED' })).properties['certificate']).toEqual([two.certificateId]);
  });

  it('checks requests and tells about its classes', async () => {
    const csr = pemLines(await csrFor(NAMES));
    const checked = await desk.sendOld({ command: 'CheckCertificate', csr, domain: ['example.com'] });
    expect(first(checked, 'csr commonname')).toBe('example.com');
    expect(checked.properties['dcv email']).toHaveLength(5);
    const token = { command: 'CheckCertificate', csr, class: 'RapidSSL', generatedcvtoken: 1 };
    expect((await desk.sendOld(token)).code).toBe(503);
    const classes = await desk.sendOld({ command: 'GetCertificateInfo' });
    expect(classes.properties['class']).toContain('QuickSSLPremium');
    const info = await desk.sendOld({ command: 'GetCertificateInfo', class: 'RapidSSLWC' });
    expect(Object.keys(info.properties).sort()).toEqual(
      [
        'class',
        'dns auth',
        'encryption',
        'extended validation',
        'file auth',
        'name',
        'periods',
        'prefix',
        'provider',
        'reissue',
        'revoke',
        'san',
        'validation method',
        'wildcard',
      ].sort(),
    );
    expect([first(info, 'name'), first(info, 'wildcard')]).toEqual(['RapidSSLWC', '1']);
    expect((await desk.sendOld({ command: 'GetCertificateInfo', class: 'GoldSSL' })).code).toBe(505);
  });

  it('has the CA look again on ResendNotification', async () => {
    const { certificateId } = await desk.seedOld();
    const answer = await reissue(certificateId);
    const again = {
      command: 'ResendNotification',
      type: 'CERTIFICATE',
      object: certificateId,
      sub: first(answer, 'sub'),
    };
    desk.evidence.texts.set('example.com', [first(answer, 'dnsauth name')]);
    expect((await desk.sendOld(again)).code).toBe(200);
    expect(first(await status(certificateId), 'status')).toBe('ACTIVE');
    expect((await desk.sendOld(again)).code).toBe(557);
  });
});
