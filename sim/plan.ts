/**
 * Everything that is done to a run from outside, as plain data: it can be printed, stored, shrunk
 * and replayed. Nodes are named by index, times are virtual milliseconds.
 */
export interface Plan {
  readonly faults: readonly Fault[];
  readonly operations: readonly Operation[];
}

export type Fault = CrashFault | RestartFault | PartitionFault | OneWayFault;

export interface CrashFault {
  readonly kind: 'crash';
  readonly node: number;
  readonly atMs: number;
  /**
   * `closes`: the process dies and its host closes its links. `silent`: the host is gone, and peers
   * learn it only from silence. Drawn from the seed when absent.
   */
  readonly mode?: CrashMode;
  /** Crash in the first turn at or after `atMs` that sends more, after its first k outputs. */
  readonly afterOutputs?: number;
  readonly restartAfterMs?: number;
}

export type CrashMode = 'closes' | 'silent';

/** Starts a crashed or exited node again: same id, new incarnation. */
export interface RestartFault {
  readonly kind: 'restart';
  readonly node: number;
  readonly atMs: number;
}

/** Nodes in different groups cannot reach each other; nodes in no group reach everybody. */
export interface PartitionFault {
  readonly kind: 'partition';
  readonly groups: readonly (readonly number[])[];
  readonly fromMs: number;
  readonly untilMs: number;
}

/** Nothing gets from `from` to `to`; the other way stays open. */
export interface OneWayFault {
  readonly kind: 'one-way';
  readonly from: readonly number[];
  readonly to: readonly number[];
  readonly fromMs: number;
  readonly untilMs: number;
}

/** Something for the node's program to do: what `NodeProgram.operate` gets. */
export interface Operation {
  readonly node: number;
  readonly atMs: number;
  readonly operation: unknown;
}

export const emptyPlan: Plan = { faults: [], operations: [] };
