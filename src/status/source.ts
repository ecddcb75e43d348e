/**
 * What the status page, the metrics and `renewd status` show, and where they get it. Plain data without secrets; the
 * parts that show it have no other way to the rest of the program.
 */
import type { RenewalAction, RenewalState } from '../core/renewal.ts';
import type { CertificateDetail, HistoryRange } from './detail.ts';

export interface RenewalStatus {
  readonly id: string;
  readonly certificate: string;
  readonly provider: string;
  readonly action: RenewalAction;
  readonly state: RenewalState;
  readonly createdAt: Date;
  /** When it was last changed. */
  readonly updatedAt: Date;
  /** Nothing is done before; null: finished, or waits for a person. */
  readonly nextAt: Date | null;
  readonly attempts: number;
  /** Somebody outside has to do something; null: nobody. */
  readonly waitsFor: { readonly text: string; readonly since: Date } | null;
  readonly failure: { readonly code: string; readonly message: string; readonly at: Date } | null;
}

export interface CertificateStatus {
  readonly name: string;
  readonly names: readonly string[];
  readonly provider: string;
  readonly product: string;
  /** Beginning of the certificate on disk; null when there is none. */
  readonly notBefore: Date | null;
  /** End of the certificate on disk; null when there is none. */
  readonly notAfter: Date | null;
  /** When the next renewal is due; null when that cannot be said. */
  readonly dueAt: Date | null;
  /** From then on maintenance windows no longer hold a renewal back; null when that cannot be said. */
  readonly emergencyAt: Date | null;
  /** What is left until the certificate on disk ends; negative when it has ended. */
  readonly slackMs: number | null;
  readonly paidUntil: Date | null;
  /** Do all endpoints serve what is on disk; null when not looked yet, or where none is configured. */
  readonly servedMatches: boolean | null;
  readonly servedCheckedAt: Date | null;
  /** Failed look-ups in a row of the order behind the certificate; 0 once it is known. */
  readonly orderLookupFailures: number;
  /** The CA's last word about the certificate on disk; null before the first look. */
  readonly revocation: RevocationStatus | null;
  /** Set while its key is known to be lost, or a certificate with a lost key is still to be revoked. */
  readonly compromise: CompromiseStatus | null;
  /** What would be done now, and why. */
  readonly decision: { readonly action: string; readonly reason: string; readonly sentence: string };
  /** The open renewal; without one `renewd status` shows the newest, and the daemon null. */
  readonly renewal: RenewalStatus | null;
}

export interface RevocationStatus {
  readonly status: 'good' | 'revoked' | 'unknown';
  readonly reason: string | null;
  readonly revokedAt: Date | null;
  /** Address of the list or responder. */
  readonly source: string | null;
  readonly detail: string;
  readonly checkedAt: Date;
  /** When somebody last answered; null: nobody has. */
  readonly answeredAt: Date | null;
}

export interface CompromiseStatus {
  readonly since: Date;
  readonly by: string;
  /** Certificates that are revoked once a successor is served, or that a person has to have revoked. */
  readonly toRevoke: readonly {
    readonly serialHex: string;
    readonly provider: string;
    readonly needsPerson: boolean;
    readonly detail: string | null;
  }[];
}

/** One account, or all together. Counts are of the last 24 hours, sums of the calendar month (UTC). */
export interface SpendingStatus {
  /** Null: all providers together. */
  readonly provider: string | null;
  readonly ordersToday: number;
  /** Null: no limit. */
  readonly ordersPerDay: number | null;
  readonly monthHundredths: number;
  readonly perMonthHundredths: number | null;
  /** Of what was charged this month; more than one: the sum says nothing. */
  readonly currencies: readonly string[];
}

export interface Health {
  readonly now: Date;
  readonly version: string;
  /** Name of the machine: which renewd this is, for people who have several. */
  readonly instance: string;
  readonly startedAt: Date;
  /** End of the last pass; null before the first. */
  readonly lastPassAt: Date | null;
  /** False while a broken configuration file is refused and the one before it is in use. */
  readonly configValid: boolean;
}

export interface StatusSource {
  /** One for each inventory entry, by name. */
  certificates(): Promise<readonly CertificateStatus[]>;
  /** Renewals that are not finished, oldest first; also those whose certificate has left the inventory. */
  openRenewals(): Promise<readonly RenewalStatus[]>;
  /** One row per provider, and one for all together where a limit is set over all. */
  spending(): Promise<readonly SpendingStatus[]>;
  /** Everything about one inventory entry; undefined when there is none of that name. */
  certificate(name: string, history: HistoryRange): Promise<CertificateDetail | undefined>;
  health(): Health;
}
