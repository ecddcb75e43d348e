/**
 * Every request and answer sample of the vendor document "HEXONET SSL API", as text command and over EPP, and those of
 * the vendor's command pages (API/SSLCERT) that the document leaves out, re-typed as short data. Placeholders of the
 * document became values: <CLASS> COMODO_ESSENTIALSSL, <DOMAIN> example.com, <CONTACT> P-ABC123, <SSLCERTID> 3029900396,
 * <TEXT> and <INT> something that fits. PEM is only hinted at in the document ("…"): the CSR and the key below were
 * generated for these samples. The document prints blanks around `=` that its own clients never send.
 */

const ssl = 'HEXONET SSL API';
const page = 'hexonet-api-documentation, API/SSLCERT';

export const sampleCsr = `-----BEGIN CERTIFICATE REQUEST-----
MIHQMHgCAQAwFjEUMBIGA1UEAwwLZXhhbXBsZS5jb20wWTATBgcqhkjOPQIBBggq
-----END CERTIFICATE REQUEST-----
`;

/** A made-up body: nothing here reads it as a key. */
export const sampleKey = `-----BEGIN RSA PRIVATE KEY-----
c2FtcGxlLW9ubHktdGhpcy1pcy1ub3QtYS1wcml2YXRlLWtleQ==
-----END RSA PRIVATE KEY-----
`;

const csr = {
  CSR0: '-----BEGIN CERTIFICATE REQUEST-----',
  CSR1: 'MIHQMHgCAQAwFjEUMBIGA1UEAwwLZXhhbXBsZS5jb20wWTATBgcqhkjOPQIBBggq',
  CSR2: '-----END CERTIFICATE REQUEST-----',
};
const pem = {
  PEM0: '-----BEGIN RSA PRIVATE KEY-----',
  PEM1: 'c2FtcGxlLW9ubHktdGhpcy1pcy1ub3QtYS1wcml2YXRlLWtleQ==',
  PEM2: '-----END RSA PRIVATE KEY-----',
};

const product = { SSLCERTCLASS: 'COMODO_ESSENTIALSSL' };
const create = { COMMAND: 'CreateSSLCert', ...product, DOMAIN0: 'example.com' };
const renew = { COMMAND: 'RenewSSLCert', SSLCERTID: '3029900396' };
const handles = {
  OWNERCONTACT0: 'P-ABC123',
  ADMINCONTACT0: 'P-ABC123',
  TECHCONTACT0: 'P-ABC123',
  BILLINGCONTACT0: 'P-ABC123',
};

const fields = [
  'ORGANIZATION',
  'FIRSTNAME',
  'LASTNAME',
  'STREET',
  'CITY',
  'STATE',
  'ZIP',
  'COUNTRY',
  'PHONE',
  'FAX',
  'EMAIL',
  'TITLE',
];

/** "ownercontact0organization = <TEXT> | <NULL>" and so on; the EPP sample has the words "Organization", "Firstname", … */
function plain(role: string): Record<string, string> {
  return Object.fromEntries(
    fields.map((field) => [`${role}CONTACT0${field}`, field.charAt(0) + field.slice(1).toLowerCase()]),
  );
}

const allContacts = ['OWNER', 'ADMIN', 'TECH', 'BILLING', 'CSR'].reduce<Record<string, string>>(
  (all, role) => ({ ...all, ...plain(role) }),
  {},
);

export interface RequestSample {
  readonly document: string;
  readonly section: string;
  /** How the document prints it. */
  readonly carriers: readonly ('text' | 'epp')[];
  readonly command: string;
  /** Names in capitals, COMMAND included; null is the document's <NULL>. */
  readonly parameters: Readonly<Record<string, string | null>>;
}

const both = ['text', 'epp'] as const;

function request(
  section: string,
  parameters: Readonly<Record<string, string | null>> & { readonly COMMAND: string },
  carriers: RequestSample['carriers'] = both,
  document = ssl,
): RequestSample {
  return { document, section, carriers, command: parameters.COMMAND, parameters };
}

