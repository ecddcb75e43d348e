/** Every shape an answer of the Resello simulator can have; the document leaves all of them open. */
import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import type { ReselloOptions } from '../../../src/sandbox/resello/index.ts';
import { csrFor, DAY_MS } from './kit.ts';
import { DV, openDesk, orderBody } from './resello-kit.ts';
import type { Desk, Reply } from './resello-kit.ts';

const HOST = { host: '127.0.0.1:4711' };

const post = async (desk: Desk): Promise<Reply> => desk.send('POST', '/ssl-certificate', await orderBody());
const idIn = (reply: Reply): string => z.object({ id: z.string() }).parse(reply.json).id;

describe('envelopes', () => {
  const PENDING = { status: 'pending' };
  it.each([
    ['plain', PENDING, [PENDING]],
    ['result', { result: PENDING }, { result: [PENDING] }],
    ['data', { data: PENDING }, { data: [PENDING] }],
    ['results', PENDING, { results: [PENDING] }],
    ['items', PENDING, { items: [PENDING] }],
  ] as const)('%s', async (envelope, object, list) => {
    const desk = openDesk({ envelope });
    const created = await post(desk);
    expect(created.json).toMatchObject(object);
    expect((await desk.send('GET', '/ssl-certificate')).json).toMatchObject(list);
    const plans = (await desk.send('GET', '/ssl-certificate-plan')).json;
    expect(Array.isArray(plans)).toBe(envelope === 'plain');
  });

  it.each([
    [{}, 201, 200],
    [{ createdStatus: 202, acceptedStatus: 202 }, 202, 202],
    [{ createdStatus: 200, acceptedStatus: 201 }, 200, 201],
  ] as const)('answers with the statuses of %j', async (options, created, accepted) => {
    const desk = openDesk(options);
    const reply = await post(desk);
    expect(reply.status).toBe(created);
    await desk.prove(idIn(reply));
    const renewal = { csr: await csrFor(['example.com']), dcv_type: 'DNS' };
    const path = `/ssl-certificate/${idIn(reply)}/reissue`;
    expect((await desk.send('POST', path, renewal)).status).toBe(accepted);
  });
});

describe('errors', () => {
  const MESSAGE = 'plan: this field is required. dcv_type: EMAIL, FILE or DNS would be right.';
  const REQUIRED = { code: 'required', field: 'plan', message: 'plan: this field is required.' };
  const INVALID = {
    code: 'invalid',
    field: 'dcv_type',
    message: 'dcv_type: EMAIL, FILE or DNS would be right.',
  };
  it.each([
    ['list', { errors: [REQUIRED, INVALID] }, /./],
    ['text', { error: MESSAGE }, /./],
    ['object', { error: { code: 'required', message: MESSAGE } }, /./],
    ['fields', { errors: { plan: [REQUIRED.message], dcv_type: [INVALID.message] } }, /./],
    ['message', { message: MESSAGE, code: 'required' }, /./],
    ['detail', { detail: MESSAGE }, /./],
    ['empty', undefined, /^$/],
    ['html', undefined, /<h1>422<\/h1>/],
  ] as const)('%s', async (errors, expected, text) => {
    const desk = openDesk({ errors, invalidStatus: 422 });
    const body = { csr: await csrFor(['example.com']), dcv_type: 'HTTP' };
    const reply = await desk.send('POST', '/ssl-certificate', body);
    expect([reply.status, reply.json]).toEqual([422, expected]);
    expect(reply.body.toString()).toMatch(text);
    expect(desk.simulator.errorAnswer('404').status).toBe(404);
  });

  it('puts what belongs to no field beside the fields', async () => {
    const desk = openDesk({ errors: 'fields' });
    expect((await desk.send('GET', '/ssl-certificate/x')).json).toEqual({
      errors: { non_field_errors: ['There is no such certificate.'] },
    });
  });
});

