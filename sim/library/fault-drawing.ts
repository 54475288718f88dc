import type { Draws } from '../draw.js';
import type { Fault, FaultKind } from '../plan.js';
import { drawFaults, drawKinds } from '../swarm/fault-drawers.js';
import type { Scene as Stage } from '../scenarios/story.js';
import type { Scene } from './user-module.js';

type FaultStage = Pick<
  Stage,
  'draws' | 'nodeIds' | 'childIds' | 'fromMs' | 'untilMs' | 'detectionMs'
> & { readonly options: Pick<Stage['options'], 'takeover'> };

/**
 * Draws faults of some kinds, or of kinds that are drawn as well. Nodes other than the first one
 * crash and leave: what a module runs once, it runs there.
 */
export function faultDrawing(
  kinds: 'swarm' | readonly FaultKind[],
  draws: Draws,
  { nodes, fromMs, untilMs, detectionMs }: Scene & { readonly detectionMs: number },
): Fault[] {
  // One node alone has nobody to be cut off from, and runs what the module runs once.
  if (nodes === 1) return [];
  const stage: FaultStage = {
    draws,
    nodeIds: Array.from({ length: nodes }, (_, at) => `node${at + 1}`),
    childIds: [],
    fromMs: Math.ceil(fromMs),
    untilMs: Math.floor(untilMs),
    detectionMs,
    options: { takeover: false },
  };
  // Faults are drawn from no more of a story's stage than this.
  return drawFaults(stage as Stage, kinds === 'swarm' ? drawKinds(stage) : kinds);
}
