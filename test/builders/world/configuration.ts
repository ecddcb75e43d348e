/** The configuration of a simulated world, as the loader would hand it over. */
import type { Configuration, ManagedCertificate } from '../../../src/core/certificate.ts';
import { dayMs, minuteMs } from '../../../src/core/durations.ts';
import { configSchema as rfc2136Config } from '../../../src/publishers/rfc2136/config.ts';
import { configSchema as webrootConfig } from '../../../src/publishers/webroot/config.ts';
import type { Sandbox } from '../../../src/sandbox/index.ts';
import { sandboxTsigKey } from '../../../src/sandbox/start.ts';
import { resolveSecrets } from '../../../src/settings/secrets.ts';
import { accountNames, accounts, accountSecrets } from '../accounts.ts';
import type { Limits } from '../inventory.ts';
import type { WorldOptions } from './contract.ts';
import { otherZone, zone } from './zones.ts';

/** Where secrets are read from. */
export const environment = {
  ...accountSecrets,
  TSIG_SECRET: sandboxTsigKey.secret,
  P12_PASSWORD: 'of-a-pkcs12-file',
} as const;

export const secrets: readonly string[] = Object.values(environment);

export interface Paths {
  readonly directory: string;
  readonly keysDirectory: string;
  readonly webroot: string;
  readonly storePath: string;
}

export function configurationOf(
  certificates: readonly ManagedCertificate[],
  spend: Limits,
  { directory, keysDirectory, webroot, storePath }: Paths,
  sandbox: Sandbox,
  options: WorldOptions,
): Configuration {
  const { lostAnswerGraceMs = 2 * minuteMs } = options;
  const dnsAddress = `${sandbox.dns.address.host}:${sandbox.dns.address.port}`;
  const tsig = {
    name: sandboxTsigKey.name,
    algorithm: sandboxTsigKey.algorithm,
    secret: { env: 'TSIG_SECRET' },
  };
  const plain: Configuration = {
    path: `${directory}/renewd.yaml`,
    files: [],
    store: { sqlite: storePath },
    keys: keysDirectory,
    listen: null,
    schedule: { cron: '*/5 * * * *', timezone: 'UTC' },
    revocation: { check: options.revocation !== undefined, everyMs: dayMs },
    spend: spend.overall ?? {},
    log: { level: 'debug' },
    resolvers: [dnsAddress],
    authoritative: { [zone]: [dnsAddress], [otherZone]: [dnsAddress] },
    providers: accountNames.map((name) => ({
      name,
      type: accounts[name].type,
      config: accounts[name].config(sandbox),
      spend: spend[name] ?? {},
      lostAnswerGraceMs,
    })),
    publishers: [
      {
        name: 'ns1',
        type: 'rfc2136',
        config: rfc2136Config.parse({ server: dnsAddress, zones: [zone], key: tsig }),
      },
      {
        name: 'ns2',
        type: 'rfc2136',
        config: rfc2136Config.parse({ server: dnsAddress, zones: [otherZone], key: tsig }),
      },
      { name: 'web', type: 'webroot', config: webrootConfig.parse({ path: webroot }) },
      // Port 0 lets the kernel choose, which the configuration of a real responder may not.
      {
        name: 'responder',
        type: 'responder',
        config: { listen: { host: '127.0.0.1', port: 0 }, hosts: [] },
      },
    ],
    notices: [],
    heartbeat: null,
    certificates,
  };
  return options.adjust?.(plain) ?? plain;
}

export async function resolvedSecrets(
  config: Readonly<Record<string, unknown>>,
): Promise<Readonly<Record<string, unknown>>> {
  return resolveSecrets(config, { env: environment });
}
