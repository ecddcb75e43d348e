/** What is known about the revocation of certificates, and what is still to be revoked because a key was lost. */

/** The last word about one certificate. */
export interface RevocationRecord {
  /** SHA-256, lower-case hex. */
  readonly fingerprint256: string;
  /** The managed certificate that it was looked at for. */
  readonly certificate: string;
  readonly status: 'good' | 'revoked' | 'unknown';
  /** RFC 5280 §5.3.1 word, where the CA gave one. */
  readonly reason: string | null;
  readonly revokedAt: Date | null;
  /** Address of the list or responder; null when there was no word. */
  readonly source: string | null;
  /** Sentence for people. */
  readonly detail: string;
  /** When it was looked at last. */
  readonly checkedAt: Date;
  /** When somebody last answered `good` or `revoked`; null: nobody has. */
  readonly answeredAt: Date | null;
  /** When it is to be looked at again: drawn once. */
  readonly nextAt: Date;
  readonly notAfter: Date;
}

/** A key that somebody else may have. It is never used again, for no certificate. */
export interface CompromisedKey {
  /** SHA-256 over the SubjectPublicKeyInfo, lower-case hex. */
  readonly spkiSha256: string;
  /** The managed certificate that it was reported for. */
  readonly certificate: string;
  readonly at: Date;
  /** Who said so. */
  readonly by: string;
}

export const revocationDueStates = [
  /** Revoked as soon as the successor is served. */
  'due',
  /** Committed before the provider is asked: what a crash leaves is asked again, and the provider looks first. */
  'sent',
  /** The provider cannot; a person has to. */
  'person',
  /** Revoked, or ended by itself. */
  'done',
] as const;
export type RevocationDueState = (typeof revocationDueStates)[number];

/** One certificate that is to be revoked with reason keyCompromise. */
export interface RevocationDue {
  /** SHA-256 of the certificate, lower-case hex. */
  readonly fingerprint256: string;
  readonly spkiSha256: string;
  /** The managed certificate that it belongs to. */
  readonly certificate: string;
  readonly provider: string;
  /** Null: the provider is asked by public key. */
  readonly orderId: string | null;
  readonly certificateId: string | null;
  /** Lower-case hex. */
  readonly serialHex: string;
  readonly notAfter: Date;
  readonly state: RevocationDueState;
  readonly at: Date;
  readonly by: string;
  /** Failures in a row, and the last one's sentence; for `person` what is to be done. */
  readonly attempts: number;
  readonly detail: string | null;
  /** Not tried again before; null: no pause. */
  readonly nextAt: Date | null;
}
