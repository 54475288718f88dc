import type { CrashMode, Plan } from '../plan.js';
import type { CountersSettings } from '../workloads/counters.js';

/** A run of the counters workload, drawn from a seed before anything of it runs. */
export interface Scenario {
  readonly seed: number;
  /** What it is called in the list of scenarios; absent for one that has no name. */
  readonly name?: string;
  readonly settings: CountersSettings;
  readonly plan: Plan;
  /** The nodes to be killed, first one first. */
  readonly kills: readonly Kill[];
  readonly times: ScenarioTimes;
  readonly latencyMs: { readonly min: number; readonly max: number };
  /** In which order processes that are ready take their turns; `fifo` when absent. */
  readonly turnOrder?: 'fifo' | 'priorities';
  /** Room in the send buffer of each link; the usual when absent. */
  readonly bufferBytes?: number;
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
  /** When the faults are over. Absent: each one ends by itself. */
  readonly healMs?: number;
  /**
   * By then all has to be quiet, and no child and no member comes or goes any more until `finalMs`.
   * Every node says how it sees the cluster and calls every child once.
   */
  readonly settledMs?: number;
  /** Every node does so once more. */
  readonly finalMs: number;
  readonly durationMs: number;
}

export type StrategyName = CountersSettings['supervisor']['strategy'];
