import type { Operation } from '../plan.js';
import { type Scene, operation } from '../scenarios/story.js';

/** Children that end because they were told to: most crash, some end well. */
export function drawEndings({ draws, nodeIds, childIds, fromMs, untilMs }: Scene): Operation[] {
  const count = draws.pick([0, 0, 2, 6, 12], 'endings');
  return Array.from({ length: count }, (_, n) => {
    const node = draws.between(0, nodeIds.length - 1, 'ending', 'node', n);
    const child = childIds[draws.between(0, childIds.length - 1, 'ending', 'child', n)] as string;
    const atMs = draws.between(fromMs * 1000, untilMs * 1000, 'ending', 'at', n) / 1000;
    const kind = draws.pick(['call', 'cast'], 'ending', 'kind', n);
    const end = draws.pick(['crash', 'crash', 'normal'], 'ending', 'end', n);
    return operation(node, atMs, { kind, child, op: END_OP + n, end });
  });
}

/** Starts that fail, or take long, on some node. */
export function drawInits({ draws, nodeIds, childIds, fromMs, untilMs }: Scene): Operation[] {
  const count = draws.pick([0, 0, 0, 4], 'inits');
  return Array.from({ length: count }, (_, n) => {
    const node = draws.between(0, nodeIds.length - 1, 'inits', 'node', n);
    const child = childIds[draws.between(0, childIds.length - 1, 'inits', 'child', n)] as string;
    const atMs = draws.between(fromMs, untilMs, 'inits', 'at', n);
    const takesMs = draws.pick([0, 3, 300, 2000, 11_000], 'inits', 'takes', n);
    const fails = draws.pick([true, false], 'inits', 'fails', n);
    const times = draws.between(1, 3, 'inits', 'times', n);
    return operation(node, atMs, { kind: 'inits', child, times, takesMs, fails });
  });
}

const END_OP = 1_000_000;
