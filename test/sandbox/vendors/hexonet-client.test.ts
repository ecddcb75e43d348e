/** The vendor's own published client, unmodified, against the HEXONET simulator over loopback HTTP. */
import { X509Certificate } from 'node:crypto';
import { afterEach, expect, it } from 'vitest';
import { z } from 'zod';
import { LOGIN, startHexonet } from './hexonet-kit.ts';
import type { HexonetWorld } from './hexonet-kit.ts';
import { csrFor, runClient } from './kit.ts';
import { pemLines } from './rrpproxy-kit.ts';

let world: HexonetWorld;
afterEach(() => world.close());

const Shown = z.object({
  code: z.number(),
  description: z.string(),
  runtime: z.number(),
  columns: z.record(z.string(), z.array(z.string())),
});
const Ordered = z.object({
  session: z.string(),
  state: z.string(),
  created: Shown,
  added: Shown,
  records: Shown,
});
const Collected = z.object({
  status: Shown,
  pages: z.array(z.array(z.string())),
  total: z.number(),
  removed: Shown,
  renewed: Shown,
  reissued: Shown,
  revoked: Shown,
  logout: Shown,
});
const Errors = z.array(z.object({ code: z.number(), error: z.boolean(), description: z.string() }));

const NAME = 'shop.example.test';
const account = { login: LOGIN.login, password: LOGIN.password };
const input = (step: string): Record<string, unknown> => ({
  url: world.sandbox.vendors.get('hexonet')?.baseUrl,
  ...account,
  step,
  name: NAME,
  zone: 'example.test.',
});

it(
  'logs in, orders, changes the zone, pages, renews, reissues and logs out',
  { timeout: 60_000 },
  async () => {
    world = await startHexonet();
    const csr = await csrFor([NAME]);
    for (const name of ['a.example.test', 'b.example.test']) {
      const order = { command: 'CreateSSLCert', sslcertclass: 'COMODO_ESSENTIALSSL' };
      await world.ok({ ...order, csr: pemLines(await csrFor([name])) });
      world.clock.advance(60_000);
    }
    const ordered = await runClient('hexonet.mjs', { ...input('certificate'), csr }, Ordered);
    expect(ordered.session).toMatch(/^[A-Za-z0-9]{64}$/);
    expect(ordered.state).toBe(ordered.session);
    expect(ordered.created).toMatchObject({
      code: 200,
      runtime: 0.169,
      columns: { STATUS: ['REQUESTEDCREATE'], DOMAIN: [NAME] },
    });
    const [record = ''] = ordered.created.columns['VALIDATIONDNSRR'] ?? [];
    expect(ordered.added.code).toBe(200);
    expect(ordered.records.columns['RR']).toEqual([record.replace(' CNAME ', ' 300 IN CNAME ')]);

    await world.sandbox.tick();
    const [id = ''] = ordered.created.columns['SSLCERTID'] ?? [];
    const collecting = { ...input('collect'), session: ordered.session, id, csr: await csrFor([NAME]) };
    const collected = await runClient('hexonet.mjs', collecting, Collected);
    expect(collected.status.columns['STATUS']).toEqual(['ACTIVE']);
    const leaf = new X509Certificate((collected.status.columns['CRT'] ?? []).join('\n'));
    expect(leaf.checkHost(NAME)).toBe(NAME);
    expect(leaf.checkIssued(new X509Certificate((collected.status.columns['CACRT'] ?? []).join('\n')))).toBe(
      true,
    );
    expect(collected.total).toBe(3);
    expect(collected.pages).toEqual([['a.example.test', 'b.example.test'], [NAME]]);
    expect(collected.removed.code).toBe(200);
    expect(world.sandbox.dns.records(record.split('. ')[0] ?? '', 'CNAME')).toEqual([]);
    expect(collected.renewed).toMatchObject({ code: 200, columns: { 'OLD-SSLCERTID': [id] } });
    expect(collected.reissued.columns['VALIDATIONURL']?.[0]).toMatch(
      /^http:\/\/shop\.example\.test\/\w+\.txt$/,
    );
    // Not yet issued: there is nothing to revoke.
    expect(collected.revoked.code).toBe(549);
    expect(collected.logout.code).toBe(200);
    expect(world.simulator.invoices()).toHaveLength(4);
    expect(world.sandbox.history.entries().map(({ command }) => command)).toEqual([
      'StartSession',
      'CreateSSLCert',
      'UpdateDNSZone',
      'QueryDNSZoneRRList',
      'StatusSSLCert',
      'QuerySSLCertList',
      'QuerySSLCertList',
      'QueryDNSZoneRRList',
      'UpdateDNSZone',
      'RenewSSLCert',
      'ReissueSSLCert',
      'RevokeSSLCert',
      'EndSession',
    ]);
  },
);

it('is told what was wrong', { timeout: 60_000 }, async () => {
  world = await startHexonet({}, [LOGIN, { login: 'customer!robot', password: 'r2' }]);
  expect(await runClient('hexonet.mjs', input('errors'), Errors)).toEqual([
    { code: 530, error: true, description: 'Authentication failed' },
    { code: 500, error: true, description: 'Invalid command name; NoSuchCommand' },
    { code: 545, error: true, description: 'Object not found; 1' },
    { code: 200, error: false, description: 'Command completed successfully' },
    { code: 530, error: true, description: 'Authentication failed; SESSION NOT FOUND' },
  ]);
});
