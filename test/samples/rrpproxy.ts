/**
 * Every sample of "SSL documentation – Reference Manual" (CentralNic Group, 2022), section 9.1, re-typed and shortened.
 * The PEM texts of the manual are damaged by its typesetting: a line of each stands for the whole, and where an answer
 * must hold certificates the tests put in their own. Account names are made up.
 */
import * as texts from '../unit/providers/rrpproxy/samples.ts';

const document = 'rrpproxy-ssl-reference-v2';

export interface RequestSample {
  readonly document: string;
  readonly section: string;
  readonly command: string;
  /** Names in capitals, as the tests hear them; the order of the lines has no meaning. */
  readonly parameters: Readonly<Record<string, string>>;
}

export interface AnswerSample {
  readonly document: string;
  readonly section: string;
  readonly command: string;
  readonly text: string;
}

/** One parameter per line of a PEM text. */
function pem(name: string, text: string): Readonly<Record<string, string>> {
  const lines = text.trim().split('\n');
  return Object.fromEntries(lines.map((line, index) => [`${name}${index}`, line]));
}

const csr = pem('CSR', texts.csr);
const crt = pem('CRT', texts.crt);
const tech = { TECHCONTACT0: 'P-ABC123' };
const twoDomains = { CLASS: 'ssl123dv', DOMAIN0: 'example.com', DOMAIN1: 'example.org' };
const one = { CLASS: 'ssl123dv', DOMAIN0: 'example.com' };

function request(
  section: string,
  command: string,
  parameters: Readonly<Record<string, string>> = {},
): RequestSample {
  const version: Readonly<Record<string, string>> =
    command === 'ResendNotification' ? {} : { APIVERSION: '2' };
  return { document, section, command, parameters: { ...version, ...parameters } };
}

