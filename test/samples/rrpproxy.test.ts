/** The manual's samples: our client sends exactly these requests, and reads these answers as the right typed results. */
import { describe, expect, test } from 'vitest';
import type { Provider } from '../../src/contracts/provider.ts';
import { factsOf, readClassInfo } from '../../src/providers/rrpproxy/class-info.ts';
import type { Client } from '../../src/providers/rrpproxy/client.ts';
import { commands } from '../../src/providers/rrpproxy/commands.ts';
import { readCertificateOrder, readContact } from '../../src/providers/rrpproxy/objects.ts';
import { commonApprovers } from '../../src/providers/rrpproxy/approvers.ts';
import { readCertificate } from '../../src/providers/rrpproxy/schema.ts';
import { parseAnswer } from '../../src/vendors/command-text/wire.ts';
import { readPage } from '../../src/vendors/rrpproxy/pages.ts';
import { readProperties } from '../../src/vendors/rrpproxy/properties.ts';
import { thrownBy } from '../unit/vendors/support.ts';
import { never, ok, withClient, withProvider } from '../unit/providers/rrpproxy/support.ts';
import { crt, csr } from '../unit/providers/rrpproxy/samples.ts';
import { answerSamples, requestSamples } from './rrpproxy.ts';

const order = { class: 'ssl123dv', domains: ['example.com'], csrPem: csr };
const options = { techContact: 'P-ABC123' };
const checked = { class: 'ssl123dv', domains: ['example.com', 'example.org'] };
const person = { firstName: 'Max', lastName: 'Mustermann', email: 'max@example.org' };

/** What each sample means, in terms of our client; `manual 9.1.8` has no e-mail address of the organisation, so ours is left out. */
const doing: Readonly<Record<string, (client: Client) => Promise<unknown>>> = {
  '9.1.1': (client) => client.getCertificateInfo(undefined, never),
  '9.1.2': (client) => client.getCertificateInfo('ssl123dv', never),
  '9.1.3': (client) => client.checkCertificate({ csrPem: csr }, never),
  '9.1.4': (client) => client.checkCertificate({ certificatePem: crt }, never),
  '9.1.5': (client) => client.checkCertificate(checked, never),
  '9.1.6': (client) => client.checkCertificate({ ...checked, csrPem: csr, certificatePem: crt }, never),
  '9.1.7': (client) =>
    client.addCertificateContact({ type: 'tech', person: { ...person, phone: '+1.5552345678' } }, never),
  '9.1.8': (client) =>
    client.addCertificateContact(
      {
        type: 'organization',
        person: { ...person, phone: '+1.2345678' },
        organization: {
          name: 'Example Corp',
          dba: 'Example DBA',
          street: 'Example Street 1',
          city: 'Exampletown',
          state: 'EX',
          country: 'DE',
          zip: '12345',
          phone: '+1.55512345678',
        },
      },
      never,
    ),
  '9.1.9': (client) =>
    client.addCertificateContact(
      { type: 'organization', organizationHandle: 'O-ABC456', personHandle: 'P-ABC123' },
      never,
    ),
  '9.1.10': (client) => client.queryCertificateContactList({ wide: false }, never),
  '9.1.11': (client) => client.queryCertificateContactList({ wide: true, limit: 2 }, never),
  '9.1.12': (client) => client.statusCertificateContact('CC-23456789', never),
  '9.1.13': (client) => client.previewCertificate({ ...order, options }, never),
  '9.1.14': (client) =>
    client.previewCertificate(
      { ...order, domains: ['example.com', 'example.net', 'ftp.example.org'], options },
      never,
    ),
  '9.1.15': (client) =>
    client.previewCertificate(
      {
        ...order,
        domains: ['example.com', 'example.net', 'ftp.example.com'],
        options: { ...options, noAutoFillDomains: true },
      },
      never,
    ),
  '9.1.16': (client) =>
    client.addCertificate(
      { ...order, dcvMethod: 'EMAIL', dcvEmails: ['hostmaster@example.com'], options },
      never,
    ),
  '9.1.17': (client) => client.addCertificate({ ...order, dcvMethod: 'DNS-TXT', options }, never),
  '9.1.18': (client) => client.addCertificate({ ...order, dcvMethod: 'HTTP', options }, never),
  '9.1.19': (client) =>
    client.addCertificate(
      { ...order, dcvMethod: 'EMAIL', options: { techContact: { ...person, phone: '+1.2345678' } } },
      never,
    ),
  '9.1.20, token': (client) => client.checkCertificate({ ...order, generateDcvToken: true }, never),
  '9.1.20, order': (client) =>
    client.addCertificate(
      { ...order, dcvMethod: 'DNS-TXT', dcvToken: 'bk5yp3dh9xrb94byhhny76dhxt0wdkn4', options },
      never,
    ),
  '9.1.21': (client) => client.statusCertificate('DD12345678', never),
  '9.1.22': (client) => client.statusCertificate('DK58472664', never),
  '9.1.23': (client) => client.queryCertificateList({ wide: true }, never),
  '9.1.24': (client) => client.renewCertificate({ certificate: 'DK12345678' }, never),
  '9.1.25': (client) => client.reissueCertificate({ certificate: 'DK12345678', csrPem: csr }, never),
  '9.1.26, RevokeCertificate': (client) => client.revokeCertificate('DK12345678', never),
  '9.1.26, DeleteCertificate': (client) => client.deleteCertificate('DK12345678', 'REVOKE', never),
  '9.1.27': (client) => client.resendNotification('D12345678', never),
  '9.1.28, RevokeCertificateOrder': (client) => client.revokeCertificateOrder('DK012345678', never),
  '9.1.28, DeleteCertificate': (client) => client.deleteCertificate('DK12345678', 'REVOKEORDER', never),
  '9.1.29, CancelCertificateOrder': (client) => client.cancelCertificateOrder('DK012345678', never),
  '9.1.29, DeleteCertificate': (client) => client.deleteCertificate('DK12345678', 'CANCELORDER', never),
  '9.1.30': (client) => client.statusCertificateOrder('DD012345678', never),
  '9.1.31': (client) => client.queryCertificateOrderList({ wide: true, limit: 2 }, never),
};

