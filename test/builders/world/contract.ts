/** What a test may ask of a simulated world, and how it may want it otherwise. */
import type { Provider } from '../../../src/contracts/provider.ts';
import type { RevocationReader } from '../../../src/contracts/revocation.ts';
import type { Store } from '../../../src/contracts/store.ts';
import type { Configuration, KeyType, ManagedCertificate } from '../../../src/core/certificate.ts';
import type { Renewal, RenewalState } from '../../../src/core/renewal.ts';
import type { Driver } from '../../../src/renewal/driver.ts';
import type { RenewalEvent } from '../../../src/renewal/state-machine.ts';
import type { Fault, SeededOrder } from '../../../src/sandbox/contract.ts';
import type { HexonetOptions } from '../../../src/sandbox/hexonet/index.ts';
import type { Sandbox } from '../../../src/sandbox/index.ts';
import type { InternetxOptions } from '../../../src/sandbox/internetx/index.ts';
import type { ReselloOptions } from '../../../src/sandbox/resello/index.ts';
import type { RrpproxyOptions } from '../../../src/sandbox/rrpproxy/index.ts';
import type { DiskTrouble } from '../disk-trouble.ts';
import type { Limits, ProviderName, Wanted } from '../inventory.ts';
import type { ReloadCommand, TlsStage } from '../tls-stage.ts';
import type { WorldClock } from '../world-clock.ts';
import type { Injection, Life } from '../write-points.ts';

export interface WorldOptions {
  /** Default: a moment with no rule change for months on either side. */
  readonly start?: Date;
  readonly spend?: Limits;
  readonly lostAnswerGraceMs?: number;
  readonly issuanceDelayMs?: number;
  readonly rrpproxy?: Partial<RrpproxyOptions>;
  readonly internetx?: Partial<InternetxOptions>;
  readonly hexonet?: Partial<HexonetOptions>;
  readonly resello?: Partial<ReselloOptions>;
  readonly injection?: Injection;
  /** Where everything on disk lies; default: somewhere quick. */
  readonly base?: string;
  /** Whom to ask about revocation; without it nobody is. */
  readonly revocation?: RevocationReader;
  /** The configuration as a test wants it otherwise: a peer of its own in place of a simulator. */
  readonly adjust?: (configuration: Configuration) => Configuration;
  /** Between the driver and a provider: answers that no simulator gives. */
  readonly wrapProvider?: (name: string, provider: Provider) => Provider;
}

export interface Seed {
  readonly name: string;
  readonly names?: readonly string[];
  readonly provider?: ProviderName;
  readonly daysLeft: number;
  readonly paidDays: number;
  readonly dcvMethod?: 'dns' | 'file' | 'email';
  readonly keyType?: KeyType;
  /** False: only the reseller knows it. */
  readonly deployed?: boolean;
}

export interface World {
  readonly clock: WorldClock;
  readonly directory: string;
  readonly keysDirectory: string;
  readonly webroot: string;
  readonly sandbox: Sandbox;
  readonly stage: TlsStage;
  readonly command: ReloadCommand;
  /** Every line that was logged, as it would be seen. */
  readonly lines: readonly string[];
  /** Lines that held a secret before the scrubber saw them. */
  readonly leaks: readonly string[];
  /** Where the built-in responder listens now. */
  readonly responderPort: number;
  /** Records of the zones before anything happened. */
  readonly recordsBefore: readonly string[];
  readonly driver: Driver;
  readonly store: Store;
  readonly life: Life;
  /** What every process so far did to its renewals, oldest first. */
  readonly passages: readonly Passage[];
  /** Told about each passage at once, in the middle of the work. */
  onPassage: (passage: Passage) => void;
  /** What is wrong with the disk now. */
  readonly disk: DiskTrouble;
  /** How far renewd's clock is ahead of everybody else's, milliseconds; negative: behind. */
  skewMs: number;
  readonly configuration: Configuration;
  /** Certificates as of the last configuration. */
  managed(name: string): ManagedCertificate;
  /** Puts these into the inventory, in place of what was in it. */
  configure(wanted: readonly Wanted[], spend?: Limits): Promise<void>;
  /** A certificate that existed before renewd came. */
  seed(seed: Seed): Promise<SeededOrder>;
  /** Everything of the process goes; a new one begins on the same disk. `injection` is for the new one. */
  restart(injection?: Injection): Promise<void>;
  /** As `restart`, with the store gone; keys and deployed files stay. */
  loseStore(): Promise<void>;
  readonly storePath: string;
  /** The machine is gone, with its store, its keys and what was deployed; a process begins on what `restore` puts there. */
  moveToNewMachine(restore: () => Promise<void>): Promise<void>;
  /** One turn of the daemon's loop and of the world around it; then the clock moves on to what comes next. */
  step(): Promise<void>;
  /** Turns until the condition holds. Throws, with what is going on, when it does not in time. */
  run(until: () => boolean | Promise<boolean>, limits?: RunLimits): Promise<void>;
  /** Turns until nothing is under way. */
  runToRest(limits?: RunLimits): Promise<void>;
  /** The newest renewal of a certificate. */
  renewal(name: string): Promise<Renewal>;
  /** Every record in the zones, as text. */
  records(): readonly string[];
  /** Asked about each request to a reseller; where it has no answer, the sandbox's queue of faults has. */
  interfere(choose: (vendor: string, command: string) => Fault | undefined): void;
  /** For tests with many worlds; otherwise the end of the test does it. */
  close(): Promise<void>;
}

/** One event of a renewal, as it was committed. */
export interface Passage {
  readonly from: RenewalState;
  readonly event: RenewalEvent;
  readonly to: RenewalState;
}

export interface RunLimits {
  readonly steps?: number;
  /** The daemon passes about so often; default 5 min. */
  readonly passEveryMs?: number;
}
