/** Configurations for the measurements: plain YAML as people write it. */
import { mkdirSync, writeFileSync } from 'node:fs';
import { sandboxAccounts, sandboxTsigKey } from '../../src/sandbox/start.ts';
import { directoryOf, namesOf } from './certificates.ts';

const entriesPerFile = 1000;

function entry(sets: string, index: number): string {
  return `  - name: c${index}
    names: [${namesOf(index).join(', ')}]
    deploy:
      - directory: ${directoryOf(sets, index)}
        group: "0"
        reload: [systemctl, reload, nginx]
`;
}

export interface InventoryOptions {
  /** Made; the configuration, store and keys go there. */
  readonly directory: string;
  /** Where the certificates are. */
  readonly sets: string;
  readonly count: number;
  readonly singleFile?: boolean;
  /** Port of the status listener on loopback; absent: none. */
  readonly port?: number;
  /** Default: every five minutes, so that a measurement sees none but the first. */
  readonly schedule?: string;
}

/** Returns the path of the main file. The provider is never asked: every certificate is healthy. */
export function writeInventory({
  directory,
  sets,
  count,
  singleFile = false,
  port,
  schedule = '*/5 * * * *',
}: InventoryOptions): string {
  mkdirSync(`${directory}/inventory.d`, { recursive: true });
  const indexes = Array.from({ length: count }, (_, index) => index);
  const size = singleFile ? count : entriesPerFile;
  for (let start = 0; start < count; start += size) {
    const entries = indexes.slice(start, start + size).map((index) => entry(sets, index));
    writeFileSync(
      `${directory}/inventory.d/part-${String(start).padStart(6, '0')}.yaml`,
      `certificates:\n${entries.join('')}`,
    );
  }
  const path = `${directory}/renewd.yaml`;
  writeFileSync(
    path,
    `store: { sqlite: renewd.db }
keys: keys
# The certificates name a responder that does not exist; nothing here leaves this machine.
revocation: { check: false }
listen: ${port === undefined ? 'false' : `127.0.0.1:${port}`}
schedule: "${schedule}"
providers:
  cnr:
    type: rrpproxy
    url: http://127.0.0.1:9/api/call.cgi
    login: bench
    password: { env: BENCH_PASSWORD }
    spend: { ordersPerDay: 1 }
publishers:
  ns1:
    type: rfc2136
    server: 127.0.0.1:9
    zones: [bench.test]
    key: { name: bench, algorithm: hmac-sha256, secret: { env: BENCH_PASSWORD } }
defaults:
  provider: cnr
  product: ssl123dv
  dcv: { method: dns, publisher: ns1 }
inventory: [inventory.d/*.yaml]
`,
  );
  return path;
}

/** The secrets that the configurations ask for; those of the sandbox open nothing else. */
export const benchSecrets = {
  BENCH_PASSWORD: 'YmVuY2gtcGFzc3dvcmQ=',
  BENCH_SANDBOX_PASSWORD: sandboxAccounts.rrpproxy.password,
  BENCH_TSIG_SECRET: sandboxTsigKey.secret,
} as const;

export interface OrderInventoryOptions {
  readonly directory: string;
  readonly orders: number;
  readonly vendor: string;
  readonly dns: string;
  /** How many of the accounts they are spread over. */
  readonly accounts: number;
}

/** The provider allows 20 requests a second for an account; many accounts, so that the machine is what is measured. */
export const allAccounts = Array.from({ length: 50 }, (_, index) => ({
  login: `bench${index}`,
  password: sandboxAccounts.rrpproxy.password,
}));

/** Certificates that do not exist yet, at the sandbox. */
export function writeOrders(options: OrderInventoryOptions): string {
  const { directory, orders, vendor, dns } = options;
  const accounts = allAccounts.slice(0, options.accounts);
  mkdirSync(directory, { recursive: true });
  const providers = accounts.map(
    ({ login }, index) => `  p${index}:
    type: rrpproxy
    url: ${vendor}/api/call.cgi
    login: ${login}
    password: { env: BENCH_SANDBOX_PASSWORD }
    requestsPerSecond: 20
    defaultTechContact: { firstName: Jane, lastName: Doe, phone: '+49.301234567', email: hostmaster@bench.test }
    spend: { ordersPerDay: 1000 }
`,
  );
  const entries = Array.from(
    { length: orders },
    (_, index) => `  - name: o${index}
    names: [o${index}.bench.test]
    provider: p${index % accounts.length}
    product: ssl123dv
    deploy: [{ directory: tls/o${index} }]
`,
  );
  const path = `${directory}/renewd.yaml`;
  writeFileSync(
    path,
    `store: { sqlite: renewd.db }
keys: keys
revocation: { check: false }
listen: false
resolvers: ['${dns}']
authoritative: { bench.test: ['${dns}'] }
providers:
${providers.join('')}publishers:
  ns1:
    type: rfc2136
    server: ${dns}
    zones: [bench.test]
    key: { name: renewd-sandbox, algorithm: hmac-sha256, secret: { env: BENCH_TSIG_SECRET } }
defaults:
  dcv: { method: dns, publisher: ns1 }
certificates:
${entries.join('')}`,
  );
  return path;
}
