import { uniformInt } from 'pure-rand/distribution/uniformInt';
import { xoroshiro128plus } from 'pure-rand/generator/xoroshiro128plus';
import type { Random } from './platform.js';

/** A stream of random numbers that depends on nothing but `seed` (its low 32 bits count). */
export function seededRandom(seed: number): Random {
  const generator = xoroshiro128plus(seed | 0);
  return { below: (bound) => uniformInt(generator, 0, bound - 1) };
}
