import type { CrashMode, Plan } from '../plan.js';
import type { CountersSettings } from '../workloads/counters.js';

/** A run of the counters workload, drawn from a seed before anything of it runs. */
export interface Scenario {
  readonly seed: number;
  readonly settings: CountersSettings;
  readonly plan: Plan;
  /** The nodes to be killed, first one first. */
  readonly kills: readonly Kill[];
  readonly times: ScenarioTimes;
  readonly latencyMs: { readonly min: number; readonly max: number };
}

export interface Kill {
  /** Index of the node. */
  readonly node: number;
  readonly nodeId: string;
  readonly atMs: number;
  readonly mode: CrashMode;
}

/** When what happens, in virtual milliseconds. */
export interface ScenarioTimes {
  readonly killsFromMs: number;
  readonly killsUntilMs: number;
  readonly operationsFromMs: number;
  readonly operationsUntilMs: number;
  /** Every node says how it sees the cluster, and calls every child once more. */
  readonly finalMs: number;
  readonly durationMs: number;
}

export type StrategyName = CountersSettings['supervisor']['strategy'];
