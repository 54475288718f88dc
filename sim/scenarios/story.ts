import { keyedHash } from '../../src/base/hash.js';
import { Draws } from '../draw.js';
import type { Fault, Heal, Operation } from '../plan.js';
import { nodeSpec } from '../simulate.js';
import {
  type ChildSetting,
  type CounterOperation,
  type CountersSettings,
  orphanTimeoutMs,
} from '../workloads/counters-settings.js';
import { drawLoad } from './load.js';
import type { ScenarioOptions } from './options.js';
import { type PhaseLengths, phasesOf } from './phases.js';
import type { Kill, Scenario, ScenarioTimes } from './scenario.js';

/** What a story is told with: nodes and children, and when what may happen. */
export interface Scene {
  readonly draws: Draws;
  readonly options: ScenarioOptions;
  readonly nodeIds: readonly string[];
  readonly childIds: readonly string[];
  /** With the names that a story most often needs for them. */
  readonly times: ScenarioTimes & { readonly healMs: number };
  readonly fromMs: number;
  readonly untilMs: number;
  /** How long a node has to be silent to be given up. */
  readonly detectionMs: number;
  readonly heartbeat: Heartbeat;
}

/** What happens in a story, besides the usual calls and casts. */
export interface Happening {
  readonly faults?: readonly Fault[];
  readonly operations?: readonly Operation[];
  /** Everything is whole again unless it says otherwise. */
  readonly core?: Heal['core'];
}

/** A scenario with a name: what is particular to it. The rest is as in most of them. */
export interface Story {
  readonly name: string;
  /** What it is about, for the list. */
  readonly line: string;
  /** The least number of nodes; more if more are asked for, unless it is the most, too. */
  readonly nodesMin?: number;
  readonly nodesMax?: number;
  readonly lengths?: Partial<Omit<PhaseLengths, 'children' | 'durationMs' | 'latencyMaxMs'>>;
  /** One burst of calls and casts in so many milliseconds. */
  readonly loadEveryMs?: number;
  /** How soon a silent node is given up. */
  readonly heartbeat?: (draws: Draws) => Heartbeat;
  readonly settings?: (scene: Scene) => Partial<SettingsOfStory>;
  readonly extras?: (draws: Draws) => Extras;
  readonly childCount?: number;
  readonly happening: (scene: Scene) => Happening;
}

export type Extras = Pick<Partial<Scenario>, 'bufferBytes' | 'latencyMs' | 'turnOrder'>;

export interface Heartbeat {
  readonly intervalMs: number;
  readonly missThreshold: number;
}

/** The settings that a story may choose. */
export interface SettingsOfStory {
  readonly strategy: CountersSettings['supervisor']['strategy'];
  readonly selector: CountersSettings['supervisor']['selector'];
  readonly restartIntensity: CountersSettings['supervisor']['restartIntensity'];
  readonly late: readonly number[];
  readonly secret: string;
  readonly children: readonly ChildSetting[];
  readonly takeover: NonNullable<CountersSettings['supervisor']['takeover']>;
}

/** Draws a run of the story. The same options and seed give the same scenario. */
export function drawStory(story: Story, options: ScenarioOptions, seed: number): Scenario {
  const { nodesMin = 1, nodesMax = Infinity } = story;
  const nodes = Math.min(nodesMax, Math.max(nodesMin, options.nodes));
  const draws = new Draws(keyedHash(seed, 'scenario', story.name));
  const scene = sceneOf(story, nodes, draws, options);
  const { nodeIds, childIds, times } = scene;
  const { faults: ownFaults = [], operations = [], core } = story.happening(scene);
  const faults = [...ownFaults, ...clocksAtTheBound(scene)];
  const load = drawLoad(draws, nodeIds, childIds, times, story.loadEveryMs);
  return {
    seed,
    name: story.name,
    settings: settingsOf(story, scene),
    plan: {
      faults,
      operations: [...load, ...operations],
      heal: { atMs: times.healMs, ...(core === undefined ? {} : { core }) },
    },
    kills: killsOf(faults, nodeIds),
    times,
    latencyMs: LATENCY_MS,
    ...story.extras?.(draws),
    ...(options.latencyMs === undefined ? {} : { latencyMs: options.latencyMs }),
  };
}

function sceneOf(story: Story, nodes: number, draws: Draws, options: ScenarioOptions): Scene {
  const nodeIds = Array.from({ length: nodes }, (_, at) => nodeSpec(at, undefined).id);
  const count = story.childCount ?? options.children ?? 2 * nodes;
  const childIds = Array.from({ length: count }, (_, at) => `counter-${at + 1}`);
  const { durationMs, latencyMs = LATENCY_MS } = options;
  const latencyMaxMs = latencyMs.max;
  const heartbeat = story.heartbeat?.(draws) ?? HEARTBEAT;
  const lengths = {
    ...story.lengths,
    leasesMs: leasesMs(options, heartbeat),
    orphansMs: orphansMs(options, heartbeat),
  };
  const times = phasesOf({ ...lengths, children: count, durationMs, latencyMaxMs });
  return {
    draws,
    options,
    nodeIds,
    childIds,
    times,
    fromMs: times.killsFromMs,
    untilMs: times.killsUntilMs,
    detectionMs: heartbeat.intervalMs * heartbeat.missThreshold,
    heartbeat,
  };
}

