/** What the Resello simulator takes as an order, and what becomes of it. */
import { beforeEach, describe, expect, it } from 'vitest';
import { opensslCsr } from '../core/support.ts';
import { csrFor } from './kit.ts';
import {
  CertificateObject,
  complaints,
  Details,
  DV,
  openDesk,
  orderBody,
  planId,
  ORGANIZATION,
} from './resello-kit.ts';
import type { Desk } from './resello-kit.ts';

let desk: Desk;

beforeEach(() => {
  desk = openDesk();
});

describe('create', () => {
  it('is pending until control is proved, then active', async () => {
    const csr = await csrFor(['example.com', 'www.example.com']);
    const created = await desk.order({ csr, dcv_type: 'DNS', plan: DV, client_reference: '#123' });
    expect(created).toMatchObject({
      status: 'pending',
      client_reference: '#123',
      plan: DV,
      domain: 'example.com',
      csr,
      dcv_type: 'DNS',
      company_name: 'Example GmbH',
      city: null,
      ee_reference_order_id: null,
      created: '2026-10-01T08:00:00.000000+00:00',
      expires: null,
    });
    expect((await desk.send('GET', `/ssl-certificate/${created.id}/download-crt`)).status).toBe(404);
    await desk.ca.tick();
    expect(await desk.get(created.id)).toMatchObject({ status: 'pending' });
    await desk.prove(created.id);
    expect(await desk.get(created.id)).toMatchObject({ status: 'active' });
    const leaf = await desk.leaf(created.id);
    expect(leaf.subjectAltName).toBe('DNS:example.com, DNS:www.example.com');
    expect(await desk.get(created.id)).toMatchObject({
      expires: leaf.validToDate.toISOString().replace('Z', '000+00:00'),
    });
    expect(desk.simulator.invoices()).toMatchObject([
      { certificateId: created.id, product: DV, price: 9.5, currency: 'EUR', reference: '#123' },
    ]);
  });

  it('keeps the Encryption Everywhere order it upgrades', async () => {
    const created = await desk.order(await orderBody({ ee_reference_order_id: 'EE-42' }));
    expect(created).toMatchObject({ ee_reference_order_id: 'EE-42' });
  });

  it.each([
    ['nothing', {}, ['required plan', 'required csr', 'required dcv_type']],
    ['explicit nulls', { csr: null, plan: null }, ['required plan', 'required csr', 'required dcv_type']],
    [
      'empty texts',
      { csr: '', plan: ' ', dcv_type: '' },
      ['required plan', 'required csr', 'required dcv_type'],
    ],
    ['what is no text', { zip_code: 12345 }, ['invalid zip_code']],
    ['unknown fields', { domain: 'example.com' }, ['unknown_field domain']],
  ])('refuses %s', async (_what, body, expected) => {
    const reply = await desk.send('POST', '/ssl-certificate', body);
    expect([reply.status, complaints(reply)]).toEqual([400, expected]);
    expect(desk.simulator.invoices()).toEqual([]);
  });

  it.each([
    ['an unknown plan', { plan: '00000000-0000-4000-8000-000000000000' }, ['invalid plan']],
    ['a plan by name', { plan: 'DV Single' }, ['invalid plan']],
    ['another method', { dcv_type: 'HTTP' }, ['invalid dcv_type']],
    ['a method in lower case', { dcv_type: 'dns' }, ['invalid dcv_type']],
    ['EMAIL without an address', { dcv_type: 'EMAIL' }, ['required approver_email_address']],
    [
      'EMAIL to nowhere',
      { dcv_type: 'EMAIL', approver_email_address: 'nowhere' },
      ['invalid approver_email_address'],
    ],
    ['no certificate request', { csr: 'MIICwTCC' }, ['invalid csr']],
    [
      'OV without an organization',
      { plan: planId('OV Single') },
      [
        'required chamber_of_commerce',
        'required department',
        'required approver_first_name',
        'required approver_last_name',
      ],
    ],
    [
      'EV with half of one',
      { plan: planId('EV Multi-Domain'), chamber_of_commerce: '1', department: 'IT' },
      ['required approver_first_name', 'required approver_last_name'],
    ],
  ])('refuses %s', async (_what, extra, expected) => {
    const reply = await desk.send('POST', '/ssl-certificate', await orderBody(extra));
    expect([reply.status, complaints(reply)]).toEqual([400, expected]);
  });

  it('takes the company from the CSR, and asks for it where there is none', async () => {
    const organization = { ...ORGANIZATION, company_name: undefined, plan: planId('OV Single') };
    expect(await desk.order(await orderBody(organization))).toMatchObject({ company_name: 'Example GmbH' });
    const csr = await csrFor(['example.com'], 'EC', 'CN=example.com');
    const reply = await desk.send('POST', '/ssl-certificate', await orderBody({ ...organization, csr }));
    expect(complaints(reply)).toEqual(['required company_name']);
  });

  it('refuses a key below 2048 bits, and EC keys where it counts bits by the letter', async () => {
    const body = { dcv_type: 'DNS', plan: DV };
    const short = await desk.send('POST', '/ssl-certificate', {
      ...body,
      csr: await csrFor(['example.com'], 'RSA-1024'),
    });
    expect([short.status, complaints(short)]).toEqual([400, ['invalid csr']]);
    const strict = openDesk({ ecKeys: 'refused' });
    const status = async (key: 'EC' | 'RSA') =>
      (await strict.send('POST', '/ssl-certificate', { ...body, csr: await csrFor(['example.com'], key) }))
        .status;
    expect([await status('EC'), await status('RSA')]).toEqual([400, 201]);
  });

  it('refuses a request that its own key did not sign', async () => {
    const csr = await csrFor(['example.com'], 'RSA');
    const lines = csr.split('\n');
    const last = lines.length - 3;
    lines[last] = (lines[last] ?? '').replace(/[A-Z]/g, (letter) => letter.toLowerCase());
    const reply = await desk.send('POST', '/ssl-certificate', await orderBody({ csr: lines.join('\n') }));
    expect([reply.status, complaints(reply)]).toEqual([400, ['invalid csr']]);
  });

  it.each([
    ['DV Single', ['example.com', 'www.example.com'], 201],
    ['DV Single', ['www.example.com', 'example.com'], 201],
    ['DV Single', ['example.com', 'other.example.com'], 400],
    ['DV Single', ['*.example.com'], 400],
    ['DV Wildcard', ['*.example.com', 'example.com'], 201],
    ['DV Wildcard', ['example.com'], 400],
    ['DV Wildcard', ['*.example.com', '*.example.net'], 400],
    ['DV Multi-Domain', ['example.com', 'www.example.com', 'example.net'], 201],
    ['DV Multi-Domain', ['example.com', '*.example.com'], 400],
  ])('sells %s for %j: %d', async (plan, names, status) => {
    const reply = await desk.send('POST', '/ssl-certificate', await orderBody({ plan: planId(plan) }, names));
    expect(reply.status).toBe(status);
  });

  it('refuses what is no name', async () => {
    const csr = await csrFor([], 'EC', 'O=Example GmbH');
    const none = await desk.send('POST', '/ssl-certificate', await orderBody({ csr }));
    expect(none.body.toString()).toContain('no common name');
    const bad = await desk.send('POST', '/ssl-certificate', await orderBody({}, ['localhost']));
    expect(bad.body.toString()).toContain('is no domain name');
  });

  it('fails what the CA does not take, after it was taken here', async () => {
    // More bits than public CAs take; the document knows no such bound.
    const csr = opensslCsr(['example.com'], 'P-521');
    const { id, status } = await desk.order(await orderBody({ csr }));
    expect(status).toBe('pending');
    expect((await desk.get(id)).status).toBe('failed');
    expect((await desk.send('GET', `/ssl-certificate/${id}/validation-details`)).json).toMatchObject({
      status: 'failed',
      domains: [{ status: 'pending' }],
    });
    expect(desk.simulator.invoices().map(({ price }) => price)).toEqual([9.5, -9.5]);
  });

  it('takes unknown fields where it is told to ignore them', async () => {
    desk = openDesk({ unknownFields: 'ignored' });
    expect((await desk.send('POST', '/ssl-certificate', await orderBody({ x: 1 }))).status).toBe(201);
  });

  it('adds www. by itself when told to, where one proof serves both', async () => {
    desk = openDesk({ addsWww: true });
    const { id } = await desk.active();
    expect((await desk.leaf(id)).subjectAltName).toBe('DNS:example.com, DNS:www.example.com');
    const byFile = await desk.active({ dcv_type: 'FILE' }, ['example.net']);
    expect((await desk.leaf(byFile.id)).subjectAltName).toBe('DNS:example.net');
  });

  it('is steered by the common name', async () => {
    const post = async (name: string) => desk.send('POST', '/ssl-certificate', await orderBody({}, [name]));
    expect(complaints(await post('refuse-me.example.com'))).toEqual(['invalid csr']);
    expect((await post('credit-used-up.example.com')).status).toBe(402);
    const failing = CertificateObject.parse((await post('fail-late.example.com')).json);
    expect(failing.status).toBe('pending');
    expect(await desk.get(failing.id)).toMatchObject({ status: 'failed' });
    expect(desk.simulator.invoices().map(({ price }) => price)).toEqual([9.5, -9.5]);

    const slow = CertificateObject.parse((await post('slow-one.example.com')).json);
    await desk.prove(slow.id);
    expect((await desk.get(slow.id)).status).toBe('pending');
    desk.clock.advance(3_600_000);
    expect((await desk.get(slow.id)).status).toBe('active');
  });

  it('ends with HTTP 402 when the credit is used up', async () => {
    desk = openDesk({ credit: 25 });
    await desk.active();
    const second = await desk.active();
    expect((await desk.send('POST', '/ssl-certificate', await orderBody())).status).toBe(402);
    expect(desk.simulator.invoices()).toHaveLength(2);
    await desk.send('DELETE', `/ssl-certificate/${second.id}`);
    expect((await desk.send('POST', '/ssl-certificate', await orderBody())).status).toBe(201);
  });

  it('is found only after a while when told to', async () => {
    desk = openDesk({ hiddenMs: 5000 });
    const { id } = await desk.order(await orderBody({ client_reference: '#9' }));
    const status = async () => (await desk.send('GET', `/ssl-certificate/${id}`)).status;
    const found = async () => (await desk.send('GET', '/ssl-certificate?client_reference=%239')).json;
    expect([await status(), await found()]).toEqual([404, []]);
    desk.clock.advance(5000);
    expect([await status(), await found()]).toMatchObject([200, [{ id }]]);
  });

  it('has no validation details before the order is with the CA', async () => {
    desk = openDesk({ provisioningMs: 60_000 });
    const { id } = await desk.order(await orderBody());
    const details = async () =>
      Details.parse((await desk.send('GET', `/ssl-certificate/${id}/validation-details`)).json);
    expect(await details()).toEqual({ status: 'pending', dcv_type: 'DNS', domains: [] });
    expect(desk.ca.orders()).toEqual([]);
    desk.clock.advance(60_000);
    expect((await details()).domains).toHaveLength(1);
    await desk.prove(id);
    expect((await desk.get(id)).status).toBe('active');
  });
});
