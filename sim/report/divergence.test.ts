import { expect, it } from 'vitest';
import type { TraceEntry } from '../trace.js';
import { firstDivergence } from './divergence.js';

const entry = (event: number, digest: string): TraceEntry => {
  return { event, atUs: 1000, node: 0, incarnation: 1, kind: 'send', link: 0, bytes: 4, digest };
};

it('two traces part at the first entry that differs in anything', () => {
  const left = [entry(0, 'aa'), entry(1, 'bb'), entry(2, 'cc')];
  const right = [entry(0, 'aa'), entry(1, 'b0'), entry(2, 'cc')];
  expect(firstDivergence(left, left)).toBeUndefined();
  expect(firstDivergence(left, right)).toEqual({ event: 1, left: left[1], right: right[1] });
  expect(firstDivergence(left, left.slice(0, 2))).toEqual({
    event: 2,
    left: left[2],
    right: undefined,
  });
});
