/**
 * The simulator's answers against the OpenAPI document inside the vendor's npm package (of 2020). What later documents
 * or recorded answers show and that one lacks is listed below, so that nothing else can creep in.
 */
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { createDcvResolver, createSandboxCa } from '../../../src/sandbox/ca/index.ts';
import type { VendorSimulator } from '../../../src/sandbox/contract.ts';
import { startSandboxDns } from '../../../src/sandbox/dns/index.ts';
import { createInternetxSimulator } from '../../../src/sandbox/internetx/index.ts';
import { bodyText, caLookingAt, csrFor, handClock, newEvidence, requestTo, seededRandom } from './kit.ts';

const Schema = z.looseObject({
  type: z.string().optional(),
  $ref: z.string().optional(),
  enum: z.array(z.unknown()).optional(),
  get items() {
    return Schema.optional();
  },
  get properties() {
    return z.record(z.string(), Schema).optional();
  },
});
type Schema = z.output<typeof Schema>;

const file = createRequire(import.meta.url).resolve('js-domainrobot-sdk/src/lib/specs.json');
const { definitions } = z
  .looseObject({ definitions: z.record(z.string(), Schema) })
  .parse(JSON.parse(readFileSync(file, 'utf8')));

/** Where an answer departs from the document: path and what is wrong. */
function departures(value: unknown, schema: Schema | undefined, path: string): string[] {
  if (schema === undefined) return [`${path}: unknown`];
  if (schema.$ref !== undefined) {
    return departures(value, definitions[schema.$ref.replace('#/definitions/', '')], path);
  }
  if (schema.enum !== undefined && !schema.enum.includes(value)) return [`${path}: ${String(value)}`];
  if (Array.isArray(value)) {
    if (schema.type !== 'array') return [`${path}: a list`];
    return value.flatMap((item: unknown) => departures(item, schema.items, `${path}[]`));
  }
  if (typeof value === 'object' && value !== null) {
    const { properties } = schema;
    if (properties === undefined) return [];
    return Object.entries(value).flatMap(([name, each]) =>
      departures(each, properties[name], `${path}.${name}`),
    );
  }
  const type = typeof value === 'number' ? 'integer' : typeof value;
  return schema.type === type || schema.type === undefined ? [] : [`${path}: ${type}`];
}

/** Found in the vendor's walkthrough, its newer document or recorded answers. */
const KNOWN = new Set([
  'JsonResponseDataCertificateData.data[].validSignature: unknown',
  'JsonResponseDataCertificateData.data[].ecCurve: unknown',
  'JsonResponseDataPollMessage.data[].job.type: unknown',
  'JsonResponseDataPollMessage.data[].job.subType: unknown',
  'JsonResponseDataPollMessage.data[].job.action: unknown',
  'JsonResponseDataObjectJob.data[].job.type: unknown',
  'JsonResponseDataObjectJob.data[].authentication: unknown',
  'JsonResponseDataObjectJob.data[].dcvAuth: unknown',
  'JsonResponseDataObjectJob.data[].notices: unknown',
  'JsonResponseDataCertificate.data[].payable: unknown',
]);

const ACCOUNT = { user: 'u', password: 'p', context: 9 };
const HEADERS = {
  authorization: `Basic ${Buffer.from('u:p').toString('base64')}`,
  'x-domainrobot-context': '9',
  'x-domainrobot-ctid': 'attempt',
  'user-agent': 'test',
};

const Answer = z.looseObject({
  status: z.looseObject({ type: z.string() }),
  data: z.array(z.looseObject({ id: z.unknown().optional() })).optional(),
});

/** Asks, and notes where each answer departs from the model it should have. */
function asking(simulator: VendorSimulator) {
  const found: string[] = [];
  const ask = async (model: string, method: string, path: string, body?: unknown) => {
    const text = body === undefined ? '' : JSON.stringify(body);
    const answer: unknown = JSON.parse(
      bodyText(await simulator.handle(requestTo(method, path, text, HEADERS))),
    );
    const definition = `JsonResponseData${model}`;
    found.push(...departures(answer, { $ref: `#/definitions/${definition}` }, definition));
    return Answer.parse(answer);
  };
  /** The same, of what must not be refused. */
  const take = async (model: string, method: string, path: string, body?: unknown) => {
    const answer = await ask(model, method, path, body);
    expect([path, answer.status.type]).not.toEqual([path, 'ERROR']);
    return answer;
  };
  return { found, ask, take };
}

const order = (csr: string) => ({
  adminContact: { id: 100 },
  technicalContact: { id: 100 },
  name: 'example.com',
  lifetime: { unit: 'MONTH', period: 12 },
  software: 'APACHESSL',
  csr,
  product: 'QUICKSSLPREMIUM',
  authentication: { method: 'DNS' },
});

