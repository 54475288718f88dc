import type { FaultRule } from '../fault.js';
import type { FlapFault } from '../plan.js';

/** Closes and opens the way between two nodes by turns, closed first, from `sinceUs` on. */
export function flapRule(id: string, fault: FlapFault, sinceUs: number): FaultRule {
  const [one, other] = fault.between;
  return {
    id,
    judge({ from, to, nowUs }) {
      const isOurs = (from === one && to === other) || (from === other && to === one);
      return isOurs && isDown(fault, nowUs - sinceUs) ? HOLD : undefined;
    },
  };
}

/** Whether the way is closed so long after it began to flap. */
export function isDown({ upMs, downMs }: FlapFault, ageUs: number): boolean {
  return ageUs % wholeUs(upMs + downMs) < wholeUs(downMs);
}

/** When it next turns: after `ageUs`, counted from its beginning as well. */
export function nextTurnUs(fault: FlapFault, ageUs: number): number {
  const periodUs = wholeUs(fault.upMs + fault.downMs);
  const begunUs = ageUs - (ageUs % periodUs);
  return isDown(fault, ageUs) ? begunUs + wholeUs(fault.downMs) : begunUs + periodUs;
}

function wholeUs(ms: number): number {
  return Math.round(ms * 1000);
}

const HOLD = { kind: 'hold' } as const;
