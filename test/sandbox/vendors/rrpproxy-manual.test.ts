/**
 * Every example of the manual's appendix 9.1 ("SSL documentation, Reference Manual", CentralNic Group, 2022), asked of the
 * simulator: the properties printed there are answered, under those names. PEM is generated; the printed one is damaged.
 */
import { beforeEach, describe, expect, it } from 'vitest';
import { csrFor } from './kit.ts';
import { newDesk } from './rrpproxy-desk.ts';
import type { Desk } from './rrpproxy-desk.ts';
import { first, pemLines } from './rrpproxy-kit.ts';
import type { CommandInput, TextAnswer } from './rrpproxy-kit.ts';

const BILLING = 'billingcount|billingtype';
const CERTIFICATE =
  'ca|ca certificate id|ca order id|certificate|class|created by|created date|csr|dcv domain|dcv method|domain|' +
  'order paid until|server type|status|techcontact|updated by|updated date';
const PAID = 'price|vat';
const PAGE = 'column|count|first|last|limit|total';
const CRT =
  'crt authority key identifier|crt commonname|crt extended key usage|crt issuer|crt issuer commonname|' +
  'crt issuer organization|crt key usage|crt key usage type|crt public key algorithm|crt public key size|crt san|' +
  'crt serial|crt signature algorithm|crt subject|crt subject commonname|crt validity not after|' +
  'crt validity not before';
const CSR =
  'csr commonname|csr public key algorithm|csr public key size|csr subject|csr subject commonname|' +
  'csr subject country|csr subject location|csr subject organization|csr subject state';
const CONTACT_COLUMNS =
  'certificatecontact|type|job title|first name|last name|organization name|organization dba|organization street|' +
  'organization city|organization state|organization zip|organization country|organization phone|organization email|' +
  'phone|email|created date|updated date';

const SUBJECT = 'C=US, ST=CA, L=San Francisco, O=Example Corp, CN=example.com';

let desk: Desk;
let csr: string[];
/** Issued, by TXT. */
let id: string;
let orderId: string;

beforeEach(async () => {
  desk = newDesk();
  csr = pemLines(await csrFor(['example.com'], 'EC', SUBJECT));
  id = await desk.issued();
  orderId = first(await desk.status(id), 'order');
});

const add = (extra: CommandInput): CommandInput => ({
  command: 'AddCertificate',
  techcontact0: 'P-ABC123',
  class: 'SSL123DV',
  domain0: 'example.com',
  csr,
  ...extra,
});

type Sample = readonly [
  section: string,
  input: () => CommandInput | Promise<CommandInput>,
  properties: string,
];

const organization = {
  firstname: 'Max',
  lastname: 'Mustermann',
  email: 'max@example.org',
  phone: '+1.2345678',
  organizationname: 'Example Corp',
  organizationdba: 'Example DBA',
  organizationstreet: 'Example Street 1',
  organizationcity: 'Exampletown',
  organizationstate: 'EX',
  organizationcountry: 'DE',
  organizationzip: '12345',
  organizationphone: '+1.55512345678',
};

