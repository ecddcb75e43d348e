/** Configurations for the measurements: plain YAML as people write it. */
import { mkdirSync, writeFileSync } from 'node:fs';
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
}

/** Returns the path of the main file. The provider is never asked: every certificate is healthy. */
export function writeInventory({ directory, sets, count, singleFile = false }: InventoryOptions): string {
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
listen: false
schedule: "*/5 * * * *"
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

/** Settings the configurations above ask for. */
export const benchEnvironment = { BENCH_PASSWORD: 'YmVuY2gtcGFzc3dvcmQ=' } as const;
