/** What one can do to jobs, orders steered by their name, and the options that make ordering awkward. */
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { z } from 'zod';
import type { VendorSimulator } from '../../../src/sandbox/contract.ts';
import { csrFor } from './kit.ts';
import { call, idIn, openStage, orderBody, withOptions, zoneLine } from './internetx-kit.ts';
import type { Stage } from './internetx-kit.ts';

const Message = z.looseObject({
  job: z.looseObject({ id: z.number(), status: z.string() }),
  messages: z
    .array(z.looseObject({ code: z.string(), messages: z.array(z.unknown()).optional() }))
    .optional(),
});
const ObjectJob = z.looseObject({
  job: z.looseObject({ status: z.string() }),
  object: z.looseObject({
    data: z.looseObject({
      software: z.string(),
      authentication: z.looseObject({ dns: z.string().optional() }),
    }),
  }),
  authentication: z.array(z.looseObject({ step: z.string() })),
});

let stage: Stage;

beforeEach(async () => {
  stage = await openStage();
});

afterEach(() => stage.dns.close());

async function order(
  simulator: VendorSimulator,
  name = 'example.com',
  extra: Record<string, unknown> = {},
): Promise<number> {
  const body = orderBody(await csrFor([name]), { name, ...extra });
  const reply = await call(simulator, 'POST', '/certificate', body);
  expect(reply.status.code).toBe('N400101');
  return idIn(reply);
}

const job = async (simulator: VendorSimulator, id: number) =>
  ObjectJob.parse((await call(simulator, 'GET', `/job/${id}`)).data?.[0]);
const poll = async (simulator: VendorSimulator) =>
  Message.parse((await call(simulator, 'GET', '/poll')).data?.[0]);

describe('job routes', () => {
  it.each([
    ['PUT', '_cancel', 'S300121'],
    ['PUT', 'cancel', 'S300121'],
    ['DELETE', '', 'S300113'],
  ])('%s %s ends an open job and gives the money back', async (method, verb, code) => {
    const id = await order(stage.simulator);
    const path = verb === '' ? `/job/${id}` : `/job/${id}/${verb}`;
    expect((await call(stage.simulator, method, path)).status.code).toBe(code);
    expect((await call(stage.simulator, 'GET', `/job/${id}`)).messages?.[0]?.code).toBe('EF300101');
    const past = await call(stage.simulator, 'GET', `/job/history/${id}`);
    expect(ObjectJob.parse(past.data?.[0]).job.status).toBe('CANCELED');
    expect((await poll(stage.simulator)).job).toMatchObject({ id, status: 'CANCELED' });
    expect(stage.simulator.invoices().map(({ price }) => price)).toEqual([59, -59]);
  });

  it.each([
    ['_restart', 'S300116'],
    ['restart', 'S300116'],
    ['_retry', 'S300117'],
    ['retry', 'S300117'],
  ])('%s lets the CA look again at once', async (verb, code) => {
    const id = await order(stage.simulator);
    const { dns = '' } = (await job(stage.simulator, id)).object.data.authentication;
    stage.dns.addRecord(zoneLine(dns));
    expect((await call(stage.simulator, 'PUT', `/job/${id}/${verb}`)).status.code).toBe(code);
    expect((await poll(stage.simulator)).job).toMatchObject({ id, status: 'SUCCESS' });
  });

  it('sends mails again to those who wait for one, and calls organizations', async () => {
    const byMail = { authentication: { method: 'EMAIL', approverEmails: ['admin@example.com'] } };
    const mail = await order(stage.simulator, 'example.com', byMail);
    const organization = await order(stage.simulator, 'example.com', { product: 'TRUEBIZID' });
    const ask = async (id: number, verb: string) => {
      const reply = await call(stage.simulator, 'PUT', `/job/${id}/${verb}`);
      return [reply.http, reply.status.code];
    };
    for (const verb of ['_resendApproverEmail', 'resendApproverEmail']) {
      expect(await ask(mail, verb)).toEqual([200, 'S400118']);
      expect(await ask(organization, verb)).toEqual([400, 'E400118']);
    }
    for (const verb of ['_resendPhoneAuthorization', 'resendPhoneAuthorization']) {
      expect(await ask(organization, verb)).toEqual([200, 'S400119']);
      expect(await ask(mail, verb)).toEqual([400, 'E400119']);
    }
    expect((await job(stage.simulator, organization)).authentication.map(({ step }) => step)).toEqual([
      'CSR_CHECK',
      'DOMAIN_VERIFICATION',
      'ORGANIZATION_VERIFICATION',
      'VERIFICATION_CALL',
    ]);
    expect(await ask(mail, '_succeded')).toEqual([400, 'E300118']);
    expect(await ask(1, '_retry')).toEqual([400, 'E300117']);
  });

  it.each([
    ['_confirm', 'S300122', 'SUCCESS'],
    ['confirm', 'S300122', 'SUCCESS'],
    ['_reject', 'S300123', 'CANCELED'],
    ['reject', 'S300123', 'CANCELED'],
  ])('%s decides about a job that waits', async (verb, code, status) => {
    const simulator = withOptions(stage, { confirmJobs: true });
    const id = await order(simulator, 'example.com', {
      authentication: { method: 'DNS', provisioning: true },
    });
    await stage.ca.tick();
    expect((await job(simulator, id)).job.status).toBe('WAIT');
    expect(stage.ca.orders()).toEqual([]);
    expect((await call(simulator, 'PUT', `/job/${id}/${verb}`)).status.code).toBe(code);
    await stage.ca.tick();
    expect((await poll(simulator)).job).toMatchObject({ id, status });
    const plain = await order(stage.simulator);
    expect((await call(stage.simulator, 'PUT', `/job/${plain}/${verb}`)).http).toBe(400);
  });
});

