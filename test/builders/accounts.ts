/** The accounts of a simulated world: one per reseller and way of speaking to it, as the loader would hand them over. */
import type { ProviderSettings } from '../../src/core/certificate.ts';
import { configSchema as hexonet } from '../../src/providers/hexonet/config.ts';
import { configSchema as internetx } from '../../src/providers/internetx/config.ts';
import { configSchema as resello } from '../../src/providers/resello/config.ts';
import { configSchema as rrpproxyV1 } from '../../src/providers/rrpproxy-v1/config.ts';
import { configSchema as rrpproxy } from '../../src/providers/rrpproxy/config.ts';
import type { SeedOrder } from '../../src/sandbox/contract.ts';
import type { Sandbox } from '../../src/sandbox/index.ts';
import { sandboxAccounts } from '../../src/sandbox/start.ts';

export const accountNames = ['cnr', 'old', 'inx', 'xml', 'hx', 'epp', 'rs'] as const;
/** cnr: RRPproxy API 2; old: its API 1; inx, xml: InterNetX; hx, epp: HEXONET; rs: Resello. */
export type ProviderName = (typeof accountNames)[number];

/** Everything that the environment of a test holds for them. */
export const accountSecrets = {
  CNR_PASSWORD: sandboxAccounts.rrpproxy.password,
  INX_PASSWORD: sandboxAccounts.internetx.password,
  HX_PASSWORD: sandboxAccounts.hexonet.password,
  RS_API_KEY: sandboxAccounts.resello.apiKey,
};

/**
 * The XML gateway's samples do not show `payable`; without it the end of a term that renewd did not order cannot be known,
 * and a certificate that was there before is ordered anew instead of being renewed.
 */
export const showsPaidTerm = { xmlPayable: true } as const;

interface Account {
  readonly type: string;
  /** The simulator behind it. */
  readonly vendor: 'rrpproxy' | 'internetx' | 'hexonet' | 'resello';
  readonly generation?: NonNullable<SeedOrder['generation']>;
  /** A domain-validated product. */
  readonly product: string;
  /** The only record type that it validates by, where it has one only. */
  readonly record: 'txt' | 'cname';
  readonly config: (sandbox: Sandbox) => ProviderSettings['config'];
}

const base = (sandbox: Sandbox, vendor: Account['vendor']): string =>
  sandbox.vendors.get(vendor)?.baseUrl ?? '';

const rrpproxyAccount = (sandbox: Sandbox) => ({
  url: `${base(sandbox, 'rrpproxy')}/api/call.cgi`,
  login: sandboxAccounts.rrpproxy.login,
  password: { env: 'CNR_PASSWORD' },
  requestsPerSecond: 20,
});

const internetxAccount = {
  user: sandboxAccounts.internetx.user,
  password: { env: 'INX_PASSWORD' },
  requestsPerSecond: 3,
  adminContact: 100,
};

const hexonetAccount = {
  login: sandboxAccounts.hexonet.login,
  password: { env: 'HX_PASSWORD' },
  requestsPerSecond: 20,
};

export const accounts: Readonly<Record<ProviderName, Account>> = {
  cnr: {
    type: 'rrpproxy',
    vendor: 'rrpproxy',
    product: 'ssl123dv',
    record: 'txt',
    config: (sandbox) =>
      rrpproxy.parse({
        ...rrpproxyAccount(sandbox),
        defaultTechContact: {
          firstName: 'Jane',
          lastName: 'Doe',
          phone: '+49.301234567',
          email: 'hostmaster@example.test',
        },
      }),
  },
  old: {
    type: 'rrpproxy-v1',
    vendor: 'rrpproxy',
    generation: 'v1',
    product: 'SSL123',
    record: 'txt',
    config: (sandbox) => rrpproxyV1.parse(rrpproxyAccount(sandbox)),
  },
  inx: {
    type: 'internetx',
    vendor: 'internetx',
    product: 'SSL123',
    record: 'txt',
    config: (sandbox) => internetx.parse({ ...internetxAccount, url: `${base(sandbox, 'internetx')}/v1` }),
  },
  xml: {
    type: 'internetx',
    vendor: 'internetx',
    product: 'SSL123',
    record: 'txt',
    config: (sandbox) =>
      internetx.parse({
        ...internetxAccount,
        encoding: 'xml',
        url: `${base(sandbox, 'internetx')}/gateway/`,
      }),
  },
  hx: {
    type: 'hexonet',
    vendor: 'hexonet',
    product: 'COMODO_ESSENTIALSSL',
    record: 'cname',
    config: (sandbox) =>
      hexonet.parse({ ...hexonetAccount, url: `${base(sandbox, 'hexonet')}/api/call.cgi` }),
  },
  epp: {
    type: 'hexonet',
    vendor: 'hexonet',
    product: 'COMODO_ESSENTIALSSL',
    record: 'cname',
    config(sandbox) {
      const door = sandbox.vendors.get('hexonet')?.epp;
      if (door === undefined) throw new Error('the simulator has no EPP');
      const { host, port, caPem } = door;
      return hexonet.parse({
        ...hexonetAccount,
        transport: 'epp',
        keepAliveSeconds: 0,
        url: `epps://${host}:${port}`,
        ca: caPem,
      });
    },
  },
  rs: {
    type: 'resello',
    vendor: 'resello',
    // "DV Multi-Domain" of the simulator's plans.
    product: 'd04e8f33-7d2b-4a68-87a4-3d1c9f6bd404',
    record: 'txt',
    config: (sandbox) =>
      resello.parse({
        url: `${base(sandbox, 'resello')}/api`,
        username: sandboxAccounts.resello.username,
        apiKey: { env: 'RS_API_KEY' },
        requestsPerSecond: 20,
      }),
  },
};
