/**
 * The request samples of the vendor's document "HEXONET SSL API", each of which stands there twice: as a text command and as an
 * EPP frame. `<DOMAIN>`, `<CLASS>`, `<CONTACT>` and the like are filled in, and the "…" of PEM with generated PEM.
 */
import type { Input } from './hexonet-kit.ts';

export interface SampleData {
  readonly name: string;
  readonly csr: readonly string[];
  readonly pem: readonly string[];
  /** An issued certificate whose key the vendor holds. */
  readonly issued: string;
  /** One that waits for a mail to be answered. */
  readonly waiting: string;
}

export interface Sample {
  readonly title: string;
  /** Names as the EPP samples spell them. */
  readonly command: (data: SampleData) => Input;
  /** Properties the document shows in the answer, or that must be there for the purpose. */
  readonly shows: readonly string[];
  readonly code: number;
}

const CLASS = 'COMODO_ESSENTIALSSL';
const CONTACT = 'P-ABC123';
const HANDLES = {
  OWNERCONTACT0: CONTACT,
  ADMINCONTACT0: CONTACT,
  TECHCONTACT0: CONTACT,
  BILLINGCONTACT0: CONTACT,
} as const;
const PLAIN = {
  OWNERCONTACT0ORGANIZATION: 'Organization',
  OWNERCONTACT0FIRSTNAME: 'Firstname',
  OWNERCONTACT0LASTNAME: 'Lastname',
  OWNERCONTACT0STREET: 'Street',
  OWNERCONTACT0CITY: 'City',
  OWNERCONTACT0STATE: 'State',
  OWNERCONTACT0ZIP: 'Zip',
  // The sample says "Country", which is no country.
  OWNERCONTACT0COUNTRY: 'DE',
  OWNERCONTACT0PHONE: 'Phone',
  OWNERCONTACT0FAX: 'Fax',
  // The sample says "Email", which is no address.
  OWNERCONTACT0EMAIL: 'email@example.com',
  OWNERCONTACT0TITLE: 'Title',
} as const;
const MADE = ['SSLCERTID', 'STATUS', 'CSR', 'PEM', 'KEYLENGTH'] as const;

const create = (
  title: string,
  input: (data: SampleData) => Input,
  shows: readonly string[] = MADE,
): Sample => ({
  title: `CreateSSLCert: ${title}`,
  command: (data) => ({ COMMAND: 'CreateSSLCert', SSLCERTCLASS: CLASS, ...input(data) }),
  shows,
  code: 200,
});
const renew = (
  title: string,
  input: (data: SampleData) => Input,
  shows: readonly string[] = ['SSLCERTID'],
): Sample => ({
  title: `RenewSSLCert: ${title}`,
  command: (data) => ({ COMMAND: 'RenewSSLCert', SSLCERTID: data.issued, ...input(data) }),
  shows: [...shows, 'OLD-SSLCERTID', 'OLD-EXPIRATIONDATE'],
  code: 200,
});
const DNSRR = ['SSLCERTID', 'VALIDATIONDNSRR'];
const URL = ['SSLCERTID', 'VALIDATIONURL', 'VALIDATIONURLCONTENT'];