/** Class names, methods and actions are written in the case that we send; the manual mixes both. */
export const requestSamples: readonly RequestSample[] = [
  request('9.1.1', 'GetCertificateInfo'),
  request('9.1.2', 'GetCertificateInfo', { CLASS: 'ssl123dv' }),
  request('9.1.3', 'CheckCertificate', csr),
  request('9.1.4', 'CheckCertificate', crt),
  request('9.1.5', 'CheckCertificate', twoDomains),
  request('9.1.6', 'CheckCertificate', { ...twoDomains, ...csr, ...crt }),
  request('9.1.7', 'AddCertificateContact', {
    TYPE: 'tech',
    FIRSTNAME: 'Max',
    LASTNAME: 'Mustermann',
    EMAIL: 'max@example.org',
    PHONE: '+1.5552345678',
  }),
  request('9.1.8', 'AddCertificateContact', {
    TYPE: 'organization',
    FIRSTNAME: 'Max',
    LASTNAME: 'Mustermann',
    EMAIL: 'max@example.org',
    PHONE: '+1.2345678',
    ORGANIZATIONNAME: 'Example Corp',
    ORGANIZATIONDBA: 'Example DBA',
    ORGANIZATIONSTREET: 'Example Street 1',
    ORGANIZATIONCITY: 'Exampletown',
    ORGANIZATIONSTATE: 'EX',
    ORGANIZATIONCOUNTRY: 'DE',
    ORGANIZATIONZIP: '12345',
    ORGANIZATIONPHONE: '+1.55512345678',
  }),
  request('9.1.9', 'AddCertificateContact', {
    TYPE: 'organization',
    OHANDLE: 'O-ABC456',
    PHANDLE: 'P-ABC123',
  }),
  request('9.1.10', 'QueryCertificateContactList'),
  request('9.1.11', 'QueryCertificateContactList', { WIDE: '1', LIMIT: '2' }),
  request('9.1.12', 'StatusCertificateContact', { CERTIFICATECONTACT: 'CC-23456789' }),
  request('9.1.13', 'AddCertificate', { ...tech, ...one, CHECKONLY: '1', ...csr }),
  request('9.1.14', 'AddCertificate', {
    ...tech,
    ...one,
    DOMAIN1: 'example.net',
    DOMAIN2: 'ftp.example.org',
    CHECKONLY: '1',
    ...csr,
  }),
  request('9.1.15', 'AddCertificate', {
    ...tech,
    ...one,
    DOMAIN1: 'example.net',
    DOMAIN2: 'ftp.example.com',
    CHECKONLY: '1',
    NOAUTOFILLDOMAINS: '1',
    ...csr,
  }),
  request('9.1.16', 'AddCertificate', {
    ...tech,
    ...one,
    DCVMETHOD: 'EMAIL',
    DCVEMAIL0: 'hostmaster@example.com',
    ...csr,
  }),
  request('9.1.17', 'AddCertificate', { ...tech, ...one, DCVMETHOD: 'DNS-TXT', ...csr }),
  request('9.1.18', 'AddCertificate', { ...tech, ...one, DCVMETHOD: 'HTTP', ...csr }),
  request('9.1.19', 'AddCertificate', {
    ...one,
    DCVMETHOD: 'EMAIL',
    ...csr,
    TECHFIRSTNAME0: 'Max',
    TECHLASTNAME0: 'Mustermann',
    TECHEMAIL0: 'max@example.org',
    TECHPHONE0: '+1.2345678',
  }),
  request('9.1.20, token', 'CheckCertificate', { GENERATEDCVTOKEN: '1', ...one, ...csr }),
  request('9.1.20, order', 'AddCertificate', {
    ...tech,
    ...one,
    DCVMETHOD: 'DNS-TXT',
    ...csr,
    DCVTOKEN: 'bk5yp3dh9xrb94byhhny76dhxt0wdkn4',
  }),
  request('9.1.21', 'StatusCertificate', { CERTIFICATE: 'DD12345678' }),
  request('9.1.22', 'StatusCertificate', { CERTIFICATE: 'DK58472664' }),
  request('9.1.23', 'QueryCertificateList', { WIDE: '1' }),
  request('9.1.24', 'RenewCertificate', { CERTIFICATE: 'DK12345678' }),
  request('9.1.25', 'ReissueCertificate', { CERTIFICATE: 'DK12345678', ...csr }),
  request('9.1.26, RevokeCertificate', 'RevokeCertificate', { CERTIFICATE: 'DK12345678' }),
  request('9.1.26, DeleteCertificate', 'DeleteCertificate', { CERTIFICATE: 'DK12345678', ACTION: 'REVOKE' }),
  request('9.1.27', 'ResendNotification', { TYPE: 'CERTIFICATE', OBJECT: 'D12345678' }),
  request('9.1.28, RevokeCertificateOrder', 'RevokeCertificateOrder', { CERTIFICATEORDER: 'DK012345678' }),
  request('9.1.28, DeleteCertificate', 'DeleteCertificate', {
    CERTIFICATE: 'DK12345678',
    ACTION: 'REVOKEORDER',
  }),
  request('9.1.29, CancelCertificateOrder', 'CancelCertificateOrder', { CERTIFICATEORDER: 'DK012345678' }),
  request('9.1.29, DeleteCertificate', 'DeleteCertificate', {
    CERTIFICATE: 'DK12345678',
    ACTION: 'CANCELORDER',
  }),
  request('9.1.30', 'StatusCertificateOrder', { CERTIFICATEORDER: 'DD012345678' }),
  request('9.1.31', 'QueryCertificateOrderList', { WIDE: '1', LIMIT: '2' }),
];

const head = '[RESPONSE]\ncode = 200\ndescription = Command completed successfully\nruntime = 0.052\n';

