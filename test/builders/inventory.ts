/** Inventory entries of a simulated world, as the configuration loader would hand them over, with plain defaults. */
import type { DeployTarget, ManagedCertificate, SpendLimits } from '../../src/core/certificate.ts';
import { hourMs } from '../../src/core/durations.ts';
import { accounts, type ProviderName } from './accounts.ts';

export type { ProviderName } from './accounts.ts';

/** What a test says about a certificate; the rest follows. */
export interface Wanted extends Partial<
  Omit<ManagedCertificate, 'provider' | 'dcv' | 'windows' | 'key' | 'deploy'>
> {
  readonly name: string;
  readonly provider?: ProviderName;
  readonly dcv?: Partial<ManagedCertificate['dcv']>;
  readonly key?: Partial<ManagedCertificate['key']>;
  readonly windows?: Partial<ManagedCertificate['windows']>;
  /** How many deploy directories; default 1. */
  readonly targets?: number;
  readonly target?: Partial<DeployTarget>;
}

export interface Place {
  readonly directory: string;
  readonly tlsPort: number;
  readonly rootPath: string;
}

/** The name that a client says to see what lies in one deploy directory. */
export function stageName(certificate: string, target: number): string {
  return `${certificate}-${target}.tls.test`;
}

export function inventoryEntry(wanted: Wanted, place: Place): ManagedCertificate {
  const { name, provider = 'cnr', targets = 1, target, dcv, key, windows, ...rest } = wanted;
  const deploy = Array.from({ length: targets }, (_, index): DeployTarget => {
    const directory = `${place.directory}/tls/${name}${index === 0 ? '' : `-${index}`}`;
    const serverName = stageName(name, index);
    return {
      directory,
      keyMode: 0o600,
      mode: 0o644,
      reload: ['reload', serverName, directory],
      reloadTimeoutMs: 10_000,
      probe: [{ host: '127.0.0.1', port: place.tlsPort, serverName }],
      probeTimeoutMs: 2000,
      keepSets: 3,
      ...target,
    };
  });
  return {
    name,
    names: [`${name}.example.test`],
    provider,
    product: accounts[provider].product,
    order: {},
    key: { type: 'ecdsa-p256', reuse: false, madeBy: 'us', ...key },
    dcv: { method: 'dns', record: accounts[provider].record, propagationTimeoutMs: hourMs, ...dcv },
    deploy,
    crt: `${deploy[0]?.directory ?? place.directory}/fullchain.pem`,
    windows: { order: [], deploy: [], ...windows },
    allowDroppingNames: false,
    hold: false,
    trustAnchors: [place.rootPath],
    source: 'inventory.yaml:1:1',
    ...rest,
  };
}

/** `overall`: over all providers together. */
export type Limits = Partial<Record<ProviderName | 'overall', SpendLimits>>;
