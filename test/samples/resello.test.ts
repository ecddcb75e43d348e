import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import type { OrderRequest } from '../../src/contracts/order.ts';
import type { Provider } from '../../src/contracts/provider.ts';
import { commands } from '../../src/providers/resello/commands.ts';
import { orderSchema } from '../../src/providers/resello/config.ts';
import { csrKeySha256 } from '../../src/vendors/common/csr-key.ts';
import { id, never, startProvider, startStub, type Stub } from '../unit/providers/resello/support.ts';
import { answerSamples, requestSamples, sampleCsr, samplePlan } from './resello.ts';

let stub: Stub;
let provider: Provider;

beforeAll(async () => {
  stub = await startStub();
});
afterAll(() => stub.close());
beforeEach(() => {
  ({ provider } = startProvider(stub.url, { requestsPerSecond: 20 }));
});

/** What the samples of create, renew and reissue mean, in our words. */
const intent: Omit<OrderRequest, 'action'> = {
  reference: '#123',
  names: ['example.com'],
  product: samplePlan,
  csrPem: sampleCsr,
  dcv: { method: 'email', record: 'txt', approver: 'john.doe@example.com' },
  previous: { certificateId: id },
  options: orderSchema.parse({
    validation: 'ov',
    chamberOfCommerce: '12345678',
    companyName: 'Johns inc.',
    department: 'Development',
    address: 'Example street 13',
    zipCode: '12345',
    city: 'Smallville',
    approverFirstName: 'John',
    approverLastName: 'Doe',
    approverPhone: '+31.612345678',
  }),
};

async function operation(
  name: string,
  values: Readonly<Record<string, readonly string[]>> = {},
): Promise<void> {
  const found = provider.operations?.find((one) => one.name === name);
  if (found === undefined) throw new Error(`no operation ${name}`);
  await found.run(values, never);
}

const certificate = [id];

const doing: Readonly<Record<string, () => Promise<unknown>>> = {
  CertificateList: () => operation('certificate-list'),
  CertificateCreate: () => provider.submit({ ...intent, action: 'create' }, never),
  CertificateRead: () => operation('certificate-read', { certificate }),
  CertificateRenew: () => provider.submit({ ...intent, action: 'renew' }, never),
  CertificateDelete: () => operation('certificate-delete', { certificate }),
  CertificateValidate: () =>
    operation('validate', {
      certificate,
      method: ['email'],
      email: ['john.doe@example.com'],
      domain: ['example.com'],
    }),
  CertificateReissue: () => provider.submit({ ...intent, action: 'reissue' }, never),
  CertificateDownload: () => operation('download', { certificate, format: ['pkcs7'] }),
  CertificateValidationDetails: () => operation('validation-details', { certificate }),
};

test.each(requestSamples)('$section: the same intent sends the sample', async (sample) => {
  const path = sample.path.replace(/\{\{?id\}?\}/, id).replace(/\{\{zip.*\}\}/, 'pkcs7');
  const answer = sample.command === 'CertificateList' ? [] : { id, status: 'pending' };
  stub.on(`${sample.method} ${path}`, { body: answer });
  stub.on(`GET /ssl-certificate/${id}`, { body: { id, status: 'active' } });
  const before = stub.seen.length;
  await doing[sample.command]?.();
  // A renewal looks at the certificate before it is sent.
  const sent = stub.seen.slice(before).filter(({ method }) => sample.method === 'GET' || method !== 'GET');
  expect(sent.map(({ method, path: where, body }) => ({ method, path: where, body }))).toEqual([
    { method: sample.method, path, body: sample.body },
  ]);
  // --user "{{api_username}}:{{api_key}}"
  expect(sent[0]?.headers.authorization).toMatch(/^Basic /);
});

test('the sample of a CSR is one', () => {
  expect(csrKeySha256(sampleCsr)).toMatch(/^[0-9a-f]{64}$/);
});

test('every command of the document has its sample, and there is no answer to parse', () => {
  const withSample = commands.filter(({ proof }) => proof.includes('sample')).map(({ command }) => command);
  expect(requestSamples.map(({ command }) => command).sort()).toEqual([...withSample].sort());
  expect(answerSamples).toEqual([]);
});
