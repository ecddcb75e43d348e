/** The life of a certificate of API 2: renewal, reissue, lists, end, and the events that tell of it. */
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

describe('RenewCertificate and ReissueCertificate', () => {
  it('renews into a new certificate and a new, paid order with everything else as before', async () => {
    const id = await desk.issued({ servertype: 'nginx', dcvmethod: 'dns-cname' });
    const before = await desk.status(id);
    desk.clock.advance(100 * DAY_MS);
    const renewed = await desk.send({ command: 'RenewCertificate', certificate: id });
    expect(renewed.code).toBe(200);
    expect(first(renewed, 'certificate')).not.toBe(id);
    expect(first(renewed, 'certificateorder')).not.toBe(first(before, 'order'));
    expect(renewed.properties['csr']).toEqual(before.properties['csr']);
    expect(first(renewed, 'server type')).toBe('nginx');
    expect(first(renewed, 'dcv method')).toBe('dns-cname');
    expect(first(renewed, 'parent certificate')).toBe(id);
    expect(first(renewed, 'order paid until')).toBe('2028-01-09 08:00:00.0');
    expect(desk.simulator.invoices()).toHaveLength(2);
    await desk.fulfil(renewed);
    expect(first(await desk.status(first(renewed, 'certificate')), 'status')).toBe('active');
    expect(first(await desk.status(id), 'status')).toBe('active');
  });

  it('reissues into a new certificate of the same order, free of charge and with the same method', async () => {
    const id = await desk.issued();
    const orderId = first(await desk.status(id), 'order');
    desk.clock.advance(150 * DAY_MS);
    const csr = pemLines(await csrFor(['example.com']));
    const refused = await desk.send({
      command: 'ReissueCertificate',
      certificate: id,
      csr,
      dcvmethod: 'http',
    });
    expect(refused.code).toBe(503);
    const reissued = await desk.send({ command: 'ReissueCertificate', certificate: id, csr });
    expect(first(reissued, 'order')).toBe(orderId);
    expect(first(reissued, 'certificate')).not.toBe(id);
    expect(reissued.properties['csr']).toEqual(csr);
    await desk.fulfil(reissued);
    const done = await desk.status(first(reissued, 'certificate'));
    expect(first(done, 'status')).toBe('active');
    // 199 days from now, still inside the paid year.
    expect(first(done, 'expiration date').slice(0, 10)).toBe('2027-09-15');
    expect(first(await desk.status(id), 'status')).toBe('active');
    expect(desk.simulator.invoices()).toHaveLength(1);

    desk.clock.advance(30 * DAY_MS);
    const last = await desk.send({ command: 'ReissueCertificate', certificate: id });
    await desk.fulfil(last);
    // Never beyond what is paid.
    expect(first(await desk.status(first(last, 'certificate')), 'expiration date')).toBe(
      '2027-10-01 08:00:00',
    );
    const whole = await desk.send({ command: 'StatusCertificateOrder', certificateorder: orderId });
    expect(whole.properties['certificate']).toHaveLength(3);
    expect(first(whole, 'status')).toBe('active');
  });

  it('keeps the places chosen for validation', async () => {
    const host = 'deep.shop.example.com';
    const id = await desk.issued({ dcvdomain0: 'example.com' }, [host]);
    const plain = await desk.order({}, [host]);
    expect(plain.properties['dcv domain']).toEqual([host, `www.${host}`].map(() => host));
    for (const command of ['RenewCertificate', 'ReissueCertificate']) {
      const next = await desk.send({ command, certificate: id });
      expect(next.properties['dcv domain']).toEqual(['example.com', 'example.com']);
    }
  });

  it('refuses what has not been issued, what has ended, and other CAs', async () => {
    const pending = first(await desk.order(), 'certificate');
    expect((await desk.send({ command: 'ReissueCertificate', certificate: pending })).code).toBe(557);
    expect((await desk.send({ command: 'RenewCertificate', certificate: pending })).code).toBe(557);
    const sectigo = await desk.issued({ class: 'positivessldv', dcvmethod: 'dns-cname' });
    expect((await desk.send({ command: 'ReissueCertificate', certificate: sectigo })).code).toBe(549);
    const ended = await desk.issued();
    desk.clock.advance(366 * DAY_MS);
    expect(first(await desk.status(sectigo), 'status')).toBe('expired');
    expect((await desk.send({ command: 'ReissueCertificate', certificate: ended })).code).toBe(557);
    expect((await desk.send({ command: 'RenewCertificate', certificate: ended })).code).toBe(200);
  });

  it('can insist on a renewal window', async () => {
    desk = newDesk({ renewalWindowDays: 90 });
    const id = await desk.issued();
    expect((await desk.send({ command: 'RenewCertificate', certificate: id })).code).toBe(548);
    desk.clock.advance(275 * DAY_MS);
    expect((await desk.send({ command: 'RenewCertificate', certificate: id })).code).toBe(200);
  });
});

