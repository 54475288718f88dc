import type { FaultRule } from '../fault.js';

/** Carries nothing from one node to another; whatever waits goes on once the rule is gone. */
export function clogRule(id: string, from: number, to: number): FaultRule {
  return {
    id,
    judge: (passage) => (passage.from === from && passage.to === to ? HOLD_SAFELY : undefined),
  };
}

const HOLD_SAFELY = { kind: 'hold', safely: true } as const;
