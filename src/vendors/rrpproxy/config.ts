/**
 * The account at CentralNic Reseller (RRPproxy) as the configuration writes it: the same for certificates of both API
 * generations and for KeyDNS zones. Address and fields: knowledge base api/connecting.
 */
import { z } from 'zod';
import type { Secret } from '../../core/certificate.ts';
import { secretSchema } from '../../settings/secret-schema.ts';
import { lineSchema } from '../command-text/line-schema.ts';

export const accountFields = {
  login: lineSchema.describe('Account name, or account:user for a role user.'),
  password: secretSchema.describe('Password of the account.'),
  environment: z
    .enum(['live', 'ote'])
    .default('live')
    .describe('live, or ote for the test environment, which has passwords of its own and bills nothing.'),
  url: z
    .url({ protocol: /^https?$/ })
    .optional()
    .describe('Address of the API; default: that of the environment. Must be https unless it is loopback.'),
  requestsPerSecond: z
    .number()
    .gt(0)
    .max(20)
    .default(1)
    .describe(
      'Most requests per second for the whole account; the provider publishes 1 and locks accounts above it. The same number wherever the account is named, so that all of it shares one pace.',
    ),
} as const;

/** What the transport needs, with the secret in place of its source. */
export interface Account {
  readonly login: string;
  readonly password: Secret;
  readonly environment: 'live' | 'ote';
  readonly url?: string | undefined;
  readonly requestsPerSecond: number;
}

const hosts = { live: 'api.rrpproxy.net', ote: 'api-ote.rrpproxy.net' } as const;

/** Test credentials at the live address would order for money. */
export function matchesEnvironment(account: {
  readonly environment: 'live' | 'ote';
  readonly url?: string | undefined;
}): boolean {
  const other = account.environment === 'live' ? hosts.ote : hosts.live;
  return account.url === undefined || URL.parse(account.url)?.hostname !== other;
}
export const environmentMismatch = { path: ['url'], error: 'is the address of the other environment' };

/** Of settings that the schema accepted, whether or not secrets are in place. */
export function addressOf(config: Readonly<Record<string, unknown>>): string {
  const { environment, url } = z
    .object({ environment: accountFields.environment, url: accountFields.url })
    .parse(config);
  return accountUrl({ environment, url });
}

export function accountUrl(account: Pick<Account, 'environment' | 'url'>): string {
  return account.url ?? `https://${hosts[account.environment]}/api/call.cgi`;
}
