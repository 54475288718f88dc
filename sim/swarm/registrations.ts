import type { Operation } from '../plan.js';
import { type Scene, operation } from '../scenarios/story.js';

/**
 * Names that two nodes want, one after the other: the second gets it only where nobody could tell
 * it of the first, and then both have it.
 */
export function drawRegistrations({ draws, nodeIds, fromMs, untilMs }: Scene): Operation[] {
  const count = draws.pick([0, 2, 4, 8], 'names');
  return Array.from({ length: count }, (_, n) => {
    const draw = (max: number, what: string): number => draws.between(0, max, 'name', what, n);
    const first = draw(nodeIds.length - 1, 'first');
    const second = draw(nodeIds.length - 1, 'second');
    const atMs = fromMs + draw(untilMs - fromMs, 'at');
    const name = `shared-${n + 1}`;
    return [
      operation(first, atMs, { kind: 'register', name }),
      operation(second, atMs + GAP_MS + draw(SPREAD_MS, 'gap'), { kind: 'register', name }),
    ];
  }).flat();
}

// Longer than any frame is under way while nothing is wrong.
const GAP_MS = 500;
const SPREAD_MS = 1500;
