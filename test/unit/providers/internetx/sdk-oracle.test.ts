/**
 * The vendor's own npm client (js-domainrobot-sdk 1.4.1) as an outside judge: the same intent gives the same request,
 * its recorded answers are understood, and what we read and send exists in its models.
 *
 * It runs unmodified in a process of its own, because it changes the defaults of its HTTP library for everyone.
 */
import { execFile } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { promisify } from 'node:util';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { Secret } from '../../../../src/core/certificate.ts';
import { orderBody } from '../../../../src/providers/internetx/json-bodies.ts';
import { createJsonGateway } from '../../../../src/providers/internetx/json-gateway.ts';
import { routes } from '../../../../src/providers/internetx/json-routes.ts';
import { jobStates, methodWords } from '../../../../src/providers/internetx/mapping.ts';
import {
  certificateSchema,
  contactSchema,
  objectJobSchema,
  pollMessageSchema,
  preparedSchema,
} from '../../../../src/providers/internetx/schema.ts';
import {
  dependenciesAt,
  makeIdentity,
  orderRequest,
  signal,
  startOfTime,
  startProvider,
  startStub,
  success,
  type SeenRequest,
  type VendorStub,
} from './support.ts';

const sdkFolder = new URL(
  './',
  `file://${createRequire(import.meta.url).resolve('js-domainrobot-sdk/package.json')}`,
);

function sdkFile(path: string): string {
  return readFileSync(new URL(path, sdkFolder), 'utf8');
}

let stub: VendorStub;
beforeEach(async () => {
  stub = await startStub();
});
afterEach(() => stub.close());

/** Runs an expression over `robot`, the vendor's client, in a child process. */
async function vendorClient(expression: string): Promise<void> {
  const program = `
    const { DomainRobot, DomainRobotModels } = require('js-domainrobot-sdk');
    const robot = new DomainRobot({ url: ${JSON.stringify(stub.url)}, auth: { user: 'robot', password: 'p', context: 9 } });
    (async () => { ${expression} })().catch((error) => { process.stderr.write(String(error.stack ?? JSON.stringify(error))); process.exit(1); });`;
  await promisify(execFile)(process.execPath, ['-e', program], {
    cwd: new URL('../../../../', import.meta.url),
  });
}

function withoutNulls(value: unknown): unknown {
  return JSON.parse(JSON.stringify(value, (_, part: unknown) => (part === null ? undefined : part)));
}

/**
 * What must be equal. Objects have no order; the vendor's client sends explicit nulls and writes a CSR on one line
 * between CRLF, and how base64 is wrapped means nothing.
 */
function comparable(request: SeenRequest | undefined, body: unknown = request?.body): unknown {
  const text = JSON.stringify(sorted(withoutNulls(body ?? {})));
  return {
    method: request?.method,
    path: request?.path,
    authorization: request?.headers.authorization?.split(' ')[0],
    context: request?.headers['x-domainrobot-context'],
    body: text.replaceAll(String.raw`\r`, '').replaceAll(String.raw`\n`, ''),
  };
}

/** The request of ours and the one of the vendor's client, which came first. */
function lastTwo(): [theirs: unknown, ours: unknown] {
  return [comparable(stub.requests.at(-2)), comparable(stub.requests.at(-1))];
}