describe('lists', () => {
  it('finds a service tag, pages, and hides what was cancelled', async () => {
    const ids: string[] = [];
    for (const tag of ['a', 'b', 'c']) {
      ids.push(first(await desk.order({ servicetag0: tag, addservicetag0: 'all' }), 'certificate'));
    }
    const found = await desk.send({ command: 'QueryCertificateList', servicetag0: 'b' });
    expect(found.properties['certificate']).toEqual([ids[1]]);
    expect(found.properties['column']).toEqual(['certificate']);

    const pages: string[] = [];
    for (let next = 0, total = 1; next < total;) {
      const page = await desk.send({
        command: 'QueryCertificateList',
        first: next,
        limit: 2,
        servicetag0: 'all',
      });
      pages.push(...(page.properties['certificate'] ?? []));
      total = Number(first(page, 'total'));
      next = Number(first(page, 'last')) + 1;
    }
    expect(pages.sort()).toEqual([...ids].sort());

    await desk.send({ command: 'DeleteCertificate', certificate: ids[0] ?? '', action: 'cancelorder' });
    const left = await desk.send({ command: 'QueryCertificateList', wide: 1 });
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
    const cancelled = await desk.send({ command: 'QueryCertificateList', status: 'cancel*' });
    expect(cancelled.properties['certificate']).toEqual([ids[0]]);
    const empty = await desk.send({ command: 'QueryCertificateList', domain: 'no.example' });
    expect([empty.code, first(empty, 'total'), first(empty, 'last')]).toEqual([200, '0', '-1']);
  });

  it('filters by name, class, status and day, and sorts', async () => {
    await desk.order({}, ['one.example.com']);
    desk.clock.advance(DAY_MS);
    await desk.order({ class: 'rapidssldv' }, ['two.example.com']);
    const count = async (filter: CommandInput): Promise<number> =>
      (await desk.send({ command: 'QueryCertificateList', ...filter })).properties['certificate']?.length ??
      0;
    expect(await count({ domain: 'two.example.com' })).toBe(1);
    expect(await count({ domain: '*.example.com' })).toBe(2);
    expect(await count({ class: 'ssl123dv' })).toBe(1);
    expect(await count({ createddate: '2026-10-02' })).toBe(1);
    expect(await count({ createddate: '2026-10-0*' })).toBe(2);
    expect(await count({ status: 'active' })).toBe(0);
    const newest = await desk.send({
      command: 'QueryCertificateList',
      wide: 1,
      orderby: 'createddate',
      order: 'desc',
    });
    expect(newest.properties['class']).toEqual(['RAPIDSSLDV', 'SSL123DV']);
    const orders = await desk.send({ command: 'QueryCertificateOrderList', wide: 1, limit: 1 });
    expect([first(orders, 'count'), first(orders, 'total')]).toEqual(['1', '2']);
    expect(first(orders, 'paid until')).toMatch(/^2027-10-0\d 08:00:00$/);
  });
});