describe('the certificate object', () => {
  it('has these fields and no others', async () => {
    const desk = openDesk();
    const { id } = await desk.active();
    expect(Object.keys(await desk.get(id))).toEqual([
      'id',
      'status',
      'client_reference',
      'plan',
      'domain',
      'csr',
      'dcv_type',
      'company_name',
      'chamber_of_commerce',
      'department',
      'address',
      'zip_code',
      'city',
      'approver_first_name',
      'approver_last_name',
      'approver_email_address',
      'approver_phone_number',
      'ee_reference_order_id',
      'created',
      'updated',
      'expires',
    ]);
  });

  it('may have the least only', async () => {
    const desk = openDesk({ fields: 'least' });
    const { id } = await desk.active({ client_reference: '#1' });
    expect(await desk.get(id)).toEqual({ id, status: 'active', client_reference: '#1' });
  });

  it.each([['domain'], ['common_name'], ['name']] as const)('calls the name %s', async (nameField) => {
    const desk = openDesk({ nameField });
    const { id } = await desk.active();
    expect(await desk.get(id)).toMatchObject({ [nameField]: 'example.com' });
  });

  it.each([['expires'], ['expiration_date'], ['expire_date'], ['valid_until']] as const)(
    'calls the dates created_at, updated_at and %s',
    async (expiresName) => {
      const desk = openDesk({ expiresName, createdName: 'created_at', updatedName: 'updated_at' });
      const { id } = await desk.active();
      const shown = await desk.get(id);
      expect(shown).toMatchObject({
        created_at: expect.any(String),
        updated_at: expect.any(String),
        [expiresName]: expect.any(String),
      });
      expect(shown).not.toHaveProperty('created');
    },
  );

  it.each([
    ['microseconds', '2026-10-01T08:00:00.000000+00:00'],
    ['iso', '2026-10-01T08:00:00Z'],
    ['day', '2026-10-01'],
  ] as const)('writes dates as %s', async (dateForm, created) => {
    const desk = openDesk({ dateForm });
    const { id } = await desk.active();
    expect(await desk.get(id)).toMatchObject({ created });
  });

  it.each([
    ['certificate', 199],
    ['term', 365],
  ] as const)('says when the %s ends', async (expiresMeans, days) => {
    const desk = openDesk({ expiresMeans });
    const { id } = await desk.active();
    const { expires } = z.looseObject({ expires: z.string() }).parse(await desk.get(id));
    expect((Date.parse(expires) - desk.clock.now().getTime()) / DAY_MS).toBeCloseTo(days, 1);
  });

  it('holds the whole plan when told to', async () => {
    const desk = openDesk({ planForm: 'object' });
    const { id } = await desk.active();
    expect(await desk.get(id)).toMatchObject({ plan: { id: DV, name: 'DV Single', interval: 12 } });
  });

  it('uses the status words it is told to', async () => {
    const words = {
      pending: 'Processing',
      active: 'DELIVERED',
      failed: 'rejected',
      expired: 'expired',
      deleted: 'cancelled',
    };
    const desk = openDesk({ words });
    const { id } = await desk.order(await orderBody());
    expect((await desk.get(id)).status).toBe('Processing');
    await desk.prove(id);
    expect((await desk.get(id)).status).toBe('DELIVERED');
    const removed = await desk.send('DELETE', `/ssl-certificate/${id}`);
    expect(removed.json).toMatchObject({ status: 'cancelled' });
  });
});

describe('pages', () => {
  const Page = z.looseObject({
    next: z.string().nullish(),
    links: z.object({ next: z.string().nullable() }).optional(),
    results: z.array(z.object({ id: z.string(), status: z.string() }).loose()).optional(),
  });

  async function filled(options: Partial<ReselloOptions>): Promise<Desk> {
    const desk = openDesk({ fields: 'least', ...options });
    for (let i = 0; i < 5; i += 1) await desk.order(await orderBody({ client_reference: '#x' }));
    return desk;
  }
  const first = (desk: Desk, query = '') => desk.send('GET', `/ssl-certificate${query}`, undefined, HOST);

  it.each([['next'], ['links']] as const)('are followed by %s', async (form) => {
    const desk = await filled({ pagination: { form, pageSize: 2, origin: 'own' } });
    const seen: string[] = [];
    const addresses: string[] = [];
    for (let path: string | undefined = '/ssl-certificate?client_reference=%23x'; path !== undefined;) {
      const page = Page.parse((await desk.send('GET', path, undefined, HOST)).json);
      seen.push(...(page.results ?? []).map(({ id }) => id));
      const next: string | null | undefined = form === 'next' ? page.next : page.links?.next;
      if (typeof next === 'string') addresses.push(next);
      path = next?.replace('http://127.0.0.1:4711/api', '');
    }
    expect(new Set(seen).size).toBe(5);
    expect(addresses).toEqual([
      'http://127.0.0.1:4711/api/ssl-certificate?client_reference=%23x&page=2',
      'http://127.0.0.1:4711/api/ssl-certificate?client_reference=%23x&page=3',
    ]);
  });

  it('are followed by a header', async () => {
    const desk = await filled({ pagination: { form: 'link-header', pageSize: 3, origin: 'relative' } });
    const one = await first(desk);
    expect([one.headers['link'], one.json]).toEqual([
      '</api/ssl-certificate?page=2>; rel="next"',
      [expect.anything(), expect.anything(), expect.anything()],
    ]);
    const two = await first(desk, '?page=2');
    const whole = await filled({ pagination: { form: 'link-header', pageSize: 5, origin: 'own' } });
    expect((await first(whole)).headers['link']).toBeUndefined();
    expect([two.headers['link'], two.json]).toEqual([undefined, [expect.anything(), expect.anything()]]);
  });

  it('may lead to another server, and never end', async () => {
    const origin = 'http://192.0.2.1';
    const desk = await filled({ pagination: { form: 'next', pageSize: 4, origin, endless: true } });
    expect(Page.parse((await first(desk)).json).next).toBe('http://192.0.2.1/api/ssl-certificate?page=2');
    expect(Page.parse((await first(desk, '?page=2')).json).next).toMatch(/page=1$/);
  });

  it('keep their envelope, and refuse what is no page', async () => {
    const pagination = { form: 'next', pageSize: 2, origin: 'relative' } as const;
    const desk = await filled({ pagination, envelope: 'items' });
    expect((await first(desk)).json).toMatchObject({
      count: 5,
      next: '/api/ssl-certificate?page=2',
      items: [{ status: 'pending' }, { status: 'pending' }],
    });
    for (const page of ['0', '-1', 'x', '1.5', '1e400']) {
      expect((await first(desk, `?page=${page}`)).status).toBe(400);
    }
    expect((await first(openDesk(), '?page=1')).status).toBe(400);
  });
});
