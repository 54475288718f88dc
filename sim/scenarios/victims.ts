import type { Draws } from '../draw.js';
import type { CrashMode } from '../plan.js';
import type { ScenarioOptions } from './options.js';
import type { Kill, ScenarioTimes } from './scenario.js';

/** A node, and its place among all. */
export interface Candidate {
  readonly node: number;
  readonly nodeId: string;
}

/** Who may be killed: any node where another takes over, all but the supervisor's own otherwise. */
export function victimsOf(
  nodeIds: readonly string[],
  { takeover }: Pick<ScenarioOptions, 'takeover'>,
): Candidate[] {
  return nodeIds.map((nodeId, node) => ({ nodeId, node })).slice(takeover === true ? 0 : 1);
}

/**
 * Draws who is killed, when and how: distinct ones of `candidates`. Some kills come together, some
 * far apart.
 */
export function drawKills(
  draws: Draws,
  candidates: readonly Candidate[],
  count: number,
  times: ScenarioTimes,
): Kill[] {
  const offsets = drawOffsets(draws, count);
  const fromMs = times.killsFromMs;
  const roomMs = Math.max(0, times.killsUntilMs - fromMs);
  const lastMs = offsets.at(-1) ?? 0;
  const scale = lastMs > roomMs ? roomMs / lastMs : 1;
  return drawVictims(draws, candidates, count).map(({ node, nodeId }, at) => ({
    node,
    nodeId,
    atMs: fromMs + Math.floor((offsets[at] ?? 0) * scale),
    mode: draws.pick(MODES, 'mode', nodeId),
  }));
}

function drawVictims(draws: Draws, candidates: readonly Candidate[], count: number): Candidate[] {
  // Each node draws its own place in the order: one more node moves none of the others.
  const ranked = candidates.map((one) => ({ ...one, rank: draws.number('victim', one.nodeId) }));
  return ranked.sort((left, right) => left.rank - right.rank).slice(0, count);
}

function drawOffsets(draws: Draws, count: number): number[] {
  let atMs = draws.between(0, FIRST_WITHIN_MS, 'first kill');
  return Array.from({ length: count }, (_, n) => {
    if (n > 0) {
      const [min, max] = draws.pick(GAPS_MS, 'gap', n);
      atMs += draws.between(min, max, 'gap length', n);
    }
    return atMs;
  });
}

const MODES: readonly [CrashMode, CrashMode] = ['closes', 'silent'];
const FIRST_WITHIN_MS = 4000;
type Gap = readonly [minMs: number, maxMs: number];
// At the same time, within the time that a loss takes to be noticed, and after that.
const GAPS_MS: readonly [Gap, Gap, Gap] = [
  [0, 10],
  [50, 2500],
  [4500, 8000],
];
