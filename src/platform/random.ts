/** The real source of randomness: keys' neighbours such as ids, references and jitter. */
import { randomBytes } from 'node:crypto';
import type { Random } from '../contracts/platform.ts';

export const systemRandom: Random = {
  bytes: (count) => randomBytes(count),

  fraction() {
    // 48 bits fit a double exactly, so every value is reachable and 1 is not.
    return randomBytes(6).readUIntBE(0, 6) / 2 ** 48;
  },
};
