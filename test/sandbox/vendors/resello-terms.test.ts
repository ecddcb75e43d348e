/** The Resello simulator: renew, reissue and delete, and what they do to certificates and money. */
import { beforeEach, describe, expect, it } from 'vitest';
import { csrFor, DAY_MS } from './kit.ts';
import { complaints, DV, openDesk, orderBody, ORGANIZATION, planId } from './resello-kit.ts';
import type { Desk } from './resello-kit.ts';

let desk: Desk;

beforeEach(() => {
  desk = openDesk();
});

describe('renew', () => {
  const intoWindow = () => desk.clock.advance(120 * DAY_MS);
  const renew = (id: string, body: unknown) => desk.send('POST', `/ssl-certificate/${id}/renew`, body);

  it('replaces the certificate by a paid one with a new key, and leaves the old one alone', async () => {
    const { id } = await desk.active({ client_reference: 'first' });
    const old = await desk.leaf(id);
    intoWindow();
    const body = await orderBody({ client_reference: 'second' });
    const reply = await renew(id, body);
    expect([reply.status, reply.json]).toMatchObject([
      200,
      { id, status: 'pending', client_reference: 'second' },
    ]);
    expect((await desk.leaf(id)).serialNumber).toBe(old.serialNumber);
    expect((await renew(id, body)).status).toBe(409);
    await desk.prove(id);
    expect(await desk.get(id)).toMatchObject({ status: 'active', csr: body.csr });
    const leaf = await desk.leaf(id);
    expect(leaf.serialNumber).not.toBe(old.serialNumber);
    expect(leaf.validToDate.getTime()).toBeGreaterThan(old.validToDate.getTime());
    expect(desk.ca.revocations()).toEqual([]);
    expect(desk.simulator.invoices().map(({ reference }) => reference)).toEqual(['first', 'second']);
  });

  it('is possible from renew_days_before_expiration on', async () => {
    const { id } = await desk.active();
    const end = (await desk.leaf(id)).validToDate.getTime();
    desk.clock.advance(end - 90 * DAY_MS - desk.clock.now().getTime() - 1000);
    const early = await renew(id, await orderBody());
    expect([early.status, complaints(early)]).toEqual([409, ['too_early']]);
    expect(desk.simulator.invoices()).toHaveLength(1);
    desk.clock.advance(1000);
    expect((await renew(id, await orderBody())).status).toBe(200);
  });

  it('counts that from the paid term when told to', async () => {
    desk = openDesk({ renewWindowBefore: 'term' });
    const { id } = await desk.active();
    desk.clock.advance(190 * DAY_MS);
    expect((await renew(id, await orderBody())).status).toBe(409);
    desk.clock.advance(86 * DAY_MS);
    expect((await renew(id, await orderBody())).status).toBe(200);
  });

  it('wants the whole order again, with its plan', async () => {
    const { id } = await desk.active();
    intoWindow();
    expect(complaints(await renew(id, {}))).toEqual(['required plan', 'required csr', 'required dcv_type']);
    expect(complaints(await renew(id, { ...(await orderBody()), ee_reference_order_id: 'x' }))).toEqual([
      'unknown_field ee_reference_order_id',
    ]);
    const other = await renew(id, await orderBody({ plan: planId('DV Single CNAME') }));
    expect(other.json).toMatchObject({ plan: planId('DV Single CNAME') });
  });

  it('still shows the certificate as it was for a while when told to', async () => {
    desk = openDesk({ staleMs: 30_000 });
    const { id, csr } = await desk.active({ client_reference: 'first' });
    intoWindow();
    const body = await orderBody({ client_reference: 'second' });
    const before = { status: 'active', csr, client_reference: 'first' };
    expect((await renew(id, body)).json).toMatchObject(before);
    expect(await desk.get(id)).toMatchObject(before);
    expect((await desk.send('GET', '/ssl-certificate?client_reference=second')).json).toEqual([]);
    expect((await renew(id, body)).status).toBe(409);
    desk.clock.advance(30_000);
    expect(await desk.get(id)).toMatchObject({ status: 'pending', client_reference: 'second' });
  });

  it.each([
    ['failed', 'failed'],
    ['active', 'active'],
  ] as const)('that the CA refuses leaves the certificate %s, gives the money back', async (option, word) => {
    desk = openDesk({ afterFailedRenewal: option });
    const { id } = await desk.active();
    const { serialNumber } = await desk.leaf(id);
    intoWindow();
    await renew(id, await orderBody());
    desk.ca.fail(desk.ca.orders().at(-1)?.id ?? '', 'CAA forbids it');
    expect((await desk.get(id)).status).toBe(word);
    expect((await desk.leaf(id)).serialNumber).toBe(serialNumber);
    expect(desk.simulator.invoices().map(({ price }) => price)).toEqual([9.5, 9.5, -9.5]);
    expect((await renew(id, await orderBody())).status).toBe(200);
    await desk.prove(id);
    expect((await desk.get(id)).status).toBe('active');
    // What was given back already is not given back again; the renewal that went through is.
    await desk.send('DELETE', `/ssl-certificate/${id}`);
    expect(desk.simulator.invoices().map(({ price }) => price)).toEqual([9.5, 9.5, -9.5, 9.5, -9.5]);
  });

  it('adds its months to the end of the term', async () => {
    desk = openDesk({ expiresMeans: 'term' });
    const { id } = await desk.active();
    expect(await desk.get(id)).toMatchObject({ expires: '2027-10-01T08:00:00.000000+00:00' });
    intoWindow();
    await renew(id, await orderBody());
    expect(await desk.get(id)).toMatchObject({ expires: '2027-10-01T08:00:00.000000+00:00' });
    await desk.prove(id);
    expect(await desk.get(id)).toMatchObject({ expires: '2028-10-01T08:00:00.000000+00:00' });
  });

  it('brings an expired certificate back', async () => {
    const { id } = await desk.active();
    desk.clock.advance(400 * DAY_MS);
    expect((await desk.get(id)).status).toBe('expired');
    await renew(id, await orderBody());
    await desk.prove(id);
    expect((await desk.get(id)).status).toBe('active');
  });
});

