/** The vendors' own published clients, unmodified, against the simulators over loopback HTTP. */
import { X509Certificate } from 'node:crypto';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { z } from 'zod';
import type { SteerableSandboxCa } from '../../../src/sandbox/ca/index.ts';
import { createInternetxSimulator } from '../../../src/sandbox/internetx/index.ts';
import { createRrpproxySimulator } from '../../../src/sandbox/rrpproxy/index.ts';
import { caLookingAt, csrFor, handClock, newEvidence, runClient, seededRandom, serve } from './kit.ts';
import type { Evidence, HandClock, ServedSimulator } from './kit.ts';

let clock: HandClock;
let evidence: Evidence;
let ca: SteerableSandboxCa;
let served: ServedSimulator | undefined;

beforeEach(() => {
  clock = handClock();
  evidence = newEvidence();
  ca = caLookingAt(evidence, clock);
});

afterEach(async () => {
  await served?.close();
  served = undefined;
});

const Prepared = z.object({
  session: z.string(),
  contact: z.number(),
  authentication: z.array(z.object({ method: z.string(), dns: z.string().optional() })),
});
const Started = z.object({
  status: z.object({ code: z.string(), type: z.string() }),
  job: z.number(),
  http: z.number().optional(),
});
const Collected = z.object({
  job: z.object({ id: z.number(), status: z.string() }),
  confirmed: z.string(),
  leftover: z.unknown(),
  certificate: z.object({ id: z.number(), server: z.string(), serialNumber: z.string() }),
  list: z.array(z.record(z.string(), z.unknown())),
  total: z.number(),
});
const Failed = z.object({ http: z.number(), code: z.string() });
const Walked = z.object({
  codes: z.array(z.number()),
  session: z.string(),
  status: z.string(),
  csr: z.string(),
  records: z.array(z.string()),
  pages: z.array(z.array(z.string())),
  total: z.number(),
});

describe('js-domainrobot-sdk', () => {
  it('orders, reissues and collects certificates', async () => {
    const account = { user: 'customer', password: 'secret', context: 9 };
    const simulator = createInternetxSimulator({ ca, clock, accounts: [account], random: seededRandom() });
    served = await serve(simulator);
    const { url } = served;
    const step = <T extends z.ZodType>(
      name: string,
      schema: T,
      extra: Record<string, unknown> = {},
    ): Promise<z.output<T>> => runClient('domainrobot.mjs', { url, account, step: name, ...extra }, schema);

    async function prove(csr: string): Promise<{ contact: number; authentication: unknown }> {
      const prepared = await step('prepare', Prepared, { csr });
      expect(prepared.session).toMatch(/^[a-z0-9]{32}$/);
      const dns = prepared.authentication.find(({ method }) => method === 'DNS')?.dns ?? '';
      evidence.texts.set('example.com', [dns.split('"')[1] ?? '']);
      return { contact: prepared.contact, authentication: { method: 'DNS', dns } };
    }

    const first = await csrFor(['example.com']);
    const created = await step('create', Started, { csr: first, ...(await prove(first)) });
    expect(created).toMatchObject({ http: 200, status: { code: 'N400101', type: 'NOTIFY' } });
    await ca.tick();
    const collected = await step('collect', Collected);
    expect(collected.job).toMatchObject({ id: created.job, status: 'SUCCESS' });
    expect(collected.confirmed).toBe('S0906');
    expect(collected.leftover).toBeNull();
    expect(collected.total).toBe(1);
    expect(Object.keys(collected.list[0] ?? {}).sort()).toEqual(['expire', 'id', 'name', 'product']);

    const second = await csrFor(['example.com']);
    const certificate = collected.certificate.id;
    const reissued = await step('reissue', Started, { csr: second, certificate, ...(await prove(second)) });
    expect(reissued).toMatchObject({ status: { type: 'NOTIFY' } });
    await ca.tick();
    const again = await step('collect', Collected);
    expect(again.job.id).toBe(reissued.job);
    expect(again.certificate.id).toBe(certificate);
    expect(again.certificate.serialNumber).not.toBe(collected.certificate.serialNumber);
    expect(new X509Certificate(again.certificate.server).checkHost('www.example.com')).toBe(
      'www.example.com',
    );

    const failed = await step('failure', Failed, { csr: second, certificate, contact: 100 });
    expect(failed).toEqual({ http: 400, code: 'EF4001012' });
    expect(simulator.invoices()).toHaveLength(1);
  });
});

describe('@hexonet/ispapi-apiconnector', () => {
  it('logs in, orders, reads and pages through a list', async () => {
    const login = { login: 'sandbox', password: 'secret' };
    const simulator = createRrpproxySimulator({
      ca,
      clock,
      accounts: [login],
      random: seededRandom(),
      options: { style: 'hexonet' },
    });
    served = await serve(simulator);
    const csrs = [
      await csrFor(['example.com']),
      await csrFor(['example.com']),
      await csrFor(['example.com']),
    ];
    const result = await runClient('ispapi.mjs', { url: served.url, ...login, csrs }, Walked);
    expect(result.codes).toEqual(Array.from({ length: 8 }, () => 200));
    expect(result.status).toBe('processing');
    expect(result.csr).toBe(csrs[0]?.trim());
    expect(result.records).toHaveLength(2);
    expect(result.total).toBe(3);
    expect(result.pages.map((page) => page.length)).toEqual([2, 1]);
    expect(simulator.invoices()).toHaveLength(3);
    // What the reference says this client sends: its entity, and after login the session alone.
    expect(served.bodies[0]).toMatch(
      /^s_entity=1234&s_login=sandbox&s_pw=secret&s_command=COMMAND%3DStartSession$/,
    );
    expect(served.bodies[1]).toMatch(new RegExp(`^s_entity=1234&s_session=${result.session}&s_command=`));
  });
});
