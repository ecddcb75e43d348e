/** The real source of randomness: keys' neighbours such as ids, references and jitter. */
import { randomBytes, randomInt } from 'node:crypto';
import type { Random } from '../contracts/platform.ts';

/** The most that `randomInt` takes. */
const steps = 2 ** 48 - 1;

export const systemRandom: Random = {
  bytes: (count) => randomBytes(count),

  fraction() {
    // Below 1, and drawn from bytes that Node fetches some thousand at a time.
    return randomInt(steps) / steps;
  },
};
