/** The Resello simulator: how control of names is asked for, retried, and told in many shapes. */
import { beforeEach, describe, expect, it } from 'vitest';
import type { ReselloOptions } from '../../../src/sandbox/resello/index.ts';
import { complaints, Details, openDesk, orderBody, planId } from './resello-kit.ts';
import type { Desk } from './resello-kit.ts';

let desk: Desk;

beforeEach(() => {
  desk = openDesk();
});

describe('control of the names', () => {
  it.each([
    ['DV Single', 'TXT', '_dnsauth.example.com'],
    ['DV Single CNAME', 'CNAME', expect.stringMatching(/^_[0-9a-f]{32}\.example\.com$/)],
  ])('is asked for by DNS, %s', async (plan, type, name) => {
    const names = ['www.example.com', 'example.com'];
    const { id } = await desk.order(await orderBody({ plan: planId(plan) }, names));
    const { json } = await desk.send('GET', `/ssl-certificate/${id}/validation-details`);
    expect(Details.parse(json).domains).toMatchObject([
      { domain: 'example.com', status: 'pending', dns: { type, name } },
    ]);
    await desk.prove(id);
    expect((await desk.get(id)).status).toBe('active');
    const after = await desk.send('GET', `/ssl-certificate/${id}/validation-details`);
    expect(Details.parse(after.json)).toMatchObject({
      status: 'active',
      domains: [{ domain: 'example.com', status: 'completed' }],
    });
  });

  it('is asked for by a file on every host, and not for wildcards', async () => {
    const names = ['example.com', 'www.example.com'];
    const { id } = await desk.order(await orderBody({ dcv_type: 'FILE' }, names));
    const { json } = await desk.send('GET', `/ssl-certificate/${id}/validation-details`);
    const details = Details.parse(json);
    expect(details.domains.map(({ domain, file }) => [domain, file?.path])).toEqual(
      names.map((name) => [name, '/.well-known/pki-validation/fileauth.txt']),
    );
    const [first] = details.domains;
    desk.evidence.files.set(`http://example.com${first?.file?.path ?? ''}`, first?.file?.content ?? '');
    await desk.ca.tick();
    const half = await desk.send('GET', `/ssl-certificate/${id}/validation-details`);
    expect(Details.parse(half.json).domains.map(({ status }) => status)).toEqual(['completed', 'pending']);
    expect((await desk.get(id)).status).toBe('pending');
    await desk.prove(id);
    expect((await desk.get(id)).status).toBe('active');

    const wildcard = await orderBody({ dcv_type: 'FILE', plan: planId('DV Wildcard') }, ['*.example.com']);
    expect(complaints(await desk.send('POST', '/ssl-certificate', wildcard))).toEqual(['invalid dcv_type']);
  });

  it('is asked for by mail, to any address or to the five of the CAs', async () => {
    const body = await orderBody({ dcv_type: 'EMAIL', approver_email_address: 'john.doe@example.com' });
    const { id } = await desk.order(body);
    const { json } = await desk.send('GET', `/ssl-certificate/${id}/validation-details`);
    expect(Details.parse(json).domains).toMatchObject([
      { domain: 'example.com', email: { email_addresses: ['john.doe@example.com'] } },
    ]);
    desk.ca.approveByEmail(desk.ca.orders()[0]?.id ?? '');
    await desk.ca.tick();
    expect((await desk.get(id)).status).toBe('active');

    const strict = openDesk({ approverAddresses: 'constructed' });
    const status = async (approver_email_address: string) =>
      (await strict.send('POST', '/ssl-certificate', { ...body, approver_email_address })).status;
    expect(await status('john.doe@example.com')).toBe(400);
    expect(await status('admin@example.net')).toBe(400);
    expect(await status('admin@example.com')).toBe(201);
  });

  it('is looked at again by validate', async () => {
    const { id } = await desk.order(await orderBody());
    const path = `/ssl-certificate/${id}`;
    const validate = (body: unknown) => desk.send('POST', `${path}/validate`, body);
    expect((await validate({ dcv_type: 'DNS' })).json).toMatchObject({ id, status: 'pending' });
    const { json } = await desk.send('GET', `${path}/validation-details`);
    const dns = Details.parse(json).domains[0]?.dns;
    desk.evidence.texts.set(dns?.name ?? '', [dns?.value ?? '']);
    // The document's sample has a field that its table has not.
    const body = { dcv_type: 'DNS', domain: 'example.com' };
    expect((await validate(body)).json).toMatchObject({ id, status: 'active' });
    expect((await validate(body)).status).toBe(409);
  });

  it('changes to another method by validate', async () => {
    const { id } = await desk.order(await orderBody());
    const path = `/ssl-certificate/${id}`;
    const validate = (body: unknown) => desk.send('POST', `${path}/validate`, body);
    expect(complaints(await validate({ dcv_type: 'EMAIL' }))).toEqual(['invalid email_address']);
    expect(complaints(await validate({ dcv_type: 'DNS', domain: 'example.net' }))).toEqual([
      'invalid domain',
    ]);
    expect(complaints(await validate({}))).toEqual(['invalid dcv_type']);
    const mail = { dcv_type: 'EMAIL', email_address: 'john.doe@example.com' };
    expect((await validate(mail)).json).toMatchObject({ status: 'pending', dcv_type: 'EMAIL' });
    expect(desk.ca.orders().map(({ status }) => status)).toEqual(['cancelled', 'pending']);
    expect((await validate({ dcv_type: 'EMAIL' })).json).toMatchObject({ status: 'pending' });
    expect(desk.ca.orders()).toHaveLength(2);
    await validate({ ...mail, email_address: 'jane.doe@example.com' });
    expect(desk.ca.orders().at(-1)?.request.requirements).toMatchObject([
      { address: 'jane.doe@example.com' },
    ]);
    expect((await validate({ dcv_type: 'FILE' })).json).toMatchObject({ dcv_type: 'FILE' });
    await desk.prove(id);
    expect((await desk.get(id)).status).toBe('active');
    expect(desk.simulator.invoices()).toHaveLength(1);
  });

  it('does not change a wildcard to a file', async () => {
    const { id } = await desk.order(await orderBody({ plan: planId('DV Wildcard') }, ['*.example.com']));
    const reply = await desk.send('POST', `/ssl-certificate/${id}/validate`, { dcv_type: 'FILE' });
    expect([reply.status, complaints(reply)]).toEqual([400, ['invalid dcv_type']]);
    await desk.prove(id);
    expect((await desk.leaf(id)).subjectAltName).toBe('DNS:*.example.com');
  });

  it('refuses the sample field domain when told to', async () => {
    desk = openDesk({ validateDomain: 'refused' });
    const { id } = await desk.order(await orderBody());
    const body = { dcv_type: 'DNS', domain: 'example.com' };
    const reply = await desk.send('POST', `/ssl-certificate/${id}/validate`, body);
    expect([reply.status, complaints(reply)]).toEqual([400, ['unknown_field domain']]);
  });

  it('wants new evidence after validate when told to', async () => {
    desk = openDesk({ validateRedraws: true });
    const { id } = await desk.order(await orderBody());
    const value = async () => {
      const { json } = await desk.send('GET', `/ssl-certificate/${id}/validation-details`);
      return Details.parse(json).domains[0]?.dns?.value;
    };
    const first = await value();
    await desk.send('POST', `/ssl-certificate/${id}/validate`, { dcv_type: 'DNS' });
    expect(await value()).not.toBe(first);
    await desk.prove(id);
    expect((await desk.get(id)).status).toBe('active');
  });
});

