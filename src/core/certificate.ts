/**
 * The nouns of the inventory. A *managed certificate* is one inventory entry: what should exist. A *certificate* is
 * one X.509 document. Plain data: what the configuration loader hands over, and what everything else reads.
 */
import type { ChannelSettings, HeartbeatSettings } from './notices.ts';

export const keyTypes = ['ecdsa-p256', 'ecdsa-p384', 'rsa-2048', 'rsa-3072', 'rsa-4096'] as const;
export type KeyType = (typeof keyTypes)[number];

export const dcvMethods = ['dns', 'file', 'email'] as const;
/** How control of a name is proved. */
export type DcvMethod = (typeof dcvMethods)[number];

/** Names of the files in a deployed set. */
export const setFiles = ['privkey.pem', 'cert.pem', 'chain.pem', 'fullchain.pem', 'combined.pem'] as const;
export type SetFile = (typeof setFiles)[number];

/** What a further file of a set can hold. All but the last two are made of PEM blocks, or one DER document. */
export const setFileFormats = [
  'key',
  'certificate',
  'chain',
  'fullchain',
  'combined',
  'key-der',
  'certificate-der',
  'pkcs12',
  'truststore',
] as const;
export type SetFileFormat = (typeof setFileFormats)[number];

export const pkcs12Profiles = ['modern', 'legacy'] as const;
/** Algorithms of a PKCS #12 file; see pki/pkcs12-encryption.ts. */
export type Pkcs12Profile = (typeof pkcs12Profiles)[number];

interface NamedFile {
  /** Of a file in the deploy directory; none of `setFiles`. */
  readonly name: string;
  readonly owner?: string;
  readonly group?: string;
  /** Default: the target's `keyMode` or `mode`, by what the file holds. */
  readonly mode?: number;
}

/** A file of a set beside the five that every set has. */
export type FurtherFile =
  | (NamedFile & { readonly format: Exclude<SetFileFormat, 'pkcs12' | 'truststore'> })
  | (NamedFile & {
      readonly format: 'pkcs12' | 'truststore';
      readonly password: SecretSource;
      readonly profile: Pkcs12Profile;
      readonly alias: string;
    });

/** A recurring span in which something may be done: opens at each match of `cron` in `timezone`, stays open `durationMs`. */
export interface MaintenanceWindow {
  /** Five-field cron expression of the opening moments. */
  readonly cron: string;
  readonly durationMs: number;
  /** IANA time zone. */
  readonly timezone: string;
}

export const probeProtocols = ['tls', 'smtp', 'imap', 'postgresql'] as const;
/** What is spoken before the handshake: nothing, or what asks the server for it. */
export type ProbeProtocol = (typeof probeProtocols)[number];

/** Signals on which servers read their files anew, without SIG. */
export const reloadSignals = ['HUP', 'USR1', 'USR2'] as const;
export type ReloadSignal = (typeof reloadSignals)[number];

/** Program and arguments without a shell; or a neighbour that is told by a signal or by HAProxy's master socket. */
export type Reload =
  | readonly string[]
  | { readonly signal: ReloadSignal; readonly pidFile: string }
  | { readonly haproxy: string };

/** One TLS endpoint to look at after a reload. */
export interface ProbeEndpoint {
  readonly host: string;
  readonly port: number;
  /** Absent: tls. */
  readonly protocol?: ProbeProtocol;
  /** SNI to send; default: the host, or the first name when the host is an address or a wildcard covers it. */
  readonly serverName?: string;
}

export interface DeployTarget {
  readonly directory: string;
  readonly owner?: string;
  readonly group?: string;
  /** Mode of files that hold the private key, e.g. 0o640. */
  readonly keyMode: number;
  /** Mode of the other files, e.g. 0o644. */
  readonly mode: number;
  /** Absent: none. */
  readonly files?: readonly FurtherFile[];
  /** Who must be able to read every file of the set but those with an owner, group or mode of their own. */
  readonly readableBy?: { readonly user: string; readonly group?: string };
  readonly reload?: Reload;
  readonly reloadTimeoutMs: number;
  readonly probe: readonly ProbeEndpoint[];
  /** How long to keep asking an endpoint for the new leaf before it counts as not served. */
  readonly probeTimeoutMs: number;
  /** How many earlier sets stay beside the current one. */
  readonly keepSets: number;
}

export interface DcvPolicy {
  readonly method: DcvMethod;
  /** For dns: which record type to ask the provider for, where it offers both. */
  readonly record: 'txt' | 'cname';
  /** Name of a configured publisher; absent: chosen by zone or host. */
  readonly publisher?: string;
  /** For email: the approver's address. */
  readonly approver?: string;
  /** How long published evidence may stay invisible before the renewal fails. */
  readonly propagationTimeoutMs: number;
}

