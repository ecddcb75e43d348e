/**
 * The port of the store. Every method is one atomic unit: it happened whole and durably when the promise resolves, or
 * not at all when it rejects. Engines: SQLite (store/sqlite). The contract suite test/contract/store.ts is this text
 * as code.
 *
 * Throws RenewdError: `store-conflict` (somebody else changed the row), `store-failed` (cannot read or write),
 * `store-newer` (written by a newer renewd).
 */
import type { Money } from '../core/money.ts';
import type { TroubleLevel } from '../core/notices.ts';
import type { ReceiptContent, SealedReceipt } from '../core/receipt.ts';
import type { CompromisedKey, RevocationDue, RevocationRecord } from '../core/revocation.ts';
import type { Renewal, RenewalAction, StoredChallenge } from '../core/renewal.ts';

/** What is remembered per managed certificate, beside the inventory and the CRT file. */
export interface CertificateRecord {
  readonly name: string;
  /** Drawn once per leaf, uniform in [0, 1): spreads due moments; kept until the leaf changes. */
  readonly jitter: number;
  /** Leaf the jitter belongs to (SHA-256, lower-case hex), null when there is none. */
  readonly jitterFingerprint: string | null;
  /** The paid order the current certificate belongs to, when known. */
  readonly provider: string | null;
  readonly product: string | null;
  readonly orderId: string | null;
  readonly certificateId: string | null;
  readonly paidUntil: Date | null;
  /** When the provider was last asked about the order. */
  readonly orderReadAt: Date | null;
  /** Failed renewals in a row, and when the last one failed: back-off comes from here. */
  readonly failures: number;
  readonly lastFailureAt: Date | null;
  /** Last look at the endpoints: does everyone serve what is on disk. */
  readonly servedMatches: boolean | null;
  readonly servedCheckedAt: Date | null;
}

export type LedgerKind =
  /** Written before something irreversible. */
  | 'intent'
  /** Written after: how it ended. */
  | 'outcome'
  /** A state change of a renewal. */
  | 'transition'
  /** Something a person did or must know. */
  | 'note';

export interface LedgerEntry {
  readonly at: Date;
  readonly certificate: string;
  readonly renewalId: string | null;
  readonly kind: LedgerKind;
  /** What: "submit reissue", "publish", "deploy", "reload", "probe", "state". */
  readonly subject: string;
  /** Sentence for people. */
  readonly text: string;
  readonly provider: string | null;
  /**
   * What is added to the sum spent. An intent to pay counts its expected price at once; its outcome adds what was charged
   * beyond that, or takes it back (negative) when the order is proved not to have been placed.
   */
  readonly charged: Money | null;
  /** On an intent: one paid order. On an outcome: that order was proved not to have been placed. */
  readonly paid: boolean;
  /** Bounded JSON with evidence; no secrets. */
  readonly detail: Readonly<Record<string, unknown>>;
}

export interface StoredLedgerEntry extends LedgerEntry {
  readonly sequence: number;
}

export interface LedgerQuery {
  readonly certificate?: string;
  readonly renewalId?: string;
  /** Only entries with a greater number. */
  readonly afterSequence?: number;
  /** Only entries with a lesser number. */
  readonly beforeSequence?: number;
  readonly newestFirst?: boolean;
  readonly limit: number;
}

export interface StoredEvent {
  readonly provider: string;
  readonly eventId: string;
  readonly type: string;
  readonly ours: boolean;
  readonly raw: string;
  readonly receivedAt: Date;
  readonly acknowledgedAt: Date | null;
}

/** What an operator asked for on the command line; the daemon picks it up. */
export interface OperatorRequest {
  readonly id: string;
  readonly at: Date;
  readonly certificate: string;
  readonly kind: 'renew' | 'resolve';
  /** renew: {"action"?: "reissue"|"renew", "newKey"?: true}; resolve: {"orderId"} | {"none": true} | {"cancel": true}. */
  readonly options: Readonly<Record<string, unknown>>;
  readonly by: string;
}

