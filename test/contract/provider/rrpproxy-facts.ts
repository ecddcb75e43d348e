/** What the suite must know of CentralNic Reseller's two API generations. */
import { manifest as v2 } from '../../../src/providers/rrpproxy/index.ts';
import { manifest as v1 } from '../../../src/providers/rrpproxy-v1/index.ts';
import { sandboxAccounts } from '../../../src/sandbox/start.ts';
import type { VendorFacts } from './vendor.ts';

const { login, password } = sandboxAccounts.rrpproxy;

export const v2Facts: VendorFacts = {
  manifest: v2,
  path: '/api/call.cgi',
  login,
  password,
  settings: {
    login,
    requestsPerSecond: 20,
    defaultTechContact: {
      firstName: 'Jane',
      lastName: 'Doe',
      phone: '+49.301234567',
      email: 'hostmaster@example.test',
    },
  },
  products: { usual: 'ssl123dv', wildcard: 'ssl123dv', cname: 'positivessldv' },
  several: 'ssl123dv',
  commands: {
    create: 'AddCertificate',
    reissue: 'ReissueCertificate',
    renew: 'RenewCertificate',
    read: 'StatusCertificate',
    list: 'QueryCertificateList',
  },
  codes: {
    funds: '546',
    tryAgain: '421',
    rateLimited: '422',
    unauthorized: '530',
    unauthorizedAddress: '535',
    rejected: '541',
  },
  // 4xx codes of this API are failures on the way, and none says that nothing was done.
  rateLimitedOrder: 'outcome-unknown',
  daysUntilRenewal: 0,
  revokesCurrent: true,
  refusal: 'at-submission',
  dialects: [
    { name: 'as the manual prints answers', simulator: { rrpproxy: { style: 'manual' } } },
    { name: 'as the knowledge base prints answers', simulator: { rrpproxy: { style: 'knowledge-base' } } },
    { name: 'as the sister system writes answers', simulator: { rrpproxy: { style: 'hexonet' } } },
    { name: 'property names of the tables', simulator: { rrpproxy: { names: 'tables' } } },
    { name: 'property names of the knowledge base', simulator: { rrpproxy: { names: 'knowledge-base' } } },
    { name: 'records as bare tokens', simulator: { rrpproxy: { dnsRecordForm: 'bare' } } },
    { name: 'the first record as a bare token', simulator: { rrpproxy: { dnsRecordForm: 'bare-first' } } },
    { name: 'index 0 printed twice', simulator: { rrpproxy: { duplicatedIndex: true } } },
    { name: 'event names with blanks', simulator: { rrpproxy: { eventNames: 'blanks' } } },
    { name: 'files at https addresses', simulator: { rrpproxy: { fileNameScheme: 'https' } } },
    { name: 'control of the registered domain', simulator: { rrpproxy: { defaultDcvScope: 'base' } } },
    { name: 'no parent in the status', simulator: { rrpproxy: { statusShowsParent: false } } },
    { name: 'service tags that are inherited', simulator: { rrpproxy: { serviceTagsInherited: true } } },
    { name: 'apiversion demanded', simulator: { rrpproxy: { missingApiVersion: 'refuse' } } },
  ],
  refusalThatEchoes: (text) => ({
    status: 200,
    body: `[RESPONSE]\ncode = 541\ndescription = Invalid attribute value; ${text}\nEOF\n`,
  }),
  changing: { rrpproxy: { dcvDataChangesAfterOrder: true } },
  refusing: { rrpproxy: { caRefuses: () => 'the name is on a blocklist' } },
};

export const v1Facts: VendorFacts = {
  manifest: v1,
  simulator: 'rrpproxy',
  held: {
    generation: 'v1',
    handle: ({ certificateId, subId }) => ({
      orderId: certificateId,
      ...(subId === undefined ? {} : { certificateId: subId }),
    }),
  },
  path: '/api/call.cgi',
  login,
  password,
  settings: { login, requestsPerSecond: 20 },
  products: { usual: 'SSL123', wildcard: 'RapidSSLWC', cname: 'PositiveSSL' },
  several: 'SSL123',
  commands: {
    // Nothing can be bought: a new certificate is a reissue of what was.
    create: 'ReissueCertificate',
    reissue: 'ReissueCertificate',
    renew: 'RenewCertificate',
    read: 'StatusCertificate',
    list: 'StatusCertificate',
  },
  codes: {
    funds: '546',
    tryAgain: '421',
    rateLimited: '422',
    unauthorized: '530',
    unauthorizedAddress: '535',
    rejected: '541',
  },
  // 4xx codes of this API are failures on the way, and none says that nothing was done.
  rateLimitedOrder: 'outcome-unknown',
  daysUntilRenewal: 0,
  revokesCurrent: true,
  refusal: 'at-submission',
  lacks: ['events', 'approvers', 'cname'],
  dialects: [],
  refusalThatEchoes: (text) => ({
    status: 200,
    body: `[RESPONSE]\ncode = 541\ndescription = Invalid attribute value; ${text}\nEOF\n`,
  }),
};
