/** What the configurations of real programs against the sandbox have in common: one reseller, and its name server for the proofs. */
import type { Sandbox } from '../../src/sandbox/index.ts';
import { sandboxAccounts, sandboxTsigKey } from '../../src/sandbox/start.ts';

/** The environment that the configuration names. */
export const sandboxSecrets = {
  CNR_PASSWORD: sandboxAccounts.rrpproxy.password,
  TSIG_SECRET: sandboxTsigKey.secret,
};

/** An account at the sandbox's RRPproxy. */
export function sandboxAccount(sandbox: Sandbox) {
  return {
    type: 'rrpproxy',
    url: `${sandbox.vendors.get('rrpproxy')?.baseUrl ?? ''}/api/call.cgi`,
    login: sandboxAccounts.rrpproxy.login,
    password: { env: 'CNR_PASSWORD' },
    requestsPerSecond: 20,
    defaultTechContact: {
      firstName: 'Jane',
      lastName: 'Doe',
      phone: '+49.301234567',
      email: 'hostmaster@example.test',
    },
  };
}

/** Without certificates; provider "cnr", publisher "ns"; store and keys beside the file. */
export function sandboxConfiguration(sandbox: Sandbox, zone: string) {
  const dns = `127.0.0.1:${sandbox.dns.address.port}`;
  return {
    store: { sqlite: 'renewd.db' },
    keys: 'keys',
    listen: false,
    resolvers: [dns],
    authoritative: { [zone]: [dns] },
    providers: { cnr: sandboxAccount(sandbox) },
    publishers: {
      ns: {
        type: 'rfc2136',
        server: dns,
        zones: [zone],
        key: { name: sandboxTsigKey.name, algorithm: 'hmac-sha256', secret: { env: 'TSIG_SECRET' } },
      },
    },
  };
}