export interface ManagedCertificate {
  readonly name: string;
  /** A-labels, lower case, no trailing dot, unique; the first becomes the common name. */
  readonly names: readonly string[];
  /** Key of `providers`. */
  readonly provider: string;
  /** The provider's product or class. */
  readonly product: string;
  /** Provider-specific order settings (contacts, period, server type), checked by the provider's own schema. */
  readonly order: Readonly<Record<string, unknown>>;
  /** Asked only in an emergency in which the first provider gets nowhere. */
  readonly failover?: {
    readonly provider: string;
    readonly product: string;
    readonly order: Readonly<Record<string, unknown>>;
    readonly record: 'txt' | 'cname';
  };
  readonly key: {
    readonly type: KeyType;
    readonly reuse: boolean;
    /** `provider`: it makes the key and hands it out with the certificate. */
    readonly madeBy: 'us' | 'provider';
  };
  readonly dcv: DcvPolicy;
  readonly deploy: readonly DeployTarget[];
  /** The CRT file that is looked at; default: fullchain.pem in the first deploy directory. */
  readonly crt: string;
  /** Fixed lead instead of the computed one. */
  readonly leadMs?: number;
  readonly windows: {
    readonly order: readonly MaintenanceWindow[];
    readonly deploy: readonly MaintenanceWindow[];
  };
  /** Dropping a name that the current certificate has must be said, because some CAs revoke earlier certificates. */
  readonly allowDroppingNames: boolean;
  /** Paused: assessed and shown, never acted on. */
  readonly hold: boolean;
  /** Additional trust anchors (PEM files) that the chain may end at. */
  readonly trustAnchors: readonly string[];
  /** Where the entry stands: "inventory.d/shop.yaml:12:5". */
  readonly source: string;
}

export interface SpendLimits {
  readonly ordersPerDay?: number;
  /** Hundredths of the provider's currency. */
  readonly perMonthHundredths?: number;
  /** Hundredths: a single order may cost at most this. */
  readonly perOrderHundredths?: number;
  /** How much more than before an order may cost, percent. */
  readonly priceTolerancePercent?: number;
}

/** A secret that no log, error or JSON shows. Reveal it only where it is put on the wire. */
export class Secret {
  readonly #value: string;
  constructor(value: string) {
    this.#value = value;
  }
  reveal(): string {
    return this.#value;
  }
  toString(): string {
    return '[secret]';
  }
  toJSON(): string {
    return '[secret]';
  }
  [Symbol.for('nodejs.util.inspect.custom')](): string {
    return '[secret]';
  }
}

/** How a secret is named in the configuration; resolved when the part that needs it is created. */
export type SecretSource =
  | { readonly env: string }
  | { readonly file: string }
  /** Program and arguments; no shell; the first line of its output. */
  | { readonly command: readonly string[] };

export interface ProviderSettings {
  readonly name: string;
  /** Provider folder id, e.g. "rrpproxy". */
  readonly type: string;
  /** Validated by the provider's own schema; secrets are SecretSource values. */
  readonly config: Readonly<Record<string, unknown>>;
  readonly spend: SpendLimits;
  /** After a lost answer: how long the provider's list may lag behind before absence from it counts as proof. */
  readonly lostAnswerGraceMs: number;
}

export interface PublisherSettings {
  readonly name: string;
  readonly type: string;
  readonly config: Readonly<Record<string, unknown>>;
}

/** Where status page, metrics and health are, and who may read them. */
export interface ListenSettings {
  readonly host: string;
  readonly port: number;
  /** What a reader has to show; absent: nothing. */
  readonly token?: SecretSource;
  /** Absolute paths of PEM files; with `clientCa` only clients with a certificate of it can connect. */
  readonly tls?: { readonly certificate: string; readonly key: string; readonly clientCa?: string };
  /** Lower-case names, beside the obvious ones, that a request may be for. */
  readonly hosts?: readonly string[];
  readonly allowUnauthenticated?: boolean;
}

/** Everything that the YAML says, checked and with defaults filled in. Plain JSON data. */
export interface Configuration {
  /** Absolute path of the main file. */
  readonly path: string;
  /** Every file read, absolute, for change detection. */
  readonly files: readonly string[];
  readonly store: { readonly sqlite: string };
  readonly keys: string;
  readonly listen: ListenSettings | null;
  readonly schedule: { readonly cron: string; readonly timezone: string };
  readonly log: { readonly level: 'debug' | 'info' | 'warn' | 'error' };
  /** DNS servers to ask for delegation and CNAMEs, "host:port"; empty: those of the system. */
  readonly resolvers: readonly string[];
  /** host:port overrides of authoritative servers for zones (tests, split horizon): zone → "host:port" list. */
  readonly authoritative: Readonly<Record<string, readonly string[]>>;
  /** Whether and how often CRLs and OCSP responders are asked about the certificates on disk. */
  readonly revocation: { readonly check: boolean; readonly everyMs: number };
  /** Limits over all providers together. */
  readonly spend: SpendLimits;
  readonly providers: readonly ProviderSettings[];
  readonly publishers: readonly PublisherSettings[];
  /** Whom to tell when something does not go on. */
  readonly notices: readonly ChannelSettings[];
  /** Null: no dead man's switch. */
  readonly heartbeat: HeartbeatSettings | null;
  readonly certificates: readonly ManagedCertificate[];
}
