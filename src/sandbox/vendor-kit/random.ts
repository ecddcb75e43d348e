/**
 * Where the simulators' ids and tokens come from. A test that wants the same run twice passes its own source.
 */
import { randomInt } from 'node:crypto';

/** Like `Math.random`: at least 0, less than 1. */
export type RandomSource = () => number;

const RESOLUTION = 2 ** 47;

export const systemRandom: RandomSource = () => randomInt(RESOLUTION) / RESOLUTION;

export function pick(random: RandomSource, alphabet: string, length: number): string {
  let text = '';
  for (let i = 0; i < length; i += 1) text += alphabet.charAt(Math.floor(random() * alphabet.length));
  return text;
}

export function digits(random: RandomSource, length: number): string {
  return pick(random, '123456789', 1) + pick(random, '0123456789', length - 1);
}

export function lowerAlphanumeric(random: RandomSource, length: number): string {
  return pick(random, 'abcdefghijklmnopqrstuvwxyz0123456789', length);
}

/** Draws until the drawn id is not taken. The id spaces are far larger than any test fills. */
export function unusedId(draw: () => string, taken: (id: string) => boolean): string {
  for (let attempt = 0; attempt < 1000; attempt += 1) {
    const id = draw();
    if (!taken(id)) return id;
  }
  throw new Error('no unused id found in 1000 draws: is the random source a constant?');
}
