import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Relation } from './relation.js';

describe('Relation', () => {
  it('reads a pair from both sides', () => {
    const links = new Relation<string, number>();
    expect(links.add('a', 1)).toBe(true);
    expect(links.has('a', 1)).toBe(true);
    expect(links.rightsOf('a')).toEqual([1]);
    expect(links.leftsOf(1)).toEqual(['a']);
  });

  it('counts a pair once, however often it is added', () => {
    const links = new Relation<string, number>();
    links.add('a', 1);
    expect(links.add('a', 1)).toBe(false);
    expect(links.size).toBe(1);
    expect(links.remove('a', 1)).toBe(true);
    expect(links.remove('a', 1)).toBe(false);
    expect(links.size).toBe(0);
  });

  it('gives the partners in the order in which they were paired', () => {
    const links = new Relation<string, number>();
    for (const right of [3, 1, 2]) links.add('a', right);
    links.remove('a', 1);
    links.add('a', 1);
    expect(links.rightsOf('a')).toEqual([3, 2, 1]);
  });

  it('forgets one side and says whom it parted', () => {
    const links = new Relation<string, number>();
    links.add('a', 1);
    links.add('b', 1);
    links.add('b', 2);
    expect(links.removeRight(1)).toEqual(['a', 'b']);
    expect(links.rightsOf('a')).toEqual([]);
    expect(links.rightsOf('b')).toEqual([2]);
    expect(links.removeLeft('b')).toEqual([2]);
    expect(links.size).toBe(0);
  });

  it('may change while its partners are walked', () => {
    const links = new Relation<string, number>();
    for (const right of [1, 2, 3]) links.add('a', right);
    const walked = links.rightsOf('a');
    for (const right of walked) links.remove('a', right);
    expect(walked).toEqual([1, 2, 3]);
    expect(links.size).toBe(0);
  });

  it('agrees with a plain list of pairs after any history', () => {
    fc.assert(
      fc.property(fc.array(step, { maxLength: 60 }), (steps) => {
        const relation = new Relation<string, number>();
        let pairs: (readonly [string, number])[] = [];
        for (const { act, left, right } of steps) {
          const isPair = pairs.some(([l, r]) => l === left && r === right);
          if (act === 'add') {
            expect(relation.add(left, right)).toBe(!isPair);
            if (!isPair) pairs.push([left, right]);
          } else if (act === 'remove') {
            expect(relation.remove(left, right)).toBe(isPair);
            pairs = pairs.filter(([l, r]) => l !== left || r !== right);
          } else if (act === 'removeLeft') {
            expect(relation.removeLeft(left)).toEqual(rightsOf(pairs, left));
            pairs = pairs.filter(([l]) => l !== left);
          } else {
            expect(relation.removeRight(right)).toEqual(leftsOf(pairs, right));
            pairs = pairs.filter(([, r]) => r !== right);
          }
          expect(relation.size).toBe(pairs.length);
          for (const name of LEFTS) expect(relation.rightsOf(name)).toEqual(rightsOf(pairs, name));
          for (const number of RIGHTS) {
            expect(relation.leftsOf(number)).toEqual(leftsOf(pairs, number));
          }
        }
      }),
    );
  });
});

const LEFTS = ['a', 'b', 'c'];
const RIGHTS = [1, 2, 3];

const step = fc.record({
  act: fc.constantFrom('add', 'add', 'remove', 'removeLeft', 'removeRight'),
  left: fc.constantFrom(...LEFTS),
  right: fc.constantFrom(...RIGHTS),
});

function rightsOf(pairs: readonly (readonly [string, number])[], left: string): number[] {
  return pairs.filter(([l]) => l === left).map(([, r]) => r);
}

function leftsOf(pairs: readonly (readonly [string, number])[], right: number): string[] {
  return pairs.filter(([, r]) => r === right).map(([l]) => l);
}