describe('requests', () => {
  const anything = {
    body: success([{ id: 1, authentication: [{ method: 'DNS', dns: 'example.com. 300 IN TXT "t"' }] }]),
  };

  test('prepare', async () => {
    stub.on('POST /certificate/_prepareOrder', anything);
    const identity = await makeIdentity(['example.com']);
    const model = { csr: identity.csrPem, product: 'QUICKSSLPREMIUM' };
    await vendorClient(`await robot.certificate().prepareOrder(${JSON.stringify(model)});`);
    await startProvider(stub.url).provider.prepare?.(orderRequest(identity), signal);
    const [theirs, ours] = lastTwo();
    expect(ours).toEqual(theirs);
  });

  test.each(['create', 'reissue', 'renew'] as const)('%s', async (action) => {
    for (const route of ['POST /certificate', 'PUT /certificate/571', 'PUT /certificate/571/_renew'])
      stub.on(route, anything);
    const identity = await makeIdentity(['example.com', 'www.example.com']);
    const previous = { certificateId: '571' };
    const { provider } = startProvider(stub.url, { adminContact: 100 });
    await provider.submit(
      orderRequest(identity, { action, ...(action === 'create' ? {} : { previous }) }),
      signal,
    );
    const [mine] = stub.requests;
    // The vendor's client takes the route from `id` and repeats it in the body; the rest of the order is ours.
    const model = { ...Object(mine?.body), ...(action === 'create' ? {} : { id: 571 }) };
    await vendorClient(
      `await robot.certificate().${action}(new DomainRobotModels.Certificate(${JSON.stringify(model)}));`,
    );
    const theirs = stub.requests[1];
    const { id, ...body } = Object(withoutNulls(theirs?.body));
    expect(id).toBe(action === 'create' ? undefined : 571);
    expect(comparable(theirs, body)).toEqual(comparable(mine));
  });

  test('info, list, delete, realtime, poll, confirm and contacts', async () => {
    const account = {
      url: stub.url,
      user: 'robot',
      password: new Secret('p'),
      context: 9,
      encoding: 'json',
      language: 'en',
      requestsPerSecond: 2.5,
    } as const;
    const client = createJsonGateway(account, 'underscore', dependenciesAt(startOfTime));
    const filters = [{ key: 'name', operator: 'EQUAL', value: 'example.com' }] as const;
    const query = {
      filters,
      view: { limit: 5, offset: 10 },
      orders: [{ key: 'id', type: 'DESC' }],
    };
    const keys = ['created', 'product'];
    const order = {
      name: 'example.com',
      alternatives: ['www.example.com'],
      lifetimeMonths: 12,
      software: 'APACHE2',
      csrPem: '-----BEGIN CERTIFICATE REQUEST-----AAAA-----END CERTIFICATE REQUEST-----',
      product: 'SSL123',
      authentication: { method: 'DNS', provisioning: false },
    } as const;
    const person = { fname: 'John', lname: 'Doe', email: 'john.doe@example.com', address: ['1 Main Street'] };
    const contact = contactSchema.parse(person);
    const steps: [route: string, theirs: string, ours: () => Promise<unknown>][] = [
      ['GET /certificate/571', 'robot.certificate().info(571)', () => client.info('571', signal)],
      [
        'POST /certificate/_search?keys[]=created&keys[]=product',
        `robot.certificate().list(${JSON.stringify(query)}, ['created', 'product'])`,
        () => client.list({ filters, limit: 5, offset: 10, keys }, signal),
      ],
      ['DELETE /certificate/571', 'robot.certificate().delete(571)', () => client.remove('571', signal)],
      [
        'POST /certificate/_realtime',
        `robot.certificate().createRealtime(${JSON.stringify(orderBody(order))})`,
        async () => client.realtime?.(order, 'r', signal),
      ],
      ['GET /poll', 'robot.poll().info()', () => client.pollInfo(signal)],
      ['PUT /poll/9', 'robot.poll().confirm(9)', () => client.pollConfirm('9', signal)],
      [
        'POST /sslcontact',
        `robot.sslcontact().create(${JSON.stringify(person)})`,
        () => client.contactCreate(contact, signal),
      ],
      ['GET /sslcontact/100', 'robot.sslcontact().info(100)', () => client.contactInfo('100', signal)],
      ['DELETE /sslcontact/100', 'robot.sslcontact().delete(100)', () => client.contactRemove('100', signal)],
    ];
    for (const [route, theirs, ours] of steps) {
      stub.on(route, anything);
      await vendorClient(`await ${theirs};`);
      await ours();
      expect(lastTwo()[1]).toEqual(lastTwo()[0]);
    }
    expect(stub.requests).toHaveLength(steps.length * 2);
  });
});

