import type { FaultRule } from '../fault.js';

/** Keeps the two nodes of each pair apart, and nobody else. */
export function cutRule(id: string, pairs: readonly (readonly [number, number])[]): FaultRule {
  return {
    id,
    judge: ({ from, to }) =>
      pairs.some(([one, other]) => joins(one, other, from, to)) ? HOLD : undefined,
  };
}

function joins(one: number, other: number, from: number, to: number): boolean {
  return (one === from && other === to) || (one === to && other === from);
}

const HOLD = { kind: 'hold' } as const;