describe('closing', () => {
  it('cancels and refunds an order only while nothing was issued', async () => {
    const added = await desk.order();
    const orderId = first(added, 'order');
    expect((await desk.send({ command: 'RevokeCertificateOrder', certificateorder: orderId })).code).toBe(
      557,
    );
    expect((await desk.send({ command: 'CancelCertificateOrder', certificateorder: orderId })).code).toBe(
      200,
    );
    expect(first(await desk.status(first(added, 'certificate')), 'status')).toBe('canceled');
    expect(desk.simulator.invoices().map(({ price }) => price)).toEqual([42, -42]);
    expect(desk.ca.orders()[0]?.status).toBe('cancelled');

    const id = await desk.issued();
    const other = first(await desk.status(id), 'order');
    expect((await desk.send({ command: 'CancelCertificateOrder', certificateorder: other })).code).toBe(557);
  });

  it('revokes one certificate, after which its order can still be used', async () => {
    const id = await desk.issued();
    expect((await desk.send({ command: 'RevokeCertificate', certificate: id })).code).toBe(200);
    expect(desk.ca.revocations()).toHaveLength(1);
    expect(first(await desk.status(id), 'status')).toBe('revoked');
    expect((await desk.send({ command: 'RevokeCertificate', certificate: id })).code).toBe(557);
    expect((await desk.send({ command: 'ReissueCertificate', certificate: id })).code).toBe(200);
    const orderId = first(await desk.status(id), 'order');
    expect((await desk.send({ command: 'RevokeCertificateOrder', certificateorder: orderId })).code).toBe(
      200,
    );
    expect((await desk.send({ command: 'ReissueCertificate', certificate: id })).code).toBe(557);
  });

  it('can take its time', async () => {
    desk = newDesk({ closeDelayMs: 60_000 });
    const id = await desk.issued();
    await desk.send({ command: 'DeleteCertificate', certificate: id, action: 'REVOKE' });
    expect(first(await desk.status(id), 'status')).toBe('revoke_processing');
    desk.clock.advance(60_000);
    expect(first(await desk.status(id), 'status')).toBe('revoked');
  });
});

describe('events', () => {
  it('tells of issuance, reissue, failure and closing, and forgets nothing', async () => {
    const id = await desk.issued();
    desk.clock.advance(1000);
    const reissued = await desk.send({ command: 'ReissueCertificate', certificate: id });
    await desk.fulfil(reissued);
    desk.clock.advance(1000);
    const failing = first(await desk.order(), 'certificate');
    desk.ca.fail(desk.ca.orders().at(-1)?.id ?? '', 'CAA forbids');
    const list = await desk.send({ command: 'QueryEventList', class: 'CERTIFICATE*', wide: 1 });
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
    expect(first(await desk.status(failing), 'status')).toBe('failed');
    expect(desk.simulator.invoices().map(({ price }) => price)).toEqual([42, 42, -42]);

    const event = first(list, 'event');
    const shown = await desk.send({ command: 'StatusEvent', event });
    expect(first(shown, 'object_id')).toBe(id);
    expect(first(shown, 'date')).toBe('2026-10-01 08:00:00.0');
    expect((await desk.send({ command: 'DeleteEvent', event })).code).toBe(200);
    expect((await desk.send({ command: 'DeleteEvent', event })).code).toBe(545);
    expect((await desk.send({ command: 'StatusEvent', event })).code).toBe(545);
    expect((await desk.send({ command: 'StatusEvent', event, history: 1 })).code).toBe(200);
    expect((await desk.send({ command: 'QueryEventList', history: 1 })).properties['event']).toEqual([event]);
    expect((await desk.send({ command: 'QueryEventList', showall: 1 })).properties['event']).toHaveLength(3);

    desk.simulator.redeliverLastEvent();
    desk.simulator.queueForeignEvent();
    const again = await desk.send({ command: 'QueryEventList', wide: 1 });
    expect(again.properties['eventclass']).toContain('DOMAIN_TRANSFER');
    expect(again.properties['event']?.length).toBeGreaterThan(3);
  });
});
