import type { Fault, When } from '../plan.js';
import { type Scene, others, shuffled } from '../scenarios/story.js';

/** The drawn faults of one kind; each is keyed by its kind, so that one kind re-rolls no other. */
export type FaultDrawer = (scene: Scene) => Fault[];

/** Some nodes die. Most of those that come back do so late, some before anybody noticed. */
export const drawCrashes: FaultDrawer = (scene) => {
  const { draws } = scene;
  return victims(scene, 'crash').map((node, n): Fault => {
    const when = whenOf(scene, 'crash', node, n);
    const restartAfterMs = awayMs(scene, 'crash', node, when);
    const afterOutputs = draws.between(0, 9, 'crash', 'cut', node);
    return {
      kind: 'crash',
      node,
      ...when,
      mode: draws.pick(['closes', 'silent'], 'crash', 'mode', node),
      ...(restartAfterMs === undefined ? {} : { restartAfterMs }),
      ...(afterOutputs > 3 ? {} : { afterOutputs }),
    };
  });
};

/**
 * Now and then the supervisor's own node dies, most often in the middle of what it does for others.
 * Unless another takes over, what is left is that nobody is harmed by those it leaves behind.
 */
export const drawEndOfSupervisor: FaultDrawer = ({ draws, fromMs, untilMs, options }) => {
  const share = options.takeover === true ? 1 : 11;
  if (draws.between(0, share, 'end of supervisor') > 0) return [];
  const atMs = draws.between(fromMs, untilMs, 'end of supervisor', 'at');
  const nth = draws.between(1, 3, 'end of supervisor', 'nth');
  const isMidway = draws.between(0, 3, 'end of supervisor', 'midway') > 0;
  const midway: When = { after: { event: 'observed', what: 'child_stop', node: 0, nth } };
  const mode = draws.pick(['closes', 'silent'], 'end of supervisor', 'mode');
  const restartAfterMs = draws.pick([undefined, 50, 8000], 'end of supervisor', 'away');
  const crash = { kind: 'crash', node: 0, ...(isMidway ? midway : { atMs }), mode } as const;
  return [restartAfterMs === undefined ? crash : { ...crash, restartAfterMs }];
};

/** Nodes that are down at some time come back. */
export const drawRestarts: FaultDrawer = (scene) => {
  const { draws, fromMs, untilMs } = scene;
  const nodes = others(scene).filter((node) => draws.between(0, 1, 'restart', node) === 0);
  return nodes.map((node): Fault => {
    const atMs = draws.between(Math.floor((fromMs + untilMs) / 2), untilMs, 'restart', 'at', node);
    return { kind: 'restart', node, atMs };
  });
};

export const drawLeaves: FaultDrawer = (scene) =>
  victims(scene, 'leave').map((node, n): Fault => {
    const when = whenOf(scene, 'leave', node, n);
    const restartAfterMs = awayMs(scene, 'leave', node, when);
    return {
      kind: 'leave',
      node,
      ...when,
      ...(restartAfterMs === undefined ? {} : { restartAfterMs }),
    };
  });

/** Some too short to be noticed, some much longer than that; the first node, too. */
export const drawPauses: FaultDrawer = (scene) => {
  const { draws, nodeIds } = scene;
  const count = draws.between(1, 3, 'pause', 'count');
  return Array.from({ length: count }, (_, n): Fault => {
    const node = draws.between(0, nodeIds.length - 1, 'pause', 'node', n);
    return { kind: 'pause', node, ...spanOf(scene, 'pause', n) };
  });
};

export const drawSlowness: FaultDrawer = (scene) => {
  const { draws, nodeIds } = scene;
  const node = draws.between(0, nodeIds.length - 1, 'slow', 'node');
  const turnMs = draws.pick([1, 5, 20], 'slow', 'turn');
  return [{ kind: 'slow', node, turnMs, ...spanOf(scene, 'slow', 0) }];
};

/** Wall clocks that jump, back too, or run too fast or too slowly. */
export const drawClocks: FaultDrawer = (scene) => {
  const { draws, nodeIds, fromMs, untilMs } = scene;
  const count = draws.between(1, 3, 'clock', 'count');
  return Array.from({ length: count }, (_, n): Fault => {
    const node = draws.between(0, nodeIds.length - 1, 'clock', 'node', n);
    const atMs = draws.between(fromMs, untilMs, 'clock', 'at', n);
    const jumpMs = draws.pick([-86_400_000, -5000, -1, 0, 1, 5000, 86_400_000], 'clock', 'jump', n);
    const driftPpm = draws.pick([-100_000, -200, 0, 0, 200, 100_000], 'clock', 'drift', n);
    return { kind: 'clock', node, atMs, jumpMs, driftPpm };
  });
};

/** When something begins and how long it lasts: below what is noticed, or well above. */
export function spanOf(
  { draws, fromMs, untilMs, detectionMs }: Scene,
  kind: string,
  n: number,
): { readonly atMs: number; readonly forMs: number } {
  const atMs = draws.between(fromMs, untilMs - 1, kind, 'at', n);
  const [min, max] = draws.pick(SPANS, kind, 'span', n);
  const share = draws.between(0, 1000, kind, 'for', n) / 1000;
  const wantedMs = Math.ceil(detectionMs * (min + (max - min) * share));
  return { atMs, forMs: Math.max(1, Math.min(wantedMs, untilMs - atMs)) };
}

function victims(scene: Scene, kind: string): number[] {
  const all = shuffled(scene.draws, others(scene), kind);
  return all.slice(0, scene.draws.between(1, Math.max(1, Math.min(3, all.length)), kind, 'count'));
}

/** At a time, or just after something that is going on is in the way. */
function whenOf(scene: Scene, kind: string, node: number, n: number): When {
  const { draws, fromMs, untilMs, childIds } = scene;
  if (draws.between(0, 3, kind, 'anchored', node) > 0) {
    return { atMs: draws.between(fromMs, untilMs, kind, 'at', node) };
  }
  const plusMs = draws.pick([0, 0, 1, 5, 50], kind, 'plus', node);
  const nth = 1 + draws.between(0, 1, kind, 'nth', node);
  const what = draws.pick(MOMENTS, kind, 'moment', node);
  // Every child starts once before anything else happens.
  const later =
    what === 'child_start' ? childIds.length + draws.between(0, 3, kind, 'start', n) : 0;
  return { after: { event: 'observed', what, node: 0, nth: nth + later, plusMs } };
}

/** How long the node stays away; absent when it does not come back. */
function awayMs({ draws, detectionMs, untilMs }: Scene, kind: string, node: number, when: When) {
  const [min, max] = draws.pick(AWAY, kind, 'away', node);
  if (max === 0) return undefined;
  const wantedMs = Math.ceil((detectionMs * draws.between(min, max, kind, 'for', node)) / 100);
  if (!('atMs' in when)) return wantedMs;
  return when.atMs + wantedMs > untilMs ? undefined : wantedMs;
}

const MOMENTS = ['children_lost', 'child_start', 'node_down', 'node_reconciled'] as const;
// In times of the detection.
const SPANS: readonly [readonly [number, number], ...(readonly [number, number])[]] = [
  [0, 0.3],
  [0.5, 1.2],
  [1.1, 2.5],
];
// In hundredths of the detection: for good, at once, before the detection, after it.
const AWAY: readonly [readonly [number, number], ...(readonly [number, number])[]] = [
  [0, 0],
  [0, 3],
  [5, 80],
  [110, 200],
];