const SAMPLES: readonly Sample[] = [
  ['9.1.1', () => ({ command: 'GetCertificateInfo' }), 'class|column'],
  [
    '9.1.2',
    () => ({ command: 'GetCertificateInfo', class: 'SSL123DV' }),
    'brand|class|dcv dns cname|dcv dns txt|dcv email|dcv http|evapprovercontact|included domains with base|' +
      'included nonwildcard domains with base|included wildcard domains with base|max domains|' +
      'max domains including alternatives|max free alternatives|max nonwildcard domains|max wildcard domains|name|' +
      'organizationcontact|periods|prefix|server type|supplier|supports immediate issuance|techcontact|type|wildcard',
  ],
  ['9.1.3', () => ({ command: 'CheckCertificate', csr }), CSR],
  ['9.1.4', async () => ({ command: 'CheckCertificate', crt: await certificateLines() }), CRT],
  [
    '9.1.5',
    () => ({ command: 'CheckCertificate', class: 'ssl123dv', domain: ['example.com', 'example.org'] }),
    'dcv email|domain',
  ],
  [
    '9.1.6',
    async () => ({
      command: 'CheckCertificate',
      class: 'ssl123dv',
      domain: ['example.com', 'example.org'],
      csr,
      crt: await certificateLines(),
    }),
    `${CRT}|${CSR}|dcv email|domain`,
  ],
  [
    '9.1.7',
    () => ({
      command: 'AddCertificateContact',
      type: 'tech',
      firstname: 'Max',
      lastname: 'Mustermann',
      email: 'max@example.org',
      phone: '+1.5552345678',
    }),
    'certificatecontact|status',
  ],
  [
    '9.1.8',
    () => ({ command: 'AddCertificateContact', type: 'organization', ...organization }),
    'certificatecontact|status',
  ],
  [
    '9.1.9',
    () => ({
      command: 'AddCertificateContact',
      type: 'organization',
      ohandle: 'O-ABC456',
      phandle: 'P-ABC123',
    }),
    'certificatecontact|status',
  ],
  ['9.1.10', () => ({ command: 'QueryCertificateContactList' }), `certificatecontact|${PAGE}`],
  [
    '9.1.11',
    () => ({ command: 'QueryCertificateContactList', wide: 1, limit: 2 }),
    `${CONTACT_COLUMNS}|${PAGE}`,
  ],
  [
    '9.1.12',
    async () => ({
      command: 'StatusCertificateContact',
      certificatecontact: first(await desk.status(id), 'techcontact'),
    }),
    'created by|created date|email|first name|job title|last name|organization category|organization city|' +
      'organization country|organization dba|organization name|organization phone|organization state|' +
      'organization street|organization zip|phone|type|updated by|updated date',
  ],
  ['9.1.13', () => add({ checkonly: 1 }), `${BILLING}|domain|${PAID}`],
  [
    '9.1.14',
    () => add({ checkonly: 1, domain1: 'example.net', domain2: 'ftp.example.org' }),
    `${BILLING}|domain|${PAID}`,
  ],
  [
    '9.1.15',
    () => add({ checkonly: 1, noautofilldomains: 1, domain1: 'example.net', domain2: 'ftp.example.com' }),
    `${BILLING}|domain|${PAID}`,
  ],
  [
    '9.1.16',
    () => add({ dcvmethod: 'email', dcvemail0: 'hostmaster@example.com' }),
    `${BILLING}|${CERTIFICATE}|dcv email|order|${PAID}`,
  ],
  ['9.1.17', () => add({ dcvmethod: 'dns-txt' }), `${BILLING}|${CERTIFICATE}|dns rr|order|${PAID}`],
  [
    '9.1.18',
    () => add({ dcvmethod: 'http' }),
    `${BILLING}|${CERTIFICATE}|file contents|file name|order|${PAID}`,
  ],
  [
    '9.1.19',
    () =>
      add({
        techcontact0: '',
        dcvmethod: 'email',
        techfirstname0: 'Max',
        techlastname0: 'Mustermann',
        techemail0: 'max@example.org',
        techphone0: '+1.2345678',
      }),
    `${BILLING}|${CERTIFICATE}|dcv email|order|${PAID}`,
  ],
  [
    '9.1.20',
    () => ({
      command: 'CheckCertificate',
      generatedcvtoken: 1,
      class: 'ssl123dv',
      csr,
      domain0: 'example.com',
    }),
    'dcv token',
  ],
  [
    '9.1.21',
    async () => ({
      command: 'StatusCertificate',
      certificate: first(await desk.order({ dcvmethod: 'dns-cname' }), 'certificate'),
    }),
    `${CERTIFICATE}|dns rr|expiration date|order`,
  ],
  [
    '9.1.22',
    () => ({ command: 'StatusCertificate', certificate: id }),
    `${CERTIFICATE}|cert|expiration date|intermediate|order|root`,
  ],
  [
    '9.1.23',
    () => ({ command: 'QueryCertificateList', wide: 1 }),
    `certificate|status|certificateorder|server type|created date|updated date|expiration date|class|${PAGE}`,
  ],
  [
    '9.1.24',
    () => ({ command: 'RenewCertificate', certificate: id }),
    `${BILLING}|${CERTIFICATE}|certificateorder|dns rr`,
  ],
  ['9.1.25', () => ({ command: 'ReissueCertificate', certificate: id, csr }), `${CERTIFICATE}|dns rr|order`],
  ['9.1.26', () => ({ command: 'RevokeCertificate', certificate: id }), ''],
  ['9.1.26 or', () => ({ command: 'DeleteCertificate', certificate: id, action: 'revoke' }), ''],
  [
    '9.1.27',
    async () => ({
      command: 'ResendNotification',
      type: 'CERTIFICATE',
      object: first(await desk.order(), 'certificate'),
    }),
    '',
  ],
  ['9.1.28', () => ({ command: 'RevokeCertificateOrder', certificateorder: orderId }), ''],
  ['9.1.28 or', () => ({ command: 'DeleteCertificate', certificate: id, action: 'revokeorder' }), ''],
  [
    '9.1.29',
    async () => ({ command: 'CancelCertificateOrder', certificateorder: first(await desk.order(), 'order') }),
    '',
  ],
  [
    '9.1.29 or',
    async () => ({
      command: 'DeleteCertificate',
      certificate: first(await desk.order(), 'certificate'),
      action: 'cancelorder',
    }),
    '',
  ],
  [
    '9.1.30',
    () => ({ command: 'StatusCertificateOrder', certificateorder: orderId }),
    'ca|certificate|certificateorder|certificate expiration date|certificate status|class|created by|created date|' +
      'paid until|status|updated by|updated date',
  ],
  [
    '9.1.31',
    () => ({ command: 'QueryCertificateOrderList', wide: 1, limit: 2 }),
    `certificateorder|paid until|status|class|created date|updated date|${PAGE}`,
  ],
];

