import type { FaultRule } from '../fault.js';

/** Keeps nodes of different groups apart; a node in no group reaches everybody. */
export function partitionRule(id: string, groups: readonly (readonly number[])[]): FaultRule {
  const groupOf = new Map(groups.flatMap((group, at) => group.map((node) => [node, at] as const)));
  return {
    id,
    judge({ from, to }) {
      const left = groupOf.get(from);
      const right = groupOf.get(to);
      return left === undefined || right === undefined || left === right ? undefined : HOLD;
    },
  };
}

const HOLD = { kind: 'hold' } as const;
