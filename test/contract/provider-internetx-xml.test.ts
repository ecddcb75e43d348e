/** The same suite as for JSON, over the XML gateway. */
import { manifest } from '../../src/providers/internetx/index.ts';
import { sandboxAccounts } from '../../src/sandbox/start.ts';
import { providerContract } from './provider.ts';

const { user, password, context } = sandboxAccounts.internetx;

providerContract('internetx over XML', manifest.create, {
  manifest,
  path: '/gateway/',
  login: user,
  password,
  settings: {
    user,
    context: Number(context),
    encoding: 'xml',
    adminContact: '100',
    foreignEvents: 'acknowledge',
    requestsPerSecond: 3,
  },
  products: { usual: 'SSL123', wildcard: 'SSL123WILDCARD', cname: 'COMODO_SSL' },
  several: 'SSL123',
  commands: {
    create: '400101',
    reissue: '400102',
    renew: '400106',
    read: '400114',
    list: '400105',
  },
  codes: {
    // Refused like anything else.
    funds: 'EF01000',
    tryAgain: '500',
    rateLimited: '429',
    unauthorized: 'E00000',
    unauthorizedAddress: 'E00000',
    rejected: 'EF01000',
  },
  rateLimitedOrder: 'rate-limited',
  daysUntilRenewal: 120,
  revokesCurrent: false,
  refusal: 'later',
  dialects: [
    { name: 'records at _dnsauth', simulator: { internetx: { dnsOwner: '_dnsauth' } } },
    { name: 'files that are told after the order', simulator: { internetx: { fileForm: 'bare' } } },
    { name: 'root first', simulator: { internetx: { reversedChain: true } } },
    { name: 'German texts', simulator: { internetx: { language: 'de' } } },
    { name: 'reissues that answer as reissues', simulator: { internetx: { reissueCode: 'N400102' } } },
    { name: 'dates in their own time zone', simulator: { internetx: { skewedDates: false } } },
  ],
  lacks: ['cancel', 'retry', 'funds'],
  refusalThatEchoes: (text) => ({
    status: 200,
    body: `<?xml version="1.0"?><response><result><msg><text><![CDATA[${text}]]></text><code>EF01000</code><type>error</type></msg><status><code>E400101</code><text><![CDATA[${text}]]></text><type>error</type></status></result><stid>20261102-1</stid></response>`,
  }),
  refusing: { internetx: { caRefuses: () => 'the name is on a blocklist' } },
});