export const requestSamples = {
  createByName: request('Order certificate providing the domain name only', create),
  createByCsr: request('Order certificate with your own CSR', {
    COMMAND: 'CreateSSLCert',
    ...product,
    ...csr,
  }),
  createByHandles: request('Order certificate with contact handles', { ...create, ...handles }),
  createByDns: request('Order certificate using DNSZONE validation', { ...create, VALIDATION0: 'DNSZONE' }),
  createByInternalDns: request('Order certificate and have it validated automatically', {
    ...create,
    VALIDATION0: 'DNSZONE',
    INTERNALDNS: '1',
  }),
  createByUrl: request('Order certificate using URL validation', { ...create, VALIDATION0: 'URL' }),
  createByEmail: request(
    'Order certificate using EMAIL validation and specifying explicitly the validation email addresses',
    {
      ...create,
      DOMAIN0: 'example1.com',
      DOMAIN1: 'example2.com',
      VALIDATIONEMAIL0: 'admin@example1.com',
      VALIDATIONEMAIL1: 'hostmaster@example2.com',
    },
  ),
  createWithCsrContact: request(
    'Order certificate specifying explicitly what contact data to put into the CSR',
    {
      ...create,
      ...handles,
      CSRCONTACT0: 'P-ABC123',
    },
  ),
  createWithPlainContact: request('Order certificate with plain contact data', {
    ...create,
    ...plain('OWNER'),
  }),
  createWithNulls: request(
    'Order certificate with plain contact data (<NULL>)',
    { ...create, ...Object.fromEntries(Object.keys(plain('OWNER')).map((name) => [name, null])) },
    ['text'],
  ),
  createByOwnKey: request('Order certificate with your own private key', { ...create, ...handles, ...pem }, [
    'text',
  ]),
  // Over EPP the document's sample has neither name nor contacts.
  createByOwnKeyEpp: request(
    'Order certificate with your own private key',
    { COMMAND: 'CreateSSLCert', ...product, ...pem },
    ['epp'],
  ),
  createAll: request('CreateSSLCert, All parameters (csr#)', {
    ...create,
    PERIOD: '1',
    DOMAIN1: 'www.example.com',
    VALIDATION0: 'EMAIL',
    VALIDATION1: 'DNSZONE',
    VALIDATIONEMAIL0: 'admin@example.com',
    INTERNALDNS: '1',
    ...csr,
    ...allContacts,
  }),
  createAllOwnKey: request('CreateSSLCert, All parameters (pem#)', {
    ...create,
    PERIOD: '1',
    ...pem,
    ...handles,
    CSRCONTACT0: 'P-ABC123',
  }),
  createAllVendorKey: request('CreateSSLCert, All parameters (keylength)', {
    ...create,
    PERIOD: '2',
    KEYLENGTH: '4096',
  }),

  renewAsBefore: request('Renew certificate', renew),
  renewWithContacts: request('Renew certificate with new contact data', { ...renew, ...handles }),
  renewWithCurrentKey: request(
    'Renew certificate with new contact data and a newly created CSR (current private key)',
    {
      ...renew,
      ...handles,
      CREATECSR: '1',
    },
  ),
  renewWithVendorKey: request(
    'Renew certificate with new contact data and a newly created CSR (newly created private key)',
    {
      ...renew,
      ...handles,
      CREATEPRIVATEKEY: '1',
    },
  ),
  renewWithOwnKey: request(
    'Renew certificate with new contact data and a newly created CSR (provided private key)',
    {
      ...renew,
      ...handles,
      ...pem,
    },
  ),
  renewByCsr: request('Renew certificate with your own new CSR', { ...renew, ...csr }),
  renewByEmailWord: request('Renew certificate choosing a different validation method', {
    ...renew,
    VALIDATION0: 'EMAIL',
  }),
  renewByDns: request('Renew certificate using DNSZONE validation', { ...renew, VALIDATION0: 'DNSZONE' }),
  renewByInternalDns: request('Renew certificate and have it validated automatically', {
    ...renew,
    VALIDATION0: 'DNSZONE',
    INTERNALDNS: '1',
  }),
  renewByUrl: request('Renew certificate using URL validation', { ...renew, VALIDATION0: 'URL' }),
  renewByEmail: request(
    'Renew certificate using EMAIL validation and specifying explicitly the validation email address',
    {
      ...renew,
      VALIDATION0: 'EMAIL',
      VALIDATIONEMAIL0: 'admin@example.com',
    },
  ),
  renewWithPlainContact: request('Renew certificate with new plain contact data', {
    ...renew,
    ...plain('OWNER'),
  }),
  renewAll: request('RenewSSLCert, All parameters', {
    ...renew,
    PERIOD: '1',
    DOMAIN0: 'example.com',
    DOMAIN1: 'www.example.com',
    VALIDATION0: 'EMAIL',
    VALIDATION1: 'URL',
    VALIDATIONEMAIL0: 'admin@example.com',
    CREATEPRIVATEKEY: '1',
    KEYLENGTH: '2048',
    ...allContacts,
  }),

  parseCsr: request('Parse CSR', { COMMAND: 'ParseSSLCertCSR', ...csr }),
  resend: request('Resend validation email', { COMMAND: 'ResendSSLCertEmail', SSLCERTID: '3029900396' }),
  approvers: request('Request list of possible validation email addresses', {
    COMMAND: 'QuerySSLCertDCVEMailAddressList',
    ...product,
    DOMAIN: 'example.com',
  }),
  reissue: request('Reissue SSL certificate', { COMMAND: 'ReissueSSLCert', SSLCERTID: '3029900396', ...csr }),
  status: request('Get status of SSL certificate order', {
    COMMAND: 'StatusSSLCert',
    SSLCERTID: '3029900396',
  }),
  // The document's own sample leaves REASON out; its command page makes it mandatory, and it is always sent.
  revoke: request(
    'REVOKESSLCERT, Example',
    { COMMAND: 'RevokeSSLCert', REASON: 'key compromise', SSLCERTID: 'OZhy4GvisumSXvPCPMfC6' },
    ['text'],
    page,
  ),
  resendType: request(
    'RESENDSSLCERTEMAIL, Example',
    { COMMAND: 'ResendSSLCertEmail', RESENDEMAILTYPE: 'ApproverEmail', SSLCERTID: 'O112S16YrWze9U9unMjDP' },
    ['text'],
    page,
  ),
  list: request(
    'QUERYSSLCERTLIST, Example (FIRST, LIMIT and ORDERBY are ours)',
    {
      COMMAND: 'QuerySSLCertList',
      MAXCREATEDDATE: '2016-02-18 23:59:59',
      MINCREATEDDATE: '2016-02-11 00:00:00',
      WIDE: '1',
      FIRST: '0',
      LIMIT: '10000',
      ORDERBY: 'CREATEDDATE',
    },
    ['text'],
    page,
  ),
} as const satisfies Readonly<Record<string, RequestSample>>;

