/**
 * The document's own samples, run as it prints them: real curl, with its JSON labelled as a form and its answers checked
 * by Python where the sample does that. What changes: the placeholders are filled in, curl is told to keep its progress
 * to itself and to use no proxy, and Python is called python3.
 * Source: vendor document "SSL Certificate (Purchase)", the samples of each section. The CSR is the document's (it is
 * sound); it stands here once instead of in three samples.
 */
import { execFileSync } from 'node:child_process';
import { X509Certificate } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { SteerableSandboxCa } from '../../../src/sandbox/ca/index.ts';
import type { VendorSimulator } from '../../../src/sandbox/contract.ts';
import { createReselloSimulator } from '../../../src/sandbox/resello/index.ts';
import { run } from '../core/support.ts';
import { caLookingAt, DAY_MS, handClock, newEvidence, seededRandom, serve } from './kit.ts';
import type { HandClock, ServedSimulator } from './kit.ts';
import { CertificateObject, Details } from './resello-kit.ts';

const CSR_LINES = [
  '-----BEGIN CERTIFICATE REQUEST-----',
  'MIICwTCCAakCAQAwfDELMAkGA1UEBhMCQVUxEzARBgNVBAgMClNvbWUtU3RhdGUx',
  'ITAfBgNVBAoMGEludGVybmV0IFdpZGdpdHMgUHR5IEx0ZDEUMBIGA1UEAwwLZXhh',
  'bXBsZS5jb20xHzAdBgkqhkiG9w0BCQEWEGluZm9AZXhhbXBsZS5jb20wggEiMA0G',
  'CSqGSIb3DQEBAQUAA4IBDwAwggEKAoIBAQCxeHuQf/NN9tQqnFv1h0bvwTY0kWhp',
  'esx3JUwOnah/FwkZpv+VDJpMG1nzxTRX87GNqn5jPHTzCSiRtGuZpSURj4QYXkh0',
  'pQHsyjZxLE3o+XY9CCxKZ6IkdhCBvvBiPTi9OCY3jyk+3kcqqbX1ETrKGgT4G8T5',
  'vyPh61YJBpFrrV1Faw2+8DnriOeYbIgoP6Kmq6nRp41GoXOoaP01eAtLqp1uYWuy',
  'pc97N68xZqKR2aXfHJxlof+KMDbnHOuWbFX0GxvziqdXByc//c9J4AN4zDJlGy8C',
  'A5n9ocbPAP0udZ45tFCI78zfQ5GPe7QaAb7zVzG37hAfNFLpocJMi4CFAgMBAAGg',
  'ADANBgkqhkiG9w0BAQsFAAOCAQEAT/xJ1HCSqj97qK6UE7wC9KzlwL0W43IdxkeZ',
  'T9In33FwPpvO2G1d57AenO6F/Z+RTdUk0nfpIxGKu1AgiNziK82ko83l8MSRysD6',
  'xv/jdzIDzBrn8hYpGHNm73FXSmgh4KSJrOb2YTXwHkesgOZb1wMa6okGLjXCdOmc',
  '7LEtfxsEMwaQukXzgoO9QmqF3QuOMS/2uNK7ZlYICQdiiCRm5KHNDUKT/mtYs1en',
  'W7TsK+4NUkbiCxC1iFzPrgXaCMXepXXUTzWfbbiLNLmdxra/HhVlhnh2pJXQLhx8',
  'bt80ifX2OEUlaDgYj2Hg6hhMJ0E8Tyl0MnJI7qwCSczOBzlAlw==',
  '-----END CERTIFICATE REQUEST-----',
];

const CSR = CSR_LINES.join(String.raw`\n`);

const ORDER = `
        "csr": "${CSR}",

        "dcv_type": "EMAIL",

        "chamber_of_commerce": "12345678",
        "company_name": "Johns inc.",
        "department": "Development",
        "address": "Example street 13",
        "zip_code": "12345",
        "city": "Smallville",

        "approver_first_name": "John",
        "approver_last_name": "Doe",
        "approver_email_address": "john.doe@example.com",
        "approver_phone_number": "+31.612345678",

        "client_reference": "#123"`;
const PLAN = `
        "plan": "3f7830c3-3fa4-404d-908f-35daaa1cd17b"`;

const sample = (method: string, below: string, data?: string): string =>
  [
    'curl \\',
    `--request ${method} \\`,
    '--user "{{api_username}}:{{api_key}}" \\',
    ...(data === undefined ? [] : [`--data '\n    {${data}\n    }\n' \\`]),
    `"{{api_base_url}}${below}"`,
  ].join('\n');

const JSON_TOOL = ' | python -m json.tool';

/** By the document's headings. */
const SAMPLES = {
  list: sample('GET', '/ssl-certificate') + JSON_TOOL,
  create: sample('POST', '/ssl-certificate', `${ORDER},${PLAN}`) + JSON_TOOL,
  detail: sample('GET', '/ssl-certificate/{id}') + JSON_TOOL,
  renew: sample('POST', '/ssl-certificate/{id}/renew', `${ORDER},${PLAN}`) + JSON_TOOL,
  delete: sample('DELETE', '/ssl-certificate/{id}') + JSON_TOOL,
  validate:
    sample(
      'POST',
      '/ssl-certificate/{id}/validate',
      `
        "dcv_type": "EMAIL",
        "email_address": "john.doe@example.com",
        "domain": "example.com"`,
    ) + JSON_TOOL,
  reissue: sample('POST', '/ssl-certificate/{id}/reissue', ORDER) + JSON_TOOL,
  download: sample('GET', '/ssl-certificate/{{id}}/download-{{zip|pkcs7|crt|csr|ca}}'),
  validationDetails: sample('GET', '/ssl-certificate/{{id}}/validation-details'),
} as const;

