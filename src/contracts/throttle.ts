/** The pace of one account at one vendor: how fast, and with how many requests at once, it may be used. */

export interface Throttle {
  /**
   * Runs `fn` when it is its turn. Throws `provider-unavailable` when the signal fires while waiting, and
   * `provider-rate-limited` when the account is paused for longer than a caller should hang; `fn` was not called then.
   */
  run<T>(signal: AbortSignal, fn: () => Promise<T>): Promise<T>;
  /** Lets nothing new begin for `ms`; a longer pause that is already set stays. */
  pause(ms: number): void;
}

export interface Pace {
  /** Above 0. Also the burst, but at least one request. */
  readonly requestsPerSecond: number;
  /** Most requests in flight at once, at least 1. */
  readonly concurrency: number;
}

/**
 * The one throttle of an account: whoever asks with the same account (host and login) and the same pace gets the same
 * one, because the vendor counts them together.
 */
export type ThrottleOf = (account: string, pace: Pace) => Throttle;
