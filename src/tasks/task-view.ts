import { checkCount, checkName, checkWord, InvalidOptionError } from '../otp/option.js';
import { type LedgerTallies, noTallies } from './ledger.js';
import type { TaskDetail, TaskMetrics, TaskPage, TaskQuery, TaskView } from './task-desk.js';
import type { TaskRecord } from './task-record.js';
import { isLeased, isOver, TASK_STATES, type TaskState } from './task.js';

export function viewOf(record: Readonly<TaskRecord>): TaskView {
  const { task, state, workerId, leaseUntilMs, notBeforeMs, error } = record;
  const isTheirs = isLeased(state) || isOver(state);
  return {
    taskId: task.taskId,
    taskType: task.taskType,
    state,
    attempt: record.attempt,
    failures: record.failures,
    retriesMax: record.retriesMax,
    priority: record.priority,
    addedMs: record.addedMs,
    changedMs: record.changedMs,
    ...(workerId === undefined || !isTheirs ? {} : { workerId }),
    ...(leaseUntilMs === undefined ? {} : { leaseUntilMs }),
    ...(notBeforeMs === undefined ? {} : { notBeforeMs }),
    ...(error === undefined ? {} : { error }),
  };
}

export function detailOf(record: Readonly<TaskRecord>): TaskDetail {
  const { task, result, state } = record;
  return { ...viewOf(record), task, ...(state === 'completed' ? { result } : {}) };
}

export interface CheckedQuery {
  readonly state: TaskState | undefined;
  readonly limit: number;
  readonly afterSeq: number;
}

/** Throws InvalidOptionError for a query that cannot be answered. */
export function checkQuery({ state, limit = 100, after }: TaskQuery): CheckedQuery {
  if (state !== undefined) checkWord('state', TASK_STATES, state);
  if (checkCount('limit', limit, 1) > LIMIT_MAX) {
    throw new InvalidOptionError('limit', `at most ${LIMIT_MAX}`, limit);
  }
  const afterSeq = after === undefined ? 0 : Number(checkName('after', after));
  if (!Number.isSafeInteger(afterSeq)) {
    throw new InvalidOptionError('after', 'the next of the page before', after);
  }
  return { state, limit, afterSeq };
}

export function pageOf(
  records: Iterable<Readonly<TaskRecord>>,
  { state, limit, afterSeq }: CheckedQuery,
): TaskPage {
  const tasks: TaskView[] = [];
  let lastSeq = 0;
  for (const record of records) {
    if (record.seq <= afterSeq || (state !== undefined && record.state !== state)) continue;
    if (tasks.length === limit) return { tasks, next: String(lastSeq) };
    tasks.push(viewOf(record));
    lastSeq = record.seq;
  }
  return { tasks };
}

export function metricsOf(
  tallies: LedgerTallies | undefined,
  present: Pick<TaskMetrics, 'counts' | 'workersConnected' | 'uptimeMs'>,
): TaskMetrics {
  return { ...present, ...(tallies ?? noTallies()) };
}

const LIMIT_MAX = 1000;
