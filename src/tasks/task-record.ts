import type { TaskStep } from './task-desk.js';
import type { Task, TaskState } from './task.js';

/** All that a ledger knows of one task. Plain data. */
export interface TaskRecord {
  readonly task: Task;
  /** Counts the tasks as they come. */
  readonly seq: number;
  readonly priority: number;
  readonly retriesMax: number;
  readonly addedMs: number;
  state: TaskState;
  changedMs: number;
  /** The number of the present or last try; 0 before the first. */
  attempt: number;
  /** Tries that failed, and tries whose leases were lost. */
  failures: number;
  losses: number;
  /** Who has it, or had it last. */
  workerId?: string | undefined;
  /** Of the present try. */
  leaseMs?: number | undefined;
  leaseUntilMs?: number | undefined;
  /** Not handed out before, since it waits for `waitMs` in all. */
  notBeforeMs?: number | undefined;
  waitMs?: number | undefined;
  error?: string | undefined;
  result?: unknown;
  /** Oldest first. */
  steps: TaskStep[];
}

/** Everything: a ledger made from it goes on as the one that gave it would have. */
export interface LedgerSnapshot {
  /** How many tasks came so far. */
  readonly seq: number;
  readonly records: readonly TaskRecord[];
}

/**
 * What has to be stored after a command. Applied in order, changes make the snapshot.
 *
 * `record` is the ledger's own and changes with the next command: copy or encode it before.
 */
export type LedgerChange =
  | {
      readonly kind: 'put';
      readonly record: Readonly<TaskRecord>;
      /** What happened. */
      readonly step: TaskStep;
      /** Missing for a task that is new. */
      readonly from?: TaskState;
    }
  | { readonly kind: 'forget'; readonly taskId: string; readonly seq: number };

/** Notes a step in the task's history. Of a very long one the first and the latest are kept. */
export function noteStep(record: TaskRecord, step: TaskStep): void {
  record.steps.push(step);
  if (record.steps.length > STEPS_MAX) record.steps.splice(1, 1);
}

const STEPS_MAX = 100;
