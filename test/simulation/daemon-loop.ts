/** As src/daemon/loop.ts, without its wake-up each minute: stored deadlines alone say when to go on. */
import { secondMs } from '../../src/core/durations.ts';
import type { Driver } from '../../src/renewal/driver.ts';
import type { Timeline } from './timeline.ts';

export interface LoopParts {
  readonly driver: Driver;
  readonly timeline: Timeline;
  /** Between two full passes. */
  readonly passMs: number;
  readonly isAlive: () => boolean;
  readonly afterPass: () => Promise<void>;
}

export interface Loop {
  stop(): void;
  passSoon(): void;
}

const shortestPauseMs = 5;

export function startLoop({ driver, timeline, passMs, isAlive, afterPass }: LoopParts): Loop {
  let passAtMs = timeline.nowMs;
  let stopped = false;
  let cancel: () => void = () => undefined;
  let running = false;
  let nudged = false;

  async function turn(): Promise<void> {
    if (running || stopped || !isAlive()) {
      nudged = true;
      return;
    }
    running = true;
    nudged = false;
    let pauseMs = shortestPauseMs;
    try {
      if (timeline.nowMs >= passAtMs) {
        await driver.pass();
        passAtMs = timeline.nowMs + passMs;
        if (isAlive()) await afterPass();
      } else await driver.advanceDue();
    } catch {
      // The store failed; the daemon's loop logs it and goes on, too.
      pauseMs = secondMs;
    }
    running = false;
    if (stopped || !isAlive()) return;
    const wakeMs = driver.nextWake()?.getTime() ?? Number.POSITIVE_INFINITY;
    const untilMs = Math.min(wakeMs, passAtMs);
    plan(nudged ? pauseMs : Math.max(untilMs - timeline.nowMs, pauseMs));
  }

  function plan(ms: number): void {
    cancel();
    cancel = timeline.after(ms, () => void turn());
  }

  driver.onProgress(() => {
    if (running) nudged = true;
    else plan(shortestPauseMs);
  });
  plan(0);
  return {
    stop() {
      stopped = true;
      cancel();
    },
    passSoon() {
      passAtMs = timeline.nowMs;
      plan(0);
    },
  };
}