function settingsOf(story: Story, scene: Scene): CountersSettings {
  const { options, nodeIds, childIds, heartbeat } = scene;
  const chosen = story.settings?.(scene) ?? {};
  const { late, secret } = chosen;
  return {
    nodeIds,
    heartbeatIntervalMs: heartbeat.intervalMs,
    heartbeatMissThreshold: heartbeat.missThreshold,
    ...(late === undefined ? {} : { late }),
    ...(secret === undefined ? {} : { secret }),
    supervisor: {
      strategy: chosen.strategy ?? options.strategy,
      selector: chosen.selector ?? options.selector,
      restartIntensity: chosen.restartIntensity ?? PLENTY,
      children: chosen.children ?? childIds.map((id) => ({ id, restart: 'permanent' })),
      ...takeoverOf(options, chosen.takeover),
    },
  };
}

/** Who may act for the supervisor: always a majority where children are exclusive. */
export function takeoverOf(
  { takeover, exclusive }: Pick<ScenarioOptions, 'takeover' | 'exclusive'>,
  policy: SettingsOfStory['takeover'] = 'available',
): Partial<Pick<CountersSettings['supervisor'], 'takeover' | 'exclusive'>> {
  if (exclusive === true) return { takeover: 'majority', exclusive };
  return takeover === true ? { takeover: policy } : {};
}

/** How long what was given to nodes that are lost keeps exclusive children from starting anew. */
export function leasesMs(
  { exclusive }: Pick<ScenarioOptions, 'exclusive'>,
  { intervalMs, missThreshold }: Heartbeat,
): number {
  // A lease lasts twice as long as a loss and an election; one may follow on another.
  return exclusive === true ? 2 * 2 * intervalMs * (missThreshold + 3) : 0;
}

/** How long after a heal the last orphan may end: its owner is missed first. */
function orphansMs(
  { takeover }: Pick<ScenarioOptions, 'takeover'>,
  { intervalMs, missThreshold }: Heartbeat,
): number {
  if (takeover !== true) return 0;
  const heartbeat = { heartbeatIntervalMs: intervalMs, heartbeatMissThreshold: missThreshold };
  return intervalMs * (missThreshold + 2) + orphanTimeoutMs(heartbeat, false) + 500;
}

/** Where children are exclusive, clocks run as wrongly as leases allow for, either way. */
export function clocksAtTheBound({
  draws,
  nodeIds,
  options,
}: Pick<Scene, 'draws' | 'nodeIds'> & {
  readonly options: Pick<ScenarioOptions, 'exclusive'>;
}): Fault[] {
  if (options.exclusive !== true) return [];
  return nodeIds.flatMap((_, node): Fault[] => {
    const ratePpm = draws.pick([-DRIFT_PPM, 0, DRIFT_PPM], 'rate', node);
    return ratePpm === 0 ? [] : [{ kind: 'clock', node, atMs: 1, ratePpm }];
  });
}

/** The death of a node, some time in the first two seconds in which faults may strike. */
export function earlyDeath(
  { draws, fromMs }: Pick<Scene, 'draws' | 'fromMs'>,
  node: number,
): Fault {
  const atMs = fromMs + draws.between(0, 2000, 'at');
  return { kind: 'crash', node, atMs, mode: draws.pick(['closes', 'silent'], 'mode') };
}

/** The crashes at a given time of nodes that do not come back. */
export function killsOf(faults: readonly Fault[], nodeIds: readonly string[]): Kill[] {
  const kills = faults.flatMap((fault) => {
    if (fault.kind !== 'crash' || !('atMs' in fault) || fault.restartAfterMs !== undefined)
      return [];
    const { node, atMs, mode = 'closes' } = fault;
    return [{ node, nodeId: nodeIds[node] as string, atMs, mode }];
  });
  return kills.sort((left, right) => left.atMs - right.atMs);
}

/** An operation of the workload, as plans hold them. */
export function operation(node: number, atMs: number, what: CounterOperation): Operation {
  return { node, atMs, operation: what };
}

/** The nodes that may go: all but the first one, unless another takes its supervisor over. */
export function others({ nodeIds, options }: Pick<Scene, 'nodeIds' | 'options'>): number[] {
  return nodeIds.map((_, node) => node).slice(options.takeover === true ? 0 : 1);
}

/** So many nodes that stay together: the supervisor's own with them, unless it may move. */
export function coreOf(scene: Scene, size: number): number[] {
  const isFree = scene.options.takeover === true;
  const drawn = shuffled(scene.draws, others(scene), 'core').slice(0, isFree ? size : size - 1);
  return [...(isFree ? [] : [0]), ...drawn].sort((left, right) => left - right);
}

/** Some of `from`, in an order in which each has a place of its own whoever else is there. */
export function shuffled(draws: Draws, from: readonly number[], what: string): number[] {
  const ranked = from.map((node) => ({ node, rank: draws.number(what, 'rank', node) }));
  return ranked.sort((left, right) => left.rank - right.rank).map(({ node }) => node);
}

// What `clockDriftMax` is when nothing else is said.
const DRIFT_PPM = 10_000;
// Restarts are not what most stories are about.
const PLENTY = { maxRestarts: 1000, withinMs: 5000 };
const HEARTBEAT: Heartbeat = { intervalMs: 1000, missThreshold: 3 };
/** Of each frame, unless something else is asked for. */
export const LATENCY_MS = { min: 0.2, max: 5 };
