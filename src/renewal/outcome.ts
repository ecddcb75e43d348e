/** What a stage hands back to the driver: the event, what changes with it, and when to go on. The driver commits it. */
import type { Effects, LedgerEntry, RenewalPatch } from '../contracts/store.ts';
import { toRenewdError, type RenewdError } from '../core/errors.ts';
import type { Renewal, StoredFailure } from '../core/renewal.ts';
import type { RenewalEvent } from './state-machine.ts';

export interface StageOutcome {
  readonly event: RenewalEvent;
  /** Sentence for the ledger and the log. */
  readonly text: string;
  readonly patch?: RenewalPatch;
  readonly effects?: Effects;
  /** When to go on; absent: at once. Null: not before a person acts. */
  readonly nextAt?: Date | null;
  readonly failure?: RenewdError;
  readonly detail?: Readonly<Record<string, unknown>>;
}

export function storedFailure(failure: RenewdError, at: Date): StoredFailure {
  return { code: failure.code, kind: failure.kind, message: failure.message.slice(0, 1000), at };
}

/** Milliseconds before the n-th retry (n ≥ 1) of something repeatable: 2 s doubling to 10 min. */
export function retryDelayMs(attempt: number): number {
  return Math.min(2000 * 2 ** Math.min(attempt - 1, 20), 600_000);
}

/** Stay in the state and try again after the peer's own hint or the growing pause. */
export function holdAfter(renewal: Renewal, thrown: unknown, now: Date): StageOutcome {
  const failure = toRenewdError(thrown);
  const delayMs = Math.max(failure.retryAfterMs ?? 0, retryDelayMs(renewal.attempts + 1));
  return { event: 'hold', text: failure.message, failure, nextAt: new Date(now.getTime() + delayMs) };
}

export function ledgerEntry(
  renewal: Renewal,
  at: Date,
  entry: Pick<LedgerEntry, 'kind' | 'subject' | 'text'> & Partial<LedgerEntry>,
): LedgerEntry {
  return {
    at,
    certificate: renewal.certificate,
    renewalId: renewal.id,
    provider: renewal.provider,
    charged: null,
    paid: false,
    detail: {},
    ...entry,
  };
}
