import type { Fault, FaultKind } from '../plan.js';
import type { Scene } from '../scenarios/story.js';
import {
  drawClogs,
  drawCuts,
  drawDatagrams,
  drawFlaps,
  drawFrameLoss,
  drawLatencies,
  drawOneWays,
  drawPartitions,
} from './network-faults.js';
import {
  type FaultDrawer,
  drawClocks,
  drawCrashes,
  drawLeaves,
  drawPauses,
  drawRestarts,
  drawSlowness,
} from './node-faults.js';

/** Draws the faults of these kinds. Leaving one kind out does not change those of the others. */
export function drawFaults(scene: Scene, kinds: readonly FaultKind[]): Fault[] {
  return ALL_KINDS.filter((kind) => kinds.includes(kind)).flatMap((kind) => DRAWERS[kind](scene));
}

/** The kinds that a seed of a swarm has: each of them on its own, or not. */
export function drawKinds({ draws }: Pick<Scene, 'draws'>): FaultKind[] {
  const chosen = SWARM_KINDS.filter((kind) => draws.between(0, 2, 'kind', kind) === 0);
  return chosen.length === 0 ? ['crash'] : chosen;
}

const DRAWERS: Readonly<Record<FaultKind, FaultDrawer>> = {
  crash: drawCrashes,
  restart: drawRestarts,
  leave: drawLeaves,
  pause: drawPauses,
  partition: drawPartitions,
  'one-way': drawOneWays,
  cut: drawCuts,
  'frame-loss': drawFrameLoss,
  latency: drawLatencies,
  clog: drawClogs,
  flap: drawFlaps,
  clock: drawClocks,
  slow: drawSlowness,
  datagram: drawDatagrams,
};

const ALL_KINDS = Object.keys(DRAWERS) as FaultKind[];
// Links are said to be TCP: a swarm does nothing to them that TCP keeps from its users.
const SWARM_KINDS = ALL_KINDS.filter((kind) => kind !== 'datagram');