describe('reissue', () => {
  const reissue = (id: string, body: unknown) => desk.send('POST', `/ssl-certificate/${id}/reissue`, body);
  const body = async (extra: Record<string, unknown> = {}) => ({
    csr: await csrFor(['example.com']),
    dcv_type: 'DNS',
    ...extra,
  });

  it('replaces the certificate inside its term for nothing, and makes the old one invalid', async () => {
    const { id } = await desk.active({ client_reference: 'kept' });
    const old = await desk.leaf(id);
    desk.clock.advance(200 * DAY_MS);
    const reply = await reissue(id, await body());
    expect([reply.status, reply.json]).toMatchObject([200, { status: 'pending', client_reference: 'kept' }]);
    expect(desk.ca.revocations()).toEqual([]);
    await desk.prove(id);
    expect((await desk.get(id)).status).toBe('active');
    expect(desk.ca.revocations()).toMatchObject([{ serialHex: old.serialNumber, reason: 'superseded' }]);
    // 365 days were paid for, 200 are gone.
    const left = (await desk.leaf(id)).validToDate.getTime() - desk.clock.now().getTime();
    expect(left / DAY_MS).toBeCloseTo(165, 1);
    expect(desk.simulator.invoices()).toHaveLength(1);
  });

  it('makes the old one invalid at once when told to', async () => {
    desk = openDesk({ reissueInvalidates: 'at-once' });
    const { id } = await desk.active();
    await reissue(id, await body());
    expect(desk.ca.revocations()).toHaveLength(1);
    await desk.prove(id);
    expect((await desk.get(id)).status).toBe('active');
    expect(desk.ca.revocations()).toHaveLength(1);
  });

  it('is activated right away when told to use what was validated lately', async () => {
    desk = openDesk({ reusesValidation: 'reissue' });
    const { id } = await desk.active();
    const old = await desk.leaf(id);
    expect((await reissue(id, await body())).json).toMatchObject({ id, status: 'active' });
    expect((await desk.leaf(id)).serialNumber).not.toBe(old.serialNumber);
    // A new order is not a reissue.
    expect(await desk.order(await orderBody())).toMatchObject({ status: 'pending' });
    desk.clock.advance(201 * DAY_MS);
    expect((await reissue(id, await body())).json).toMatchObject({ id, status: 'pending' });
  });

  it('has no plan, and none after the term', async () => {
    const { id } = await desk.active();
    expect(complaints(await reissue(id, await body({ plan: DV })))).toEqual(['unknown_field plan']);
    expect(complaints(await reissue(id, {}))).toEqual(['required csr', 'required dcv_type']);
    desk.clock.advance(366 * DAY_MS);
    expect((await reissue(id, await body())).status).toBe(409);
  });

  it('asks an organization for what its plan asks', async () => {
    const { id } = await desk.active({ ...ORGANIZATION, plan: planId('OV Single') });
    expect(complaints(await reissue(id, await body()))).toContain('required department');
    expect((await reissue(id, await body(ORGANIZATION))).status).toBe(200);
  });

  it('is not for what was never issued', async () => {
    const { id } = await desk.order(await orderBody());
    expect((await reissue(id, await body())).status).toBe(409);
  });
});

