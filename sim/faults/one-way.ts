import type { FaultRule } from '../fault.js';

/** Stops what goes from one of `from` to one of `to`; the way back stays open. */
export function oneWayRule(id: string, from: readonly number[], to: readonly number[]): FaultRule {
  return {
    id,
    judge: (passage) => (from.includes(passage.from) && to.includes(passage.to) ? HOLD : undefined),
  };
}

const HOLD = { kind: 'hold' } as const;
