/**
 * The command tables of the manual's section 8 ("SSL documentation, Reference Manual", CentralNic Group, 2022): their
 * spellings, where they differ from the examples. `sub` and `sub status` there belong to API 1.
 */
import { beforeEach, expect, it } from 'vitest';
import { csrFor } from './kit.ts';
import { newDesk } from './rrpproxy-desk.ts';
import type { Desk } from './rrpproxy-desk.ts';
import { first, pemLines } from './rrpproxy-kit.ts';
import type { CommandInput } from './rrpproxy-kit.ts';

const PAGE = 'column|count|first|last|limit|total';

let desk: Desk;
let csr: string[];
let id: string;
let orderId: string;
let contact: string;

beforeEach(async () => {
  desk = newDesk({ names: 'listings' });
  csr = pemLines(
    await csrFor(['example.com'], 'EC', 'C=US, ST=CA, L=San Francisco, O=Example Corp, CN=example.com'),
  );
  const added = await desk.order({ csr });
  desk.evidence.texts.set('example.com', [first(added, 'dnauth name').split(' ').at(-1) ?? '']);
  await desk.ca.tick();
  id = first(added, 'certificate');
  orderId = first(added, 'order');
  contact = first(added, 'techcontact');
});

type Row = readonly [command: string, input: () => CommandInput, properties: string];

const TABLES: readonly Row[] = [
  [
    'AddCertificate',
    () => ({
      command: 'AddCertificate',
      class: 'ssl123dv',
      techcontact0: 'P-ABC123',
      dcvmethod: 'http',
      domain: ['example.com'],
      csr,
    }),
    'certificate|status|fileauth name|fileauth contents|billingclass|order|domain|dcvdomain',
  ],
  [
    'RenewCertificate',
    () => ({ command: 'RenewCertificate', certificate: id }),
    'certificate|status|dnauth name',
  ],
  [
    'ReissueCertificate',
    () => ({ command: 'ReissueCertificate', certificate: id }),
    'certificate|status|dnauth name',
  ],
  [
    'StatusCertificate',
    () => ({ command: 'StatusCertificate', certificate: id }),
    'certificate|status|dnauth name|techcontact|class|domain|csr|crt|created date|created by|' +
      'certificate expiration date|csr public key algorithm|csr signature algorithm|csr size|csr subject|csr san|' +
      'csr commonname|csr country|csr organization|crt public key algorithm|crt signature algorithm|' +
      'crt validity not before|crt validity not after|crt size|crt version|crt serial|crt subject|crt issuer|' +
      'crt key usage|crt extended key usage|crt san|crt issuer commonname|crt issuer organization|root crt|' +
      'intermediate crt',
  ],
  [
    'QueryCertificateList',
    () => ({ command: 'QueryCertificateList', wide: 1, includesub: 1 }),
    'certificate|class|domain|webservertype|servertype|status|created date|updated date|expiration date|owner contact|admin contact|' +
      `tech contact|billing contact|approveremail|registrar|${PAGE}`,
  ],
  [
    'QueryCertificateOrderList',
    () => ({ command: 'QueryCertificateOrderList', wide: 1 }),
    `certificateorder|created date|updated date|paiduntil|status|${PAGE}`,
  ],
  [
    'StatusCertificateOrder',
    () => ({ command: 'StatusCertificateOrder', certificateorder: orderId }),
    'ca|certificate|certificate expiration date|certificate status|certificateorder|class|created by|created date|' +
      'paid until|status|updated by|updated date',
  ],
  [
    'StatusCertificateContact',
    () => ({ command: 'StatusCertificateContact', certificatecontact: contact }),
    'created by|created date|updated by|updated date|registrar|certificatecontact|type|jobtitle|first name|last name|phone|email|' +
      'organizationname|organizationstreet|organizationcity|organizationstate|organizationzip|organizationcountry|' +
      'organizationphone|organizationemail|status',
  ],
  [
    'QueryCertificateContactList',
    () => ({ command: 'QueryCertificateContactList', wide: 1 }),
    'contact|type|status|organization|organizationdba|organizationstreet|organizationcity|organizationzip|' +
      `organizationstate|organizationcountry|organizationphone|firstname|lastname|jobtitle|email|phone|deletion date|${PAGE}`,
  ],
  [
    'GetCertificateInfo',
    () => ({ command: 'GetCertificateInfo', class: 'ssl123dv' }),
    'class|dns auth|encryption|extended validation|file auth|name|periods|prefix|provider|reissue|revoke|san|' +
      'validation method|wildcard',
  ],
  [
    'QueryCommandSyntax',
    () => ({ command: 'QueryCommandSyntax', commandname: 'AddCertificate', class: 'ssl123dv' }),
    'commanddescription|commandname|description|domain|optional|parameter|paramgroup|position|property|quantity|' +
      'range|title|type|wide|zone',
  ],
];

it.each(TABLES)('%s', async (_command, input, properties) => {
  const answer = await desk.send(input());
  expect(answer.code).toBe(200);
  expect(Object.keys(answer.properties)).toEqual(expect.arrayContaining(properties.split('|')));
});
