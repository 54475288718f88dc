import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { seededRandom } from './random.js';

function draws(seed: number, bound: number, count: number): number[] {
  const random = seededRandom(seed);
  return Array.from({ length: count }, () => random.below(bound));
}

describe('seededRandom', () => {
  it('draws whole numbers from 0 up to, not including, the bound', () => {
    fc.assert(
      fc.property(fc.integer(), fc.integer({ min: 1, max: 2 ** 32 }), (seed, bound) => {
        for (const drawn of draws(seed, bound, 20)) {
          expect(Number.isInteger(drawn) && drawn >= 0 && drawn < bound).toBe(true);
        }
      }),
    );
  });

  it('draws the same from the same seed and something else from another', () => {
    expect(draws(7, 1000, 10)).toEqual(draws(7, 1000, 10));
    expect(draws(8, 1000, 10)).not.toEqual(draws(7, 1000, 10));
  });

  it('looks at the low 32 bits of a seed, so that seeds with a sign are as good', () => {
    expect(draws(-1, 1000, 10)).toEqual(draws(2 ** 32 - 1, 1000, 10));
  });

  it('reaches every number about equally often', () => {
    const counts = new Array<number>(8).fill(0);
    for (const drawn of draws(1, 8, 8000)) counts[drawn]! += 1;
    for (const count of counts) expect(Math.abs(count - 1000)).toBeLessThan(150);
  });
});
