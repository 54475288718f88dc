import { simModule } from '../../sim/bundle.js';
import type { LaneName } from '../../sim/lanes/lane.js';
import type { RunFollower } from '../../sim/run-follower.js';
import { killScenario } from '../../sim/scenarios/kill.js';
import type { Scenario } from '../../sim/scenarios/scenario.js';
import { simulate, type SimReport } from '../../sim/simulate.js';

export interface ClusterOptions {
  readonly nodes: number;
  readonly kill: number;
  readonly durationMs?: number;
  /** Which part of the scenario's calls and casts are made. */
  readonly loadShare?: number;
  readonly seed?: number;
}

/** A cluster under load, some of whose nodes die. */
export function cluster({ loadShare = 1, seed = 1, ...options }: ClusterOptions): Scenario {
  const spread = { strategy: 'one_for_one', selector: 'round_robin' } as const;
  const scenario = killScenario({ ...spread, ...options }, seed);
  const { faults, operations } = scenario.plan;
  const some = operations.filter(
    (_, n) => Math.floor(n * loadShare) !== Math.floor((n - 1) * loadShare),
  );
  return { ...scenario, plan: { faults, operations: some } };
}

/** One run without checkers or a kept trace: codec, network and hash are what it costs. */
export function runCluster(
  lane: LaneName,
  scenario: Scenario,
  follower?: RunFollower,
): Promise<SimReport> {
  const { seed, settings, plan, latencyMs, times } = scenario;
  return simulate({
    lane,
    seed,
    settings,
    plan,
    latencyMs,
    nodes: settings.nodeIds.length,
    durationMs: times.durationMs,
    program: { entry: simModule('workloads/counters') },
    keepEntries: 0,
    keepObserved: false,
    ...(follower === undefined ? {} : { follower }),
  });
}
