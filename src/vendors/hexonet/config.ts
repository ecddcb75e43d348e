/**
 * One account at HEXONET, as the provider and the DNS publisher write it alike. Sources: php-sdk v11.0.10,
 * src/HEXONET/config.json and SocketConfig.php (hosts, fields); Net::DRI and IO::EPP (EPP host).
 */
import { z } from 'zod';
import { Secret } from '../../core/certificate.ts';
import { RenewdError } from '../../core/errors.ts';
import { secretSchema } from '../../settings/secret-schema.ts';
import { lineSchema } from '../command-text/line-schema.ts';

/** An absolute path, or the certificates themselves. */
const caSchema = z
  .string()
  .max(1024 * 1024)
  .refine((text) => text.startsWith('/') || text.includes('-----BEGIN CERTIFICATE-----'), {
    error: 'must be an absolute path, or certificates in PEM',
  });

export const accountFields = {
  login: lineSchema.describe('Account name, or account!role for a role user.'),
  password: secretSchema.describe('Password of the account.'),
  transport: z
    .enum(['http', 'epp'])
    .default('http')
    .describe('How commands travel: http, or epp (the key-value extension over TLS, port 700).'),
  environment: z
    .enum(['live', 'ote'])
    .default('live')
    .describe('live, or ote for the test environment, which bills nothing.'),
  url: z
    .string()
    .max(300)
    .optional()
    .describe(
      'Address of the API; default: that of the environment. http: an https URL (http only on loopback). epp: epps://host:port, or host:port.',
    ),
  ca: caSchema
    .optional()
    .describe(
      'epp only: absolute path of the CA certificates (PEM) that the server must be signed by, or the PEM itself. Default: the public ones.',
    ),
  user: lineSchema.optional().describe('http only: act in the view of this sub-user.'),
  requestsPerSecond: z
    .number()
    .gt(0)
    .max(20)
    .default(1)
    .describe('Most requests per second for the whole account; nothing is published, 1 is prudent.'),
  keepAliveSeconds: z
    .int()
    .min(0)
    .max(3600)
    .default(240)
    .describe('epp only: seconds of silence after which the session is kept alive by a hello; 0: never.'),
} as const;

const hosts = {
  http: { live: 'api.ispapi.net', ote: 'api-ote.ispapi.net' },
  epp: { live: 'epp.ispapi.net', ote: 'epp-ote.ispapi.net' },
} as const;

const eppPort = 700;

interface Addressed {
  readonly transport: 'http' | 'epp';
  readonly environment: 'live' | 'ote';
  readonly url?: string | undefined;
}

/** Every way in which the parts of an account do not fit each other, with the field that is wrong. */
function accountProblems(
  account: Addressed & { readonly ca?: string | undefined; readonly user?: string | undefined },
): readonly { readonly field: 'url' | 'ca' | 'user'; readonly problem: string }[] {
  const { transport, environment, url, ca, user } = account;
  const problems: { field: 'url' | 'ca' | 'user'; problem: string }[] = [];
  const host = url === undefined ? undefined : hostOf(transport, url);
  if (url !== undefined && host === undefined) {
    problems.push({
      field: 'url',
      problem:
        transport === 'http'
          ? 'must be an https URL (http only on loopback)'
          : 'must be epps://host:port or host:port, without credentials or path',
    });
  }
  // Test credentials at the live address would order for money, and the reverse would order nothing.
  const other = environment === 'live' ? 'ote' : 'live';
  if (host !== undefined && host === hosts[transport][other]) {
    problems.push({ field: 'url', problem: 'is the address of the other environment' });
  }
  if (transport === 'http' && ca !== undefined) problems.push({ field: 'ca', problem: 'is for epp only' });
  if (transport === 'epp' && user !== undefined)
    problems.push({ field: 'user', problem: 'is for http only' });
  return problems;
}

/** For `superRefine` of any schema that holds the account fields. */
export function refineAccount(
  account: Parameters<typeof accountProblems>[0],
  context: z.RefinementCtx,
): void {
  for (const { field, problem } of accountProblems(account)) {
    context.addIssue({ code: 'custom', path: [field], message: problem, input: account });
  }
}

/** The fields as handed to `create`: the secret is in place of its source. */
export const resolvedFields = { ...accountFields, password: z.instanceof(Secret) } as const;
const accountSchema = z.strictObject(resolvedFields);
export type Account = z.output<typeof accountSchema>;

export function httpUrl({ url, environment }: Addressed): string {
  return url ?? `https://${hosts.http[environment]}/api/call.cgi`;
}

/** Of settings that the schema accepted, whether or not secrets are in place. */
export function addressOf(config: Readonly<Record<string, unknown>>): string {
  const { transport, environment, url } = accountFields;
  const account = z.object({ transport, environment, url }).parse(config);
  if (account.transport === 'http') return httpUrl(account);
  const { host, port } = eppAddress(account);
  return `epps://${host.includes(':') ? `[${host}]` : host}:${port}`;
}

/** Host and port of the EPP server. Throws `config-invalid` for a URL that the schema would have refused. */
export function eppAddress({ url, environment }: Addressed): {
  readonly host: string;
  readonly port: number;
} {
  if (url === undefined) return { host: hosts.epp[environment], port: eppPort };
  const address = parseEppAddress(url);
  if (address === undefined)
    throw new RenewdError('config-invalid', 'the EPP address is not epps://host:port');
  return address;
}

/** The account as everything that counts by account names it: vendor, host, login. */
export function accountName(account: Account): string {
  const { host, port } =
    account.transport === 'epp'
      ? eppAddress(account)
      : { host: URL.parse(httpUrl(account))?.host ?? '', port: 0 };
  return `hexonet ${port === 0 ? host : `${host}:${port}`} ${account.login}`;
}

function hostOf(transport: Addressed['transport'], url: string): string | undefined {
  if (transport === 'epp') return parseEppAddress(url)?.host;
  const parsed = URL.parse(url);
  return parsed !== null && /^https?:$/.test(parsed.protocol) ? parsed.hostname : undefined;
}

function parseEppAddress(text: string): { host: string; port: number } | undefined {
  const match = /^(?:epps:\/\/)?(?:\[([0-9a-f:.]+)\]|([a-z0-9._-]+))(?::(\d{1,5}))?\/?$/i.exec(text);
  if (match === null) return undefined;
  const port = match[3] === undefined ? eppPort : Number(match[3]);
  const host = (match[1] ?? match[2] ?? '').toLowerCase();
  return port >= 1 && port <= 65_535 ? { host, port } : undefined;
}
