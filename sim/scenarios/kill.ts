import { Draws } from '../draw.js';
import { keyedHash } from '../../src/base/hash.js';
import type { Fault } from '../plan.js';
import { nodeSpec } from '../simulate.js';
import type { CountersSettings } from '../workloads/counters.js';
import { drawLoad } from './load.js';
import type { ScenarioOptions } from './options.js';
import { startedMs } from './phases.js';
import type { Kill, Scenario, ScenarioTimes, StrategyName } from './scenario.js';
import { LATENCY_MS, clocksAtTheBound, leasesMs, takeoverOf } from './story.js';
import { drawKills, victimsOf } from './victims.js';

export interface KillOptions {
  readonly nodes: number;
  readonly kill: number;
  /** How many children in all; two for each node when absent. */
  readonly children?: number | undefined;
  readonly strategy: StrategyName;
  readonly selector: CountersSettings['supervisor']['selector'];
  /** Long enough to settle when absent. */
  readonly durationMs?: number | undefined;
}

/**
 * A supervisor on the first node, its children placed on all nodes, and some of the other nodes
 * killed for good while everybody talks. The same options and seed give the same scenario.
 */
export function killScenario(
  options: KillOptions & Pick<ScenarioOptions, 'restart' | 'latencyMs' | 'takeover' | 'exclusive'>,
  seed: number,
): Scenario {
  // Apart from the draws of the world, which are keyed by the seed itself.
  const draws = new Draws(keyedHash(seed, 'kill scenario'));
  const nodeIds = Array.from({ length: options.nodes }, (_, at) => nodeSpec(at, undefined).id);
  const count = options.children ?? 2 * options.nodes;
  const childIds = Array.from({ length: count }, (_, at) => `counter-${at + 1}`);
  const { latencyMs = LATENCY_MS } = options;
  const startMs = startedMs(count, latencyMs.max);
  const durationMs = options.durationMs ?? defaultDurationMs(options, startMs);
  const times = timesOf(durationMs, startMs);
  const kills = drawKills(draws, victimsOf(nodeIds, options), options.kill, times);
  const faults = [
    ...killFaults(draws, kills, options),
    ...clocksAtTheBound({ draws, nodeIds, options }),
  ];
  return {
    seed,
    settings: settingsOf(options, nodeIds, childIds),
    plan: { faults, operations: drawLoad(draws, nodeIds, childIds, times) },
    kills,
    times,
    latencyMs,
  };
}

function settingsOf(
  options: KillOptions & Pick<ScenarioOptions, 'takeover' | 'exclusive'>,
  nodeIds: readonly string[],
  childIds: readonly string[],
): CountersSettings {
  const { strategy, selector, kill } = options;
  return {
    nodeIds,
    heartbeatIntervalMs: HEARTBEAT_INTERVAL_MS,
    heartbeatMissThreshold: 3,
    supervisor: {
      strategy,
      selector,
      // Each loss of a node is one charge, so the limit never ends the supervisor here.
      restartIntensity: { maxRestarts: Math.max(3, kill), withinMs: 5000 },
      children: childIds.map((id) => ({ id, restart: 'permanent' })),
      ...takeoverOf(options),
    },
  };
}

/** The kills as faults; with `restart`, each node comes back after a time of its own. */
export function killFaults(
  draws: Draws,
  kills: readonly Kill[],
  { restart }: Pick<ScenarioOptions, 'restart'>,
): Fault[] {
  return kills.map(({ node, atMs, mode }) => {
    const crash = { kind: 'crash', node, atMs, mode } as const;
    if (restart !== true) return crash;
    const [min, max] = draws.pick(AWAY_MS, 'away', node);
    return { ...crash, restartAfterMs: draws.between(min, max, 'away for', node) };
  });
}

function timesOf(durationMs: number, startMs: number): ScenarioTimes {
  // Less than the usual when the run is too short for it: then it may be over before it settled.
  const atMost = (usualMs: number, share: number) => Math.min(usualMs, durationMs * share);
  const startedMs = atMost(startMs, 1 / 8);
  const finalMs = Math.floor(durationMs - atMost(LAST_CALLS_MS, 1 / 8));
  return {
    killsFromMs: Math.ceil(startedMs + atMost(1000, 1 / 8)),
    killsUntilMs: Math.floor(durationMs / 2),
    operationsFromMs: Math.ceil(startedMs),
    operationsUntilMs: Math.floor(finalMs - atMost(QUIET_MS, 1 / 8)),
    settledMs: Math.floor(finalMs - atMost(WINDOW_MS, 1 / 8)),
    finalMs,
    durationMs,
  };
}

// Children start one after another, and under two of the strategies they all stop and start again.
function defaultDurationMs(
  options: KillOptions & Pick<ScenarioOptions, 'exclusive'>,
  startMs: number,
) {
  const againMs = 2 * startMs * Math.max(1, options.kill);
  const neededMs = Math.max(32_000, 8 * startMs, 2 * (startMs + againMs + NOTICE_MS));
  const leased = leasesMs(options, { intervalMs: HEARTBEAT_INTERVAL_MS, missThreshold: 3 });
  return Math.ceil((neededMs + leased) / 1000) * 1000;
}

const HEARTBEAT_INTERVAL_MS = 1000;
// The last kill is noticed, and its children's names are free again.
const NOTICE_MS = 8500;
const QUIET_MS = 3000;
const WINDOW_MS = 4000;
const LAST_CALLS_MS = 2500;
// Back before anybody noticed, or later.
const AWAY_MS: readonly [Away, Away] = [
  [100, 2500],
  [4500, 7000],
];
type Away = readonly [minMs: number, maxMs: number];
