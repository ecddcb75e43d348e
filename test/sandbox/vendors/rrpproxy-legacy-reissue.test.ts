/** ReissueCertificate of API 1 of CentralNic Reseller, with DCV in the old shapes of both CAs. */
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

const NAMES = ['example.com', 'www.example.com'];

async function reissue(certificate: string, extra: CommandInput = {}, names = NAMES): Promise<TextAnswer> {
  const csr = pemLines(await csrFor(names));
  return await desk.sendOld({ command: 'ReissueCertificate', certificate, csr, ...extra });
}

const status = (certificate: string, extra: CommandInput = {}): Promise<TextAnswer> =>
  desk.sendOld({ command: 'StatusCertificate', certificate, ...extra });

const events = async (): Promise<readonly string[]> =>
  (await desk.send({ command: 'QueryEventList', wide: 1 })).properties['eventsubclass'] ?? [];

describe('ReissueCertificate', () => {
  it('adds a sub that ends no later, free of charge, and leaves the old one alone', async () => {
    const { certificateId, subId } = await desk.seedOld();
    const answer = await reissue(certificateId);
    const sub = `${certificateId}-002`;
    expect(answer.properties).toMatchObject({
      certificate: [certificateId],
      sub: [sub],
      status: ['REQUESTED'],
      'sub status': ['ORDER_REQUESTED'],
    });
    const token = first(answer, 'dnsauth name');
    expect(token).toMatch(/^[a-z0-9]{50}$/);
    const waiting = await status(certificateId, { sub });
    expect(waiting.properties['sub status']).toEqual(['ACTIVE', 'ORDER_REQUESTED']);
    expect([first(waiting, 'sub id'), first(waiting, 'status')]).toEqual([sub, 'REQUESTED']);
    expect(waiting.properties['crt']).toBeUndefined();

    await desk.ca.tick();
    expect(first(await status(certificateId), 'status')).toBe('REQUESTED');
    desk.evidence.texts.set('example.com', [token]);
    await desk.ca.tick();
    const done = await status(certificateId, { sub });
    expect(done.properties['sub status']).toEqual(['ACTIVE', 'ACTIVE']);
    const leaf = new X509Certificate((done.properties['crt'] ?? []).join('\n'));
    expect(leaf.validToDate).toEqual(new Date('2026-10-16T00:00:00Z'));
    expect(first(await status(certificateId, { sub: subId ?? '' }), 'crt serial')).not.toBe(
      first(done, 'crt serial'),
    );
    expect(desk.simulator.invoices()).toEqual([]);
    expect(await events()).toEqual(['REISSUE_SUCCESSFUL']);
    const event = first(await desk.send({ command: 'QueryEventList' }), 'event');
    const told = await desk.send({ command: 'StatusEvent', event });
    expect(told.properties['data']).toEqual([`certificate:${certificateId}`, `sub:${sub}`]);
    expect([first(told, 'class'), first(told, 'object_id')]).toEqual(['CERTIFICATE_REISSUE', certificateId]);
  });

  it('takes the data of the newest active sub, or of the one named', async () => {
    const { certificateId, subId } = await desk.seedOld({ dcvMethod: 'email' });
    const changed = await reissue(certificateId, { reissueemail: 'admin@example.com' });
    desk.ca.approveByEmail(desk.ca.orders().at(-1)?.id ?? '');
    await desk.ca.tick();
    const second = first(changed, 'sub');
    await reissue(certificateId);
    expect((await status(certificateId)).properties['approveremail']).toEqual(
      [
        'admin@example.com',
        'admin@example.com',
        'administrator@example.com',
        'hostmaster@example.com',
        'webmaster@example.com',
        'postmaster@example.com',
      ].filter((mail, index, all) => all.indexOf(mail) === index),
    );
    await reissue(certificateId, { sub: subId ?? '' });
    expect((await status(certificateId)).properties['approveremail']).toEqual(['hostmaster@example.com']);
    await desk.sendOld({ command: 'DeleteCertificate', certificate: certificateId, sub: second });
    expect((await reissue(certificateId, { sub: second })).code).toBe(557);
  });

  it.each([
    ['SSL123', 'DNS', /^[a-z0-9]{50}$/],
    [
      'PositiveSSL',
      'DNS',
      /^_[0-9a-f]{32}\.example\.com\. {2}CNAME {2}([0-9a-f]{32}\.){2}[a-z0-9]{20}\.comodoca\.com\.$/,
    ],
  ])('validates %s by DNS', async (product, authmethod, shape) => {
    desk = newDesk({ sectigoReissue: 'allow' });
    const { certificateId } = await desk.seedOld({ product, names: ['example.com'] });
    const answer = await reissue(certificateId, { authmethod }, ['example.com']);
    const record = first(answer, 'dnsauth name');
    expect(record).toMatch(shape);
    expect(first(await status(certificateId), 'dnsauth name')).toBe(record);
    const [owner = '', , target = ''] = record.split(/\s+/);
    if (target === '') desk.evidence.texts.set('example.com', [record]);
    else desk.evidence.aliases.set(owner.replace(/\.$/, ''), target.replace(/\.$/, ''));
    await desk.ca.tick();
    expect(first(await status(certificateId), 'status')).toBe('ACTIVE');
  });

  it.each([
    ['name', ['example.com', 'shop.example.com']],
    ['main-domain', ['example.com']],
  ] as const)('looks for the token at the %s', async (legacyTxtPlace, owners) => {
    desk = newDesk({ legacyTxtPlace });
    const names = ['www.example.com', 'shop.example.com'];
    const { certificateId } = await desk.seedOld({ names });
    const token = first(await reissue(certificateId, {}, names), 'dnsauth name');
    for (const owner of owners) {
      expect(first(await status(certificateId), 'status')).toBe('REQUESTED');
      desk.evidence.texts.set(owner, [token]);
      await desk.ca.tick();
    }
    expect(first(await status(certificateId), 'status')).toBe('ACTIVE');
  });

  it.each([
    ['RapidSSL', /^\.well-known\/pki-validation\/fileauth\.txt$/, 1],
    ['PositiveSSL', /^[0-9A-F]{32}\.txt$/, 3],
  ])('validates %s by file, line by line and later on one line', async (product, shape, lines) => {
    desk = newDesk({ sectigoReissue: 'allow' });
    const { certificateId } = await desk.seedOld({ product, names: ['example.com'], dcvMethod: 'file' });
    const answer = await reissue(certificateId, {}, ['example.com']);
    const name = first(answer, 'fileauth name');
    const contents = answer.properties['fileauth contents'] ?? [];
    expect(name).toMatch(shape);
    expect(contents).toHaveLength(lines);
    expect((await status(certificateId)).properties['fileauth contents']).toEqual([contents.join(' ')]);
    const path = name.includes('/') ? name : `.well-known/pki-validation/${name}`;
    desk.evidence.files.set(`http://example.com/${path}`, contents.join('\n'));
    await desk.ca.tick();
    expect(first(await status(certificateId), 'status')).toBe('ACTIVE');
  });

  it('refuses what it cannot do', async () => {
    const { certificateId } = await desk.seedOld();
    const bare = { command: 'ReissueCertificate', certificate: certificateId };
    expect((await desk.sendOld(bare)).code).toBe(504);
    expect((await reissue(certificateId, { algorithm: 'MD5' })).code).toBe(505);
    expect((await reissue(certificateId, { algorithm: 'SHA256-FULL-CHAIN', dcvtoken: 'x' })).code).toBe(503);
    expect((await reissue(certificateId, { sub: `${certificateId}-009` })).code).toBe(545);
    expect((await reissue(certificateId, {}, ['example.net'])).code).toBe(549);
    expect((await reissue('AB1234567')).code).toBe(545);
    const sectigo = await desk.seedOld({ product: 'PositiveSSL' });
    expect((await reissue(sectigo.certificateId)).code).toBe(549);
    desk.clock.advance(20 * DAY_MS);
    expect(first(await status(certificateId), 'status')).toBe('EXPIRED');
    expect((await reissue(certificateId)).code).toBe(557);
    expect(desk.ca.orders()).toEqual([]);
  });

  it('can do without a CSR, and reach until the end of what is paid', async () => {
    desk = newDesk({ legacyReissueCsr: 'optional', legacyReissueExpiry: 'paid-until' });
    const { certificateId } = await desk.seedOld();
    const answer = await desk.sendOld({ command: 'ReissueCertificate', certificate: certificateId });
    desk.evidence.texts.set('example.com', [first(answer, 'dnsauth name')]);
    await desk.ca.tick();
    // 199 days from the first of October would be mid-April.
    expect(first(await status(certificateId), 'certificate expiration date')).toBe('2027-04-01 00:00:00.0');
  });

  it('fails with an event', async () => {
    desk = newDesk({ legacyEventNames: 'before-2018' });
    const { certificateId } = await desk.seedOld();
    await reissue(certificateId);
    desk.ca.fail(desk.ca.orders().at(-1)?.id ?? '', 'CAA forbids');
    expect((await status(certificateId)).properties['sub status']).toEqual(['ACTIVE', 'FAILED']);
    expect(await events()).toEqual(['REISSUE_FAILED']);
    desk = newDesk({ legacyNotifies: true });
    await reissue((await desk.seedOld()).certificateId);
    expect(await events()).toEqual(['REISSUE_NOTIFY']);
  });
});
