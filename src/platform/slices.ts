/** Long work cut into slices, on the real event loop. */
import { setImmediate } from 'node:timers/promises';
import type { Slices } from '../contracts/platform.ts';

/** Well below what anybody notices in a daemon, and long enough to cost nothing. */
const sliceMs = 8;

export function createSlices(): Slices {
  let endsAt = Number.NEGATIVE_INFINITY;
  let queue: Promise<void> = Promise.resolve();
  const isOver = (): boolean => performance.now() > endsAt;
  const begin = async (): Promise<void> => {
    if (!isOver()) return;
    await setImmediate();
    endsAt = performance.now() + sliceMs;
  };
  return {
    isOver,
    next() {
      queue = queue.then(begin);
      return queue;
    },
  };
}
