/**
 * RSA keys that can be made again: two of a kept pool of primes each, every pair once in a run. To look for primes would
 * take more time than everything else in a simulation.
 */
import { createHash, createPrivateKey } from 'node:crypto';
import type { Chance } from './chance.ts';
import { inverse, toNumber } from './numbers.ts';

/**
 * The n-th prime is the n-th of these above its base. Found with OpenSSL's `checkPrime`; what a prime minus one must not
 * divide is the public exponent.
 */
export const offsets: readonly number[] = [
  909, 2807, 127, 1149, 359, 343, 75, 319, 297, 277, 579, 733, 1487, 87, 929, 447, 241, 145, 75, 629, 1005,
  81, 393, 73, 699, 1909, 473, 69, 275, 1639, 303, 473, 799, 857, 1323, 1489, 175, 817, 413, 1145, 1379, 117,
  345, 85, 1853, 55, 19, 383, 639, 1537, 835, 369, 653, 887, 549, 217, 217, 1269, 805, 203, 367, 101, 1319,
  691, 997, 755, 3, 885, 509, 937, 29, 477, 815, 373, 1285, 1345, 1793, 297, 729, 2247, 525, 319, 817, 1359,
  35, 707, 655, 301, 485, 513, 2665, 669, 3977, 443, 287, 1351,
];
const exponent = 65_537n;

/** 1024 bits of which the first two are set, so that two of them make 2048; even. */
function baseOf(index: number): bigint {
  const parts = [0, 1].map((half) =>
    createHash('sha512').update(`renewd simulation prime ${index} ${half}`).digest(),
  );
  return (toNumber(Buffer.concat(parts)) | (3n << 1022n)) & ~1n;
}

const primes: (bigint | undefined)[] = [];
export function primeOf(index: number): bigint {
  const found = primes[index] ?? baseOf(index) + BigInt(offsets[index] ?? Number.NaN);
  primes[index] = found;
  return found;
}

const text = (value: bigint): string => {
  const hex = value.toString(16);
  return Buffer.from(hex.length % 2 === 0 ? hex : `0${hex}`, 'hex').toString('base64url');
};

function keyOf(p: bigint, q: bigint): string {
  // Of the order of the group rather than of its least common multiple: as good, and RFC 8017 §3.1 allows both.
  const d = inverse(exponent, (p - 1n) * (q - 1n));
  return createPrivateKey({
    format: 'jwk',
    key: {
      kty: 'RSA',
      n: text(p * q),
      e: text(exponent),
      d: text(d),
      p: text(p),
      q: text(q),
      dp: text(d % (p - 1n)),
      dq: text(d % (q - 1n)),
      qi: text(inverse(q, p)),
    },
  })
    .export({ type: 'pkcs8', format: 'pem' })
    .toString();
}

/** 2048 bits, PKCS #8. Throws once every pair was handed out. */
export function createRsaPool(chance: Chance): () => string {
  const count = offsets.length;
  const pairs = (count * (count - 1)) / 2;
  const first = chance.between(0, pairs - 1);
  let made = 0;
  return () => {
    if (made === pairs) throw new Error(`a run has ${pairs} RSA keys and no more`);
    let rest = (first + made) % pairs;
    made += 1;
    let smaller = 0;
    while (rest >= count - 1 - smaller) {
      rest -= count - 1 - smaller;
      smaller += 1;
    }
    return keyOf(primeOf(smaller), primeOf(smaller + 1 + rest));
  };
}