describe('requests', () => {
  test.each(requestSamples)('$section $command', async ({ section, command, parameters }) => {
    await withClient(
      () => ok,
      async (client, server) => {
        await doing[section]?.(client);
        expect(server.heard).toEqual([{ COMMAND: command, ...parameters }]);
      },
    );
  });

  test('the samples and what they mean are the same sections', () => {
    expect(Object.keys(doing).sort()).toEqual(requestSamples.map(({ section }) => section).sort());
  });
});

function textOf(section: string): string {
  const sample = answerSamples.find((one) => one.section === section);
  if (sample === undefined) throw new Error(`no sample ${section}`);
  return sample.text;
}

const answerOf = (section: string) => parseAnswer(textOf(section));

/** Samples of orders are read in test/unit/providers/rrpproxy/answers.test.ts, as whole order readings. */
describe('answers', () => {
  test.each(answerSamples)('$section $command is a success', ({ text }) => {
    expect(parseAnswer(text)).toMatchObject({ code: 200, description: 'Command completed successfully' });
  });

  test('9.1.2: a class, and the facts of a product', () => {
    const info = readClassInfo(answerOf('9.1.2'));
    expect(info).toEqual({
      class: 'ssl123dv',
      name: 'SSL123DV',
      brand: 'DigiCert',
      prefix: 'DK',
      validation: 'dv',
      wildcard: true,
      maxNames: 250,
      includedNames: 1,
      freeAlternatives: 3,
      contacts: ['tech'],
      dcv: ['dns', 'file', 'email'],
      recordTypes: ['txt', 'cname'],
      periods: ['1y'],
      immediateIssuance: true,
      serverTypes: ['barracuda', 'lighttpd'],
      algorithms: [],
      rootCertificates: [],
      dcvLanguages: [],
    });
    expect(factsOf(info, 'ssl123dv')).toEqual({
      wildcard: true,
      maxNames: 250,
      validation: 'dv',
      includedNames: 1,
      freeAlternatives: true,
      contacts: ['tech'],
      periods: ['1y'],
      immediateIssuance: true,
      dcv: ['dns', 'file', 'email'],
      recordTypes: ['txt', 'cname'],
    });
  });

  test('9.1.3, 9.1.4 and 9.1.6: what is inside a CSR and a certificate', () => {
    expect(readProperties(answerOf('9.1.3'))).toMatchObject({
      csrcommonname: ['example.com'],
      csrpublickeysize: ['4096'],
      csrsubject: ['C = US, ST = CA, L = San Francisco, O = Example Corp, CN = example.com'],
    });
    expect(readProperties(answerOf('9.1.4'))).toMatchObject({
      crtsan: ['example.com', 'www.example.com'],
      crtissuer: ['C = US, O = "DigiCert, Inc.", CN = RapidSSL Global TLS RSA4096 SHA256 2022 CA1'],
      crtvaliditynotafter: ['2023-07-08 23:59:59'],
    });
    expect(Object.keys(readProperties(answerOf('9.1.6')))).toEqual(
      expect.arrayContaining(['csrcommonname', 'crtserial', 'dcvemail', 'domain']),
    );
  });

  test('9.1.5: addresses that every name may use', () => {
    const answer = answerOf('9.1.5');
    expect(commonApprovers(answer, ['example.com', 'www.example.com'])).toEqual([
      'postmaster@example.com',
      'administrator@example.com',
      'hostmaster@example.com',
      'admin@example.com',
      'webmaster@example.com',
    ]);
    expect(commonApprovers(answer, ['example.com', 'example.org'])).toEqual([]);
  });

  test.each(['9.1.7', '9.1.8', '9.1.9'])('%s: a new contact', (section) => {
    expect(readContact(answerOf(section))).toMatchObject({ contactId: 'CC-12345678', status: 'unverified' });
  });

  test('9.1.10: a list that says more than it shows', () => {
    const page = readPage(answerOf('9.1.10'), 0, ['CERTIFICATECONTACT'], []);
    expect(page.rows.map((row) => row.get('CERTIFICATECONTACT'))).toHaveLength(7);
    // "total" is 8: another page is asked for, and an empty one ends the list.
    expect(page).toMatchObject({ next: 7, sound: true });
  });

  test('9.1.11: contacts in detail', () => {
    const page = readPage(
      answerOf('9.1.11'),
      0,
      ['CERTIFICATECONTACT'],
      ['TYPE', 'JOBTITLE', 'ORGANIZATIONNAME'],
    );
    expect(page.rows.map((row) => Object.fromEntries(row))).toEqual([
      { CERTIFICATECONTACT: 'CC-12345678', TYPE: 'organization', ORGANIZATIONNAME: 'Example Corp.' },
      { CERTIFICATECONTACT: 'CC-23456789', TYPE: 'tech' },
    ]);
  });

  test('9.1.12: a contact without its id', () => {
    expect(readContact(answerOf('9.1.12'))).toMatchObject({
      contactId: undefined,
      type: 'tech',
      firstName: 'Max',
      lastName: 'Mustermann',
      email: 'max@example.org',
      phone: '+1.5552345678',
      jobTitle: undefined,
      createdAt: '2022-07-05T12:35:43.000Z',
    });
  });

  test.each([
    ['9.1.13', 4200],
    ['9.1.14', 9800],
    ['9.1.15', 9800],
  ])('%s: the net price of an order that is not placed', (section, hundredths) => {
    expect(readCertificate(answerOf(section), 'EUR')).toMatchObject({
      certificateId: undefined,
      price: { hundredths, currency: 'EUR' },
    });
  });

  test('9.1.20: the token is published at every name, before the order', async () => {
    await withProvider(
      () => textOf('9.1.20, token'),
      async (provider, { heard }) => {
        const prepared = await prepareImmediately(provider);
        expect(prepared).toEqual({
          challenges: [
            {
              kind: 'dns',
              identifier: 'example.com',
              recordName: 'example.com',
              recordType: 'TXT',
              value: 'bk5yp3dh9xrb94byhhny76dhxt0wdkn4',
            },
          ],
          publishFirst: true,
          token: { dcvToken: 'bk5yp3dh9xrb94byhhny76dhxt0wdkn4' },
        });
        const sample = requestSamples.find(({ section }) => section === '9.1.20, token');
        expect(heard).toEqual([{ COMMAND: 'CheckCertificate', ...sample?.parameters }]);
      },
    );
  });

  test('9.1.30: an order whose second date has the index of the first', () => {
    expect(readCertificateOrder(answerOf('9.1.30'))).toEqual({
      orderId: 'DD012345678',
      class: 'RapidSSL',
      ca: 'DigiCert',
      status: 'active',
      paidUntil: '2023-01-18T13:33:32.000Z',
      createdAt: '2021-01-18T13:33:32.000Z',
      createdBy: 'acme',
      updatedAt: '2022-01-18T14:07:47.000Z',
      updatedBy: 'acme',
      certificates: [
        { certificateId: 'DD12345678', status: 'expired', expiresAt: '2022-01-18T13:33:32.000Z' },
        { certificateId: 'DD23456789', status: 'processing', expiresAt: undefined },
      ],
    });
  });

  test('9.1.31: the first two of seven orders', () => {
    const page = readPage(answerOf('9.1.31'), 0, ['CERTIFICATEORDER'], ['PAIDUNTIL', 'STATUS']);
    expect(page).toMatchObject({ next: 2, sound: true });
    expect(page.rows.map((row) => [...row.values()])).toEqual([
      ['DD012345678', '2023-01-18 13:33:32', 'processing'],
      ['DD023456789', '2023-01-18 14:20:09', 'processing'],
    ]);
  });
});

