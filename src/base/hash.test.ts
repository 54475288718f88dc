import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { InvariantViolation } from './assert.js';
import { keyedHash, type HashPart } from './hash.js';

describe('keyedHash', () => {
  it('gives these very numbers on every machine and every version of Node', () => {
    expect(keyedHash(0)).toBe(4_341_295_508_562_884);
    expect(keyedHash(7, 'latency', 'a', 1)).toBe(165_268_128_045_125);
    expect(keyedHash(-1, 2 ** 40, -(2 ** 40))).toBe(2_738_277_802_276_688);
    expect(keyedHash(1, 5n, -5n, '→')).toBe(2_495_588_074_313_256);
  });

  it('gives a whole number from 0 up to 2 ** 53', () => {
    fc.assert(
      fc.property(seed, parts, (anySeed, anyParts) => {
        const hash = keyedHash(anySeed, ...anyParts);
        expect(Number.isSafeInteger(hash) && hash >= 0).toBe(true);
        expect(keyedHash(anySeed, ...anyParts)).toBe(hash);
      }),
    );
  });

  it('keeps different keys apart', () => {
    fc.assert(
      fc.property(seed, parts, seed, parts, (seedA, partsA, seedB, partsB) => {
        fc.pre(spell(seedA, partsA) !== spell(seedB, partsB));
        expect(keyedHash(seedA, ...partsA)).not.toBe(keyedHash(seedB, ...partsB));
      }),
    );
  });

  it('keeps the borders and the types of its parts', () => {
    const keys: HashPart[][] = [
      [],
      [''],
      ['', ''],
      ['ab', 'c'],
      ['a', 'bc'],
      ['abc'],
      ['a', 'b', 'c'],
      ['abc\0'],
      [1],
      ['1'],
      [1n],
      [-1],
      [-1n],
      [2 ** 32 + 1],
      [2 ** 32 - 1],
    ];
    expect(new Set(keys.map((key) => keyedHash(7, ...key))).size).toBe(keys.length);
  });

  it('takes minus zero for zero', () => {
    expect(keyedHash(-0, -0)).toBe(keyedHash(0, 0));
  });

  it('lets one changed bit of the key change half of the number, wherever it is', () => {
    const flips = new Array<number>(53).fill(0);
    const rounds = 2000;
    for (let round = 0; round < rounds; round++) {
      const changed = BigInt(keyedHash(7, 'net', round)) ^ BigInt(keyedHash(7, 'net', round ^ 1));
      for (let bit = 0; bit < 53; bit++) flips[bit]! += Number((changed >> BigInt(bit)) & 1n);
    }
    for (const count of flips) expect(Math.abs(count / rounds - 0.5)).toBeLessThan(0.06);
  });

  it('spreads consecutive draws evenly', () => {
    const buckets = new Array<number>(64).fill(0);
    for (let draw = 0; draw < 64_000; draw++) buckets[keyedHash(1, 'tie', draw) % 64]! += 1;
    const chiSquared = buckets.reduce((sum, count) => sum + (count - 1000) ** 2 / 1000, 0);
    // 63 degrees of freedom: a fair hash exceeds 110 once in five thousand keys.
    expect(chiSquared).toBeLessThan(110);
  });

  it('refuses numbers that engines could read differently', () => {
    for (const bad of [0.5, NaN, Infinity, 2 ** 53]) {
      expect(() => keyedHash(bad)).toThrow(InvariantViolation);
      expect(() => keyedHash(1, bad)).toThrow(InvariantViolation);
    }
  });
});

const seed = fc.maxSafeInteger();
const parts = fc.array(
  fc.oneof(fc.string(), fc.string({ unit: 'binary' }), fc.maxSafeInteger(), fc.bigInt()),
  { maxLength: 4 },
);

function spell(anySeed: number, anyParts: readonly HashPart[]): string {
  return JSON.stringify([anySeed, ...anyParts].map((part) => [typeof part, String(part)]));
}
