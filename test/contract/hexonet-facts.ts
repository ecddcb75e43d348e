import { manifest } from '../../src/providers/hexonet/index.ts';
import { sandboxAccounts } from '../../src/sandbox/start.ts';
import type { VendorFacts } from './provider/vendor.ts';

const { login, password } = sandboxAccounts.hexonet;

/** The simulator's answers to the suite's questions about HEXONET. */
export const hexonetFacts: VendorFacts = {
  manifest,
  path: '/api/call.cgi',
  login,
  password,
  settings: { login, requestsPerSecond: 20 },
  products: { usual: 'COMODO_ESSENTIALSSL', wildcard: 'COMODO_WILDCARDSSL', cname: 'COMODO_ESSENTIALSSL' },
  several: 'COMODO_UCC',
  commands: {
    create: 'CreateSSLCert',
    reissue: 'ReissueSSLCert',
    renew: 'RenewSSLCert',
    read: 'StatusSSLCert',
    list: 'QuerySSLCertList',
  },
  codes: {
    funds: '546',
    tryAgain: '421',
    rateLimited: '425',
    unauthorized: '530',
    unauthorizedAddress: '531',
    rejected: '541',
  },
  // 4xx codes of this API are failures on the way, and none says that nothing was done.
  rateLimitedOrder: 'outcome-unknown',
  daysUntilRenewal: 0,
  revokesCurrent: true,
  refusal: 'later',
  lacks: ['cancel', 'retry', 'events', 'revoke-replaced'],
  dialects: [
    ...(['rrp', 'document', 'knowledge-base'] as const).map((style) => ({
      name: `answers in the style ${style}`,
      simulator: { hexonet: { style } },
    })),
    { name: 'a renewal called a creation', simulator: { hexonet: { renewalStatus: 'create' } } },
    { name: 'roots that come along', simulator: { hexonet: { caCertificates: 'with-root' } } },
    { name: 'ids with letters', simulator: { hexonet: { ids: 'letters' } } },
    { name: 'proofs as the CA names them', simulator: { hexonet: { validationForm: 'comodo' } } },
  ],
  refusalThatEchoes: (text) => ({
    status: 200,
    body: `[RESPONSE]\r\nCODE=541\r\nDESCRIPTION=Invalid attribute value; ${text}\r\nEOF\r\n`,
  }),
};