describe('its recorded answers', () => {
  test('prepare: owner below the name, FILE data, tokens that differ', async () => {
    stub.on('POST /certificate/_prepareOrder', {
      body: sdkFile('tests/mock/Certificate/PrepareOrderResponse.json'),
    });
    const { provider } = startProvider(stub.url);
    const identity = await makeIdentity(['junkdragons.de']);
    const dns = await provider.prepare?.(orderRequest(identity), signal);
    const file = await provider.prepare?.(
      orderRequest(identity, { dcv: { method: 'file', record: 'txt' } }),
      signal,
    );
    expect(dns?.challenges).toEqual([
      {
        kind: 'dns',
        identifier: 'junkdragons.de',
        recordName: '_dnsauth.junkdragons.de',
        recordType: 'TXT',
        value: '202003111007103gz85txmpl9x77x0ndm055v1w8lcmretx8wgshot6369xxu3lg',
      },
    ]);
    expect(file?.challenges).toEqual([
      {
        kind: 'file',
        identifier: 'junkdragons.de',
        host: 'junkdragons.de',
        path: '/.well-known/pki-validation/fileauth.txt',
        content: '2020031110071149hu0i9pe92wgypcio2rl527857rtqakhmlm7qn1decuse9lus',
      },
    ]);
    const token: unknown = dns?.token.authentication;
    expect(token).toMatchObject({
      dns: expect.stringContaining('_dnsauth.junkdragons.de.\t300\tIN\tTXT\t"'),
    });
  });

  test('order: a job id above 2^32', async () => {
    stub.on('POST /certificate', { body: sdkFile('tests/mock/Certificate/CreateResponse.json') });
    const { handle } = await startProvider(stub.url).provider.submit(
      orderRequest(await makeIdentity(['junkdragons.de'])),
      signal,
    );
    expect(handle).toEqual({ jobId: '4297939738' });
  });
});

interface Definition {
  readonly enum?: readonly string[];
  readonly properties?: Readonly<Record<string, { readonly enum?: readonly string[] }>>;
}

describe('its models (src/lib/specs.json, 2020)', () => {
  const specs: { definitions: Record<string, Definition>; paths: Record<string, Record<string, unknown>> } =
    JSON.parse(sdkFile('src/lib/specs.json'));
  const fieldsOf = (name: string): string[] => Object.keys(specs.definitions[name]?.properties ?? {});

  test('job statuses and validation methods are theirs', () => {
    expect(Object.keys(jobStates).sort()).toEqual(
      [...(specs.definitions.JobStatusConstants?.enum ?? [])].sort(),
    );
    expect(specs.definitions.AuthMethodConstants?.enum).toEqual(
      expect.arrayContaining(Object.values(methodWords)),
    );
  });

  // Fields that only the document of 2026 has.
  const later: Readonly<Record<string, readonly string[]>> = {
    Certificate: ['payable', 'reissueStatus'],
    CertificateData: [],
    CertAuthentication: ['domains', 'status'],
    PollMessage: [],
    ObjectJob: ['authentication', 'dcvAuth', 'notices'],
  };

  test.each([
    ['Certificate', Object.keys(certificateSchema.shape)],
    ['CertificateData', Object.keys(preparedSchema.shape)],
    ['PollMessage', Object.keys(pollMessageSchema.shape)],
    ['ObjectJob', Object.keys(objectJobSchema.out.shape)],
  ])('every field that is read from a %s exists in it', (name, fields) => {
    const unknown = fields.filter((field) => !fieldsOf(name).includes(field));
    expect(unknown).toEqual(later[name]);
  });

  test('every field of an order exists in its Certificate', async () => {
    stub.on('POST /certificate', { body: success([{ id: 1 }]) });
    const identity = await makeIdentity(['a.example.com', 'b.example.com']);
    await startProvider(stub.url, { adminContact: 1 }).provider.submit(
      orderRequest(identity, { options: { transparency: 'REDACTED' } }),
      signal,
    );
    const body = Object(stub.requests[0]?.body);
    expect(Object.keys(body).filter((field) => !fieldsOf('Certificate').includes(field))).toEqual([]);
    expect(
      Object.keys(body.authentication).filter((field) => !fieldsOf('CertAuthentication').includes(field)),
    ).toEqual([]);
  });

  test('routes exist with their methods, but for those that came or changed later', () => {
    const missing = Object.values(routes)
      .filter(({ method, path }) => specs.paths[path]?.[method.toLowerCase()] === undefined)
      .map(({ method, path }) => `${method} ${path}`);
    expect(missing).toEqual([
      'GET /hello',
      'POST /certificate/_realtime',
      'POST /certificate/{id}/_revoke',
      'PUT /job/{id}/_retry',
      'PUT /job/{id}/_cancel',
      'PUT /job/{id}/_resendApproverEmail',
    ]);
  });
});

function sorted(value: unknown): unknown {
  return Object.fromEntries(Object.entries(Object(value)).sort(([one], [other]) => (one < other ? -1 : 1)));
}
