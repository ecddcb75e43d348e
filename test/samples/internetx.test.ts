/** Both encodings of the reissue walkthrough: what the client sends for the same intent, and what it reads. */
import { afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import type { OrderRequest } from '../../src/contracts/order.ts';
import type { Provider } from '../../src/contracts/provider.ts';
import { commands } from '../../src/providers/internetx/commands.ts';
import { certificateKeySha256 } from '../../src/vendors/common/csr-key.ts';
import { parseXml, type XmlElement } from '../../src/vendors/common/xml.ts';
import {
  makeIdentity,
  makeLeaf,
  orderRequest,
  password,
  signal,
  startProvider,
  startStub,
  type Identity,
  type VendorStub,
} from '../unit/providers/internetx/support.ts';
import { answerSamples, preparedLine, requestSamples } from './internetx.ts';
import { csrOfInfo, intermediateOfInfo, leafOfInfo, rootOfInfo } from './internetx-pem.ts';
import { xmlAnswerSamples, xmlLine, xmlRequestSamples, type SamplePem } from './internetx-xml.ts';

let stub: VendorStub;
let identity: Identity;
let pem: SamplePem;
beforeAll(async () => {
  identity = await makeIdentity(['example.com']);
  pem = { csr: identity.csrPem, certificate: await makeLeaf(identity) };
});
beforeEach(async () => {
  stub = await startStub();
});
afterEach(() => stub.close());

/** What the samples ask for, in our words. */
function intents(provider: Provider, id: string): Readonly<Record<string, () => Promise<unknown>>> {
  const request: OrderRequest = orderRequest(identity, {
    options: { software: 'APACHESSL', provisioning: true },
  });
  const dns = id === '100' ? xmlLine : preparedLine;
  return {
    CertificatePrepareOrder: async () => provider.prepare?.(request, signal),
    CertificateReissue: () =>
      provider.submit(
        {
          ...request,
          action: 'reissue',
          previous: { certificateId: id },
          prepared: { challenges: [], token: { authentication: { method: 'DNS', dns } } },
        },
        signal,
      ),
    PollInfo: async () => provider.events?.fetch(1, signal),
    PollConfirm: async () => provider.events?.acknowledge('650664', signal),
    CertificateInfo: () => provider.read({ certificateId: id }, signal),
  };
}

async function run(provider: Provider, command: string, id: string): Promise<unknown> {
  const intent = intents(provider, id)[command];
  if (intent === undefined) throw new Error(`nothing means ${command}`);
  return intent();
}

const names = commands.map(({ command }) => command);
const sampleCommands = requestSamples('').map(({ command }) => command);

describe('JSON', () => {
  const bodyOf = (command: string): object =>
    answerSamples(pem.csr).find((sample) => sample.command === command)?.body ?? {};

  async function answered(command: string): Promise<unknown> {
    const { provider } = startProvider(stub.url, { adminContact: 100, routes: 'plain' });
    const sample = requestSamples(pem.csr).find((one) => one.command === command);
    const route = (sample?.route ?? '').replace('$id', '571').replace('{id}', '650664');
    stub.on(route, { body: bodyOf(command) });
    const result = await run(provider, command, '571');
    const [sent] = stub.requests;
    expect(`${sent?.method} ${sent?.path}`).toBe(route);
    expect(sent?.body).toEqual(sample?.body);
    return result;
  }

  test.each(sampleCommands)('%s: the sample’s request, and its answer is understood', async (command) => {
    expect(names).toContain(command);
    await answered(command);
  });

  test('the prepared order', async () => {
    expect(await answered('CertificatePrepareOrder')).toEqual({
      challenges: [
        {
          kind: 'dns',
          identifier: 'example.com',
          recordName: 'example.com',
          recordType: 'TXT',
          value: '2018092608362142n4sbul8rv8ttv7zkhjgzvyim8n1kpa9lys0uqdszxzs0pa0l',
        },
      ],
      token: { authentication: { method: 'DNS', dns: preparedLine } },
    });
  });

  test('the reissue: the id is the job’s', async () => {
    expect(await answered('CertificateReissue')).toMatchObject({
      handle: { jobId: '123456', certificateId: '571' },
      status: 'pending',
    });
  });

  test('the message', async () => {
    expect(await answered('PollInfo')).toMatchObject([
      {
        id: '1405661',
        type: 'certificate/create/SUCCESS',
        ours: true,
        handle: { jobId: '9218783', certificateId: '571', orderId: '2743098' },
      },
    ]);
  });

  test('the certificate, with its real chain', async () => {
    const reading = await answered('CertificateInfo');
    expect(reading).toMatchObject({
      handle: { certificateId: '571', orderId: '2743098' },
      leafPem: leafOfInfo,
      caPems: [`${intermediateOfInfo}\n`, `${rootOfInfo}\n`],
      spkiSha256: certificateKeySha256(leafOfInfo),
      // Anonymised in the answer, not in the certificate.
      names: ['mitsslzertifikat.de', 'www.mitsslzertifikat.de'],
      createdAt: new Date('2018-12-11T23:00:00Z'),
    });
    expect(csrOfInfo.split('\n')).toHaveLength(3);
  });
});

describe('XML', () => {
  const answerOf = (command: string): string =>
    xmlAnswerSamples(pem).find((sample) => sample.command === command)?.text ?? '';

  async function answered(command: string): Promise<unknown> {
    const { provider } = startProvider(stub.url, { adminContact: 100, encoding: 'xml' });
    stub.on('POST ', { body: answerOf(command) });
    const result = await run(provider, command, '100');
    const sample = xmlRequestSamples(pem).find((one) => one.command === command);
    const [sent] = stub.requests;
    const login = (sample?.text ?? '').replace('>USER<', '>robot<').replace('>PASSWORD<', `>${password}<`);
    expect(comparable(parseXml(String(sent?.body)))).toEqual(comparable(parseXml(login)));
    expect(sent?.headers['content-type']).toMatch(/^application\/xml/);
    return result;
  }

  test.each(sampleCommands)('%s: the sample’s request, and its answer is understood', async (command) => {
    await answered(command);
    expect(stub.requests).toHaveLength(1);
  });

  test('the prepared order: the line is kept as it came, the file’s URL is taken apart', async () => {
    expect(await answered('CertificatePrepareOrder')).toMatchObject({
      challenges: [{ recordName: 'example.com', recordType: 'TXT' }],
      token: { authentication: { method: 'DNS', dns: xmlLine } },
    });
    const { provider } = startProvider(stub.url, { encoding: 'xml' });
    const file = await provider.prepare?.(
      orderRequest(identity, { dcv: { method: 'file', record: 'txt' } }),
      signal,
    );
    expect(file?.challenges).toEqual([
      {
        kind: 'file',
        identifier: 'example.com',
        host: 'example.com',
        path: '/.well-known/pki-validation/fileauth.txt',
        content: '201704071405295z34is5g0jjairsdu0v5opdw8512td8kixzvtaacu4ebrkry5q',
      },
    ]);
  });

  test('the reissue: the id is the job’s', async () => {
    expect(await answered('CertificateReissue')).toMatchObject({
      handle: { jobId: '123456', certificateId: '100' },
      status: 'pending',
      statusWord: 'RUNNING',
    });
  });

  test('the message is about a domain: foreign, without its secret, its time with a zone', async () => {
    const events = await answered('PollInfo');
    expect(events).toMatchObject([
      {
        id: '1855680',
        type: 'domain/job/SUCCESS',
        ours: false,
        handle: {},
        at: new Date('2018-10-15T12:03:02Z'),
      },
    ]);
    expect(JSON.stringify(events)).toContain('a.ns14.net');
    expect(JSON.stringify(events)).not.toContain('S0Lygv');
  });

  test('the certificate', async () => {
    expect(await answered('CertificateInfo')).toMatchObject({
      handle: { certificateId: '100', orderId: '1003396954' },
      leafPem: `${pem.certificate.trimEnd()}\n`,
      caPems: [`${pem.certificate.trimEnd()}\n`],
      spkiSha256: identity.spkiSha256,
      createdAt: new Date('2016-12-31T23:00:00Z'),
    });
  });
});

/**
 * What must be equal: every element with its text, in whatever order, without the language and the reference, which the
 * samples leave out and the help pages add.
 */
function comparable(element: XmlElement): unknown {
  const children = element.children
    .filter(({ name }) => name !== 'language' && name !== 'ctid')
    .map(comparable)
    .sort((one, other) => (JSON.stringify(one) < JSON.stringify(other) ? -1 : 1));
  return children.length === 0 ? [element.name, element.text.trim()] : [element.name, children];
}
