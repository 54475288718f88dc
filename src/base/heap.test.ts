import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Heap } from './heap.js';

describe('Heap', () => {
  it('gives the items in order, whatever order they came in', () => {
    fc.assert(
      fc.property(fc.array(fc.integer()), (items) => {
        const heap = new Heap<number>(isLess);
        for (const item of items) heap.push(item);
        expect(drain(heap)).toEqual(items.toSorted((left, right) => left - right));
      }),
    );
  });

  it('always has the first of what it holds on top', () => {
    fc.assert(
      fc.property(fc.array(fc.option(fc.nat({ max: 20 }))), (steps) => {
        const heap = new Heap<number>(isLess);
        let model: number[] = [];
        for (const item of steps) {
          if (item === null) {
            expect(heap.pop()).toBe(model.shift());
          } else {
            heap.push(item);
            model = [...model, item].sort((left, right) => left - right);
          }
          expect(heap.size).toBe(model.length);
          expect(heap.peek()).toBe(model[0]);
        }
      }),
    );
  });

  it('holds each item once', () => {
    const heap = new Heap<number>(isLess);
    for (const item of [3, 1, 2]) heap.push(item);
    expect([...heap].sort()).toEqual([1, 2, 3]);
    expect(heap.size).toBe(3);
  });

  it('has nothing to give when it is empty', () => {
    const heap = new Heap<number>(isLess);
    expect([heap.pop(), heap.peek(), heap.size]).toEqual([undefined, undefined, 0]);
    heap.push(1);
    heap.pop();
    expect([heap.pop(), heap.peek(), heap.size]).toEqual([undefined, undefined, 0]);
  });
});

function isLess(left: number, right: number): boolean {
  return left < right;
}

function drain(heap: Heap<number>): (number | undefined)[] {
  return Array.from({ length: heap.size }, () => heap.pop());
}
