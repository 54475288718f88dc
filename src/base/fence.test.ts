import fc from 'fast-check';
import { expect, it } from 'vitest';
import { type Fence, compareFences, fenceKey, readFence } from './fence.js';

// Few values, so that parts are often equal.
const fences: fc.Arbitrary<Fence> = fc.record({
  term: fc.nat(2),
  ownerId: fc.constantFrom('a', 'b', 'a 1'),
  ownerNode: fc.constantFrom('n', 'n 1', ''),
  ownerIncarnation: fc.bigInt(0n, 2n),
  sequence: fc.nat(2),
});

it('orders fences by term, node and life of the owner, and sequence, in that order', () => {
  const base: Fence = { term: 1, ownerId: 'b', ownerNode: 'n', ownerIncarnation: 5n, sequence: 5 };
  const later = [
    { ...base, term: 2, ownerNode: 'a', ownerIncarnation: 1n, sequence: 1 },
    { ...base, ownerNode: 'o', ownerIncarnation: 1n, sequence: 1 },
    { ...base, ownerIncarnation: 2n ** 63n, sequence: 1 },
    { ...base, sequence: 6, ownerId: 'a' },
    { ...base, ownerId: 'c' },
  ];
  for (const fence of later) {
    expect(compareFences(base, fence)).toBeLessThan(0);
    expect(compareFences(fence, base)).toBeGreaterThan(0);
  }
});

it('orders any three fences without a contradiction', () => {
  fc.assert(
    fc.property(fences, fences, fences, (a, b, c) => {
      expect(Math.sign(compareFences(a, b))).toBe(0 - Math.sign(compareFences(b, a)));
      if (compareFences(a, b) <= 0 && compareFences(b, c) <= 0) {
        expect(compareFences(a, c)).toBeLessThanOrEqual(0);
      }
    }),
  );
});

it('gives two fences one key only when they are one fence', () => {
  fc.assert(
    fc.property(fences, fences, (a, b) => {
      expect(fenceKey(a) === fenceKey(b)).toBe(compareFences(a, b) === 0);
    }),
  );
});

it('reads a fence back, and nothing else', () => {
  const fence: Fence = { term: 1, ownerId: 'b', ownerNode: 'n', ownerIncarnation: 5n, sequence: 5 };
  expect(readFence({ ...fence, more: 1 })).toEqual(fence);
  const wrong = [
    undefined,
    null,
    5,
    'x',
    [],
    {},
    { ...fence, term: -1 },
    { ...fence, sequence: NaN },
  ];
  for (const value of [
    ...wrong,
    { ...fence, ownerId: 5 },
    { ...fence, ownerNode: 5 },
    { ...fence, ownerIncarnation: 5 },
  ]) {
    expect(readFence(value)).toBeUndefined();
  }
});
