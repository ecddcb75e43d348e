/** What the driver is given, and whom it tells. */
import type { Clock, Files, Logger, Processes, Random, Slices } from '../../contracts/platform.ts';
import type { NamedPublisher } from '../../contracts/publisher.ts';
import type { RevocationReader } from '../../contracts/revocation.ts';
import type { Store } from '../../contracts/store.ts';
import type { Configuration, SpendLimits } from '../../core/certificate.ts';
import type { Renewal } from '../../core/renewal.ts';
import type { StageOutcome } from '../outcome.ts';
import type { DnsView, KeyVault, ProviderHandle } from '../stage-context.ts';
import type { StageTools } from '../stages.ts';
import type { CrtWatcher } from '../watchlist.ts';

export interface DriverDependencies {
  readonly store: Store;
  readonly clock: Clock;
  readonly random: Random;
  readonly files: Files;
  readonly processes: Processes;
  readonly slices: Slices;
  readonly logger: Logger;
  readonly keys: KeyVault;
  readonly dns: DnsView;
  readonly watcher: CrtWatcher;
  readonly tools: StageTools;
  readonly providers: {
    handle(name: string): Promise<ProviderHandle>;
    capabilities(name: string): ProviderHandle['capabilities'];
  };
  readonly revocation: {
    readonly reader: RevocationReader;
    settings(): Configuration['revocation'];
  };
  /** Limits over all providers together. */
  spendOverall(): SpendLimits;
  publishers(): Promise<readonly NamedPublisher[]>;
  readonly observer: DriverObserver;
}

/** Told about what happened, for logs for people and metrics. Must not throw. */
export interface DriverObserver {
  transition(before: Renewal, after: Renewal, outcome: StageOutcome): void;
  begun(renewal: Renewal): void;
}
