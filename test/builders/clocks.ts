/** A clock that only moves when told to, or when somebody sleeps on it. */
import type { Clock } from '../../src/contracts/platform.ts';

export interface HandClock extends Clock {
  advance(ms: number): void;
  /** Every sleep that was asked for, in order. */
  readonly slept: readonly number[];
}

/** Sleeping moves it on at once; `whileAsleep` runs at each sleep, as the rest of the world would. */
export function handClock(start: Date, whileAsleep: () => void | Promise<void> = () => {}): HandClock {
  let nowMs = start.getTime();
  const slept: number[] = [];
  return {
    slept,
    now: () => new Date(nowMs),
    advance(ms) {
      nowMs += ms;
    },
    async sleep(ms, signal) {
      signal?.throwIfAborted();
      slept.push(ms);
      nowMs += ms;
      await whileAsleep();
      signal?.throwIfAborted();
    },
  };
}
