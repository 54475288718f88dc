import type { LaneName } from '../lanes/lane.js';
import type { Draws } from '../draw.js';
import type { Fault, FaultKind } from '../plan.js';
import { faultDrawing } from './fault-drawing.js';
import { loadModule } from './module-bundle.js';
import { paceOf, type SimulateOptions, SimulationOptionError } from './simulation-options.js';
import { Simulation } from './simulation.js';
import type { SimulationReport } from './simulation-report.js';
import type { Drawn, Scene } from './user-module.js';

/** What the command line says about the run of a user's module. */
export interface ModuleRunOptions {
  readonly seed: number;
  /** 5 when absent. */
  readonly nodes?: number;
  /** How many nodes crash, never the first one. */
  readonly kill?: number;
  /** Nodes that were killed come back under the same id. */
  readonly restart?: boolean;
  /** How many nodes are cut off from the rest for a while. */
  readonly cutOff?: number;
  /** Share of heartbeats that get lost, from 0 to 1. */
  readonly heartbeatLoss?: number;
  /** Kinds to draw faults from; `swarm` draws the kinds as well. */
  readonly faults?: 'swarm' | readonly FaultKind[];
  readonly durationMs?: number;
  readonly latencyMs?: { readonly min: number; readonly max: number };
  readonly lane?: LaneName;
  readonly keepEntries?: number;
  readonly signal?: AbortSignal;
}

/**
 * Runs the module in `file` as `faultline sim --module FILE` does: its own workload, invariants and
 * faults, unless kills, a partition or kinds of faults are asked for in their place.
 */
export async function runModule(
  file: string,
  options: ModuleRunOptions,
): Promise<SimulationReport> {
  const simulation = await Simulation.load(await moduleOptions(file, options));
  return simulation.run(options.seed);
}

/** The same as options of `simulate`: for searches, shrinking and replays. */
export async function moduleOptions(
  file: string,
  options: ModuleRunOptions,
): Promise<SimulateOptions> {
  const { kill = 0, restart = false, cutOff = 0, faults: kinds, ...others } = options;
  const { heartbeatLoss = 0, ...rest } = others;
  const nodes = options.nodes ?? NODES;
  if (kill > nodes - 1) {
    const expected = `at most ${nodes - 1}, as the first of ${nodes} nodes is spared`;
    throw new SimulationOptionError('kill', expected, kill);
  }
  const { exports } = await loadModule(file);
  const isAsked = kill > 0 || cutOff > 0 || heartbeatLoss > 0 || kinds !== undefined;
  const pace = paceOf({});
  const detectionMs = pace.heartbeatIntervalMs * pace.heartbeatMissThreshold;
  const drawn: Drawn<Fault> = (draws, scene) => [
    ...drawKills(draws, scene, { kill, restart }),
    ...drawPartition(draws, scene, cutOff),
    ...lostHeartbeats(scene, heartbeatLoss),
    ...(kinds === undefined ? [] : faultDrawing(kinds, draws, { ...scene, detectionMs })),
  ];
  return { ...rest, module: file, nodes, faults: isAsked ? drawn : (exports.faults ?? []) };
}

function drawKills(
  draws: Draws,
  { nodes, fromMs, untilMs }: Scene,
  { kill, restart }: { readonly kill: number; readonly restart: boolean },
): Fault[] {
  const others = Array.from({ length: nodes - 1 }, (_, at) => at + 1);
  const ranked = others.map((node) => ({ node, rank: draws.number('kill', 'rank', node) }));
  ranked.sort((left, right) => left.rank - right.rank);
  return ranked.slice(0, kill).map(({ node }) => {
    const atMs = draws.between(fromMs, untilMs, 'kill', 'at', node);
    const mode = draws.pick(['closes', 'silent'], 'kill', 'mode', node);
    const restartAfterMs = draws.between(10, BACK_MAX_MS, 'kill', 'back', node);
    return { kind: 'crash', node, atMs, mode, ...(restart ? { restartAfterMs } : {}) };
  });
}

/** So many nodes are cut off from the rest; at least one is left on either side. */
function drawPartition(draws: Draws, { nodes, fromMs, untilMs }: Scene, cutOff: number): Fault[] {
  if (nodes === 1 || cutOff === 0) return [];
  const all = Array.from({ length: nodes }, (_, node) => node);
  const order = all.map((node) => ({ node, rank: draws.number('partition', 'rank', node) }));
  order.sort((left, right) => left.rank - right.rank);
  const isCut = new Set(order.slice(0, Math.min(cutOff, nodes - 1)).map(({ node }) => node));
  const groups = [true, false].map((side) => all.filter((node) => isCut.has(node) === side));
  const atMs = draws.between(fromMs, untilMs - 1, 'partition', 'at');
  const forMs = draws.between(1, Math.min(untilMs - atMs, APART_MAX_MS), 'partition', 'for');
  return [{ kind: 'partition', groups, atMs, forMs }];
}

function lostHeartbeats({ fromMs, untilMs }: Scene, probability: number): Fault[] {
  if (probability === 0) return [];
  const frames = ['heartbeat'];
  return [{ kind: 'frame-loss', frames, probability, atMs: fromMs, forMs: untilMs - fromMs }];
}

const NODES = 5;
const BACK_MAX_MS = 5000;
const APART_MAX_MS = 8000;
