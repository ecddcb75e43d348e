/**
 * Every request and answer sample of InterNetX's reissue walkthrough ("Complete automation of the certificate reissuing
 * process", page version 29), JSON, re-typed; for XML see internetx-xml.ts. Where the document has dots for a CSR, stands
 * `csr`, a generated one that the test puts in; where it shows whole PEM blocks, they are used (internetx-pem.ts).
 */
import { csrOfInfo, intermediateOfInfo, leafOfInfo, rootOfInfo } from './internetx-pem.ts';

const document = 'internetx-reissue-automation';

export interface JsonRequestSample {
  readonly document: string;
  /** Heading of the document that the sample stands under. */
  readonly section: string;
  readonly command: string;
  /** Method and path as the document writes them. */
  readonly route: string;
  readonly body?: object;
}

export interface JsonAnswerSample extends Omit<JsonRequestSample, 'route' | 'body'> {
  readonly body: object;
}

const prepareSection = 'CertificatePrepareOrder - Example';
const reissueSection = 'Certificate Reissue';
const pollSection = 'PollInfo - Example';
const confirmSection = 'PollConfirm - Example';
const infoSection = 'Certificate Info - Example';

/** The zone line of the prepared order, tabs as printed; the reissue sends the same. */
export const preparedLine =
  'example.com.\t\t300\tIN\tTXT\t"2018092608362142n4sbul8rv8ttv7zkhjgzvyim8n1kpa9lys0uqdszxzs0pa0l"';

export function requestSamples(csr: string): readonly JsonRequestSample[] {
  return [
    {
      document,
      section: prepareSection,
      command: 'CertificatePrepareOrder',
      route: 'POST /certificate/prepareOrder',
      body: { plain: csr, product: 'QUICKSSLPREMIUM' },
    },
    {
      document,
      section: reissueSection,
      command: 'CertificateReissue',
      route: 'PUT /certificate/$id',
      body: {
        adminContact: { id: 100 },
        technicalContact: { id: 100 },
        name: 'example.com',
        lifetime: { unit: 'MONTH', period: 12 },
        software: 'APACHESSL',
        csr,
        product: 'QUICKSSLPREMIUM',
        authentication: { method: 'DNS', dns: preparedLine, provisioning: true },
      },
    },
    { document, section: pollSection, command: 'PollInfo', route: 'GET /poll' },
    { document, section: confirmSection, command: 'PollConfirm', route: 'PUT /poll/{id}' },
    { document, section: infoSection, command: 'CertificateInfo', route: 'GET /certificate/$id' },
  ];
}

const contact = {
  fname: 'John',
  lname: 'Doe',
  phone: '+49-123-12345',
  email: 'john.doe@example.com',
  title: 'Admin',
  organization: 'Company',
  address: ['123 Main Street'],
  pcode: '12345',
  city: 'Anytown',
  country: 'DE',
  state: 'BY',
  id: 1120,
};

const authentication = {
  method: 'DNS',
  dns: 'example.com.\t300\tIN\tTXT\t"201812120900493xe6hfcrtaclrn0poyu106wc2qbw095ifgujkadu4dzbltao8d"',
  provisioning: true,
};

const certificate = {
  created: '2018-12-12T00:00:00.000+0100',
  id: 571,
  orderId: '2743098',
  name: 'example.com',
  lifetime: { unit: 'MONTH', period: 12 },
  software: 'APACHESSL',
  csr: csrOfInfo,
  server: leafOfInfo,
  serialNumber: '6CA6BD336FCFF808D72E231B4A7A84C',
  product: 'QUICKSSLPREMIUM',
  expire: '2019-12-12T12:00:00.000+0100',
  authentication,
  certificateTransparencyPrivacy: 'PUBLIC',
};

const authority = { created: '2018-12-12T11:05:26.168+0100', updated: '2018-12-12T11:05:25.000+0100' };

export function answerSamples(csr: string): readonly JsonAnswerSample[] {
  return [
    {
      document,
      section: prepareSection,
      command: 'CertificatePrepareOrder',
      body: {
        stid: '20180926-stid',
        status: { code: 'S400110', text: 'CSR key was checked successfully.', type: 'SUCCESS' },
        data: [
          {
            plain: csr,
            name: 'example.com',
            keySize: 2048,
            countryCode: 'DE',
            state: 'BY',
            city: 'Regensburg',
            organization: 'Company GmbH',
            organizationUnit: 'Entwicklung',
            product: 'QUICKSSLPREMIUM',
            authentication: [
              {
                method: 'EMAIL',
                approverEmails: ['admin', 'administrator', 'hostmaster', 'webmaster', 'postmaster'].map(
                  (name) => `${name}@example.com`,
                ),
              },
              { method: 'DNS', dns: preparedLine },
              { method: 'FILE' },
            ],
            algorithm: 'RSA',
            signatureHashAlgorithm: 'SHA256',
          },
        ],
      },
    },
    {
      document,
      section: reissueSection,
      command: 'CertificateReissue',
      body: {
        stid: '20180926-stid',
        status: { code: 'N400101', text: 'Certificate order was started successfully.', type: 'NOTIFY' },
        object: { type: 'certificate', value: 'example.com' },
        data: [{ id: 123_456 }],
      },
    },
    {
      document,
      section: pollSection,
      command: 'PollInfo',
      body: {
        stid: '20181212-app1-demo-9552',
        status: { code: 'S0905', text: 'The notification was polled successfully.', type: 'SUCCESS' },
        object: { type: 'message', value: '1405661', summary: 1 },
        data: [
          {
            id: 1_405_661,
            job: {
              created: '2018-12-12T10:53:23.000+0100',
              updated: '2018-12-12T10:53:36.000+0100',
              status: 'SUCCESS',
              execution: '2018-12-12T10:53:23.000+0100',
              id: 9_218_783,
              type: 'ssl',
              subType: 'QUICKSSLPREMIUM',
              action: 'create',
            },
            stid: '20181212-app1-demo-9520',
            object: {
              type: 'Certificate',
              value: 'example.com',
              data: { ...certificate, adminContact: contact, technicalContact: contact, hasCsr: false },
            },
          },
        ],
      },
    },
    {
      document,
      section: confirmSection,
      command: 'PollConfirm',
      body: {
        stid: '20180926-stid',
        status: { code: 'S0906', text: 'The notification was confirmed successfully.', type: 'SUCCESS' },
        object: { type: 'message', value: '1819853' },
      },
    },
    {
      document,
      section: infoSection,
      command: 'CertificateInfo',
      body: {
        stid: '20181212-app1-demo-9667',
        status: { code: 'S400104', text: 'Certificate data were inquired successfully.', type: 'SUCCESS' },
        object: { type: 'Certificate', value: 'example.com' },
        data: [
          {
            ...certificate,
            updated: '2018-12-12T11:05:25.000+0100',
            owner: { context: 9, user: 'customer' },
            updater: { context: 9, user: 'customer' },
            adminContact: { ...contact, fname: 'Johnny', lname: 'Does' },
            technicalContact: { ...contact, lname: 'Does' },
            certificateType: 'FQDN',
            signatureHashAlgorithm: 'SHA2',
            histories: [],
            certificationAuthority: [
              { ...authority, caType: 'INTERMEDIATE', caCertificate: intermediateOfInfo },
              { ...authority, caType: 'ROOT', caCertificate: rootOfInfo },
            ],
            domain: 'example.com',
          },
        ],
      },
    },
  ];
}