describe('the OpenAPI document', () => {
  it('knows every field of the answers', async () => {
    const clock = handClock();
    const evidence = newEvidence();
    const ca = caLookingAt(evidence, clock);
    const simulator = createInternetxSimulator({ ca, clock, accounts: [ACCOUNT], random: seededRandom() });
    const { found, ask } = asking(simulator);

    const csr = await csrFor(['example.com']);
    await ask('CertificateData', 'POST', '/v1/certificate/_prepareOrder', {
      plain: csr,
      product: 'QUICKSSLPREMIUM',
    });
    const started = await ask('ObjectJob', 'POST', '/v1/certificate', { ...order(csr), product: 'NO_SUCH' });
    expect(started.data).toBeUndefined();
    // The answer to an order is a bare job, whatever the document says (its id is the job's).
    const headersOnly = await ask('PollMessage', 'POST', '/v1/certificate', order(csr));
    const job = String(headersOnly.data?.[0]?.id);
    await ask('ObjectJob', 'GET', `/v1/job/${job}`);
    const [requirement] = ca.orders()[0]?.request.requirements ?? [];
    if (requirement?.kind !== 'dns-txt') throw new Error('no record to publish');
    evidence.texts.set(requirement.recordName, [requirement.value]);
    await ca.tick();
    await ask('PollMessage', 'GET', '/v1/poll');
    await ask('ObjectJob', 'GET', `/v1/job/history/${job}`);
    await ask('Certificate', 'GET', '/v1/certificate/571');
    await ask('Certificate', 'POST', '/v1/certificate/_search?keys[]=expire', {});
    await ask('SslContact', 'GET', '/v1/sslcontact/100');
    await ask('Certificate', 'GET', '/v1/certificate/1');

    expect([...new Set(found)].sort()).toEqual([...KNOWN].sort());
  });

  it('knows every field of the zone, job, contact and session answers', async () => {
    const clock = handClock();
    const dns = await startSandboxDns({ clock, zones: ['example.com'] });
    try {
      const ca = createSandboxCa({
        clock,
        resolver: createDcvResolver(dns.address),
        fetchFile: () => Promise.reject(new Error('no files')),
      });
      const simulator = createInternetxSimulator({
        ca,
        clock,
        dns,
        accounts: [ACCOUNT],
        random: seededRandom(),
      });
      const { found, ask, take } = asking(simulator);

      const record = { name: '_x', type: 'TXT', value: 'v', ttl: 60 };
      await take('Zone', 'POST', '/v1/zone/_search', {});
      await take('Zone', 'POST', '/v1/zone/example.com/_stream', { adds: [record] });
      await ask('Zone', 'POST', '/v1/zone/example.com/_stream', { adds: [record] });
      await take('Zone', 'PATCH', '/v1/zone/example.com/ns1.example.com', { resourceRecordsRem: [record] });
      await take('Zone', 'GET', '/v1/zone/example.com/ns1.example.com');
      await ask('Zone', 'GET', '/v1/zone/other.example/ns1.example.com');

      const csr = await csrFor(['example.com']);
      const job = async () =>
        String((await take('PollMessage', 'POST', '/v1/certificate', order(csr))).data?.[0]?.id);
      const first = await job();
      await take('ObjectJob', 'POST', '/v1/job/_search', {});
      await take('JsonNoData', 'PUT', `/v1/job/${first}/_retry`);
      await take('JsonNoData', 'PUT', `/v1/job/${first}/_restart`);
      await ask('JsonNoData', 'PUT', `/v1/job/${first}/confirm`);
      await ask('JsonNoData', 'PUT', `/v1/job/${first}/_resendApproverEmail`);
      await take('JsonNoData', 'PUT', `/v1/job/${first}/cancel`);
      await take('JsonNoData', 'DELETE', `/v1/job/${await job()}`);
      await take('ObjectJob', 'POST', '/v1/job/history/_search', {});
      await take('JsonNoData', 'PUT', '/v1/poll/1405661');

      const provisioned = {
        ...order(csr),
        product: 'BASIC_SSL',
        authentication: { method: 'DNS', provisioning: true },
      };
      const [certificate] =
        (await take('Certificate', 'POST', '/v1/certificate/_realtime', provisioned)).data ?? [];
      const path = `/v1/certificate/${String(certificate?.id)}`;
      await take('Void', 'PUT', `${path}/_comment`, { comment: 'a word' });
      await take('PollMessage', 'PUT', path, provisioned);
      await ask('ObjectJob', 'POST', `${path}/_revoke`, { serialNumber: '00' });
      await ask('PollMessage', 'PUT', `${path}/_renew`, {});
      await take('PollMessage', 'DELETE', path);

      const contact = {
        fname: 'John',
        lname: 'Doe',
        phone: '+49-123-12345',
        email: 'john.doe@example.com',
        address: ['123 Main Street'],
        pcode: '12345',
        city: 'Anytown',
        country: 'DE',
      };
      const created = await take('SslContact', 'POST', '/v1/sslcontact', contact);
      const contactPath = `/v1/sslcontact/${String(created.data?.[0]?.id)}`;
      await take('SslContact', 'PUT', contactPath, contact);
      await take('SslContact', 'POST', '/v1/sslcontact/_search', {});
      await take('JsonNoData', 'DELETE', contactPath);
      await take('User', 'POST', '/v1/login', ACCOUNT);
      await take('JsonNoData', 'GET', '/v1/hello');

      expect([...new Set(found)].filter((departure) => !KNOWN.has(departure)).sort()).toEqual([]);
    } finally {
      await dns.close();
    }
  });
});
