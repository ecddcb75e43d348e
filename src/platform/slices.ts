/** Long work cut into slices, on the real event loop. */
import { setImmediate } from 'node:timers/promises';
import type { Slices } from '../contracts/platform.ts';

/** Well below what anybody notices in a daemon, and long enough to cost nothing. */
const sliceMs = 8;

export function createSlices(): Slices {
  let endsAt = Number.NEGATIVE_INFINITY;
  let queue: Promise<void> = Promise.resolve();
  const isOver = (): boolean => performance.now() > endsAt;
  return {
    isOver,
    next() {
      queue = queue.then(async () => {
        if (!isOver()) return;
        await setImmediate();
        endsAt = performance.now() + sliceMs;
      });
      return queue;
    },
  };
}