/** Properties as the manual prints them, one per line: `name[index] = value`. */
function properties(lines: string): string {
  return (
    head +
    lines
      .trim()
      .split('\n')
      .map((line) => line.trim().replace(/^([^[]+)\[(\d+)\] =/, 'property[$1][$2] ='))
      .join('\n')
  );
}

function answer(section: string, command: string, text: string): AnswerSample {
  return { document, section, command, text };
}

const decodedCsr = `
  csr commonname[0] = example.com
  csr public key algorithm[0] = rsaEncryption
  csr public key size[0] = 4096
  csr subject[0] = C = US, ST = CA, L = San Francisco, O = Example Corp, CN = example.com
  csr subject commonname[0] = example.com
  csr subject country[0] = US
  csr subject location[0] = San Francisco
  csr subject organization[0] = Example Corp.
  csr subject state[0] = CA`;

const decodedCrt = `
  crt authority key identifier[0] = 00:aa:bb:cc:dd:ee:ff:11:22:33:44:55:66:77:88:99:11:22:33:44
  crt commonname[0] = example.com
  crt extended key usage[0] = TLS Web Server Authentication
  crt extended key usage[1] = TLS Web Client Authentication
  crt issuer[0] = C = US, O = "DigiCert, Inc.", CN = RapidSSL Global TLS RSA4096 SHA256 2022 CA1
  crt issuer commonname[0] = RapidSSL Global TLS RSA4096 SHA256 2022 CA1
  crt key usage[0] = Digital Signature
  crt key usage[1] = Key Encipherment
  crt public key size[0] = 2048
  crt san[0] = example.com
  crt san[1] = www.example.com
  crt serial[0] = 00:aa:bb:cc:dd:ee:ff:11:22:33:44:55:66:77:88:99
  crt validity not after[0] = 2023-07-08 23:59:59
  crt validity not before[0] = 2022-07-08 00:00:00`;

const prefixes = ['postmaster', 'administrator', 'hostmaster', 'admin', 'webmaster'];
const offered = ['example.com', 'example.org']
  .flatMap((domain) => prefixes.map((prefix) => [`${prefix}@${domain}`, domain] as const))
  .flatMap(([address, domain], index) => [`dcv email[${index}] = ${address}`, `domain[${index}] = ${domain}`])
  .join('\n');

const contactColumns =
  'certificatecontact type,job title,first name,last name,organization name,organization dba,phone,email,created date';

export const answerSamples: readonly AnswerSample[] = [
  answer(
    '9.1.1',
    'GetCertificateInfo',
    properties('class[0] = geotrustflexdv\nclass[1] = geotrusttruebizidev\ncolumn[0] = class'),
  ),
  answer(
    '9.1.2',
    'GetCertificateInfo',
    properties(`
      brand[0] = DigiCert
      class[0] = ssl123dv
      dcv dns cname[0] = 1
      dcv dns txt[0] = 1
      dcv email[0] = 1
      dcv http[0] = 1
      evapprovercontact[0] = NO
      included domains with base[0] = 1
      included nonwildcard domains with base[0] = 1
      included wildcard domains with base[0] = 1
      max domains[0] = 250
      max domains including alternatives[0] = 250
      max free alternatives[0] = 3
      max nonwildcard domains[0] = 250
      max wildcard domains[0] = 250
      name[0] = SSL123DV
      organizationcontact[0] = NO
      periods[0] = 1y
      prefix[0] = DK
      server type[0] = barracuda
      server type[1] = lighttpd
      supplier[0] = DIGICERT
      supports immediate issuance[0] = 1
      techcontact[0] = MANDATORY
      type[0] = DV
      wildcard[0] = 1`),
  ),
  answer('9.1.3', 'CheckCertificate', properties(decodedCsr)),
  answer('9.1.4', 'CheckCertificate', properties(decodedCrt)),
  answer('9.1.5', 'CheckCertificate', properties(offered)),
  answer('9.1.6', 'CheckCertificate', properties(`${decodedCrt}${decodedCsr}\n${offered}`)),
  ...['9.1.7', '9.1.8', '9.1.9'].map((section) =>
    answer(
      section,
      'AddCertificateContact',
      `${properties('certificatecontact[0] = CC-12345678\nstatus[0] = unverified')}\nEOF`,
    ),
  ),
  answer(
    '9.1.10',
    'QueryCertificateContactList',
    properties(`
      certificatecontact[0] = CC-12345678
      certificatecontact[1] = CC-23456789
      certificatecontact[2] = CC-34567891
      certificatecontact[3] = CC-45678912
      certificatecontact[4] = CC-56789123
      certificatecontact[5] = CC-67891234
      certificatecontact[6] = CC-78912345
      column[0] = certificatecontact
      count[0] = 7
      first[0] = 0
      last[0] = 6
      limit[0] = 1000
      total[0] = 8`),
  ),
  answer(
    '9.1.11',
    'QueryCertificateContactList',
    properties(`
      certificatecontact[0] = CC-12345678
      type[0] = organization
      job title[0] =
      first name[0] = Max
      last name[0] = Mustermann
      organization name[0] = Example Corp.
      organization dba[0] = Domain company Inc.
      phone[0] = +1.555123456
      email[0] = max.mustermann@example.com
      created date[0] = 2022-01-18 14:20:09
      certificatecontact[1] = CC-23456789
      type[1] = tech
      job title[1] =
      first name[1] = Max
      last name[1] = Mustermann
      organization name[1] =
      organization dba[1] =
      phone[1] = +1.55556789
      email[1] = max@example.com
      created date[1] = 2022-01-18 13:33:32
      ${contactColumns
        .split(',')
        .map((name, index) => `column[${index}] = ${name}`)
        .join('\n')}
      count[0] = 2
      first[0] = 0
      last[0] = 1
      limit[0] = 2
      total[0] = 8`),
  ),
  answer(
    '9.1.12',
    'StatusCertificateContact',
    properties(`
      created by[0] = acme
      created date[0] = 2022-07-05 12:35:43.0
      email[0] = max@example.org
      first name[0] = Max
      job title[0] =
      last name[0] = Mustermann
      organization category[0] =
      organization city[0] =
      organization name[0] =
      phone[0] = +1.5552345678
      type[0] = tech
      updated by[0] = acme
      updated date[0] = 2022-07-05 12:35:43.0`),
  ),
  answer('9.1.13', 'AddCertificate', texts.priced),
  answer(
    '9.1.14',
    'AddCertificate',
    properties(`
      billingcount[0] = 2
      billingcount[1] = 1
      billingtype[0] = ssl123dv-san
      billingtype[1] = ssl123dv-base
      domain[0] = example.com
      domain[1] = example.net
      domain[2] = ftp.example.org
      domain[3] = www.example.com
      domain[4] = www.example.net
      domain[5] = www.ftp.example.org
      price[0] = 98
      vat[0] = 15.68`),
  ),
  answer(
    '9.1.15',
    'AddCertificate',
    properties(`
      billingcount[0] = 2
      billingcount[1] = 1
      billingtype[0] = ssl123dv-san
      billingtype[1] = ssl123dv-base
      domain[0] = example.com
      domain[1] = example.net
      domain[2] = ftp.example.com
      price[0] = 98
      vat[0] = 15.68`),
  ),
  answer('9.1.16', 'AddCertificate', texts.orderedByEmail),
  answer('9.1.17', 'AddCertificate', texts.orderedByDns),
  answer('9.1.18', 'AddCertificate', texts.orderedByFile),
  answer('9.1.19', 'AddCertificate', texts.orderedByEmail),
  answer('9.1.20, token', 'CheckCertificate', properties('dcv token[0] = bk5yp3dh9xrb94byhhny76dhxt0wdkn4')),
  answer('9.1.21', 'StatusCertificate', texts.pendingByCname),
  answer('9.1.23', 'QueryCertificateList', texts.list),
  answer('9.1.24', 'RenewCertificate', texts.renewed),
  answer('9.1.25', 'ReissueCertificate', texts.reissued),
  answer('9.1.26', 'RevokeCertificate', head),
  answer('9.1.27', 'ResendNotification', head),
  answer('9.1.28', 'RevokeCertificateOrder', head),
  answer('9.1.29', 'CancelCertificateOrder', head),
  answer(
    '9.1.30',
    'StatusCertificateOrder',
    properties(`
      ca[0] = DigiCert
      certificate[0] = DD12345678
      certificate[1] = DD23456789
      certificateorder[0] = DD012345678
      certificate expiration date[0] = 2022-01-18 13:33:32.0
      certificate expiration date[0] =
      certificate status[0] = expired
      certificate status[1] = processing
      class[0] = RapidSSL
      created by[0] = acme
      created date[0] = 2021-01-18 13:33:32.0
      paid until[0] = 2023-01-18 13:33:32.0
      status[0] = active
      updated by[0] = acme
      updated date[0] = 2022-01-18 14:07:47.0`),
  ),
  answer(
    '9.1.31',
    'QueryCertificateOrderList',
    properties(`
      certificateorder[0] = DD012345678
      paid until[0] = 2023-01-18 13:33:32
      status[0] = processing
      class[0] = RAPIDSSLDV
      created date[0] = 2022-01-18 13:33:32
      updated date[0] = 2022-01-18 14:07:47
      certificateorder[1] = DD023456789
      paid until[1] = 2023-01-18 14:20:09
      status[1] = processing
      class[1] = RAPIDSSLDV
      created date[1] = 2022-01-18 14:20:09
      updated date[1] = 2022-07-01 12:39:00
      column[0] = certificateorder
      column[1] = paid until
      column[2] = status
      column[3] = class
      column[4] = created date
      column[5] = updated date
      count[0] = 2
      first[0] = 0
      last[0] = 1
      limit[0] = 2
      total[0] = 7`),
  ),
];
