/**
 * The one error class of renewd. A failure is a value that someone will read: it says what went wrong, where, why,
 * and what to do. Callers match on `code` or `kind`, never on the message.
 */
import { errorTable, type ErrorCode } from './error-table.ts';

/** Answers "what now?"; see docs/errors.md. */
export const errorKinds = [
  'configuration',
  'authentication',
  'rejected',
  'funds',
  'not-found',
  'conflict',
  'rate-limited',
  /** Known not to have been applied: may be tried again. */
  'unavailable',
  /** Perhaps applied: must be settled by looking, never by sending again. */
  'outcome-unknown',
  /** We did not understand the answer. */
  'protocol',
  'dcv-failed',
  /** Files, processes, or the network on our own side. */
  'local',
  /** A bug of ours. */
  'invariant',
] as const;
export type ErrorKind = (typeof errorKinds)[number];

export interface ErrorDetails {
  /** Overrides the kind that the table gives for the code. */
  readonly kind?: ErrorKind;
  /** Milliseconds to wait before trying again, where the peer said so. */
  readonly retryAfterMs?: number;
  readonly cause?: unknown;
  /** Bounded, secret-free context for logs and the ledger. */
  readonly fields?: Readonly<Record<string, string | number | boolean | undefined>>;
}

export class RenewdError extends Error {
  override readonly name = 'RenewdError';
  readonly code: ErrorCode;
  readonly kind: ErrorKind;
  readonly retryAfterMs: number | undefined;
  readonly fields: Readonly<Record<string, string | number | boolean | undefined>>;

  constructor(code: ErrorCode, message: string, details: ErrorDetails = {}) {
    super(message, details.cause === undefined ? undefined : { cause: details.cause });
    this.code = code;
    this.kind = details.kind ?? errorTable[code].kind;
    this.retryAfterMs = details.retryAfterMs;
    this.fields = details.fields ?? {};
  }
}

/** Whether one of our failures was thrown, of one of these kinds. */
export function hasKind(thrown: unknown, ...kinds: readonly ErrorKind[]): thrown is RenewdError {
  return thrown instanceof RenewdError && kinds.includes(thrown.kind);
}

/** Anything thrown, as a RenewdError; what is not ours is a bug of ours, with its cause kept. */
export function toRenewdError(thrown: unknown): RenewdError {
  if (thrown instanceof RenewdError) return thrown;
  const message = thrown instanceof Error ? thrown.message : String(thrown);
  return new RenewdError('internal', `unexpected failure: ${message}`, { cause: thrown });
}
