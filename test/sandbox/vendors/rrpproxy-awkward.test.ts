/** What the simulator does on purpose to make life hard, and the sandbox around it. */
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { seedOrder, startFullSandbox, sandboxAccounts } from '../../../src/sandbox/start.ts';
import type { Sandbox } from '../../../src/sandbox/index.ts';
import { csrFor, handClock } from './kit.ts';
import { newDesk } from './rrpproxy-desk.ts';
import type { Desk } from './rrpproxy-desk.ts';
import { commandText, first, parseAnswer, pemLines } from './rrpproxy-kit.ts';
import type { CommandInput, TextAnswer } from './rrpproxy-kit.ts';

describe('steering by common name', () => {
  let desk: Desk;

  beforeEach(() => {
    desk = newDesk({ steeredByName: true, slowMs: 60_000 });
  });

  it('refuses, and runs out of credit, before anything is charged', async () => {
    const refused = await desk.order({}, ['refuse-me.example.com']);
    expect(refused.code).toBe(549);
    expect(first(refused, 'certificate')).toMatch(/^FAIL\d+$/);
    expect((await desk.order({}, ['www.credit-none.example.com'])).code).toBe(546);
    expect(desk.simulator.invoices()).toEqual([]);
    desk = newDesk();
    expect((await desk.order({}, ['refuse-me.example.com'])).code).toBe(200);
  });

  it('fails later, with an event and the money back', async () => {
    const id = first(await desk.order({}, ['fail-later.example.com']), 'certificate');
    expect(first(await desk.status(id), 'status')).toBe('failed');
    expect(desk.simulator.invoices().map(({ price }) => price)).toEqual([42, -42]);
  });

  it('is slow to pass on what the CA issued', async () => {
    const added = await desk.order({ noautofilldomains: 1 }, ['slow-one.example.com']);
    await desk.fulfil(added);
    const status = async (): Promise<string> =>
      first(await desk.status(first(added, 'certificate')), 'status');
    expect(await status()).toBe('processing');
    desk.clock.advance(59_999);
    expect(await status()).toBe('processing');
    desk.clock.advance(1);
    expect(await status()).toBe('active');
  });
});

describe('lists', () => {
  it('go into a file or the post when asked to', async () => {
    const desk = newDesk({ listsCanceled: true });
    const certificate = first(await desk.order(), 'certificate');
    await desk.send({ command: 'DeleteCertificate', certificate, action: 'CANCELORDER' });
    const list = (extra: CommandInput): Promise<TextAnswer> =>
      desk.send({ command: 'QueryCertificateList', ...extra });
    const filed = await list({ generatelist: 1, sendlistemail: 'a@example.org, b@example.org' });
    expect([filed.code, Object.keys(filed.properties)]).toEqual([200, []]);
    expect((await list({ sendlistemail: 'nobody' })).code).toBe(505);
    expect((await list({})).properties['certificate']).toEqual([certificate]);
    const { sandbox } = z
      .object({ sandbox: z.object({ generatedLists: z.array(z.unknown()) }) })
      .parse(desk.simulator.snapshot());
    expect(sandbox.generatedLists).toEqual([
      {
        at: desk.clock.now(),
        command: 'QueryCertificateList',
        rows: 1,
        mails: ['a@example.org', 'b@example.org'],
      },
    ]);
  });

  it('match patterns of stars in time', async () => {
    const desk = newDesk();
    await desk.order({}, [`${'a'.repeat(60)}.example.com`]);
    const domain = `${'*a'.repeat(500)}b`;
    expect((await desk.send({ command: 'QueryCertificateList', domain })).properties['total']).toEqual(['0']);
    const found = await desk.send({ command: 'QueryCertificateList', domain: '*A.EXAMPLE.c*m' });
    expect(found.properties['total']).toEqual(['1']);
  });
});

describe('in the whole sandbox', () => {
  let sandbox: Sandbox;

  beforeEach(async () => {
    sandbox = await startFullSandbox({ clock: handClock(), zones: ['example.test'], tickMs: 0 });
  });

  afterEach(() => sandbox.close());

  async function post(input: CommandInput): Promise<TextAnswer> {
    const { login, password } = sandboxAccounts.rrpproxy;
    const body = new URLSearchParams({ s_login: login, s_pw: password, s_command: commandText(input) });
    const url = `${sandbox.vendors.get('rrpproxy')?.baseUrl ?? ''}/api/call.cgi`;
    return parseAnswer(await (await fetch(url, { method: 'POST', body })).text());
  }

  it('records written by KeyDNS are what the CA sees', async () => {
    const names = ['shop.example.test'];
    const added = await post({
      command: 'AddCertificate',
      apiversion: 2,
      class: 'ssl123dv',
      techcontact0: 'P-ABC123',
      dcvmethod: 'dns-txt',
      domain: names,
      csr: pemLines(await csrFor(names)),
    });
    const token = first(added, 'dns rr').split(' ').at(-1) ?? '';
    const addrr0 = `${first(added, 'dcv domain')}. 60 IN TXT "${token}"`;
    expect((await post({ command: 'ModifyDNSZone', dnszone: 'example.test', addrr0 })).code).toBe(200);
    await sandbox.tick();
    const status = { command: 'StatusCertificate', apiversion: 2, certificate: first(added, 'certificate') };
    expect(first(await post(status), 'status')).toBe('active');
    expect((await post({ command: 'ModifyDNSZone', dnszone: 'example.test', delrr0: addrr0 })).code).toBe(
      200,
    );
    expect(sandbox.dns.records('shop.example.test', 'TXT')).toEqual([]);
  });

  it('is seeded with orders of both APIs', async () => {
    const names = ['old.example.test'];
    const seed = {
      names,
      product: 'rapidssldv',
      csrPem: await csrFor(names),
      notBefore: new Date('2026-04-01T00:00:00Z'),
      notAfter: new Date('2026-10-16T00:00:00Z'),
      paidUntil: new Date('2027-04-01T00:00:00Z'),
      dcvMethod: 'dns',
    } as const;
    const old = seedOrder(sandbox, 'rrpproxy', { ...seed, generation: 'v1' });
    expect(old).toMatchObject({ subId: `${old.certificateId}-001` });
    const shown = await post({ command: 'StatusCertificate', certificate: old.certificateId });
    expect(first(shown, 'class')).toBe('RapidSSL');
    const current = seedOrder(sandbox, 'rrpproxy', seed);
    expect(current.subId).toBeUndefined();
    expect(() => seedOrder(sandbox, 'rrpproxy', { ...seed, generation: 'v7' })).toThrow('v1');
    expect(sandbox.history.entries('rrpproxy').at(-1)).toMatchObject({ command: 'StatusCertificate' });
  });
});