export interface AnswerSample {
  readonly document: string;
  readonly section: string;
  readonly carriers: readonly ('text' | 'epp')[];
  readonly command: string;
  /** Values by property and index. Over EPP the document answers 1001 with "200 Command completed successfully" inside. */
  readonly properties: Readonly<Record<string, readonly string[]>>;
}

function answer(
  section: string,
  command: string,
  properties: Readonly<Record<string, readonly string[]>>,
  carriers: AnswerSample['carriers'] = both,
  document = ssl,
): AnswerSample {
  return { document, section, carriers, command, properties };
}

const record = ['abcde01234.example.com. CNAME vwxyz56789.example.com.'];
const url = { VALIDATIONURL: ['http://example.com/abcde01234.txt'], VALIDATIONURLCONTENT: ['vwxyz56789'] };
const id = { SSLCERTID: ['3029900396'] };

const ordered = {
  ...id,
  SSLCERTCLASS: ['COMODO_ESSENTIALSSL'],
  STATUS: ['REQUESTEDCREATE'],
  CREATEDDATE: ['2016-11-22 08:55:50'],
  REGISTRATIONEXPIRATIONDATE: ['2017-11-22 08:55:50'],
  DOMAIN: ['example.com', 'www.example.com'],
  VALIDATION: ['EMAIL', 'DNSZONE'],
  VALIDATIONEMAIL: ['admin@example.com', ''],
  VALIDATIONDNSRR: ['', 'abcde01234.www.example.com. CNAME vwxyz56789.www.example.com.'],
  VALIDATIONURL: ['', ''],
  VALIDATIONURLCONTENT: ['', ''],
  INTERNALDNS: ['0'],
  CSR: sampleCsr.trim().split('\n'),
  PEM: sampleKey.trim().split('\n'),
  KEYLENGTH: ['2048'],
  ...Object.fromEntries(Object.entries(allContacts).map(([name, value]) => [name, [value]])),
};

