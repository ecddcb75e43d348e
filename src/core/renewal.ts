/** A renewal: our own object, one attempt to replace (or re-deploy) one managed certificate. */
import type { Challenge } from './challenge.ts';
import type { Money } from './money.ts';

export const renewalStates = [
  'planned',
  'ordering',
  'order-unconfirmed',
  'awaiting-dcv',
  'awaiting-issuance',
  'issued',
  'verified',
  'deployed',
  'served',
  'blocked',
  'failed',
  'superseded',
] as const;
export type RenewalState = (typeof renewalStates)[number];

export const terminalStates: readonly RenewalState[] = ['served', 'failed', 'superseded'];

export function isTerminal(state: RenewalState): boolean {
  return terminalStates.includes(state);
}

/** What a renewal does. `deploy` needs no order: the newest issued set is put in place again. */
export type RenewalAction = 'create' | 'reissue' | 'renew' | 'deploy';

/** A failure as it is stored and shown. */
export interface StoredFailure {
  readonly code: string;
  readonly kind: string;
  readonly message: string;
  readonly at: Date;
}

/** Somebody outside has to do something: follow the link in a mail, take a call, send papers. */
export interface WaitForPerson {
  /** What, and who, as far as the provider says: one sentence. */
  readonly text: string;
  readonly since: Date;
}

export interface Renewal {
  /** Sortable and unique: time-prefixed. */
  readonly id: string;
  readonly certificate: string;
  readonly action: RenewalAction;
  /** Stable reason code of the decision that began it, and its sentence. */
  readonly reason: string;
  readonly sentence: string;
  readonly state: RenewalState;
  /** Incremented by every stored change; a writer with an older one is refused. */
  readonly revision: number;
  readonly createdAt: Date;
  readonly updatedAt: Date;
  /** Nothing is done before this moment; null: waits for a person (blocked) or finished. */
  readonly nextAt: Date | null;
  /** Failures of the present state in a row; reset on progress. */
  readonly attempts: number;
  readonly failure: StoredFailure | null;

  readonly provider: string;
  readonly product: string;
  readonly names: readonly string[];
  readonly dcvMethod: string;
  /** Unique reference given to the provider. */
  readonly reference: string;
  readonly keyId: string | null;
  readonly csrPem: string | null;
  readonly spkiSha256: string | null;
  /** Handle of the certificate that is replaced. */
  readonly previousOrderId: string | null;
  readonly previousCertificateId: string | null;
  readonly orderId: string | null;
  readonly certificateId: string | null;
  readonly jobId: string | null;
  readonly prepared: string | null;
  readonly paidUntil: Date | null;
  readonly price: Money | null;
  readonly orderedAt: Date | null;
  /** As issued. */
  readonly leafPem: string | null;
  /** Verified order: intermediates, no root. */
  readonly chainPem: string | null;
  readonly fingerprint256: string | null;
  readonly notBefore: Date | null;
  readonly notAfter: Date | null;
  /** An operator asked for it, or what it replaces is revoked or its key lost: windows and lead do not hold it back. */
  readonly forced: boolean;
  /** Set while the order waits for a person; the renewal goes on by itself afterwards. */
  readonly waitsFor: WaitForPerson | null;
  /** The certificate that was replaced is still to be deleted at the provider, or is; null: it is kept. */
  readonly discard: 'due' | 'done' | null;
}

export type ChallengeState = 'wanted' | 'published' | 'withdrawn';

export interface StoredChallenge {
  readonly renewalId: string;
  /** Position in the provider's list; (renewalId, index) is the key. */
  readonly index: number;
  readonly challenge: Challenge;
  readonly state: ChallengeState;
  /** Where it was really put, after CNAME delegation; null for e-mail or while wanted. */
  readonly publisher: string | null;
  readonly targetName: string | null;
  readonly visibleAt: Date | null;
}
