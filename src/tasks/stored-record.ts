import type { TaskStep } from './task-desk.js';
import type { TaskRecord } from './task-record.js';
import type { Task, TaskState } from './task.js';

/**
 * A record as a store keeps it, beside its task and under its number: a list, as the names of its
 * fields would be most of what is written.
 */
export type StoredRecord = readonly [
  priority: number,
  retriesMax: number,
  addedMs: number,
  state: TaskState,
  changedMs: number,
  attempt: number,
  failures: number,
  losses: number,
  workerId: string | undefined,
  leaseMs: number | undefined,
  leaseUntilMs: number | undefined,
  notBeforeMs: number | undefined,
  waitMs: number | undefined,
  error: string | undefined,
  result: unknown,
  steps: readonly StoredStep[],
];

/** Grows when what is stored means something else. */
export const STORED_LAYOUT = 1;

type StoredStep = readonly [
  atMs: number,
  state: TaskState,
  attempt: number,
  workerId?: string | undefined,
  reason?: string,
];

export function toStored(record: Readonly<TaskRecord>): StoredRecord {
  return [
    record.priority,
    record.retriesMax,
    record.addedMs,
    record.state,
    record.changedMs,
    record.attempt,
    record.failures,
    record.losses,
    record.workerId,
    record.leaseMs,
    record.leaseUntilMs,
    record.notBeforeMs,
    record.waitMs,
    record.error,
    record.result,
    record.steps.map(toStoredStep),
  ];
}

export function fromStored(stored: StoredRecord, seq: number, task: Task): TaskRecord {
  const [priority, retriesMax, addedMs, state, changedMs, attempt, failures, losses] = stored;
  const [, , , , , , , , workerId, leaseMs, leaseUntilMs, notBeforeMs, waitMs] = stored;
  const [error, result, steps] = stored.slice(-3) as [string | undefined, unknown, StoredStep[]];
  return {
    task,
    seq,
    priority,
    retriesMax,
    addedMs,
    state,
    changedMs,
    attempt,
    failures,
    losses,
    workerId,
    leaseMs,
    leaseUntilMs,
    notBeforeMs,
    waitMs,
    error,
    result,
    steps: steps.map(fromStoredStep),
  };
}

function toStoredStep({ atMs, state, attempt, workerId, reason }: TaskStep): StoredStep {
  if (reason !== undefined) return [atMs, state, attempt, workerId, reason];
  return workerId === undefined ? [atMs, state, attempt] : [atMs, state, attempt, workerId];
}

function fromStoredStep([atMs, state, attempt, workerId, reason]: StoredStep): TaskStep {
  return {
    atMs,
    state,
    attempt,
    ...(workerId === undefined ? {} : { workerId }),
    ...(reason === undefined ? {} : { reason }),
  };
}