describe('orders steered by their name', () => {
  it('refuse-: the CSR is refused, when preparing and when ordering', async () => {
    const csr = await csrFor(['refuse-1.example.com']);
    const prepared = await call(stage.simulator, 'POST', '/certificate/_prepareOrder', {
      plain: csr,
      product: 'BASIC_SSL',
    });
    expect([prepared.http, prepared.messages?.[0]?.code]).toEqual([400, 'EF01000']);
    const ordered = await call(
      stage.simulator,
      'POST',
      '/certificate',
      orderBody(csr, { name: 'refuse-1.example.com' }),
    );
    expect([ordered.status.code, ordered.messages?.[0]?.objects?.[0]?.type]).toEqual([
      'E400101',
      'certificate.csr',
    ]);
  });

  it('credit-: the order is refused and nothing is charged', async () => {
    const csr = await csrFor(['credit-1.example.com']);
    const body = orderBody(csr, { name: 'credit-1.example.com' });
    const reply = await call(stage.simulator, 'POST', '/certificate', body);
    expect([reply.http, reply.status.code, reply.messages?.[0]?.code]).toEqual([400, 'E400101', undefined]);
    expect(reply.messages?.[0]?.text).toContain('credit');
    expect(stage.simulator.invoices()).toEqual([]);
  });

  it('fail-: the order is accepted and fails later', async () => {
    const id = await order(stage.simulator, 'fail-1.example.com');
    const message = await poll(stage.simulator);
    expect(message.job).toMatchObject({ id, status: 'FAILED' });
    expect(message.messages?.map(({ code }) => code)).toEqual(['EF400139']);
    expect(stage.simulator.invoices().map(({ price }) => price)).toEqual([59, -59]);
  });

  it('slow-: the order lies for a while, or until somebody asks again', async () => {
    const simulator = withOptions(stage, { slowMs: 60_000 });
    const extra = { authentication: { method: 'DNS', provisioning: true } };
    const first = await order(simulator, 'slow-1.example.com', extra);
    const second = await order(simulator, 'slow-2.example.com', extra);
    stage.clock.advance(59_999);
    await stage.ca.tick();
    expect((await job(simulator, first)).job.status).toBe('RUNNING');
    expect(stage.ca.orders()).toEqual([]);
    await call(simulator, 'PUT', `/job/${second}/_restart`);
    await stage.ca.tick();
    expect((await poll(simulator)).job.id).toBe(second);
    expect(stage.ca.orders()).toHaveLength(1);
    stage.clock.advance(1);
    expect((await job(simulator, first)).job.status).toBe('RUNNING');
    expect(stage.ca.orders()).toHaveLength(2);
  });
});

describe('awkward options', () => {
  it('credit: what is left decides, and refunds count', async () => {
    const simulator = withOptions(stage, { credit: 100 });
    const id = await order(simulator);
    const csr = await csrFor(['example.com']);
    expect((await call(simulator, 'POST', '/certificate', orderBody(csr))).status.code).toBe('E400101');
    await call(simulator, 'PUT', `/job/${id}/_cancel`);
    expect((await call(simulator, 'POST', '/certificate', orderBody(csr))).status.code).toBe('N400101');
  });

  it('redrawsAuthentication: what was prepared is not what the CA wants; the job tells', async () => {
    const simulator = withOptions(stage, { redrawsAuthentication: true });
    const csr = await csrFor(['example.com']);
    const prepared = await call(simulator, 'POST', '/certificate/_prepareOrder', {
      plain: csr,
      product: 'QUICKSSLPREMIUM',
    });
    const Authentications = z.looseObject({
      authentication: z.array(z.looseObject({ method: z.string(), dns: z.string().optional() })),
    });
    const dns = Authentications.parse(prepared.data?.[0]).authentication.find(
      ({ method }) => method === 'DNS',
    )?.dns;
    const body = orderBody(csr, { authentication: { method: 'DNS', dns } });
    const id = idIn(await call(simulator, 'POST', '/certificate', body));
    const wanted = (await job(simulator, id)).object.data.authentication.dns ?? '';
    expect(zoneLine(wanted).value).not.toBe(zoneLine(dns ?? '').value);
    stage.dns.addRecord(zoneLine(dns ?? ''));
    await stage.ca.tick();
    expect((await call(simulator, 'GET', '/poll')).data).toBeUndefined();
    stage.dns.addRecord(zoneLine(wanted));
    await stage.ca.tick();
    expect((await poll(simulator)).job.status).toBe('SUCCESS');
  });

  it('renamesSoftware: APACHESSL reads back as APACHE2', async () => {
    const simulator = withOptions(stage, { renamesSoftware: true });
    expect((await job(simulator, await order(simulator))).object.data.software).toBe('APACHE2');
  });

  it.each([
    ['objects', { code: 'EF300101', text: 'The job was not found.', status: 'ERROR' }],
    ['strings', 'The job was not found.'],
  ] as const)('nestedMessages: %s', async (nestedMessages, inner) => {
    const simulator = withOptions(stage, { nestedMessages });
    expect((await call(simulator, 'GET', '/job/1')).messages?.[0]?.messages).toEqual([inner]);
  });
});
