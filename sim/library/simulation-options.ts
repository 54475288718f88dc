import { describe, FaultlineError } from '../../src/base/errors.js';
import { NodeId } from '../../src/base/node-id.js';
import type { LaneName } from '../lanes/lane.js';
import type { Fault, FaultKind, Heal, Operation, Plan } from '../plan.js';
import type { NodeSpec } from '../run-config.js';
import { nodeSpec } from '../simulate.js';
import type { AlwaysCheck, Invariant } from './invariant.js';
import type { Drawn, Scene } from './user-module.js';

/** A module to simulate, what befalls it, and what it promises. */
export interface SimulateOptions {
  /**
   * The module under test, TypeScript or JavaScript: a path, or better
   * `new URL('./accounts.ts', import.meta.url)`. See `SimulatedModule` for what it exports.
   */
  readonly module: string | URL;
  /** How many nodes, or their names; 3 when absent. Plans name them by index. */
  readonly nodes?: number | readonly string[];
  /** What everything is drawn from; 1 when absent. */
  readonly seed?: number;
  /** Several runs, one after another, up to the first that does not pass. `100` is 1 to 100. */
  readonly seeds?: Seeds;
  /**
   * Faults as data, or a function that draws them; kinds to draw faults from, or `swarm`, which
   * draws the kinds as well. The module's own `faults` when absent.
   */
  readonly faults?: Drawn<Fault> | readonly FaultKind[] | 'swarm';
  /** Operations for the module's `operate`, or a function that draws them. */
  readonly workload?: Drawn<Operation>;
  /** When the faults are over, whatever they are; without it each one ends by itself. */
  readonly heal?: Heal;
  /** Faults, operations and heal as a former run had them: nothing is drawn. */
  readonly plan?: Plan;
  /** Virtual time; 30 seconds when absent. Last words are five seconds before the end. */
  readonly durationMs?: number;
  /** How long a frame is under way; 0.2 to 5 when absent. */
  readonly latencyMs?: { readonly min: number; readonly max: number };
  /** The product's own promises to watch, such as `S6`; all that suit any program when absent. */
  readonly checkers?: readonly string[];
  /** Judged after each run, besides those of the module. */
  readonly invariants?: Readonly<Record<string, Invariant>>;
  readonly always?: Readonly<Record<string, AlwaysCheck>>;
  /** Plain data for every node, as `node.settings`. */
  readonly settings?: unknown;
  readonly cluster?: ClusterPace;
  /** `inproc`, all nodes in one thread, when absent; `worker` gives each a thread of its own. */
  readonly lane?: LaneName;
  /** How many of the last entries of the trace the report holds; none when absent. */
  readonly keepEntries?: number;
  readonly signal?: AbortSignal;
}

/** The first so many, a list, or a range with both ends. */
export type Seeds = number | readonly number[] | { readonly from: number; readonly to: number };

/** How fast nodes notice each other; the fields are those of `Cluster.start`. */
export interface ClusterPace {
  /** 1000 when absent. */
  readonly heartbeatIntervalMs?: number;
  /** 3 when absent. */
  readonly heartbeatMissThreshold?: number;
  /** 5000 when absent. */
  readonly reconnectMaxDelayMs?: number;
}

/** The simulation cannot be made as it was asked for. */
export class SimulationOptionError extends FaultlineError {
  static readonly code = 'ERR_SIMULATION_OPTION';
  override readonly name = 'SimulationOptionError';
  readonly code = SimulationOptionError.code;

  constructor(
    readonly option: string,
    expected: string,
    got: unknown,
  ) {
    super(`Expected ${option} to be ${expected}, got ${describe(got)}`);
  }
}

/** The seeds that are asked for, in order; at least one. */
export function seedsOf({ seed, seeds }: Pick<SimulateOptions, 'seed' | 'seeds'>): number[] {
  if (seeds === undefined) return [checkedSeed('seed', seed ?? 1)];
  if (seed !== undefined) throw new SimulationOptionError('seed', 'absent beside seeds', seed);
  const all = listOf(seeds);
  if (all.length === 0) throw new SimulationOptionError('seeds', 'one seed or more', seeds);
  return all.map((one, at) => checkedSeed(`seeds[${at}]`, one));
}

