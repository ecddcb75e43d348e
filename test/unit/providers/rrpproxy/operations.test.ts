import { describe, expect, test } from 'vitest';
import type { Provider } from '../../../../src/contracts/provider.ts';
import type { ProviderOperation } from '../../../../src/contracts/provider-operations.ts';
import { answerSamples } from '../../../samples/rrpproxy.ts';
import { thrownBy } from '../../vendors/support.ts';
import { crt, csr } from './samples.ts';
import { never, ok, withProvider } from './support.ts';

function operation(provider: Provider, name: string): ProviderOperation {
  const found = provider.operations?.find((one) => one.name === name);
  if (found === undefined) throw new Error(`no operation ${name}`);
  return found;
}

function textOf(section: string): string {
  return answerSamples.find((one) => one.section === section)?.text ?? '';
}

async function run(
  name: string,
  given: Readonly<Record<string, readonly string[]>>,
  text: string,
): Promise<{ readonly data: unknown; readonly heard: readonly Record<string, string>[] }> {
  return withProvider(
    () => text,
    async (provider, { heard }) => {
      const { data } = await operation(provider, name).run(given, never);
      return { data, heard };
    },
  );
}

describe('looks', () => {
  test('check decodes', async () => {
    const { data, heard } = await run(
      'check',
      { csr: [csr], certificate: [crt], domain: ['example.com'], class: ['SSL123DV'] },
      textOf('9.1.6'),
    );
    expect(data).toMatchObject({
      csrcommonname: ['example.com'],
      crtsan: ['example.com', 'www.example.com'],
    });
    expect(heard[0]).toMatchObject({
      COMMAND: 'CheckCertificate',
      CLASS: 'ssl123dv',
      DOMAIN0: 'example.com',
    });
    expect(Object.keys(heard[0] ?? {})).toEqual(expect.arrayContaining(['CSR0', 'CRT0']));
  });

  test('order-status', async () => {
    const { data, heard } = await run('order-status', { order: ['DD012345678'] }, textOf('9.1.30'));
    expect(data).toMatchObject({
      orderId: 'DD012345678',
      paidUntil: '2023-01-18T13:33:32.000Z',
      certificates: [{ certificateId: 'DD12345678' }, { certificateId: 'DD23456789' }],
    });
    expect(heard).toEqual([
      { COMMAND: 'StatusCertificateOrder', APIVERSION: '2', CERTIFICATEORDER: 'DD012345678' },
    ]);
  });

  test('contact-status: the id that was asked for, as the answer does not repeat it', async () => {
    const { data } = await run('contact-status', { contact: ['CC-23456789'] }, textOf('9.1.12'));
    expect(data).toMatchObject({ contactId: 'CC-23456789', type: 'tech', lastName: 'Mustermann' });
  });

  test('class-info: one class, or the names of all', async () => {
    expect((await run('class-info', { class: ['SSL123DV'] }, textOf('9.1.2'))).data).toMatchObject({
      class: 'ssl123dv',
      immediateIssuance: true,
    });
    expect((await run('class-info', {}, textOf('9.1.1'))).data).toEqual({
      classes: ['geotrustflexdv', 'geotrusttruebizidev'],
    });
  });

  test('command-syntax (manual 8.4.3)', async () => {
    const { data, heard } = await run(
      'command-syntax',
      { command: ['AddCertificate'], class: ['ssl123dv'], type: ['request'] },
      `${ok}property[parameter][0] = DCVTOKEN\nproperty[optional][0] = 1`,
    );
    expect(data).toEqual({ parameter: ['DCVTOKEN'], optional: ['1'] });
    expect(heard).toEqual([
      { COMMAND: 'QueryCommandSyntax', COMMANDNAME: 'AddCertificate', CLASS: 'ssl123dv', TYPE: 'REQUEST' },
    ]);
  });
});

describe('lists', () => {
  test('certificate-list by tag and state, with everything that rows hold', async () => {
    const { data, heard } = await run(
      'certificate-list',
      { tag: ['team-a', 'team-b'], status: ['processing'], 'sub-accounts': ['yes'] },
      textOf('9.1.23'),
    );
    expect(data).toMatchObject({
      complete: true,
      rows: [
        { certificateId: 'DD12345675', orderId: 'DD012345675', createdAt: '2022-01-18T14:20:09.000Z' },
        { certificateId: 'DD12345676', status: 'canceled' },
        { certificateId: 'DK12345677', class: 'SSL123DV' },
      ],
    });
    expect(heard[0]).toMatchObject({
      SERVICETAG0: 'team-a',
      SERVICETAG1: 'team-b',
      STATUS: 'processing',
      INCLUDESUB: '1',
      WIDE: '1',
      FIRST: '0',
    });
  });

  test('order-list goes on until the end, and stops at the limit', async () => {
    const pages = (limit: string) =>
      withProvider(
        (heard) => {
          const first = Number(heard['FIRST']);
          return `${ok}property[certificateorder][0] = DD0${first}\nproperty[paid until][0] = 2027-01-01\nproperty[last][0] = ${first}\nproperty[total][0] = 3`;
        },
        async (provider, { heard }) => ({
          data: (await operation(provider, 'order-list').run({ limit: [limit] }, never)).data,
          firsts: heard.map((one) => one['FIRST']),
        }),
      );
    expect(await pages('100')).toEqual({
      data: {
        rows: ['0', '1', '2'].map((digit) => ({
          orderId: `DD0${digit}`,
          paidUntil: '2027-01-01T00:00:00.000Z',
        })),
        complete: true,
      },
      firsts: ['0', '1', '2'],
    });
    expect(await pages('2')).toMatchObject({ data: { complete: false }, firsts: ['0', '1'] });
  });

  test('contact-list of all types, and a list that ends before its total', async () => {
    const { data, heard } = await withProvider(
      (said) => (said['FIRST'] === '0' ? textOf('9.1.11') : `${ok}property[total][0] = 8`),
      async (provider, server) => ({
        data: (
          await operation(provider, 'contact-list').run({ type: ['*'], organization: ['Example*'] }, never)
        ).data,
        heard: server.heard,
      }),
    );
    expect(data).toMatchObject({
      complete: true,
      rows: [
        { contactId: 'CC-12345678', type: 'organization', organization: 'Example Corp.' },
        { contactId: 'CC-23456789', type: 'tech', phone: '+1.55556789' },
      ],
    });
    expect(heard[0]).toMatchObject({ TYPE: '*', ORGANIZATION: 'Example*' });
  });
});