function toolsMissing(): string | undefined {
  for (const tool of ['curl', 'python3']) {
    try {
      execFileSync(tool, ['--version'], { stdio: 'ignore' });
    } catch {
      return tool;
    }
  }
  return undefined;
}

const missing = toolsMissing();
if (missing !== undefined) process.stderr.write(`skipped: ${missing} is not installed\n`);

let clock: HandClock;
let ca: SteerableSandboxCa;
let simulator: VendorSimulator;
let served: ServedSimulator;

beforeAll(async () => {
  clock = handClock();
  ca = caLookingAt(newEvidence(), clock);
  const accounts = [{ username: 'reseller', apiKey: 'key' }];
  simulator = createReselloSimulator({ ca, clock, accounts, random: seededRandom() });
  served = await serve(simulator);
});

afterAll(() => served.close());

/** The sample's output; throws when curl, or the JSON check behind it, is not content. */
async function shell(command: string, id = '', format = ''): Promise<string> {
  const filled = command
    .replaceAll('{{api_username}}', 'reseller')
    .replaceAll('{{api_key}}', 'key')
    .replaceAll('{{api_base_url}}', `${served.url}/api`)
    .replaceAll('{{zip|pkcs7|crt|csr|ca}}', format)
    .replaceAll('{{id}}', id)
    .replaceAll('{id}', id)
    .replace('| python -m', '| python3 -m')
    .replace('curl ', 'curl --silent --show-error --noproxy "*" ');
  const { code, output } = await run('bash', ['-o', 'pipefail', '-c', filled]);
  if (code !== 0) throw new Error(`${filled}\nended with ${code}:\n${output}`);
  return output;
}

const object = async (command: string, id = ''): Promise<CertificateObject> =>
  CertificateObject.parse(JSON.parse(await shell(command, id)));

/** Somebody follows the link in the mail to john.doe@example.com. */
async function approve(): Promise<void> {
  const waiting = ca.orders().at(-1);
  expect(waiting?.request.requirements).toEqual([
    { kind: 'email', identifier: 'example.com', address: 'john.doe@example.com' },
  ]);
  ca.approveByEmail(waiting?.id ?? '');
  await ca.tick();
}

describe.skipIf(missing !== undefined)("the document's samples", () => {
  // One story: each sample needs what the one before left behind.
  it('buy, prove, collect, reissue, renew and delete a certificate', async () => {
    const created = await object(SAMPLES.create);
    expect(created).toMatchObject({
      status: 'pending',
      client_reference: '#123',
      plan: '3f7830c3-3fa4-404d-908f-35daaa1cd17b',
      domain: 'example.com',
      dcv_type: 'EMAIL',
      csr: CSR_LINES.join('\n'),
      company_name: 'Johns inc.',
      chamber_of_commerce: '12345678',
      department: 'Development',
      address: 'Example street 13',
      zip_code: '12345',
      city: 'Smallville',
      approver_first_name: 'John',
      approver_last_name: 'Doe',
      approver_email_address: 'john.doe@example.com',
      approver_phone_number: '+31.612345678',
    });
    const { id } = created;
    expect(CertificateObject.array().parse(JSON.parse(await shell(SAMPLES.list)))).toEqual([created]);
    const details = Details.parse(JSON.parse(await shell(SAMPLES.validationDetails, id)));
    expect(details).toMatchObject({ status: 'pending', dcv_type: 'EMAIL', domains: [{ status: 'pending' }] });
    expect((await object(SAMPLES.validate, id)).status).toBe('pending');

    await approve();
    expect((await object(SAMPLES.detail, id)).status).toBe('active');
    const first = new X509Certificate(await shell(SAMPLES.download, id, 'crt'));
    expect(first.subjectAltName).toBe('DNS:example.com');
    expect(await shell(SAMPLES.download, id, 'csr')).toBe(CSR_LINES.join('\n'));
    expect(await shell(SAMPLES.download, id, 'ca')).toBe(ca.intermediatePem);
    expect(await shell(SAMPLES.download, id, 'pkcs7')).toMatch(/^-----BEGIN PKCS7-----\n/);
    expect(await shell(SAMPLES.download, id, 'zip')).toMatch(/^PK/);

    expect((await object(SAMPLES.reissue, id)).status).toBe('pending');
    await approve();
    const second = new X509Certificate(await shell(SAMPLES.download, id, 'crt'));
    expect(second.serialNumber).not.toBe(first.serialNumber);
    expect(ca.revocations().map(({ serialHex }) => serialHex)).toEqual([first.serialNumber]);

    clock.advance(150 * DAY_MS);
    expect((await object(SAMPLES.renew, id)).status).toBe('pending');
    await approve();
    expect((await object(SAMPLES.detail, id)).status).toBe('active');
    const third = new X509Certificate(await shell(SAMPLES.download, id, 'crt'));
    expect(third.validToDate.getTime()).toBeGreaterThan(second.validToDate.getTime());

    expect(simulator.invoices().map(({ reference, price }) => [reference, price])).toEqual([
      ['#123', 99],
      ['#123', 99],
    ]);
    expect((await object(SAMPLES.delete, id)).status).toBe('deleted');
    expect(simulator.invoices().map(({ price }) => price)).toEqual([99, 99, -99]);
    expect(JSON.parse(await shell(SAMPLES.list))).toEqual([]);
  });

  it('are refused with another key', async () => {
    const answer: unknown = JSON.parse(await shell(SAMPLES.list.replace('{{api_key}}', 'wrong')));
    expect(answer).toMatchObject({ errors: [{ code: 'unauthorized' }] });
  });
});
