import { pick } from '../vendor-kit/random.ts';
import type { RandomSource } from '../vendor-kit/random.ts';

const hex = (random: RandomSource, length: number): string => pick(random, '0123456789abcdef', length);

/** Version 4, RFC 9562 §5.4. */
export function lowerHexUuid(random: RandomSource): string {
  const variant = pick(random, '89ab', 1) + hex(random, 3);
  return [hex(random, 8), hex(random, 4), `4${hex(random, 3)}`, variant, hex(random, 12)].join('-');
}
