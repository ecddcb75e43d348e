/** What the page of one certificate shows. Plain data without secrets: commands are shown by their program alone. */
import type { StoredLedgerEntry } from '../contracts/store.ts';
import type { Money } from '../core/money.ts';
import type { RenewalAction, RenewalState } from '../core/renewal.ts';
import type { CertificateStatus } from './source.ts';

/** Which part of the history, newest first. */
export interface HistoryRange {
  /** Only entries with a lesser number; null: from the newest on. */
  readonly before: number | null;
  readonly limit: number;
}

/** One certificate of a file, as it says itself. */
export interface CertificateFile {
  readonly subject: string;
  readonly issuer: string;
  /** Lower-case hex. */
  readonly serialHex: string;
  readonly keyType: string;
  readonly notBefore: Date;
  readonly notAfter: Date;
  /** SHA-256, lower-case hex. */
  readonly fingerprint256: string;
  readonly names: readonly string[];
}

export interface RenewalRow {
  readonly id: string;
  readonly action: RenewalAction;
  readonly state: RenewalState;
  readonly sentence: string;
  readonly createdAt: Date;
  readonly updatedAt: Date;
  readonly provider: string;
  readonly product: string;
  readonly reference: string;
  readonly orderId: string | null;
  /** Null: free, or the provider does not say. */
  readonly price: Money | null;
  /** Number of its receipt. */
  readonly receipt: number | null;
}

export interface EndpointRow {
  readonly endpoint: string;
  /** Null: all of them. */
  readonly address: string | null;
  /** Null: nobody has looked, or it is no longer known which one it was. */
  readonly matches: boolean | null;
  readonly detail: string;
  readonly at: Date | null;
}

export interface DirectoryRow {
  readonly directory: string;
  /** Name of the set that readers see; null: there is none of renewd's. */
  readonly set: string | null;
  /** Whether it holds the certificate of the CRT file. */
  readonly matches: boolean;
  /** Program that makes the server read it anew; null: none. */
  readonly reload: string | null;
}

export interface ReceiptRow {
  readonly sequence: number;
  readonly hash: string;
  readonly at: string;
  readonly endpoints: readonly { readonly endpoint: string; readonly address: string; readonly at: string }[];
}

export interface CertificateDetail {
  readonly status: CertificateStatus;
  /** Where the inventory entry stands: "inventory.d/shop.yaml:12:5". */
  readonly source: string;
  readonly wantedKeyType: string;
  readonly dcvMethod: string;
  /** Path of the CRT file. */
  readonly crt: string;
  /** Why `file` is null or must not be trusted. */
  readonly fileTrouble: string | null;
  /** Leaf first, as the CRT file has them. */
  readonly chain: readonly CertificateFile[];
  readonly order: {
    readonly provider: string | null;
    readonly orderId: string | null;
    readonly certificateId: string | null;
    readonly readAt: Date | null;
  };
  /** From here on pauses after failures are cut short. */
  readonly criticalAt: Date | null;
  readonly clocks: {
    /** When control of the names was last proved, as far as renewd did it. */
    readonly provedAt: Date | null;
    /** How long such a proof may be used again by the rules in force, days. */
    readonly proofDays: number;
    /** The same for a vetted organization (OV, EV). */
    readonly identityDays: number;
  };
  readonly failures: { readonly count: number; readonly lastAt: Date | null };
  /** Entries of the open renewal's history, or of the newest one's, oldest first: its states. */
  readonly steps: readonly StoredLedgerEntry[];
  /** Newest first; the first is the open one, if any is. */
  readonly renewals: readonly RenewalRow[];
  readonly endpoints: readonly EndpointRow[];
  readonly directories: readonly DirectoryRow[];
  readonly receipt: ReceiptRow | null;
  readonly history: {
    readonly entries: readonly StoredLedgerEntry[];
    /** There are older ones. */
    readonly more: boolean;
  };
}
