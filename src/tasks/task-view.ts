import { checkCount, checkName, checkWord, InvalidOptionError } from '../otp/option.js';
import { type LedgerTallies, noTallies } from './ledger.js';
import type {
  TaskDetail,
  TaskMetrics,
  TaskOrder,
  TaskPage,
  TaskQuery,
  TaskView,
} from './task-desk.js';
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
  readonly order: TaskOrder;
  readonly limit: number;
  /** Missing for the first page. */
  readonly afterSeq: number | undefined;
}

/** Throws InvalidOptionError for a query that cannot be answered. */
export function checkQuery(query: TaskQuery): CheckedQuery {
  const { state, order = 'oldest', limit = 100, after } = query;
  if (state !== undefined) checkWord('state', TASK_STATES, state);
  checkWord('order', TASK_ORDERS, order);
  if (checkCount('limit', limit, 1) > LIMIT_MAX) {
    throw new InvalidOptionError('limit', `at most ${LIMIT_MAX}`, limit);
  }
  const afterSeq = after === undefined ? undefined : Number(checkName('after', after));
  if (afterSeq !== undefined && !Number.isSafeInteger(afterSeq)) {
    throw new InvalidOptionError('after', 'the next of the page before', after);
  }
  return { state, order, limit, afterSeq };
}

/** One page of `records`, which come in the order they were added. */
export function pageOf(records: Iterable<Readonly<TaskRecord>>, query: CheckedQuery): TaskPage {
  return query.order === 'newest' ? newestOf(records, query) : oldestOf(records, query);
}

function oldestOf(
  records: Iterable<Readonly<TaskRecord>>,
  { state, limit, afterSeq = 0 }: CheckedQuery,
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

function newestOf(
  records: Iterable<Readonly<TaskRecord>>,
  { state, limit, afterSeq = Infinity }: CheckedQuery,
): TaskPage {
  // What was added last comes last: of all that fit, the place of the oldest is taken again.
  const kept: Readonly<TaskRecord>[] = [];
  let count = 0;
  for (const record of records) {
    if (record.seq >= afterSeq) break;
    if (state !== undefined && record.state !== state) continue;
    kept[count % limit] = record;
    count++;
  }
  const newest = kept.sort((one, other) => other.seq - one.seq);
  const last = newest.at(-1);
  const next = count > limit && last !== undefined ? { next: String(last.seq) } : {};
  return { tasks: newest.map(viewOf), ...next };
}

export function metricsOf(
  tallies: LedgerTallies | undefined,
  present: Pick<TaskMetrics, 'counts' | 'workersConnected' | 'uptimeMs'>,
): TaskMetrics {
  return { ...present, ...(tallies ?? noTallies()) };
}

export const TASK_ORDERS = ['oldest', 'newest'] as const satisfies readonly TaskOrder[];
const LIMIT_MAX = 1000;