/** The newest verified certificate of a managed certificate, as far as the decision needs it. */
export interface IssuedSummary {
  readonly certificate: string;
  readonly renewalId: string;
  readonly fingerprint256: string;
  /** Of its key; null in what older versions left unfinished. */
  readonly spkiSha256: string | null;
  readonly notAfter: Date;
  readonly action: RenewalAction;
  readonly product: string;
  /** When its renewal was begun. */
  readonly begunAt: Date;
  /**
   * When the renewal before it was begun, where both were begun by the schedule alone (nobody asked, names and key type
   * had not changed), ordered, and for the same names, product and provider; else null.
   */
  readonly twinBegunAt: Date | null;
  /** When that renewal last changed: when it was deployed, as a rule. */
  readonly updatedAt: Date;
}

/** What one channel was told about one cause at one certificate, until that is over. */
export interface ToldNotice {
  readonly channel: string;
  /** Name of the managed certificate, or "(configuration)". */
  readonly subject: string;
  readonly cause: string;
  /** The highest that was told. */
  readonly level: TroubleLevel;
  /** When it was told first, and last. */
  readonly since: Date;
  readonly toldAt: Date;
}

/** A renewal's changed fields. */
export type RenewalPatch = Partial<
  Omit<Renewal, 'id' | 'certificate' | 'action' | 'revision' | 'createdAt' | 'updatedAt' | 'reference'>
>;

export interface SpentSince {
  readonly orders: number;
  /** Added up whatever the currency: with more than one in `currencies` it says nothing. */
  readonly hundredths: number;
  readonly currencies: readonly string[];
}

/** Things that must become durable together with a renewal's change. */
export interface Effects {
  readonly ledger?: readonly LedgerEntry[];
  /** Inserted or replaced by (renewalId, index). */
  readonly challenges?: readonly StoredChallenge[];
  readonly certificate?: CertificateRecord;
  /** Operator requests that are settled by this. */
  readonly doneRequests?: readonly string[];
  /** Appended to the chain as it stands in this transaction: number and hash of the one before are the store's to give. */
  readonly receipt?: ReceiptContent;
  /** Certificates that are to be revoked as well; those that are remembered already stay as they are. */
  readonly revocationsDue?: readonly RevocationDue[];
}

export interface ReceiptQuery {
  readonly afterSequence?: number;
  readonly limit: number;
}

export interface Store {
  /** All records at once: read at start and when another process wrote. */
  certificates(): Promise<readonly CertificateRecord[]>;
  certificate(name: string): Promise<CertificateRecord | undefined>;
  /** Inserted or replaced, all in one transaction. */
  saveCertificates(records: readonly CertificateRecord[], ledger?: readonly LedgerEntry[]): Promise<void>;

  /**
   * Inserts it, unless the certificate already has one that is not terminal: then nothing is written and false is
   * returned. `revision` starts at 1.
   */
  createRenewal(renewal: Renewal, effects: Effects): Promise<boolean>;
  renewal(id: string): Promise<Renewal | undefined>;
  /** Newest first. */
  renewalsOf(certificate: string, limit: number): Promise<readonly Renewal[]>;
  /** The newest that reached `served`, or that holds an issued certificate: what can be deployed again. */
  newestIssued(certificate: string): Promise<Renewal | undefined>;
  /** `newestIssued` in short form, of every certificate at once (read at start) or of one. */
  issuedSummaries(certificate?: string): Promise<readonly IssuedSummary[]>;
  /** Every renewal that is not terminal, oldest first. */
  openRenewals(): Promise<readonly Renewal[]>;
  /** Renewals whose replaced certificate is still to be deleted at the provider, oldest first. */
  renewalsToDiscard(): Promise<readonly Renewal[]>;
  /**
   * Applies the patch if the stored revision still is `revision`, with the effects, and returns the new renewal.
   * Throws `store-conflict` otherwise.
   */
  updateRenewal(
    id: string,
    revision: number,
    patch: RenewalPatch,
    effects: Effects,
    now: Date,
  ): Promise<Renewal>;