describe('changes', () => {
  test.each([
    ['revoke', 'REVOKE'],
    ['cancelorder', 'CANCELORDER'],
    ['RevokeOrder', 'REVOKEORDER'],
  ])('certificate-delete --action %s', async (action, word) => {
    const { data, heard } = await run(
      'certificate-delete',
      { certificate: ['DK12345678'], action: [action] },
      ok,
    );
    expect(data).toEqual({
      certificateId: 'DK12345678',
      action: word,
      result: 'Command completed successfully',
    });
    expect(heard).toEqual([
      { COMMAND: 'DeleteCertificate', APIVERSION: '2', CERTIFICATE: 'DK12345678', ACTION: word },
    ]);
  });

  test.each([
    ['order-cancel', 'CancelCertificateOrder'],
    ['order-revoke', 'RevokeCertificateOrder'],
  ])('%s', async (name, command) => {
    const { heard } = await run(name, { order: ['DK012345678'] }, ok);
    expect(heard).toEqual([{ COMMAND: command, APIVERSION: '2', CERTIFICATEORDER: 'DK012345678' }]);
  });

  test('contact-add from data', async () => {
    const { data, heard } = await run(
      'contact-add',
      {
        type: ['approver'],
        'first-name': ['Max'],
        'last-name': ['Mustermann'],
        email: ['max@example.org'],
        phone: ['+1.5552345678'],
        'organization-name': ['Example Corp'],
        'organization-street': ['Example Street 1'],
        'organization-city': ['Exampletown'],
        'organization-country': ['DE'],
        'organization-phone': ['+1.55512345678'],
      },
      textOf('9.1.8'),
    );
    expect(data).toEqual({ contactId: 'CC-12345678', status: 'unverified' });
    expect(heard[0]).toMatchObject({ TYPE: 'evapprover', FIRSTNAME: 'Max', ORGANIZATIONCITY: 'Exampletown' });
  });

  test('contact-add from handles, sent once', async () => {
    const given = { type: ['organization'], person: ['P-ABC123'], 'from-organization': ['O-ABC456'] };
    expect((await run('contact-add', given, textOf('9.1.9'))).heard[0]).toMatchObject({
      PHANDLE: 'P-ABC123',
      OHANDLE: 'O-ABC456',
    });
    await withProvider(
      () => 'code = 421\ndescription = try again',
      async (provider, { heard }) => {
        expect(await thrownBy(operation(provider, 'contact-add').run(given, never))).toMatchObject({
          code: 'provider-outcome-unknown',
        });
        expect(heard).toHaveLength(1);
      },
    );
  });
});

test.each<[string, Readonly<Record<string, readonly string[]>>]>([
  ['check', {}],
  ['check', { csr: ['not a CSR'] }],
  ['check', { csr: [csr, csr] }],
  ['certificate-list', { limit: ['0'] }],
  ['certificate-list', { limit: ['10001'] }],
  ['certificate-list', { status: ['a', 'b'] }],
  ['certificate-list', { domain: ['example.com\nSTATUS=*'] }],
  ['certificate-list', { domain: [''] }],
  ['certificate-list', { 'sub-accounts': ['perhaps'] }],
  ['certificate-delete', { certificate: ['DK1'], action: ['everything'] }],
  ['certificate-delete', { certificate: ['DK 1'], action: ['revoke'] }],
  ['order-cancel', {}],
  ['contact-add', { type: ['tech'] }],
  ['contact-add', { type: ['billing'], person: ['P-ABC123'] }],
  ['contact-add', { type: ['tech'], 'first-name': ['Max'] }],
  ['contact-status', { contact: ['__proto__ '] }],
])('%s refuses %j before anything is sent', async (name, given) => {
  await withProvider(
    () => ok,
    async (provider, { heard }) => {
      expect(await thrownBy(operation(provider, name).run(given, never))).toMatchObject({ code: 'usage' });
      expect(heard).toEqual([]);
    },
  );
});

test('operations have distinct names, and those that change say so', async () => {
  await withProvider(
    () => ok,
    async ({ operations = [] }) => {
      expect(new Set(operations.map(({ name }) => name)).size).toBe(operations.length);
      expect(operations.filter(({ effect }) => effect === 'changes').map(({ name }) => name)).toEqual([
        'certificate-delete',
        'order-cancel',
        'order-revoke',
        'contact-add',
      ]);
    },
  );
});