export const answerSamples = {
  createByDns: answer('Order certificate using DNSZONE validation', 'CreateSSLCert', {
    VALIDATIONDNSRR: record,
  }),
  createByInternalDns: answer('Order certificate and have it validated automatically', 'CreateSSLCert', {
    VALIDATIONDNSRR: record,
    INTERNALDNS: ['1'],
  }),
  createByUrl: answer('Order certificate using URL validation', 'CreateSSLCert', url),
  createAll: answer('CreateSSLCert, All parameters', 'CreateSSLCert', ordered),
  renewByDns: answer('Renew certificate using DNSZONE validation', 'RenewSSLCert', {
    ...id,
    VALIDATIONDNSRR: record,
  }),
  renewByInternalDns: answer('Renew certificate and have it validated automatically', 'RenewSSLCert', {
    ...id,
    VALIDATIONDNSRR: record,
    INTERNALDNS: ['1'],
  }),
  renewByUrl: answer('Renew certificate using URL validation', 'RenewSSLCert', { ...id, ...url }),
  renewAll: answer('RenewSSLCert, All parameters', 'RenewSSLCert', ordered),
  renewPage: answer(
    'RENEWSSLCERT, Example (abridged)',
    'RenewSSLCert',
    {
      CREATEDDATE: ['2016-11-03 11:32:38'],
      DOMAIN: ['hexonet.net'],
      EXPIRATIONDATE: ['2017-11-03 11:32:38'],
      'OLD-EXPIRATIONDATE': ['2017-11-03 23:59:59'],
      'OLD-SSLCERTID': ['2875255374'],
      REGISTRATIONEXPIRATIONDATE: ['2017-11-03 11:32:38'],
      SSLCERTCLASS: ['COMODO_ESSENTIALSSL'],
      SSLCERTID: ['2875367646'],
      STATUS: ['REQUESTEDRENEW'],
      STATUSDETAILS: [''],
      VALIDATION: ['EMAIL'],
      VALIDATIONDNSRR: [''],
      VALIDATIONEMAIL: ['info@hexonet.net'],
      VALIDATIONURL: [''],
      VALIDATIONURLCONTENT: [''],
    },
    ['text'],
    page,
  ),
  reissuePage: answer(
    'REISSUESSLCERT, Example',
    'ReissueSSLCert',
    {
      DOMAIN: ['1api.net'],
      VALIDATION: ['EMAIL'],
      VALIDATIONDNSRR: [''],
      VALIDATIONEMAIL: ['info@1api.net'],
      VALIDATIONURL: [''],
      VALIDATIONURLCONTENT: [''],
    },
    ['text'],
    page,
  ),
  revokePage: answer('REVOKESSLCERT, Example', 'RevokeSSLCert', {}, ['text'], page),
  resendPage: answer('RESENDSSLCERTEMAIL, Example', 'ResendSSLCertEmail', {}, ['text'], page),
  listPage: answer(
    'QUERYSSLCERTLIST, Example',
    'QuerySSLCertList',
    {
      FIRST: ['0'],
      LAST: ['1'],
      COUNT: ['2'],
      TOTAL: ['2'],
      LIMIT: ['10000'],
      PARENTUSER: ['demo.hexonet.net', 'demo.hexonet.net'],
      PEERUSER: ['', ''],
      SSLCERTCLASS: ['COMODO_ESSENTIALSSL', 'COMODO_ESSENTIALSSL'],
      SSLCERTCN: ['hexonet.net', '1api.net'],
      SSLCERTCREATEDDATE: ['2016-02-11 13:10:05', '2016-02-18 09:58:51'],
      SSLCERTEXPIRATIONDATE: ['2017-02-10 23:59:59', '2017-02-17 09:58:51'],
      SSLCERTID: ['2251338301', '2261231414'],
      SSLCERTSTATUS: ['ACTIVE', 'FAILED'],
      SSLCERTUPDATEDDATE: ['2016-02-11 13:10:05', '2016-02-18 09:58:51'],
      USER: ['test.user', 'test.user'],
    },
    ['text'],
    page,
  ),
  approversPage: answer(
    'QUERYSSLCERTDCVEMAILADDRESSLIST, Example',
    'QuerySSLCertDCVEMailAddressList',
    {
      EMAIL: [
        'info@hexonet.net',
        'info@hexonet.net',
        'admin@hexonet.net',
        'administrator@hexonet.net',
        'hostmaster@hexonet.net',
        'webmaster@hexonet.net',
        'postmaster@hexonet.net',
        'support_preprod@geotrust.com',
      ],
      LEVEL: ['WHOIS', 'WHOIS', 'GENERIC', 'GENERIC', 'GENERIC', 'GENERIC', 'GENERIC', 'MANUAL'],
    },
    ['text'],
    page,
  ),
  parsePage: answer(
    'PARSESSLCERTCSR, Example',
    'ParseSSLCertCSR',
    {
      ALTERNATECN: ['www.hexonet.net', 'wiki.hexonet.net'],
      C: ['DE'],
      CACRT: ['FALSE'],
      CN: ['hexonet.net'],
      EMAILADDRESS: ['info@hexonet.net'],
      L: ['Homburg'],
      O: ['HEXONET'],
      RSAPUBLICKEYBITS: ['2048'],
      ST: ['SL'],
      STREET: ['Talstr. 27'],
    },
    ['text'],
    page,
  ),
} as const satisfies Readonly<Record<string, AnswerSample>>;