describe('delete', () => {
  const remove = (id: string) => desk.send('DELETE', `/ssl-certificate/${id}`);

  it('disables at once and refunds within the grace period', async () => {
    const { id } = await desk.active();
    const { serialNumber } = await desk.leaf(id);
    desk.clock.advance(30 * DAY_MS);
    const reply = await remove(id);
    expect([reply.status, reply.json]).toMatchObject([200, { id, status: 'deleted' }]);
    expect(desk.ca.revocations()).toMatchObject([
      { serialHex: serialNumber, reason: 'cessationOfOperation' },
    ]);
    expect(desk.simulator.invoices().map(({ orderId, price }) => [orderId, price])).toEqual([
      [expect.any(String), 9.5],
      [desk.simulator.invoices()[0]?.orderId, -9.5],
    ]);
    expect((await desk.send('GET', `/ssl-certificate/${id}`)).status).toBe(404);
    expect((await remove(id)).status).toBe(404);
    expect((await desk.send('GET', '/ssl-certificate')).json).toEqual([]);
  });

  it('refunds nothing after the grace period, and only the renewal within it', async () => {
    const late = await desk.active();
    desk.clock.advance(30 * DAY_MS + 1000);
    await remove(late.id);
    expect(desk.simulator.invoices().map(({ price }) => price)).toEqual([9.5]);

    desk = openDesk();
    const { id } = await desk.active({ client_reference: 'first' });
    desk.clock.advance(150 * DAY_MS);
    await desk.order(await orderBody({ client_reference: 'second' }), `/ssl-certificate/${id}/renew`);
    await remove(id);
    expect(desk.simulator.invoices().map(({ reference, price }) => [reference, price])).toEqual([
      ['first', 9.5],
      ['second', 9.5],
      ['second', -9.5],
    ]);
  });

  it('takes a pending order from the CA', async () => {
    const { id } = await desk.order(await orderBody());
    await remove(id);
    expect(desk.ca.orders().map(({ status }) => status)).toEqual(['cancelled']);
    expect(desk.simulator.invoices().map(({ price }) => price)).toEqual([9.5, -9.5]);
  });

  it('revokes what the CA has issued and the vendor has not told', async () => {
    const { id } = await desk.order(await orderBody({}, ['slow-one.example.com']));
    await desk.prove(id);
    await remove(id);
    expect(desk.ca.revocations()).toHaveLength(1);
  });

  it('answers nothing, or keeps the certificate, when told to', async () => {
    desk = openDesk({ deleteAnswer: 'empty', afterDelete: 'kept' });
    const { id } = await desk.active();
    const reply = await remove(id);
    expect([reply.status, reply.body.length]).toEqual([204, 0]);
    expect(await desk.get(id)).toMatchObject({ status: 'deleted' });
    expect((await desk.send('GET', `/ssl-certificate/${id}/download-crt`)).status).toBe(404);
    expect((await remove(id)).status).toBe(409);
    expect((await desk.send('POST', `/ssl-certificate/${id}/renew`, await orderBody())).status).toBe(409);
  });
});
