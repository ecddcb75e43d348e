/** The real clock. Nothing else in renewd reads the time or sets a timer of its own. */
import type { Clock } from '../contracts/platform.ts';

/** Node fires timers above this at once (2^31 − 1 ms, about 24.8 days): longer waits are stored deadlines. */
export const sleepMsMax = 2 ** 31 - 1;

export const systemClock: Clock = {
  now: () => new Date(),

  sleep(ms, signal) {
    if (!(ms <= sleepMsMax))
      return Promise.reject(new RangeError(`cannot sleep ${ms} ms: the limit is ${sleepMsMax}`));
    return new Promise<void>((resolve, reject) => {
      const abort = (): void => {
        clearTimeout(timer);
        const reason: unknown = signal?.reason;
        reject(reason);
      };
      const timer = setTimeout(
        () => {
          signal?.removeEventListener('abort', abort);
          resolve();
        },
        Math.max(0, ms),
      );
      if (signal?.aborted === true) abort();
      else signal?.addEventListener('abort', abort, { once: true });
    });
  },
};
