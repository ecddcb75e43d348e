/**
 * The simulator's answers against the OpenAPI document inside the vendor's npm package (of 2020). What later documents
 * or recorded answers show and that one lacks is listed below, so that nothing else can creep in.
 */
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { describe, expect, it } from 'vitest';
import { z } from 'zod';
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

describe('the OpenAPI document', () => {
  it('knows every field of the answers', async () => {
    const clock = handClock();
    const evidence = newEvidence();
    const ca = caLookingAt(evidence, clock);
    const account = { user: 'u', password: 'p', context: 9 };
    const simulator = createInternetxSimulator({ ca, clock, accounts: [account], random: seededRandom() });
    const found: string[] = [];
    const ask = async (model: string, method: string, path: string, body?: unknown) => {
      const headers = {
        authorization: `Basic ${Buffer.from('u:p').toString('base64')}`,
        'x-domainrobot-context': '9',
        'x-domainrobot-ctid': 'attempt',
        'user-agent': 'test',
      };
      const text = body === undefined ? '' : JSON.stringify(body);
      const answer: unknown = JSON.parse(
        bodyText(await simulator.handle(requestTo(method, path, text, headers))),
      );
      found.push(
        ...departures(answer, { $ref: `#/definitions/JsonResponseData${model}` }, `JsonResponseData${model}`),
      );
      return z
        .looseObject({ data: z.array(z.looseObject({ id: z.unknown().optional() })).optional() })
        .parse(answer);
    };

    const csr = await csrFor(['example.com']);
    const order = {
      adminContact: { id: 100 },
      technicalContact: { id: 100 },
      name: 'example.com',
      lifetime: { unit: 'MONTH', period: 12 },
      software: 'APACHESSL',
      csr,
      product: 'QUICKSSLPREMIUM',
      authentication: { method: 'DNS' },
    };
    await ask('CertificateData', 'POST', '/v1/certificate/_prepareOrder', {
      plain: csr,
      product: 'QUICKSSLPREMIUM',
    });
    const started = await ask('ObjectJob', 'POST', '/v1/certificate', { ...order, product: 'NO_SUCH' });
    expect(started.data).toBeUndefined();
    // The answer to an order is a bare job, whatever the document says (its id is the job's).
    const headersOnly = await ask('PollMessage', 'POST', '/v1/certificate', order);
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
});
