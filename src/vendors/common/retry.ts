/**
 * The one place where a provider command is sent again. Only for repeatable commands: a paid command is never given
 * to it.
 */
import { hasKind, RenewdError } from '../../core/errors.ts';
import type { Clock, Random } from '../../contracts/platform.ts';

/** First pause; doubled after each further failure: 0.5 s, 1 s, each times 0.5–1.5. */
const firstPauseMs = 500;

/** A longer wait that the peer asks for belongs to the stored schedule, not to a call in progress. */
const retryAfterMsMax = 10_000;

export interface RetryOptions {
  readonly clock: Clock;
  readonly random: Random;
  readonly signal: AbortSignal;
  /** Calls in all, at least 1. */
  readonly attempts?: number;
}

/**
 * Calls `fn` until it succeeds, at most `attempts` times (3). Only kinds `unavailable` and `rate-limited` are tried
 * again; everything else, the last failure, and a peer's wish to wait more than 10 s are thrown as they came.
 */
export async function retryRepeatable<T>(fn: () => Promise<T>, options: RetryOptions): Promise<T> {
  const { clock, random, signal, attempts = 3 } = options;
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await fn();
    } catch (thrown) {
      if (attempt >= attempts || signal.aborted || !isPassing(thrown)) throw thrown;
      const backoffMs = firstPauseMs * 2 ** (attempt - 1) * (0.5 + random.fraction());
      const pauseMs = Math.round(Math.max(backoffMs, thrown.retryAfterMs ?? 0));
      try {
        await clock.sleep(pauseMs, signal);
      } catch {
        // Cancelled while waiting: the failure that was waited out says more than the cancellation.
        throw thrown;
      }
    }
  }
}

function isPassing(thrown: unknown): thrown is RenewdError {
  return hasKind(thrown, 'unavailable', 'rate-limited') && (thrown.retryAfterMs ?? 0) <= retryAfterMsMax;
}
