/**
 * How fast, and with how many requests at once, one account of a provider is used: a token bucket with a bounded
 * number in flight, first come first served. One throttle per account, shared by everything that speaks for it.
 */
import type { Clock } from '../../contracts/platform.ts';
import type { Pace, Throttle, ThrottleOf } from '../../contracts/throttle.ts';
import { RenewdError } from '../../core/errors.ts';

export interface ThrottleOptions extends Pace {
  readonly clock: Clock;
}

/** A pause up to this long is waited out in place; a longer one is an error with a delay, so that a pass goes on. */
const patienceMs = 10_000;

interface Waiter {
  start(): void;
  refuse(error: RenewdError): void;
}

export function createThrottle(options: ThrottleOptions): Throttle {
  const { requestsPerSecond, concurrency, clock } = options;
  if (!(requestsPerSecond > 0) || !(concurrency >= 1)) {
    throw new RenewdError('internal', 'a throttle needs a positive rate and at least one request at a time');
  }
  const burst = Math.max(1, Math.floor(requestsPerSecond));
  const queue: Waiter[] = [];
  let tokens = burst;
  let filledAtMs = clock.now().getTime();
  let running = 0;
  let pause = { untilMs: 0, lengthMs: 0 };
  let alarm: AbortController | undefined;

  function pauseLeftMs(nowMs: number): number {
    // Never longer than what was asked for, even if the clock was set back meanwhile.
    pause = { ...pause, untilMs: Math.min(pause.untilMs, nowMs + pause.lengthMs) };
    return Math.max(0, pause.untilMs - nowMs);
  }

  function refill(nowMs: number): void {
    tokens = Math.min(burst, tokens + (Math.max(0, nowMs - filledAtMs) / 1000) * requestsPerSecond);
    filledAtMs = nowMs;
  }

  function wakeAfter(ms: number): void {
    const mine = new AbortController();
    alarm = mine;
    void sleepThenAdvance(ms, mine);
  }

  async function sleepThenAdvance(ms: number, mine: AbortController): Promise<void> {
    try {
      await clock.sleep(Math.max(1, Math.ceil(ms)), mine.signal);
    } catch {
      // Called off by stopAlarm: nobody waits any more, or the waiting time has changed.
      return;
    }
    if (alarm === mine) alarm = undefined;
    advance();
  }

  function stopAlarm(): void {
    alarm?.abort();
    alarm = undefined;
  }

  function advance(): void {
    while (queue.length > 0 && running < concurrency) {
      const nowMs = clock.now().getTime();
      const leftMs = pauseLeftMs(nowMs);
      if (leftMs > patienceMs) {
        for (const waiter of queue.splice(0)) waiter.refuse(paused(leftMs));
        break;
      }
      refill(nowMs);
      const waitMs = Math.max(leftMs, ((1 - tokens) / requestsPerSecond) * 1000);
      if (waitMs > 0) {
        if (alarm === undefined) wakeAfter(waitMs);
        return;
      }
      tokens -= 1;
      running += 1;
      queue.shift()?.start();
    }
    if (queue.length === 0) stopAlarm();
  }

  function turn(signal: AbortSignal): Promise<void> {
    return new Promise((resolve, reject) => {
      const waiter: Waiter = {
        start: () => {
          signal.removeEventListener('abort', cancel);
          resolve();
        },
        refuse: (error) => {
          signal.removeEventListener('abort', cancel);
          reject(error);
        },
      };
      const cancel = (): void => {
        queue.splice(queue.indexOf(waiter), 1);
        waiter.refuse(cancelled(signal));
        advance();
      };
      if (signal.aborted) {
        reject(cancelled(signal));
        return;
      }
      signal.addEventListener('abort', cancel, { once: true });
      queue.push(waiter);
      advance();
    });
  }

  return {
    async run(signal, fn) {
      await turn(signal);
      try {
        return await fn();
      } finally {
        running -= 1;
        advance();
      }
    },
    pause(ms) {
      const nowMs = clock.now().getTime();
      if (ms <= pauseLeftMs(nowMs)) return;
      pause = { untilMs: nowMs + ms, lengthMs: ms };
      stopAlarm();
      advance();
    },
  };
}

function paused(leftMs: number): RenewdError {
  return new RenewdError(
    'provider-rate-limited',
    'requests to this account are paused, as the provider asked',
    {
      retryAfterMs: leftMs,
    },
  );
}

function cancelled(signal: AbortSignal): RenewdError {
  return new RenewdError('provider-unavailable', 'cancelled before the request was sent', {
    cause: signal.reason,
  });
}

/** Throttles by account and pace, made when first asked for. */
export function createThrottleBook(clock: Clock): ThrottleOf {
  const book = new Map<string, Throttle>();
  return (account, { requestsPerSecond, concurrency }) => {
    const key = JSON.stringify([account, requestsPerSecond, concurrency]);
    const throttle = book.get(key) ?? createThrottle({ requestsPerSecond, concurrency, clock });
    book.set(key, throttle);
    return throttle;
  };
}
