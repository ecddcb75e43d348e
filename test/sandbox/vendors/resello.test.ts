/** The Resello simulator: its front door, its lists, and what was there before. Other files: orders, answers, downloads. */
import { beforeEach, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { csrFor, DAY_MS, requestTo } from './kit.ts';
import {
  ACCOUNT,
  basic,
  CertificateObject,
  complaints,
  DV,
  FORM_LABEL,
  openDesk,
  orderBody,
  OTHER_ACCOUNT,
  planId,
} from './resello-kit.ts';
import type { Desk, Reply } from './resello-kit.ts';

let desk: Desk;

beforeEach(() => {
  desk = openDesk();
});

const Plans = z.array(z.looseObject({ name: z.string() }));

describe('the front door', () => {
  it('wants the username and the key', async () => {
    expect((await desk.send('GET', '/ssl-certificate')).status).toBe(200);
    for (const authorization of [
      '',
      'Bearer abc',
      'Basic !!!',
      basic({ ...ACCOUNT, apiKey: 'wrong' }),
      basic({ username: ACCOUNT.username, apiKey: OTHER_ACCOUNT.apiKey }),
    ]) {
      const reply = await desk.send('GET', '/ssl-certificate', undefined, { authorization });
      expect([reply.status, reply.headers['www-authenticate']]).toEqual([401, 'Basic realm="api"']);
    }
  });

  it('keeps accounts apart', async () => {
    const { id } = await desk.active();
    const headers = { authorization: basic(OTHER_ACCOUNT) };
    expect((await desk.send('GET', `/ssl-certificate/${id}`, undefined, headers)).status).toBe(404);
    expect((await desk.send('DELETE', `/ssl-certificate/${id}`, undefined, headers)).status).toBe(404);
    expect((await desk.send('GET', '/ssl-certificate', undefined, headers)).json).toEqual([]);
  });

  it.each([
    ['GET', '/ssl-certificates', 404, undefined],
    ['GET', '/ssl-certificate/', 404, undefined],
    ['GET', '/ssl-certificate/no-such-id', 404, undefined],
    ['GET', '/ssl-certificate/no-such-id/download-pdf', 404, undefined],
    ['PUT', '/ssl-certificate', 405, 'GET, POST'],
    ['PUT', '/ssl-certificate/x', 405, 'GET, DELETE'],
    ['DELETE', '/ssl-certificate/x/renew', 405, 'POST'],
  ])('answers %s %s with %d', async (method, path, status, allow) => {
    const reply = await desk.send(method, path);
    expect([reply.status, reply.headers['allow']]).toEqual([status, allow]);
  });

  it('lies below another base path when told to', async () => {
    const { simulator } = openDesk({ basePath: '/reseller/v2' });
    const headers = { authorization: basic(ACCOUNT) };
    const status = async (path: string) =>
      (await simulator.handle(requestTo('GET', path, '', headers))).status;
    expect(await status('/reseller/v2/ssl-certificate')).toBe(200);
    expect(await status('/api/ssl-certificate')).toBe(404);
  });

  it.each([
    [FORM_LABEL, 201],
    [`${FORM_LABEL}; charset=utf-8`, 201],
    ['application/json', 201],
    ['', 201],
    ['multipart/form-data; boundary=x', 415],
  ])('reads a body labelled "%s": %d', async (label, status) => {
    const reply = await desk.send('POST', '/ssl-certificate', await orderBody(), { 'content-type': label });
    expect(reply.status).toBe(status);
  });

  it.each([['{'], ['[]'], ['"text"'], ['csr=abc&plan=def'], ['']])('refuses the body %s', async (body) => {
    expect((await desk.send('POST', '/ssl-certificate', body)).status).toBe(400);
  });

  it('limits requests per second', async () => {
    desk = openDesk({ rateLimit: { perSecond: 2, retryAfterSeconds: 3 } });
    const replies: Reply[] = [];
    for (let i = 0; i < 3; i += 1) replies.push(await desk.send('GET', '/ssl-certificate'));
    expect(replies.map(({ status }) => status)).toEqual([200, 200, 429]);
    expect(replies[2]?.headers['retry-after']).toBe('3');
    desk.clock.advance(1000);
    expect((await desk.send('GET', '/ssl-certificate')).status).toBe(200);
  });

  it.each([
    ['402', 402, 'insufficient_credit'],
    ['rate_limited', 429, 'rate_limited'],
    ['something_else', 400, 'something_else'],
    ['503', 503, 'unavailable'],
  ])('plays the ordered error %s', (code, status, word) => {
    const answer = desk.simulator.errorAnswer(code, 'because');
    expect([answer.status, JSON.parse(answer.body.toString())]).toEqual([
      status,
      { errors: [{ code: word, message: 'because' }] },
    ]);
  });

  it('names requests as the document does', () => {
    const described = (method: string, path: string, body = '') =>
      desk.simulator.describe(requestTo(method, path, body));
    expect(described('POST', '/api/ssl-certificate/abc/renew', '{"client_reference":"#1"}')).toEqual({
      command: 'POST /ssl-certificate/{id}/renew',
      parameters: { id: 'abc', client_reference: '#1' },
    });
    expect(described('GET', '/api/ssl-certificate?client_reference=%23123')).toEqual({
      command: 'GET /ssl-certificate',
      parameters: { client_reference: '#123' },
    });
    expect(described('GET', '/elsewhere').command).toBe('GET /elsewhere');
    expect(described('GET', '/api/ssl-certificate/abc/download-crt').command).toBe(
      'GET /ssl-certificate/{id}/download-crt',
    );
  });

  it('has no events', () => {
    expect(() => desk.simulator.queueForeignEvent()).toThrow('no events');
    expect(() => desk.simulator.redeliverLastEvent()).toThrow('no events');
  });
});

describe('lists and plans', () => {
  it('filters by plan and by the whole reference', async () => {
    const one = await desk.order(await orderBody({ client_reference: '#123' }));
    const two = await desk.order(await orderBody({ client_reference: '#1234' }));
    const list = async (query: string, on = desk) =>
      CertificateObject.array()
        .parse((await on.send('GET', `/ssl-certificate${query}`)).json)
        .map(({ id }) => id);
    expect(await list('')).toEqual([one.id, two.id]);
    expect(await list('?client_reference=%23123')).toEqual([one.id]);
    expect(await list('?client_reference=%2312')).toEqual([]);
    expect(await list(`?plan=${DV}&client_reference=%231234`)).toEqual([two.id]);
    expect(await list(`?plan=${planId('OV Single')}`)).toEqual([]);
    expect((await desk.send('GET', '/ssl-certificate?plan=DV')).status).toBe(400);
    expect(complaints(await desk.send('GET', '/ssl-certificate?status=active'))).toEqual([
      'unknown_field status',
    ]);
  });

  it('finds parts of references when told to', async () => {
    desk = openDesk({ referenceFilter: 'partial' });
    await desk.order(await orderBody({ client_reference: 'shop-A1' }));
    await desk.order(await orderBody({ client_reference: 'SHOP-A12' }));
    await desk.order(await orderBody());
    const { json } = await desk.send('GET', '/ssl-certificate?client_reference=shop-a1');
    expect(CertificateObject.array().parse(json)).toHaveLength(2);
  });

  it('tells plans by name and by ids', async () => {
    const names = async (query: string) => {
      const { json } = await desk.send('GET', `/ssl-certificate-plan${query}`);
      return Plans.parse(json).map(({ name }) => name);
    };
    expect(await names('')).toEqual([
      'DV Single',
      'DV Single CNAME',
      'DV Wildcard',
      'DV Multi-Domain',
      'OV Single',
      'EV Multi-Domain',
    ]);
    expect(await names('?name=wild')).toEqual(['DV Wildcard']);
    expect(await names(`?id=${DV},${planId('OV Single')}`)).toEqual(['DV Single', 'OV Single']);
    const { json } = await desk.send('GET', '/ssl-certificate-plan/3f7830c3-3fa4-404d-908f-35daaa1cd17b');
    expect(json).toMatchObject({
      name: 'OV Single',
      renew_days_before_expiration: 90,
      interval: 12,
      grace_period: 30,
      brand: expect.any(String),
      description: expect.any(String),
      actions: expect.any(Array),
      product: expect.any(Object),
      provisioner: { id: expect.any(String) },
    });
    expect((await desk.send('GET', '/ssl-certificate-plan/nothing')).status).toBe(404);
  });
});

describe('seeds and the snapshot', () => {
  it('puts a certificate from before into the books', async () => {
    const now = desk.clock.now().getTime();
    const seed = {
      names: ['example.com'],
      product: 'DV Single',
      csrPem: await csrFor(['example.com']),
      notBefore: new Date(now - 150 * DAY_MS),
      notAfter: new Date(now + 49 * DAY_MS),
      paidUntil: new Date(now + 215 * DAY_MS),
      dcvMethod: 'dns',
    } as const;
    const { certificateId, certificate } = desk.simulator.seed(seed);
    expect(await desk.get(certificateId)).toMatchObject({ status: 'active', csr: seed.csrPem, plan: DV });
    expect((await desk.leaf(certificateId)).serialNumber).toBe(certificate.serialHex);
    expect(desk.simulator.invoices()).toEqual([]);
    const { json } = await desk.send('POST', `/ssl-certificate/${certificateId}/renew`, await orderBody());
    expect(json).toMatchObject({ status: 'pending' });
    expect(() => desk.simulator.seed({ ...seed, product: 'nothing' })).toThrow('no plan "nothing"');
  });

  it('shows everything but the key', async () => {
    await desk.order(await orderBody({ client_reference: '#7' }));
    const text = JSON.stringify(desk.simulator.snapshot());
    expect(text).toContain('"client_reference":"#7"');
    expect(text).toContain('"caOrderId":"ca-000001"');
    expect(text).not.toContain(ACCOUNT.apiKey);
  });
});
