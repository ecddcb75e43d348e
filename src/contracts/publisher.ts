/**
 * What a publisher promises: put a challenge in place and take it away, single values only, foreign data untouched.
 *
 * - `publish` is idempotent: the value being there already is success.
 * - `withdraw` removes exactly the value that was published; quiet when it is gone.
 * - Both throw RenewdError kind `dcv-failed` (or `unavailable`, `authentication`, `configuration`) and name server, zone
 *   or path.
 */
import type { RenewdError } from '../core/errors.ts';
import type { Clock, Files, Logger, PassedSocket, Processes, Random } from './platform.ts';
import type { ThrottleOf } from './throttle.ts';

/** A DNS record to add or remove, after CNAME delegation was followed. */
export interface DnsRecord {
  /** Absolute, lower case, no trailing dot. */
  readonly name: string;
  readonly type: 'TXT' | 'CNAME';
  readonly value: string;
  readonly ttlSeconds: number;
}

/** A file to be fetched by the CA. */
export interface FileEvidence {
  readonly host: string;
  /** Absolute URL path; already checked to be safe (no "..", no empty segment, no control characters). */
  readonly path: string;
  readonly content: string;
}

export interface DnsPublisher {
  readonly kind: 'dns';
  /** Zones it may write, no trailing dot; the longest match over all publishers wins. */
  readonly zones: readonly string[];
  publish(record: DnsRecord, signal: AbortSignal): Promise<void>;
  withdraw(record: DnsRecord, signal: AbortSignal): Promise<void>;
  close(): Promise<void>;
}

export interface FilePublisher {
  readonly kind: 'file';
  /** Hosts it serves; empty: any. */
  readonly hosts: readonly string[];
  publish(evidence: FileEvidence, signal: AbortSignal): Promise<void>;
  withdraw(evidence: FileEvidence, signal: AbortSignal): Promise<void>;
  close(): Promise<void>;
}

export type Publisher = DnsPublisher | FilePublisher;

/** Stands for a publisher that is configured and cannot be set up at the moment. */
export interface UnavailablePublisher {
  readonly kind: 'unavailable';
  readonly failure: RenewdError;
}

export interface NamedPublisher {
  readonly name: string;
  readonly publisher: Publisher | UnavailablePublisher;
}

export interface PublisherDependencies {
  readonly clock: Clock;
  readonly random: Random;
  readonly files: Files;
  readonly processes: Processes;
  readonly logger: Logger;
  /** The pace of an account, shared with the provider that uses the same account. */
  readonly throttleOf: ThrottleOf;
  /** The same objects for every publisher and over every reload: each socket can be taken once. */
  readonly passedSockets: readonly PassedSocket[];
  /** Called for each request to a vendor's API, for metrics. */
  readonly observe: (observation: { command: string; outcome: string; seconds: number }) => void;
}

export interface PublisherManifest {
  readonly id: string;
  readonly displayName: string;
  readonly kind: 'dns' | 'file';
  /** Where the settings decide which records can be written; absent: TXT and CNAME. */
  readonly recordTypesOf?: (config: Readonly<Record<string, unknown>>) => readonly ('txt' | 'cname')[];
  readonly create: (
    name: string,
    config: Readonly<Record<string, unknown>>,
    dependencies: PublisherDependencies,
  ) => Promise<Publisher>;
}

/** What our own look at the authoritative servers found. */
export interface PropagationReport {
  readonly visible: boolean;
  /** One row per server address asked. */
  readonly servers: readonly {
    readonly server: string;
    readonly visible: boolean;
    readonly detail: string;
  }[];
}