async function certificateLines(): Promise<string[]> {
  return [...((await desk.status(id)).properties['cert'] ?? [])];
}

describe('the examples', () => {
  it.each(SAMPLES)('%s', async (_section, input, properties) => {
    const answer = await desk.send(await input());
    expect([answer.code, answer.description]).toEqual([200, 'Command completed successfully']);
    const names = Object.keys(answer.properties);
    const wanted = properties.split('|').filter((name) => name !== '');
    expect(names).toEqual(expect.arrayContaining(wanted));
    // Those that answer with a code alone answer with nothing else.
    expect(names.length > 0).toBe(wanted.length > 0);
  });

  it('prints the values of the examples that do not depend on chance', async () => {
    const values = async (input: CommandInput): Promise<TextAnswer['properties']> =>
      (await desk.send(input)).properties;
    expect(await values({ command: 'GetCertificateInfo', class: 'SSL123DV' })).toMatchObject({
      brand: ['DigiCert'],
      class: ['ssl123dv'],
      'included domains with base': ['1'],
      'max domains': ['250'],
      'max free alternatives': ['3'],
      name: ['SSL123DV'],
      prefix: ['DK'],
      supplier: ['DIGICERT'],
      techcontact: ['MANDATORY'],
      organizationcontact: ['NO'],
      type: ['DV'],
    });
    expect(await values({ command: 'CheckCertificate', csr })).toMatchObject({
      'csr subject': ['C = US, ST = CA, L = San Francisco, O = Example Corp, CN = example.com'],
      'csr subject state': ['CA'],
      'csr subject location': ['San Francisco'],
    });
    expect(await values({ command: 'StatusCertificateOrder', certificateorder: orderId })).toMatchObject({
      ca: ['DigiCert'],
      'certificate status': ['active'],
      status: ['active'],
      'paid until': ['2027-10-01 08:00:00.0'],
    });
  });
});
