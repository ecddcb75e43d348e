/**
 * Every request sample of the vendor document "SSL Certificate (Purchase)", re-typed. Its sections "JSON response" and
 * "Possible errors" are empty: there is no answer sample. The CSR of its samples is whole and used as it is.
 */

const document = 'SSL Certificate (Purchase)';

export interface RequestSample {
  readonly document: string;
  /** Heading of the document that the sample stands under. */
  readonly section: string;
  readonly command: string;
  readonly method: 'GET' | 'POST' | 'DELETE';
  /** With the placeholders that the document writes. */
  readonly path: string;
  readonly body?: Readonly<Record<string, string>>;
}

/** One line of base64 per row, as the sample's "\n" break it. */
const csrRows = [
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
];

/** Without a line break at its end, as in the document. */
export const sampleCsr = `-----BEGIN CERTIFICATE REQUEST-----\n${csrRows.join('\n')}\n-----END CERTIFICATE REQUEST-----`;

export const samplePlan = '3f7830c3-3fa4-404d-908f-35daaa1cd17b';

/** The same in the samples of create, renew and reissue. */
const order = {
  csr: sampleCsr,
  dcv_type: 'EMAIL',
  chamber_of_commerce: '12345678',
  company_name: 'Johns inc.',
  department: 'Development',
  address: 'Example street 13',
  zip_code: '12345',
  city: 'Smallville',
  approver_first_name: 'John',
  approver_last_name: 'Doe',
  approver_email_address: 'john.doe@example.com',
  approver_phone_number: '+31.612345678',
  client_reference: '#123',
};

export const requestSamples: readonly RequestSample[] = [
  {
    document,
    section: '/ssl-certificate GET',
    command: 'CertificateList',
    method: 'GET',
    path: '/ssl-certificate',
  },
  {
    document,
    section: '/ssl-certificate POST',
    command: 'CertificateCreate',
    method: 'POST',
    path: '/ssl-certificate',
    body: { ...order, plan: samplePlan },
  },
  {
    document,
    section: '/ssl-certificate/{id} GET',
    command: 'CertificateRead',
    method: 'GET',
    path: '/ssl-certificate/{id}',
  },
  {
    document,
    section: '/ssl-certificate/{id}/renew',
    command: 'CertificateRenew',
    method: 'POST',
    path: '/ssl-certificate/{id}/renew',
    body: { ...order, plan: samplePlan },
  },
  {
    document,
    // The sample stands below the renew section, but deletes the certificate itself.
    section: '/ssl-certificate/{id}/renew DELETE',
    command: 'CertificateDelete',
    method: 'DELETE',
    path: '/ssl-certificate/{id}',
  },
  {
    document,
    section: '/ssl-certificate/{id}/validate',
    command: 'CertificateValidate',
    method: 'POST',
    path: '/ssl-certificate/{id}/validate',
    body: { dcv_type: 'EMAIL', email_address: 'john.doe@example.com', domain: 'example.com' },
  },
  {
    document,
    section: '/ssl-certificate/{id}/reissue',
    command: 'CertificateReissue',
    method: 'POST',
    path: '/ssl-certificate/{id}/reissue',
    body: order,
  },
  {
    document,
    section: '/ssl-certificate/{id}/download-{zip|pkcs7|crt|csr|ca}',
    command: 'CertificateDownload',
    method: 'GET',
    path: '/ssl-certificate/{{id}}/download-{{zip|pkcs7|crt|csr|ca}}',
  },
  {
    document,
    section: '/ssl-certificate/{id}/validation-details',
    command: 'CertificateValidationDetails',
    method: 'GET',
    path: '/ssl-certificate/{{id}}/validation-details',
  },
];

/** The document shows none. */
export const answerSamples: readonly never[] = [];
