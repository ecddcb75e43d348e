/**
 * The only source of chance in a simulation: one seed, one run. Each part of the world draws from a stream of its own,
 * so that a change in one part does not shift what another one meets.
 */
import { createHash } from 'node:crypto';
import type { Random } from '../../src/contracts/platform.ts';

export interface Chance extends Random {
  /** True with probability `p`. */
  happens(p: number): boolean;
  /** A whole number from `from` to `to`, both included. */
  between(from: number, to: number): number;
  /** Exponentially distributed: mostly short, sometimes long. */
  around(mean: number): number;
  pick<T>(from: readonly T[]): T;
  /** A stream of its own, the same for the same name. */
  stream(name: string): Chance;
}

/** xoshiro128** (Blackman and Vigna, 2018), seeded by SHA-256 of the seed and the stream's name. */
export function createChance(seed: number, name = 'world'): Chance {
  const digest = createHash('sha256').update(`${seed} ${name}`).digest();
  let a = digest.readUInt32LE(0);
  let b = digest.readUInt32LE(4);
  let c = digest.readUInt32LE(8);
  let d = digest.readUInt32LE(12);

  function next(): number {
    const scaled = Math.imul(b, 5);
    const result = Math.imul((scaled << 7) | (scaled >>> 25), 9) >>> 0;
    const shifted = b << 9;
    c ^= a;
    d ^= b;
    b ^= c;
    a ^= d;
    c ^= shifted;
    d = (d << 11) | (d >>> 21);
    return result / 2 ** 32;
  }

  return {
    fraction: next,
    bytes: (count) => Uint8Array.from({ length: count }, () => Math.floor(next() * 256)),
    happens: (p) => next() < p,
    between: (from, to) => from + Math.floor(next() * (to - from + 1)),
    around: (mean) => -mean * Math.log(1 - next()),
    pick(from) {
      const found = from[Math.floor(next() * from.length)];
      if (found === undefined) throw new Error('nothing to pick from');
      return found;
    },
    stream: (inner) => createChance(seed, `${name}/${inner}`),
  };
}