async function prepareImmediately(provider: Provider): Promise<unknown> {
  return provider.prepare?.(
    {
      action: 'create',
      reference: 'rn-0123456789abcdefg',
      names: ['example.com'],
      product: 'ssl123dv',
      csrPem: csr,
      dcv: { method: 'dns', record: 'txt' },
      options: { immediate: true },
    },
    never,
  );
}

describe('commands.ts', () => {
  test('every command of a sample is there, with the proof', () => {
    const sampled = new Set(requestSamples.map(({ command }) => command));
    const proved = commands.filter(({ proof }) => proof.includes('sample')).map(({ command }) => command);
    expect([...new Set(proved)].sort()).toEqual([...sampled].sort());
  });

  test.each(commands.filter(({ repeatable }) => !repeatable))(
    '$command is sent once',
    async ({ command }) => {
      const call = Object.entries(doing).find(([section]) =>
        requestSamples.some(
          (one) => one.section === section && one.command === command && !one.parameters['CHECKONLY'],
        ),
      )?.[1];
      await withClient(
        () => 'code = 421\ndescription = try again',
        async (client, server) => {
          expect(await thrownBy(call?.(client) ?? Promise.resolve())).toMatchObject({
            code: 'provider-outcome-unknown',
          });
          expect(server.heard).toHaveLength(1);
        },
      );
    },
  );
});
