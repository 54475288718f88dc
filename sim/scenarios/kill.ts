import { Draws } from '../draw.js';
import { keyedHash } from '../../src/base/hash.js';
import { nodeSpec } from '../simulate.js';
import type { CountersSettings } from '../workloads/counters.js';
import { drawLoad } from './load.js';
import type { Scenario, ScenarioTimes, StrategyName } from './scenario.js';
import { drawKills } from './victims.js';

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
export function killScenario(options: KillOptions, seed: number): Scenario {
  // Apart from the draws of the world, which are keyed by the seed itself.
  const draws = new Draws(keyedHash(seed, 'kill scenario'));
  const nodeIds = Array.from({ length: options.nodes }, (_, at) => nodeSpec(at, undefined).id);
  const count = options.children ?? 2 * options.nodes;
  const childIds = Array.from({ length: count }, (_, at) => `counter-${at + 1}`);
  const durationMs = options.durationMs ?? defaultDurationMs(options.kill, count);
  const times = timesOf(durationMs, count);
  const kills = drawKills(draws, nodeIds, options.kill, times);
  const faults = kills.map(({ node, atMs, mode }) => {
    return { kind: 'crash' as const, node, atMs, mode };
  });
  return {
    seed,
    settings: settingsOf(options, nodeIds, childIds),
    plan: { faults, operations: drawLoad(draws, nodeIds, childIds, times) },
    kills,
    times,
    latencyMs: LATENCY_MS,
  };
}

function settingsOf(
  { strategy, selector, kill }: KillOptions,
  nodeIds: readonly string[],
  childIds: readonly string[],
): CountersSettings {
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
    },
  };
}

function timesOf(durationMs: number, children: number): ScenarioTimes {
  // Less than the usual when the run is too short for it: then it may be over before it settled.
  const atMost = (usualMs: number, share: number) => Math.min(usualMs, durationMs * share);
  const startedMs = atMost(JOIN_MS + children * START_MS, 1 / 8);
  const finalMs = Math.floor(durationMs - atMost(LAST_CALLS_MS, 1 / 8));
  return {
    killsFromMs: Math.ceil(startedMs + atMost(1000, 1 / 8)),
    killsUntilMs: Math.floor(durationMs / 2),
    operationsFromMs: Math.ceil(startedMs),
    operationsUntilMs: Math.floor(finalMs - atMost(QUIET_MS, 1 / 8)),
    finalMs,
    durationMs,
  };
}

// Children start one after another, and under two of the strategies they all stop and start again.
function defaultDurationMs(kills: number, children: number): number {
  const startMs = JOIN_MS + children * START_MS;
  const againMs = 2 * children * START_MS * Math.max(1, kills);
  const neededMs = Math.max(30_000, 8 * startMs, 2 * (startMs + againMs + NOTICE_MS));
  return Math.ceil(neededMs / 1000) * 1000;
}

const LATENCY_MS = { min: 0.2, max: 5 };
const HEARTBEAT_INTERVAL_MS = 1000;
const JOIN_MS = 1000;
// A request to another node and its answer.
const START_MS = 10;
// The last kill is noticed, and its children's names are free again.
const NOTICE_MS = 7000;
const QUIET_MS = 3000;
const LAST_CALLS_MS = 2500;