export const SAMPLES: readonly Sample[] = [
  create('the domain name only', ({ name }) => ({ DOMAIN0: name })),
  create('your own CSR', ({ csr }) => ({ CSR: csr }), ['SSLCERTID', 'STATUS', 'CSR', 'DOMAIN']),
  create('contact handles', ({ name }) => ({ DOMAIN0: name, ...HANDLES })),
  create('DNSZONE validation', ({ name }) => ({ DOMAIN0: name, VALIDATION0: 'DNSZONE' }), DNSRR),
  create(
    'have it validated automatically',
    ({ name }) => ({ DOMAIN0: name, VALIDATION0: 'DNSZONE', INTERNALDNS: 1 }),
    [...DNSRR, 'INTERNALDNS'],
  ),
  create('URL validation', ({ name }) => ({ DOMAIN0: name, VALIDATION0: 'URL' }), URL),
  create(
    'specifying the validation email addresses',
    ({ name }) => ({
      SSLCERTCLASS: 'COMODO_UCC',
      DOMAIN: [name, `mail.${name}`],
      VALIDATIONEMAIL: [`admin@${name}`, `hostmaster@${name}`],
    }),
    ['SSLCERTID', 'VALIDATIONEMAIL'],
  ),
  create('what contact data to put into the CSR', ({ name }) => ({
    DOMAIN0: name,
    ...HANDLES,
    CSRCONTACT0: 'P-FCZ28558',
  })),
  create('plain contact data', ({ name }) => ({ DOMAIN0: name, ...PLAIN })),
  // The EPP sample has no DOMAIN0, without which there would be nothing to order.
  create('your own private key', ({ name, pem }) => ({ DOMAIN0: name, ...HANDLES, PEM: pem })),
  renew('current data', () => ({})),
  renew('new contact data', () => ({ ...HANDLES })),
  renew(
    'new contact data and a newly created CSR (current private key)',
    () => ({ ...HANDLES, CREATECSR: 1 }),
    MADE,
  ),
  renew('… (newly created private key)', () => ({ ...HANDLES, CREATEPRIVATEKEY: 1 }), MADE),
  renew('… (provided private key)', ({ pem }) => ({ ...HANDLES, PEM: pem }), MADE),
  renew('your own new CSR', ({ csr }) => ({ CSR: csr }), ['SSLCERTID', 'CSR']),
  renew('a different validation method', () => ({ VALIDATION0: 'EMAIL' }), ['SSLCERTID', 'VALIDATIONEMAIL']),
  renew('DNSZONE validation', () => ({ VALIDATION0: 'DNSZONE' }), DNSRR),
  renew('have it validated automatically', () => ({ VALIDATION0: 'DNSZONE', INTERNALDNS: 1 }), [
    ...DNSRR,
    'INTERNALDNS',
  ]),
  renew('URL validation', () => ({ VALIDATION0: 'URL' }), URL),
  renew(
    'EMAIL validation and the address',
    ({ name }) => ({ VALIDATION0: 'EMAIL', VALIDATIONEMAIL0: `postmaster@${name}` }),
    ['SSLCERTID', 'VALIDATIONEMAIL'],
  ),
  renew('new plain contact data', () => ({ ...PLAIN })),
  {
    title: 'ParseSSLCertCSR',
    command: ({ csr }) => ({ COMMAND: 'ParseSSLCertCSR', CSR: csr }),
    shows: ['CN', 'RSAPUBLICKEYBITS'],
    code: 200,
  },
  {
    title: 'ResendSSLCertEmail',
    command: ({ waiting }) => ({ COMMAND: 'ResendSSLCertEmail', SSLCERTID: waiting }),
    shows: [],
    code: 200,
  },
  {
    title: 'QuerySSLCertDCVEMailAddressList',
    command: ({ name }) => ({
      COMMAND: 'QuerySSLCertDCVEMailAddressList',
      SSLCERTCLASS: CLASS,
      DOMAIN: name,
    }),
    shows: ['EMAIL', 'LEVEL'],
    code: 200,
  },
  {
    title: 'ReissueSSLCert',
    command: ({ issued, csr }) => ({ COMMAND: 'ReissueSSLCert', SSLCERTID: issued, CSR: csr }),
    shows: [
      'DOMAIN',
      'VALIDATION',
      'VALIDATIONDNSRR',
      'VALIDATIONEMAIL',
      'VALIDATIONURL',
      'VALIDATIONURLCONTENT',
    ],
    code: 200,
  },
  // The document's samples have no REASON; the page of the command demands one.
  {
    title: 'RevokeSSLCert, as printed',
    command: ({ issued }) => ({ COMMAND: 'RevokeSSLCert', SSLCERTID: issued }),
    shows: [],
    code: 504,
  },
  {
    title: 'RevokeSSLCert, with a reason',
    command: ({ issued }) => ({ COMMAND: 'RevokeSSLCert', SSLCERTID: issued, REASON: 'key compromise' }),
    shows: [],
    code: 200,
  },
  {
    title: 'StatusSSLCert',
    command: ({ issued }) => ({ COMMAND: 'StatusSSLCert', SSLCERTID: issued }),
    shows: ['STATUS', 'CRT', 'CACRT', 'CSR', 'EXPIRATIONDATE', 'REGISTRATIONEXPIRATIONDATE'],
    code: 200,
  },
];

/** Every property of the vendor's example answer to StatusSSLCert that does not hang on the contact's fields. */
export const STATUS_PROPERTIES: readonly string[] = (
  'CACRT CITY CN COUNTRY CREATEDBY CREATEDDATE CRT CSR CSRORGANIZATION DELETIONHOLDPERIOD DELETIONRESTORABLEPERIOD ' +
  'DOMAIN DOMAINCOUNT EMAIL EXPIRATIONDATE FAX FIRSTNAME JOBTITLE LASTNAME ORDERDATA ORDERREFERENCE ORGANIZATION ' +
  'OWNERCONTACT0CITY OWNERCONTACT0COUNTRY OWNERCONTACT0EMAIL OWNERCONTACT0ORGANIZATION ADMINCONTACT0EMAIL ' +
  'TECHCONTACT0EMAIL BILLINGCONTACT0EMAIL PEERUSER PHONE PROVINCE REGISTRAR REGISTRATIONEXPIRATIONDATE ' +
  'REGISTRATIONGRACEPERIOD RENEWALACCOUNTINGPERIOD RENEWALFAILUREPERIOD RENEWALFINALIZATIONPERIOD REVISION SLOTTYPE ' +
  'SSLCERTCLASS SSLCERTCN SSLCERTDOMAIN SSLCERTID STATUS STATUSDETAILS STREET UPDATEDBY UPDATEDDATE USER VALIDATION ' +
  'VALIDATIONDNSRR VALIDATIONEMAIL VALIDATIONURL VALIDATIONURLCONTENT ZIP'
).split(' ');
