/** What an audit finds. */

export type AuditSubject =
  /** The chain of receipts, or a hash that was kept elsewhere and is not in it. */
  | 'chain'
  /** A receipt that the history announces and that is not there. */
  | 'receipt'
  /** Entries of the history that led to a receipt. */
  | 'ledger'
  /** A deployed file. */
  | 'file'
  /** A private key in the key directory. */
  | 'key';

export interface AuditProblem {
  /** Null: of all. */
  readonly certificate: string | null;
  readonly subject: AuditSubject;
  readonly text: string;
}

/** Where the chain is not what it was: everything from here on proves nothing. */
export interface ChainBreak {
  /** Number of the first receipt that is wrong, by its place: 1 is the first. */
  readonly place: number;
  readonly differs: 'hash' | 'number' | 'previous' | 'format' | 'certificate' | 'renewal';
  readonly expected: string;
  readonly found: string;
  readonly text: string;
}

export interface ChainHead {
  readonly sequence: number;
  readonly hash: string;
  readonly at: string;
}

export interface AuditedCertificate {
  readonly certificate: string;
  /** Number of its newest receipt; null: it has none. */
  readonly newest: number | null;
  readonly receipts: number;
  /** Renewals that were served before receipts began. */
  readonly renewalsWithout: number;
  readonly filesCompared: number;
  readonly notes: readonly string[];
}

export interface AuditReport {
  readonly ok: boolean;
  /** In the chain, up to its first break. */
  readonly receipts: number;
  readonly head: ChainHead | null;
  readonly break: ChainBreak | null;
  /** Of the hash that was kept elsewhere: where in the chain it is, and how many receipts came after; null: not asked. */
  readonly kept: { readonly sequence: number; readonly since: number } | null;
  readonly certificates: readonly AuditedCertificate[];
  readonly problems: readonly AuditProblem[];
}
