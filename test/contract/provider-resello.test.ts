import { manifest } from '../../src/providers/resello/index.ts';
import { sandboxAccounts } from '../../src/sandbox/start.ts';
import { providerContract } from './provider.ts';

const { username, apiKey } = sandboxAccounts.resello;

providerContract(
  'resello',
  // The vendor calls the password of an account its API key.
  ({ password, ...settings }, dependencies) => manifest.create({ ...settings, apiKey: password }, dependencies),
  {
    manifest,
    path: '/api',
    login: username,
    password: apiKey,
    settings: { username, requestsPerSecond: 1 },
    // "DV Single", "DV Wildcard" and "DV Single CNAME" of the simulator's plans.
    products: {
      usual: 'a1f1b0de-52a6-4c43-9d5b-0d3f6c7be101',
      wildcard: 'c93d7e22-6c1a-4f57-b6f3-2c0b8e5ac303',
      cname: 'b52f0c11-0d8b-4f0e-8a4e-7f1f4a9fd202',
    },
    // "DV Multi-Domain"
    several: 'd04e8f33-7d2b-4a68-87a4-3d1c9f6bd404',
    commands: {
      create: 'POST /ssl-certificate',
      reissue: 'POST /ssl-certificate/{id}/reissue',
      renew: 'POST /ssl-certificate/{id}/renew',
      read: 'GET /ssl-certificate/{id}',
      list: 'GET /ssl-certificate',
    },
    codes: {
      funds: '402',
      tryAgain: '500',
      rateLimited: '429',
      unauthorized: '401',
      unauthorizedAddress: '403',
      rejected: '422',
    },
    rateLimitedOrder: 'rate-limited',
    // The plan's window: the last 90 days of the term.
    daysUntilRenewal: 280,
    revokesCurrent: false,
    refusal: 'later',
    dialects: [],
    refusalThatEchoes: (text) => ({ status: 422, body: JSON.stringify({ errors: [{ code: 'invalid', message: text }] }) }),
    refusing: { resello: { caRefuses: () => 'the name is on a blocklist' } },
    lacks: ['events'],
  },
);
