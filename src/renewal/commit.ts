/** Writes a stage's outcome: new state, patch, ledger, certificate record, all in one transaction. */
import type { CertificateRecord, Effects, LedgerEntry, RenewalPatch, Store } from '../contracts/store.ts';
import { isTerminal, type Renewal, type RenewalState } from '../core/renewal.ts';
import { ledgerEntry, storedFailure, type StageOutcome } from './outcome.ts';
import { nextState } from './state-machine.ts';

/** Counts of progress are reset whenever the state changes for the better. */
function attemptsAfter(renewal: Renewal, state: RenewalState, outcome: StageOutcome): number {
  // Being in place is not yet being served, and about to be sent is not yet ordered: the pauses after failures go on growing.
  if (outcome.event === 'set-deployed' || outcome.event === 'order-intended') return renewal.attempts;
  const stays =
    state === renewal.state || outcome.event === 'deployment-undone' || outcome.event === 'order-not-applied';
  return stays && outcome.nextAt !== undefined ? renewal.attempts + 1 : 0;
}

/** A poll without news is not worth a ledger line; a change of state, or another failure than before, is. */
function worthNoting(renewal: Renewal, state: RenewalState, outcome: StageOutcome): boolean {
  if (state !== renewal.state) return true;
  return outcome.failure !== undefined && outcome.failure.message !== renewal.failure?.message;
}

/** What a finished renewal leaves in the certificate's record. */
function recordAfter(
  renewal: Renewal,
  patch: RenewalPatch,
  state: RenewalState,
  record: CertificateRecord | undefined,
  jitter: number,
  now: Date,
): CertificateRecord | undefined {
  const base: CertificateRecord = record ?? emptyRecord(renewal.certificate, jitter);
  const merged = { ...renewal, ...patch };
  if (state === 'failed')
    return {
      ...base,
      paidUntil: paidByFailed(merged, base),
      failures: base.failures + 1,
      lastFailureAt: now,
    };
  if (state === 'verified' && renewal.state !== 'verified' && renewal.action !== 'deploy') {
    return {
      ...base,
      provider: merged.provider,
      product: merged.product,
      orderId: merged.orderId,
      certificateId: merged.certificateId,
      // Only a reissue stays in the order whose end is known already.
      paidUntil: merged.paidUntil ?? (renewal.action === 'reissue' ? base.paidUntil : null),
      orderReadAt: now,
    };
  }
  if (state !== 'served') return undefined;
  const redraw = merged.fingerprint256 !== base.jitterFingerprint;
  return {
    ...base,
    failures: 0,
    lastFailureAt: null,
    servedMatches: true,
    servedCheckedAt: now,
    ...(redraw ? { jitter, jitterFingerprint: merged.fingerprint256 } : {}),
  };
}

/**
 * A renewal that was paid for, and given up over the certificate that came of it, has prolonged the order all the same,
 * where the order keeps its id: the next certificate is a reissue in it, and no second renewal, which would be refused.
 */
function paidByFailed(
  { action, provider, certificateId, leafPem, paidUntil }: Renewal,
  base: CertificateRecord,
): Date | null {
  const isSameOrder =
    certificateId !== null && certificateId === base.certificateId && provider === base.provider;
  if (action !== 'renew' || !isSameOrder || leafPem === null) return base.paidUntil;
  if (paidUntil === null || base.paidUntil === null) return base.paidUntil;
  return paidUntil > base.paidUntil ? paidUntil : base.paidUntil;
}

export function emptyRecord(name: string, jitter: number): CertificateRecord {
  return {
    name,
    jitter,
    jitterFingerprint: null,
    provider: null,
    product: null,
    orderId: null,
    certificateId: null,
    paidUntil: null,
    orderReadAt: null,
    failures: 0,
    lastFailureAt: null,
    servedMatches: null,
    servedCheckedAt: null,
  };
}

/**
 * Returns the renewal as stored. Throws `store-conflict` when somebody else changed it, `state-impossible` for an event
 * that cannot happen.
 */
export async function commitOutcome(
  store: Store,
  renewal: Renewal,
  outcome: StageOutcome,
  jitter: number,
  now: Date,
): Promise<Renewal> {
  const state = nextState(renewal.state, outcome.event);
  const patch: RenewalPatch = {
    ...outcome.patch,
    state,
    nextAt: isTerminal(state) ? null : outcome.nextAt === undefined ? now : outcome.nextAt,
    attempts: attemptsAfter(renewal, state, outcome),
    failure: outcome.failure === undefined ? null : storedFailure(outcome.failure, now),
    ...(state === renewal.state || state === 'awaiting-dcv' || state === 'awaiting-issuance'
      ? {}
      : { waitsFor: null }),
  };
  const needsRecord = state === 'failed' || state === 'verified' || state === 'served';
  const record = needsRecord ? await store.certificate(renewal.certificate) : undefined;
  const certificate = needsRecord ? recordAfter(renewal, patch, state, record, jitter, now) : undefined;
  const ledger: LedgerEntry[] = [...(outcome.effects?.ledger ?? [])];
  if (worthNoting(renewal, state, outcome)) {
    ledger.push(
      ledgerEntry(renewal, now, {
        kind: 'transition',
        subject: state,
        text: outcome.text,
        detail: {
          from: renewal.state,
          event: outcome.event,
          ...(outcome.failure === undefined
            ? {}
            : { code: outcome.failure.code, kind: outcome.failure.kind }),
          ...outcome.detail,
        },
      }),
    );
  }
  const { waitsFor } = patch;
  if (waitsFor != null && renewal.waitsFor?.text !== waitsFor.text) {
    const since = waitsFor.since.toISOString();
    ledger.push(
      ledgerEntry(renewal, now, {
        kind: 'note',
        subject: 'person',
        text: `waits for a person since ${since}: ${waitsFor.text}`,
      }),
    );
  }
  const effects: Effects = {
    ...outcome.effects,
    ledger,
    ...(certificate === undefined ? {} : { certificate }),
  };
  return store.updateRenewal(renewal.id, renewal.revision, patch, effects, now);
}
