/**
 * The daemon's loop: node-cron asks for full passes; between them the loop wakes at the next stored deadline. Passes
 * never overlap: whatever is asked for meanwhile is done once, afterwards.
 */
import type { Clock, Logger } from '../contracts/platform.ts';
import { minuteMs, secondMs } from '../core/durations.ts';
import { toRenewdError } from '../core/errors.ts';

export interface LoopWork {
  /** Look at everything. */
  pass(): Promise<void>;
  /** Go on with what is due. */
  advanceDue(): Promise<void>;
  nextWake(): Date | undefined;
}

export interface Loop {
  /** Ask for a full pass as soon as possible. */
  requestPass(): void;
  /** Something moved: look at the deadlines again. */
  nudge(): void;
  /** Resolves when the loop has ended. */
  stop(): Promise<void>;
}

/** Deadlines are looked at again at least this often, so that a clock that was set does not leave us asleep. */
const longestSleepMs = minuteMs;
const shortestSleepMs = 5;
const afterFailureMs = secondMs;

export function startLoop(
  work: LoopWork,
  clock: Clock,
  logger: Logger,
  passFinished: (at: Date, seconds: number) => void,
  passFailed: () => void = () => undefined,
): Loop {
  const ending = new AbortController();
  let passWanted = true;
  let wake: () => void = () => undefined;

  async function once(): Promise<void> {
    try {
      if (!passWanted) {
        await work.advanceDue();
        return;
      }
      passWanted = false;
      const startedAt = performance.now();
      await work.pass();
      passFinished(clock.now(), (performance.now() - startedAt) / 1000);
    } catch (thrown) {
      passFailed();
      const { code, message } = toRenewdError(thrown);
      logger.error({ code, reason: message, err: thrown }, 'a pass failed; the next one tries again');
      // A store that fails at once must not turn the loop into a hot one: no nudge cuts this short.
      await clock.sleep(afterFailureMs, ending.signal).catch(() => undefined);
    }
  }

  function pause(ms: number): Promise<void> {
    const interrupt = new AbortController();
    wake = () => interrupt.abort();
    return clock.sleep(ms, interrupt.signal).catch(() => undefined);
  }

  async function run(): Promise<void> {
    while (!ending.signal.aborted) {
      await once();
      if (ending.signal.aborted || passWanted) continue;
      const next = work.nextWake();
      const waitMs = next === undefined ? longestSleepMs : next.getTime() - clock.now().getTime();
      await pause(Math.min(Math.max(waitMs, shortestSleepMs), longestSleepMs));
    }
  }

  const ended = run();
  return {
    requestPass() {
      passWanted = true;
      wake();
    },
    nudge() {
      wake();
    },
    stop() {
      ending.abort();
      wake();
      return ended;
    },
  };
}
