import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Deque } from './deque.js';

describe('Deque', () => {
  it('gives items in the order they came', () => {
    const deque = new Deque<number>();
    for (let item = 0; item < 10; item++) deque.push(item);
    expect([...deque]).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8, 9]);
    expect([deque.shift(), deque.shift(), deque.peek()]).toEqual([0, 1, 2]);
    expect(deque.length).toBe(8);
  });

  it('has nothing to give when it is empty', () => {
    const deque = new Deque<number>();
    expect([deque.shift(), deque.peek(), deque.length]).toEqual([undefined, undefined, 0]);
  });

  it('takes an item that was put first before all others', () => {
    const deque = new Deque<string>();
    deque.push('b');
    deque.unshift('a');
    expect([...deque]).toEqual(['a', 'b']);
  });

  it('keeps undefined as an item like any other', () => {
    const deque = new Deque<number | undefined>();
    deque.push(undefined);
    deque.push(1);
    expect([deque.shift(), deque.length, deque.shift(), deque.length]).toEqual([
      undefined,
      1,
      1,
      0,
    ]);
  });

  it('works on after a large backlog has drained', () => {
    const deque = new Deque<number>();
    for (let round = 0; round < 3; round++) {
      for (let item = 0; item < 5000; item++) deque.push(item);
      for (let item = 0; item < 5000; item++) expect(deque.shift()).toBe(item);
      expect(deque.length).toBe(0);
    }
  });

  it('agrees with an array after any history', () => {
    fc.assert(
      fc.property(fc.array(step, { maxLength: 200 }), (steps) => {
        const deque = new Deque<number>();
        const model: number[] = [];
        for (const [act, item] of steps) {
          expect(take(deque, act, item)).toBe(takeFromArray(model, act, item));
          expect([...deque]).toEqual(model);
          expect(deque.length).toBe(model.length);
          expect(deque.peek()).toBe(model[0]);
        }
      }),
    );
  });

  it('agrees with an array across the sizes where the buffer grows and is given back', () => {
    fc.assert(
      fc.property(fc.array(fc.tuple(burst, burst), { maxLength: 6 }), (bursts) => {
        const deque = new Deque<number>();
        const model: number[] = [];
        let next = 0;
        for (const [pushes, shifts] of bursts) {
          for (let index = 0; index < pushes; index++) deque.push(model[model.push(next++) - 1]!);
          const taken = Array.from({ length: shifts }, () => deque.shift());
          const expected = model.splice(0, shifts);
          expect(taken.slice(0, expected.length)).toEqual(expected);
          expect(taken.slice(expected.length).every((item) => item === undefined)).toBe(true);
          expect(deque.length).toBe(model.length);
        }
        expect([...deque]).toEqual(model);
      }),
      { numRuns: 30 },
    );
  });
});

const acts = ['push', 'push', 'push', 'unshift', 'shift', 'shift', 'clear', 'retainEven'] as const;
type Act = (typeof acts)[number];

const step = fc.tuple(fc.constantFrom(...acts), fc.nat());
const burst = fc.nat({ max: 3000 });

function take(deque: Deque<number>, act: Act, item: number): number | undefined {
  switch (act) {
    case 'push':
      deque.push(item);
      return undefined;
    case 'unshift':
      deque.unshift(item);
      return undefined;
    case 'shift':
      return deque.shift();
    case 'clear':
      deque.clear();
      return undefined;
    case 'retainEven':
      deque.retain((kept) => kept % 2 === 0);
      return undefined;
  }
}

function takeFromArray(model: number[], act: Act, item: number): number | undefined {
  switch (act) {
    case 'push':
      model.push(item);
      return undefined;
    case 'unshift':
      model.unshift(item);
      return undefined;
    case 'shift':
      return model.shift();
    case 'clear':
      model.length = 0;
      return undefined;
    case 'retainEven': {
      const kept = model.filter((each) => each % 2 === 0);
      model.splice(0, model.length, ...kept);
      return undefined;
    }
  }
}
