/** What one run is made of, all of it drawn from the seed unless it is given. */
import type { Seams } from './machine.ts';
import type { MakeKeyPem } from './keys.ts';
import type { Chance } from './chance.ts';
import type { Timeline } from './timeline.ts';

/** What a planted bug may use to misbehave. */
export interface PlantParts {
  readonly timeline: Timeline;
  readonly chance: Chance;
  readonly makeKeyPem: MakeKeyPem;
  /** The SQLite file. */
  readonly storePath: string;
}

export interface Plant {
  /** What the bug does, as a name. */
  readonly name: string;
  /** The promise that it breaks, for the documentation; several where chance decides which one is seen first. */
  readonly breaks: readonly Promised[];
  /** With which the tests find it; default: the seed that finds most of them, see plants.test.ts. */
  readonly seed?: number;
  /** Made anew for each process of renewd. */
  readonly seams: (parts: PlantParts) => Partial<Seams>;
  /** Where the bug sits in a part that is the simulation's own: the publisher of DNS records. */
  readonly world?: 'greedy-withdrawal';
}

/** The invariants. */
export type Promised =
  /** A certificate that is served is valid. */
  | 'expired'
  /** A renewal is under way when two thirds of the lead have passed, unless nothing was possible. */
  | 'late'
  /** What a server begins to serve is valid, signed by the CA, and has the names that were ordered. */
  | 'bad-served'
  /** What is in the ledger stays as it was written. */
  | 'ledger-changed'
  /** One need, one paid order; one key, one order. */
  | 'bought-twice'
  /** Every invoice has its intent in the ledger, written before. */
  | 'no-intent'
  /** Limits of orders and money hold. */
  | 'limit-broken'
  /** Readers see a key and a leaf that belong together, at every instant. */
  | 'torn'
  /** The key of every order, and of every certificate that is served, is on disk. */
  | 'key-lost'
  /** What was published stays while the CA has not seen it. */
  | 'withdrawn-early'
  /** What is no longer needed is gone a day later. */
  | 'left-behind'
  /** Records of others stay. */
  | 'foreign-touched'
  /** A renewal that said `served` is served. */
  | 'not-served'
  /** What is open has a moment at which it goes on, and reaches it. */
  | 'stuck'
  /** The due moment of a certificate does not move by itself. */
  | 'due-moved'
  /** An event is acknowledged after it was stored. */
  | 'acknowledged-unstored'
  /** Who was told to wait does wait. */
  | 'asked-too-soon'
  /** What its CA has revoked is replaced in time. */
  | 'revoked-served'
  /** A lost key goes from all servers in time, and is used for nothing any more. */
  | 'lost-key'
  /** The certificates of a lost key are revoked, once something else is served. */
  | 'not-revoked'
  /** … once, and nothing is revoked that is served. */
  | 'revoked-wrongly'
  /** Receipts, ledger and files agree at the end. */
  | 'audit'
  /** A part of the simulation itself failed. */
  | 'simulation';

export interface SimulationOptions {
  readonly seed: number;
  /** How many certificates there are at the beginning; default 12. */
  readonly certificates?: number;
  /** Default 3. */
  readonly years?: number;
  readonly plant?: Plant;
  /** Everything that goes wrong does so several times as often; default false. */
  readonly storm?: boolean;
  /** Every line of the journal as it is written. */
  readonly write?: (line: string) => void;
  /** Told about once a month of the simulation how far it is. */
  readonly progress?: (at: Date) => void;
}

export interface Violation {
  readonly promised: Promised;
  readonly at: Date;
  readonly text: string;
  /** The newest lines of the journal, oldest first. */
  readonly story: readonly string[];
}

export interface Report {
  readonly seed: number;
  /** The first that was found ends the run. */
  readonly violation: Violation | undefined;
  /** SHA-256 over the journal. */
  readonly digest: string;
  readonly events: number;
  readonly requests: number;
  /** Requests, calls, reloads and writes that went wrong on purpose. */
  readonly faults: number;
  readonly certificateYears: number;
  readonly renewals: number;
  readonly paidOrders: number;
  readonly restarts: number;
  /** Ran out while the world left no twelve hours of calm at once, from the beginning of the lead to the end. */
  readonly excused: number;
  /** How often a person was asked. */
  readonly persons: number;
  readonly realMs: number;
}