describe('validation details', () => {
  const TXT = { owner: '_dnsauth.example.com', value: expect.stringMatching(/^[a-z0-9]{32}$/) };
  const PATH = '/.well-known/pki-validation/fileauth.txt';

  async function detailsOf(options: Partial<ReselloOptions>, extra: Record<string, unknown> = {}) {
    const desk = openDesk(options);
    await desk.send('POST', '/ssl-certificate', await orderBody(extra));
    const id = desk.simulator.invoices()[0]?.certificateId ?? '';
    return desk.send('GET', `/ssl-certificate/${id}/validation-details`);
  }

  it.each([
    ['name-value', { type: 'TXT', name: TXT.owner, value: TXT.value }],
    ['host-content', { type: 'TXT', host: TXT.owner, content: TXT.value }],
    ['host-target', { type: 'TXT', host: TXT.owner, target: TXT.value }],
  ] as const)('as objects, %s', async (instructionNames, dns) => {
    expect((await detailsOf({ instructionNames })).json).toEqual({
      status: 'pending',
      dcv_type: 'DNS',
      domains: [{ domain: 'example.com', status: 'pending', dns }],
    });
  });

  it.each([
    ['path', { path: PATH }],
    ['url', { url: `http://example.com${PATH}` }],
    ['name', { file_name: 'fileauth.txt' }],
  ] as const)('as objects with a file by its %s', async (fileForm, place) => {
    expect((await detailsOf({ fileForm }, { dcv_type: 'FILE' })).json).toMatchObject({
      domains: [{ domain: 'example.com', file: { ...place, content: TXT.value } }],
    });
  });

  it('as zone lines', async () => {
    const line = /^_dnsauth\.example\.com\. 300 IN TXT "[a-z0-9]{32}"$/;
    expect((await detailsOf({ details: 'zone-lines' })).json).toMatchObject({
      domains: [{ name: 'example.com', status: 'pending', validation: expect.stringMatching(line) }],
    });
    const cname = await detailsOf({ details: 'zone-lines' }, { plan: planId('DV Single CNAME') });
    expect(cname.json).toMatchObject({
      domains: [
        {
          validation: expect.stringMatching(
            /^_[0-9a-f]{32}\.example\.com\. 300 IN CNAME [0-9a-f]{32}\.[0-9a-f]{32}\.dcv\.sandbox-ca\.test\.$/,
          ),
        },
      ],
    });
  });

  it('flat', async () => {
    expect((await detailsOf({ details: 'flat' })).json).toEqual({
      status: 'pending',
      dcv_type: 'DNS',
      type: 'TXT',
      name: TXT.owner,
      value: TXT.value,
    });
  });

  it('as a bare list', async () => {
    expect((await detailsOf({ details: 'list' })).json).toEqual([
      { domain: 'example.com', type: 'TXT', name: TXT.owner, value: TXT.value },
    ]);
    const mail = { dcv_type: 'EMAIL', approver_email_address: 'a@example.com' };
    expect((await detailsOf({ details: 'list' }, mail)).json).toEqual([
      { domain: 'example.com', email_addresses: ['a@example.com'] },
    ]);
  });

  it('as text', async () => {
    const dns = await detailsOf({ details: 'text' });
    expect(dns.headers['content-type']).toContain('text/plain');
    expect(dns.body.toString()).toMatch(/^_dnsauth\.example\.com\. 300 IN TXT "[a-z0-9]{32}"\n$/);
    const file = await detailsOf({ details: 'text' }, { dcv_type: 'FILE' });
    expect(file.body.toString()).toMatch(/^\/\.well-known\/pki-validation\/fileauth\.txt\n[a-z0-9]{32}\n$/);
  });

  it('as prose that helps nobody', async () => {
    const text = JSON.stringify((await detailsOf({ details: 'prose' })).json);
    expect(text).toContain('Show that you control example.com');
    expect(text).not.toContain('_dnsauth');
  });

  it('in the envelope', async () => {
    expect((await detailsOf({ envelope: 'result' })).json).toMatchObject({ result: { dcv_type: 'DNS' } });
  });

  it('with the record at the apex', async () => {
    expect((await detailsOf({ txtOwner: 'apex' })).json).toMatchObject({
      domains: [{ dns: { name: 'example.com' } }],
    });
  });

  it('harmful ones, while the CA goes on wanting the honest evidence', async () => {
    const path = await detailsOf({ harmfulDetails: 'path' }, { dcv_type: 'FILE' });
    expect(path.json).toMatchObject({
      domains: [{ file: { path: '/.well-known/pki-validation/../../../../etc/cron.d/renew' } }],
    });
    const name = await detailsOf({ harmfulDetails: 'name' });
    expect(name.json).toMatchObject({ domains: [{ dns: { name: '_dnsauth.somebody-else.test' } }] });
    const desk = openDesk({ harmfulDetails: 'name' });
    const { id } = await desk.order(await orderBody());
    await desk.prove(id);
    expect((await desk.get(id)).status).toBe('pending');
  });
});
