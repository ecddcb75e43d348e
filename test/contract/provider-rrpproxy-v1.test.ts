import { manifest } from '../../src/providers/rrpproxy-v1/index.ts';
import { sandboxAccounts } from '../../src/sandbox/start.ts';
import { providerContract } from './provider.ts';

const { login, password } = sandboxAccounts.rrpproxy;

providerContract('rrpproxy-v1', manifest.create, {
  manifest,
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
});