  challenges(renewalId: string): Promise<readonly StoredChallenge[]>;
  /** Published challenges of renewals that no longer need them (terminal, or past awaiting-issuance). */
  challengesToWithdraw(): Promise<readonly StoredChallenge[]>;
  saveChallenges(challenges: readonly StoredChallenge[], ledger?: readonly LedgerEntry[]): Promise<void>;

  /** Returns those that were not stored before. */
  saveEvents(events: readonly StoredEvent[]): Promise<readonly StoredEvent[]>;
  markEventAcknowledged(provider: string, eventId: string, at: Date): Promise<void>;
  unacknowledgedEvents(provider: string): Promise<readonly StoredEvent[]>;
  /** Makes the open renewals of this provider that hold one of the ids due now. Returns how many. */
  makeDue(provider: string, ids: readonly string[], now: Date): Promise<number>;

  appendLedger(entries: readonly LedgerEntry[]): Promise<void>;
  /** Oldest first, except with `newestFirst`. */
  ledger(query: LedgerQuery): Promise<readonly StoredLedgerEntry[]>;
  /**
   * Paid orders (intents less those proved not placed, at least 0) and the sum charged since a moment, of a provider or
   * (null) of all together.
   */
  spent(provider: string | null, since: Date): Promise<SpentSince>;

  /**
   * As they are stored, by number, lowest first. Not verified: whoever reads them to prove something does that. A second
   * receipt for one renewal is refused (`store-failed`), and so is every change of a stored one.
   */
  receipts(query: ReceiptQuery): Promise<readonly SealedReceipt[]>;
  receiptOf(renewalId: string): Promise<SealedReceipt | undefined>;
  newestReceipt(certificate: string): Promise<SealedReceipt | undefined>;

  /** What the CAs said last about certificates that have not ended yet: all of them, read at start. */
  revocations(): Promise<readonly RevocationRecord[]>;
  /** Inserted or replaced by fingerprint; those of certificates that have ended by the newest `checkedAt` go. */
  saveRevocations(records: readonly RevocationRecord[], ledger?: readonly LedgerEntry[]): Promise<void>;

  /** Remembered for ever. */
  compromisedKeys(): Promise<readonly CompromisedKey[]>;
  /** What is remembered already stays as it was first said. */
  recordCompromise(
    keys: readonly CompromisedKey[],
    due: readonly RevocationDue[],
    ledger: readonly LedgerEntry[],
  ): Promise<void>;
  /** Every certificate that ever was to be revoked because of its key, in the order in which that was said. */
  revocationsDue(): Promise<readonly RevocationDue[]>;
  /** Replaces what is remembered under its fingerprint. Throws `store-conflict` when nothing is. */
  updateRevocationDue(due: RevocationDue, ledger: readonly LedgerEntry[]): Promise<void>;
  /** Renewals, of whatever managed certificate, whose issued certificate has this key; oldest first. */
  issuedWithKey(spkiSha256: string): Promise<readonly Renewal[]>;

  addRequest(request: OperatorRequest): Promise<void>;
  /** Oldest first, at most one per certificate: a newer one replaces an older one that is still pending. */
  pendingRequests(): Promise<readonly OperatorRequest[]>;
  /** Settles requests that no renewal's change settles. Quiet about unknown ids. */
  settleRequests(ids: readonly string[], ledger: readonly LedgerEntry[]): Promise<void>;

  /** By channel, subject and cause. */
  toldNotices(): Promise<readonly ToldNotice[]>;
  /** `told` is inserted or replaced by (channel, subject, cause), `over` removed; quiet about what is not there. */
  saveToldNotices(
    told: readonly ToldNotice[],
    over: readonly Pick<ToldNotice, 'channel' | 'subject' | 'cause'>[],
  ): Promise<void>;

  /** Takes or prolongs the lease; false when another holder's lease has not run out at `now`. */
  acquireLease(name: string, holder: string, ttlMs: number, now: Date): Promise<boolean>;
  releaseLease(name: string, holder: string): Promise<void>;
  leaseHolder(name: string, now: Date): Promise<string | undefined>;

  /** Changes whenever another process committed something; cheap. */
  foreignChangeCounter(): Promise<number>;
  close(): Promise<void>;
}
