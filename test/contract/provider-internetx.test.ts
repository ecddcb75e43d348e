import { manifest } from '../../src/providers/internetx/index.ts';
import { sandboxAccounts } from '../../src/sandbox/start.ts';
import { providerContract } from './provider.ts';

const { user, password, context } = sandboxAccounts.internetx;

providerContract('internetx', manifest.create, {
  manifest,
  path: '/v1',
  login: user,
  password,
  // With the defaults of the schema, as the settings reach `create`.
  settings: {
    user,
    context: Number(context),
    adminContact: '100',
    routes: 'underscore',
    foreignEvents: 'acknowledge',
    requestsPerSecond: 3,
  },
  products: { usual: 'SSL123', wildcard: 'SSL123WILDCARD', cname: 'COMODO_SSL' },
  several: 'SSL123',
  commands: {
    create: 'POST /certificate',
    reissue: 'PUT /certificate/{id}',
    renew: 'PUT /certificate/{id}/_renew',
    read: 'GET /job/{id}',
    list: 'POST /certificate/_search',
  },
  codes: {
    funds: '402',
    tryAgain: '500',
    rateLimited: '429',
    unauthorized: '401',
    unauthorizedAddress: '403',
    rejected: 'EF01000',
  },
  rateLimitedOrder: 'rate-limited',
  // A certificate of 199 days, and the last 90 days of it.
  daysUntilRenewal: 120,
  revokesCurrent: false,
  refusal: 'later',
  dialects: [
    {
      name: 'routes of before December 2018',
      simulator: { internetx: { routes: 'plain' } },
      settings: { routes: 'plain' },
    },
    { name: 'routes of since December 2018', simulator: { internetx: { routes: 'underscore' } } },
    { name: 'code names of before November 2018', simulator: { internetx: { oldCodeNames: true } } },
    { name: 'records at _dnsauth', simulator: { internetx: { dnsOwner: '_dnsauth' } } },
    { name: 'files as URLs', simulator: { internetx: { fileForm: 'url' } } },
    { name: 'files that are told after the order', simulator: { internetx: { fileForm: 'bare' } } },
    { name: 'root first', simulator: { internetx: { reversedChain: true } } },
    { name: 'German texts', simulator: { internetx: { language: 'de' } } },
    { name: 'reissues that answer as reissues', simulator: { internetx: { reissueCode: 'N400102' } } },
    { name: 'reissues that are called so', simulator: { internetx: { reissueAction: 'reissue' } } },
    { name: 'dates in their own time zone', simulator: { internetx: { skewedDates: false } } },
    { name: 'a count after confirmation', simulator: { internetx: { confirmSummary: true } } },
  ],
  refusalThatEchoes: (text) => ({
    status: 400,
    body: JSON.stringify({
      stid: `20261102-${text}`,
      messages: [{ text, code: 'EF01000', status: 'ERROR' }],
      status: { code: 'E400101', text, type: 'ERROR' },
    }),
  }),
  refusing: { internetx: { caRefuses: () => 'the name is on a blocklist' } },
});
