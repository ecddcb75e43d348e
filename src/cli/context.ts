/** What commands get from the composition root. They see no concrete provider, publisher or store. */
import type { Disk } from '../audit/files.ts';
import type { Manifest } from '../backup/manifest.ts';
import type { Restored } from '../backup/restore.ts';
import type { Clock, Files } from '../contracts/platform.ts';
import type { ProviderCapabilities } from '../contracts/capabilities.ts';
import type { Provider } from '../contracts/provider.ts';
import type { Store } from '../contracts/store.ts';
import type { Finding } from '../doctor/finding.ts';
import type { Configuration } from '../core/certificate.ts';
import type { ChannelSettings } from '../core/notices.ts';
import type { Driver } from '../renewal/driver.ts';
import type { Diagnostic } from '../settings/diagnostics.ts';
import type { ConfiguredNames } from '../settings/names.ts';
import type { StatusSource } from '../status/source.ts';
import type { Look } from '../init/hosts.ts';
import type { Output } from './output.ts';

export interface Loaded {
  /** Absent when there are errors. */
  readonly configuration?: Configuration;
  readonly diagnostics: readonly Diagnostic[];
}

export interface DoctorOptions {
  /** Only these certificates; empty: all. */
  readonly names: readonly string[];
  /** Ask nobody over the network. */
  readonly offline: boolean;
  readonly progress: (done: number, all: number) => void;
}

/** What `renewd init` looks and writes with. */
export interface InitTools {
  readonly files: Files;
  readonly look: Look;
  /** Undefined: there is no provider of this type. */
  capabilities(type: string): ProviderCapabilities | undefined;
  /** Paths of the JSON Schemas that come with the program. */
  readonly schemas: { readonly main: string; readonly inventory: string };
}

/** Everything that is open while renewals are driven. */
export interface Runtime {
  readonly configuration: Configuration;
  readonly store: Store;
  readonly driver: Driver;
  readonly status: StatusSource;
  provider(name: string): Promise<Provider>;
  capabilities(name: string): ProviderCapabilities;
  /** A pass was made: people are told what there is to tell, and the dead man's switch is. Never rejects. */
  passMade(): Promise<void>;
  close(): Promise<void>;
}

export interface DaemonHandle {
  /** Resolves when the daemon was asked to end, and has; rejects with RenewdError `store-gone` when it had to. */
  readonly ended: Promise<void>;
  stop(): Promise<void>;
  readonly runtime: Runtime;
}

export interface Composer {
  /** With `secrets: false` none is read: for what only looks, or asks the daemon. */
  load(path: string, options?: { readonly secrets?: boolean }): Promise<Loaded>;
  /** For completions: at once, whatever else is wrong with the configuration. */
  configuredNames(path: string): Promise<ConfiguredNames>;
  /** `begin`: made where there is none; otherwise that is RenewdError `store-failed`. */
  openStore(configuration: Configuration, options: { readonly begin: boolean }): Promise<Store>;
  /** Deployed files and keys, for looking only. */
  disk(configuration: Configuration): Promise<Disk>;
  /** Store and keys, copied to a directory that does not exist yet, also while a daemon runs. */
  backUp(configuration: Configuration, target: string): Promise<Manifest>;
  /** From such a directory to where the configuration has them; only where no store is. */
  restore(configuration: Configuration, source: string): Promise<Restored>;
  /**
   * With driver; takes no lease and starts nothing. `quiet`: warnings and errors only. `begin`: a store is made where there is
   * none; for what only looks it counts as empty.
   */
  openRuntime(
    configuration: Configuration,
    options: { readonly quiet: boolean; readonly begin: boolean },
  ): Promise<Runtime>;
  /** Lease, loop, listener, reloading; or what is wrong with the configuration. */
  startDaemon(
    path: string,
    /** `remember`: an unchanged configuration need not be loaded anew at the next start. */
    options: { remember: boolean },
  ): Promise<{ readonly daemon: DaemonHandle } | { readonly diagnostics: readonly Diagnostic[] }>;
  /** Returns a warning where not everybody gets it; throws RenewdError `notice-failed` or `secret-unreadable`. */
  sendTestNotice(channel: ChannelSettings): Promise<string | undefined>;
  initTools(): Promise<InitTools>;
  /** Looks at everything that renewd leans on; changes nothing. */
  diagnose(path: string, options: DoctorOptions): Promise<readonly Finding[]>;
  /** Takes the daemon's lease for a run of our own; undefined when a daemon holds it. */
  takeLease(store: Store): Promise<OwnLease | undefined>;
}

export interface OwnLease {
  /** Aborted with a RenewdError once the store is no longer ours to work with, or no longer there. */
  readonly lost: AbortSignal;
  release(): Promise<void>;
}

export interface CliContext {
  readonly output: Output;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly clock: Clock;
  readonly configPath: string;
  readonly names: readonly string[];
  readonly options: Readonly<Record<string, string | boolean | undefined>>;
  readonly composer: Composer;
  /** Present on a terminal: an answer, or `otherwise` for an empty one. Rejects with RenewdError `usage` at the end of input. */
  readonly ask?: (question: string, otherwise: string) => Promise<string>;
  /** Who runs the command, for the ledger. */
  readonly user: string;
}

export type Command = (context: CliContext) => Promise<number>;