/** "Status values" of the document, with what each means there. */
export const statusValues: Readonly<Record<string, string>> = {
  ACTIVE: 'certificate successfully issued',
  REQUESTED: 'certificate has been requested at the certificate supplier',
  REQUESTEDCREATE: 'certificate has been requested at the certificate supplier',
  PENDING: 'certificate order has been successfully transmitted to the certificate supplier',
  PENDINGCREATE: 'certificate order has been successfully transmitted to the certificate supplier',
  FAILED: 'certificate order has failed',
  REPLACED: 'certificate has been replaced by a new certificate',
  REVOKED: 'certificate has been revoked',
  REQUESTEDRENEW: 'certificate renewal has been requested at the certificate supplier',
  PENDINGRENEW: 'certificate renewal request has been successfully transmitted to the certificate supplier',
  REQUESTEDREISSUE: 're-issue has been requested at the certificate supplier',
  PENDINGREISSUE: 're-issue request has been successfully transmitted to the certificate supplier',
};

/** The classes of the document's table. */
export const sampleClasses: readonly string[] = [
  'COMODO_ESSENTIALSSL',
  'COMODO_UCC',
  'COMODO_WILDCARDSSL',
  'COMODO_INSTANTSSL',
  'COMODO_INSTANTSSL_PRO',
  'COMODO_PREMIUMSSL',
  'COMODO_EVSSL',
  'GEOTRUST_QUICKSSLPREMIUM',
  'GEOTRUST_RAPIDSSL',
  'GEOTRUST_RAPIDSSL_WILDCARD',
  'SYMANTEC_SECURESITE',
  'SYMANTEC_SECURESITEPRO',
  'SYMANTEC_SECURESITEEV',
  'SYMANTEC_SECURESITEPROEV',
  'THAWTE_SSL123',
  'THAWTE_SSLWEBSERVER',
  'THAWTE_SSLWEBSERVER_WILDCARD',
  'THAWTE_SSLWEBSERVEREV',
];
