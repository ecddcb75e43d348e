/** The whole walk with the vendor's own published client (js-domainrobot-sdk 1.4.1), unmodified, over loopback HTTP. */
import { X509Certificate } from 'node:crypto';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { csrFor, DAY_MS, runClient, serve } from './kit.ts';
import type { ServedSimulator } from './kit.ts';
import { ACCOUNT, openStage, zoneLine } from './internetx-kit.ts';
import type { Stage } from './internetx-kit.ts';

let stage: Stage;
let served: ServedSimulator;

beforeEach(async () => {
  stage = await openStage();
  served = await serve(stage.simulator);
});

afterEach(async () => {
  await served.close();
  await stage.dns.close();
});

/** One step of clients/domainrobot.mjs, in a process of its own. */
function step<T extends z.ZodType>(
  name: string,
  schema: T,
  extra: Record<string, unknown> = {},
): Promise<z.output<T>> {
  return runClient('domainrobot.mjs', { url: served.url, account: ACCOUNT, step: name, ...extra }, schema);
}

const Prepared = z.object({
  contact: z.number(),
  authentication: z.array(z.object({ method: z.string(), dns: z.string().optional() })),
});
const Started = z.object({
  status: z.object({ code: z.string(), type: z.literal('NOTIFY') }),
  job: z.number(),
});
const Collected = z.object({
  job: z.object({ id: z.number(), status: z.string() }),
  confirmed: z.string(),
  leftover: z.unknown(),
  certificate: z.object({
    id: z.number(),
    server: z.string(),
    histories: z.array(z.object({ serialNumber: z.string() })),
  }),
});
const Removed = z.object({ status: z.object({ code: z.string() }), job: z.number() });

/** Prepares, and publishes the record where the CA looks. */
async function prove(csr: string): Promise<{ contact: number; authentication: unknown }> {
  const { contact, authentication } = await step('prepare', Prepared, { csr });
  const dns = authentication.find(({ method }) => method === 'DNS')?.dns ?? '';
  stage.dns.addRecord(zoneLine(dns));
  return { contact, authentication: { method: 'DNS', dns } };
}

describe('js-domainrobot-sdk', () => {
  it('creates, comments, reissues, renews, polls and deletes', async () => {
    const first = await csrFor(['example.com']);
    const created = await step('create', Started, { csr: first, ...(await prove(first)) });
    await stage.ca.tick();
    const collected = await step('collect', Collected);
    expect(collected).toMatchObject({
      job: { id: created.job, status: 'SUCCESS' },
      confirmed: 'S0906',
      leftover: null,
    });
    const certificate = collected.certificate.id;

    const Commented = z.object({
      codes: z.array(z.string()),
      list: z.array(z.looseObject({ id: z.number() })),
    });
    expect(await step('comment', Commented, { csr: first, certificate })).toMatchObject({
      codes: ['S4001024', 'S400105'],
      list: [{ id: certificate, comment: 'a word' }],
    });

    const second = await csrFor(['example.com']);
    const reissued = await step('reissue', Started, { csr: second, certificate, ...(await prove(second)) });
    await stage.ca.tick();
    const again = await step('collect', Collected);
    expect([again.job.id, again.certificate.id]).toEqual([reissued.job, certificate]);
    expect(again.certificate.histories).toHaveLength(1);

    stage.clock.advance(120 * DAY_MS);
    const third = await csrFor(['example.com']);
    const renewed = await step('renew', Started, { csr: third, certificate, ...(await prove(third)) });
    expect(renewed.status.code).toBe('N400106');
    await stage.ca.tick();
    const last = await step('collect', Collected);
    expect([last.job.id, last.certificate.id]).toEqual([renewed.job, certificate]);
    expect(new X509Certificate(last.certificate.server).checkHost('example.com')).toBe('example.com');
    expect(stage.simulator.invoices()).toHaveLength(2);

    const removed = await step('remove', Removed, { certificate });
    expect(removed.status.code).toBe('N400103');
    expect(stage.simulator.invoices()).toHaveLength(2);
    expect(stage.ca.revocations()).toHaveLength(3);
  });

  it('keeps contacts', async () => {
    const Contacts = z.object({
      id: z.number(),
      lname: z.string(),
      listed: z.array(z.number()),
      codes: z.array(z.string()),
    });
    const { id, ...rest } = await step('contacts', Contacts);
    expect(rest).toEqual({ lname: 'Roe', listed: [id], codes: ['S400202', 'S400204', 'S400205', 'S400203'] });
  });

  it('streams a prepared line into the zone and gets a certificate at once', async () => {
    const Issued = z.object({
      codes: z.array(z.string()),
      certificate: z.looseObject({ server: z.string() }),
    });
    const issued = await step('realtime', Issued, { csr: await csrFor(['example.com']), contact: 100 });
    expect(issued.codes).toEqual(['S0202002', 'S4001012']);
    expect(new X509Certificate(issued.certificate.server).checkHost('example.com')).toBe('example.com');
  });

  it('finds, changes and shows a zone', async () => {
    const Zone = z.object({
      codes: z.array(z.string()),
      before: z.array(z.string()),
      after: z.array(z.string()),
    });
    const zone = await step('zone', Zone);
    expect(zone.codes).toEqual(['S0205', 'S0202002', 'S0205', 'S0202002', 'S0205']);
    expect(zone.before).toContain('_client');
    expect(zone.after).not.toContain('_client');
  });

  it('makes exceptions of refusals', async () => {
    const Refusals = z.record(z.string(), z.looseObject({}));
    const refusal = (status: string, code?: string) => ({
      exception: 'DomainRobotException',
      http: 400,
      status,
      ...(code === undefined ? {} : { code }),
    });
    expect(await step('refusals', Refusals, { csr: await csrFor(['example.com']), contact: 100 })).toEqual({
      contact: refusal('E400204', 'EF4002001'),
      admin: refusal('E400101', 'EF4001006'),
      field: refusal('E400101', 'EF01000'),
      key: refusal('E400105', 'EF00022'),
      record: refusal('E0202002', 'EF02022'),
      message: refusal('E0906'),
    });
  });
});
