/**
 * The time of a whole simulated world. It stands still until a test moves it, or until somebody sleeps on it: then it
 * jumps to the end of the earliest sleep, so that nobody waits in real time.
 */
import type { Clock } from '../../src/contracts/platform.ts';

export interface WorldClock extends Clock {
  advance(ms: number): void;
  set(at: Date): void;
  /** Sleepers stay asleep until the test moves the clock itself. */
  byHand: boolean;
}

interface Sleeper {
  readonly untilMs: number;
  wake(): void;
}

export function worldClock(start: Date): WorldClock {
  let nowMs = start.getTime();
  let sleepers: Sleeper[] = [];
  let jumpPlanned = false;

  function wakeDue(): void {
    const due = sleepers.filter(({ untilMs }) => untilMs <= nowMs);
    sleepers = sleepers.filter((one) => !due.includes(one));
    for (const one of due.sort((a, b) => a.untilMs - b.untilMs)) one.wake();
  }

  /** Whoever is awake gets its turn first; then time passes for those who wait for nothing else. */
  function planJump(): void {
    if (jumpPlanned || clock.byHand) return;
    jumpPlanned = true;
    setImmediate(() => {
      jumpPlanned = false;
      if (sleepers.length === 0 || clock.byHand) return;
      nowMs = Math.max(nowMs, Math.min(...sleepers.map(({ untilMs }) => untilMs)));
      wakeDue();
      if (sleepers.length > 0) planJump();
    });
  }

  const clock: WorldClock = {
    byHand: false,
    now: () => new Date(nowMs),
    sleep(ms, signal) {
      return new Promise<void>((resolve, reject) => {
        const abort = (): void => {
          sleepers = sleepers.filter((one) => one !== sleeper);
          const reason: unknown = signal?.reason;
          reject(reason);
        };
        const sleeper: Sleeper = {
          untilMs: nowMs + Math.max(0, ms),
          wake() {
            signal?.removeEventListener('abort', abort);
            resolve();
          },
        };
        if (signal?.aborted === true) return abort();
        signal?.addEventListener('abort', abort, { once: true });
        sleepers.push(sleeper);
        planJump();
      });
    },
    advance(ms) {
      nowMs += ms;
      wakeDue();
    },
    set(at) {
      nowMs = at.getTime();
      wakeDue();
    },
  };
  return clock;
}
