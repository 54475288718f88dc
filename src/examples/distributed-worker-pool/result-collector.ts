import {
  type GenServerBehavior,
  type GenServerRef,
  GlobalRegistry,
  type Request,
} from '../../index.js';
import { castOrDrop } from '../lossy-cast.js';
import { TASK_QUEUE, type TaskResult } from './task.js';

export interface ResultCounts {
  readonly total: number;
  readonly succeeded: number;
  readonly failed: number;
  /** Results that came again, and were not counted again. */
  readonly repeated: number;
}

interface GetResults extends Request<readonly TaskResult[]> {
  readonly type: 'results';
  /** How many of the last ones. */
  readonly last: number;
}

interface GetCounts extends Request<ResultCounts> {
  readonly type: 'counts';
}

export type CollectorCall = GetResults | GetCounts;

/** A result, until it is acknowledged to `from`. */
export interface Report {
  readonly type: 'result';
  readonly result: TaskResult;
  readonly assignmentId: string;
  readonly from: GenServerRef;
}

export interface Collected {
  /** By the id of the task, in the order in which they came. */
  readonly results: Map<string, TaskResult>;
  repeated: number;
}

export type CollectorRef = GenServerRef<Collected, CollectorCall, Report>;

/** Counts the first result of each task of the queue, and no other; `onCounted` hears of each. */
export function resultCollector(
  onCounted: (result: TaskResult) => void = () => undefined,
): GenServerBehavior<Collected, CollectorCall, Report> {
  return {
    init: () => ({ results: new Map(), repeated: 0 }),
    handleCall: (message, state) => {
      if (message.type === 'counts') return [countsOf(state), state];
      return [[...state.results.values()].slice(-message.last), state];
    },
    handleCast: ({ result, assignmentId, from }, state, context) => {
      castOrDrop(context, from, { type: 'counted', assignmentId });
      // What an earlier queue gave out bears the same numbers, and is nobody's any more.
      if (result.queueId !== GlobalRegistry.whereis(TASK_QUEUE)?.id) return state;
      if (state.results.has(result.taskId)) {
        state.repeated += 1;
      } else {
        state.results.set(result.taskId, result);
        onCounted(result);
      }
      return state;
    },
  };
}

function countsOf({ results, repeated }: Collected): ResultCounts {
  const total = results.size;
  const succeeded = [...results.values()].filter(({ outcome }) => outcome.kind === 'success');
  return { total, succeeded: succeeded.length, failed: total - succeeded.length, repeated };
}