/** The nodes that are asked for, each with its id and address. */
export function nodesOf({ nodes = 3 }: Pick<SimulateOptions, 'nodes'>): NodeSpec[] {
  if (typeof nodes === 'number') {
    if (!Number.isInteger(nodes) || nodes < 1 || nodes > NODES_MAX) {
      throw new SimulationOptionError('nodes', `a whole number from 1 to ${NODES_MAX}`, nodes);
    }
    return Array.from({ length: nodes }, (_, at) => nodeSpec(at, undefined));
  }
  if (nodes.length === 0) throw new SimulationOptionError('nodes', 'one name or more', nodes);
  const twin = nodes.find((name, at) => nodes.indexOf(name) !== at);
  if (twin !== undefined) throw new SimulationOptionError('nodes', 'names that differ', twin);
  return nodes.map((name, at) => {
    const { address } = nodeSpec(at, undefined);
    const id = NodeId.tryParse(`${name}@${address}`);
    if (id !== undefined) return { id, address, program: undefined };
    const expected = 'a letter, then letters, digits, _ or -, at most 64';
    throw new SimulationOptionError(`nodes[${at}]`, expected, name);
  });
}

export interface Span {
  readonly durationMs: number;
  /** When the nodes say their last words. */
  readonly finishMs: number;
  readonly scene: Scene;
  /** How long a node has to be silent to be given up. */
  readonly detectionMs: number;
}

/** The cluster's pace, with the defaults filled in. */
export function paceOf({ cluster = {} }: Pick<SimulateOptions, 'cluster'>): Required<ClusterPace> {
  return {
    heartbeatIntervalMs: cluster.heartbeatIntervalMs ?? 1000,
    heartbeatMissThreshold: cluster.heartbeatMissThreshold ?? 3,
    reconnectMaxDelayMs: cluster.reconnectMaxDelayMs ?? 5000,
  };
}

/** How the time of a run is divided. */
export function spanOf(options: SimulateOptions, nodes: number): Span {
  const { durationMs = 30_000 } = options;
  if (!Number.isFinite(durationMs) || durationMs < DURATION_MIN_MS) {
    const expected = `at least ${DURATION_MIN_MS} ms, most of it to settle`;
    throw new SimulationOptionError('durationMs', expected, durationMs);
  }
  const finishMs = durationMs - LAST_WORDS_MS;
  const untilMs = Math.max(finishMs - SETTLE_MS, finishMs / 2);
  const { heartbeatIntervalMs, heartbeatMissThreshold } = paceOf(options);
  const detectionMs = heartbeatIntervalMs * heartbeatMissThreshold;
  const scene = { nodes, fromMs: FORMED_MS, untilMs: Math.floor(untilMs) };
  return { durationMs, finishMs, scene, detectionMs };
}

function listOf(seeds: Seeds): readonly number[] {
  if (typeof seeds !== 'number' && !('from' in seeds)) return seeds;
  const { from, to } = typeof seeds === 'number' ? { from: 1, to: seeds } : seeds;
  const isRange = Number.isSafeInteger(from) && Number.isSafeInteger(to) && from <= to;
  if (!isRange) throw new SimulationOptionError('seeds', 'whole numbers, the lower first', seeds);
  return Array.from({ length: to - from + 1 }, (_, at) => from + at);
}

function checkedSeed(option: string, seed: number): number {
  if (Number.isSafeInteger(seed) && seed >= 0) return seed;
  throw new SimulationOptionError(option, 'a whole number, 0 or more', seed);
}

const NODES_MAX = 250;
const FORMED_MS = 1000;
// Longer than it takes nodes to find each other again once whatever kept them apart is over.
const SETTLE_MS = 15_000;
// Longer than a call of the module's last words may reasonably take.
const LAST_WORDS_MS = 5000;
const DURATION_MIN_MS = 7500;
