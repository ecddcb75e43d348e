import { beforeAll, describe, expect, test } from 'vitest';
import type { OperationResult } from '../../../../src/contracts/provider-operations.ts';
import { Secret } from '../../../../src/core/certificate.ts';
import { commands } from '../../../../src/providers/hexonet/commands.ts';
import { thrownBy } from '../../vendors/support.ts';
import { answer, never, type Heard } from '../../vendors/hexonet/support.ts';
import { keyMaterial, lines, withProvider, type KeyMaterial } from './support.ts';

let material: KeyMaterial;

beforeAll(async () => {
  material = await keyMaterial();
});

type Given = Readonly<Record<string, readonly string[]>>;

async function run(
  name: string,
  given: Given,
  said = answer(),
): Promise<{ result: OperationResult; heard: Heard[] }> {
  return withProvider(
    () => said,
    async (provider, server) => {
      const operation = provider.operations?.find((one) => one.name === name);
      if (operation === undefined) throw new Error(`no operation ${name}`);
      return { result: await operation.run(given, never), heard: [...server.heard] };
    },
  );
}

test('every command of the document is reached by the contract or by an operation', async () => {
  await withProvider(
    () => answer(),
    async ({ operations = [] }) => {
      const named = operations.map(({ name, command }) => [name, command]);
      for (const { command, use } of commands) {
        const promised = [...use.matchAll(/operations? ([a-z-]+)(?: and ([a-z-]+))?/g)].flatMap((match) =>
          match.slice(1),
        );
        for (const name of promised.filter(Boolean)) expect(named).toContainEqual([name, command]);
      }
      expect(operations.filter(({ effect }) => effect === 'changes').map(({ name }) => name)).toEqual([
        'email-resend',
      ]);
    },
  );
});

test('certificate-list', async () => {
  const { result, heard } = await run(
    'certificate-list',
    { class: ['comodo_*'], status: ['ACTIVE'], name: ['*.example.com'], first: ['20'], limit: ['10'] },
    answer({
      FIRST: '20',
      LAST: '20',
      TOTAL: '40',
      SSLCERTID: '570',
      SSLCERTCN: 'a.example.com',
      SSLCERTCREATEDDATE: '2016-02-11 13:10:05',
    }),
  );
  expect(heard[0]).toMatchObject({
    SSLCERTCLASS: 'COMODO_*',
    STATUS: 'ACTIVE',
    SSLCERTCN: '*.example.com',
    FIRST: '20',
    LIMIT: '10',
  });
  expect(result).toEqual({
    data: {
      total: 40,
      next: 21,
      certificates: [
        {
          certificate: '570',
          class: null,
          name: 'a.example.com',
          status: null,
          created: '2016-02-11T13:10:05.000Z',
          updated: null,
          expires: null,
        },
      ],
    },
  });
});

test('certificate-status shows everything but the key', async () => {
  const said = answer({
    SSLCERTID: '570',
    STATUS: 'ACTIVE',
    PEM: lines(material.keyPem),
    STATUSDETAILS: 'x'.repeat(2000),
    __proto__x: 'y',
  });
  const { result } = await run('certificate-status', { certificate: ['570'] }, said);
  expect(result.data).toMatchObject({ SSLCERTID: ['570'], STATUS: ['ACTIVE'] });
  const text = JSON.stringify(result);
  expect(text).not.toContain(lines(material.keyPem)[1]);
  expect(text.length).toBeLessThan(1000);
});

test('certificate-key goes into a file, not into the data', async () => {
  const { result } = await run(
    'certificate-key',
    { certificate: ['570'] },
    answer({ PEM: lines(material.keyPem), KEYLENGTH: '2048' }),
  );
  expect(result.data).toEqual({ certificate: '570', keyLength: 2048 });
  expect(result.file).toBeInstanceOf(Secret);
  expect(result.file instanceof Secret && result.file.reveal()).toBe(material.keyPem);
  expect(await thrownBy(run('certificate-key', { certificate: ['570'] }))).toMatchObject({
    code: 'provider-object-missing',
  });
});

test('csr-parse', async () => {
  const { result, heard } = await run(
    'csr-parse',
    { csr: [material.csrPem] },
    answer({ CN: 'example.com', O: '' }),
  );
  expect(heard[0]?.['CSR0']).toBe('-----BEGIN CERTIFICATE REQUEST-----');
  expect(result.data).toEqual({ CN: ['example.com'], O: [] });
});

test('approver-list, by name or by order', async () => {
  const said = answer({ EMAIL: ['a@example.com', 'desk@ca.example'], LEVEL: ['GENERIC', 'MANUAL'] });
  const byName = await run('approver-list', { class: ['comodo_ucc'], domain: ['*.example.com'] }, said);
  expect(byName.heard[0]).toMatchObject({ SSLCERTCLASS: 'COMODO_UCC', DOMAIN: 'example.com' });
  expect(byName.result.data).toEqual({
    addresses: [
      { email: 'a@example.com', level: 'GENERIC' },
      { email: 'desk@ca.example', level: 'MANUAL' },
    ],
  });
  const byOrder = await run('approver-list', { certificate: ['570'] }, said);
  expect(byOrder.heard[0]).toEqual({ COMMAND: 'QuerySSLCertDCVEMailAddressList', SSLCERTID: '570' });
});

test('email-resend', async () => {
  const { heard } = await run('email-resend', {
    certificate: ['570'],
    type: ['ApproverEmail'],
    email: ['a@example.com'],
  });
  expect(heard[0]).toEqual({
    COMMAND: 'ResendSSLCertEmail',
    SSLCERTID: '570',
    RESENDEMAILTYPE: 'ApproverEmail',
    EMAIL: 'a@example.com',
  });
});

describe('parameters that cannot be', () => {
  test.each<readonly [string, Given]>([
    ['certificate-status', { certificate: ['../x'] }],
    ['certificate-status', { certificate: ['a\nb'] }],
    ['certificate-list', { limit: ['0'] }],
    ['certificate-list', { limit: ['201'] }],
    ['certificate-list', { first: ['-1'] }],
    ['certificate-list', { class: ['a\nCOMMAND=DeleteSSLCert'] }],
    ['csr-parse', { csr: ['not a CSR'] }],
    ['csr-parse', { csr: ['x'.repeat(70_000)] }],
    ['approver-list', { class: ['X'] }],
    ['approver-list', { class: ['X'], domain: ['a b'] }],
    ['email-resend', { certificate: ['570'], type: ['Other'] }],
    ['email-resend', { certificate: ['570'], email: ['nobody'] }],
  ])('%s %j', async (name, given) => {
    expect(await thrownBy(run(name, given))).toMatchObject({ code: 'usage' });
  });
});
