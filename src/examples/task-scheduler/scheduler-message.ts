import type { GenServerRef, NodeId, Request } from '../../index.js';
import type { Attempt, AttemptKey, Json, ScheduledTask } from './scheduled-task.js';

/** The name under which every node finds the scheduler. */
export const SCHEDULER = 'task-scheduler';
/** The name under which every executor node registers what an executor does. */
export const EXECUTOR = 'task-executor';

export interface ExecutorIdentity {
  /** As `executor1-executor-2`; a restarted one has it again. */
  readonly id: string;
  /** Its process, which a restarted one has anew. */
  readonly ref: GenServerRef;
  readonly nodeId: NodeId;
}

export interface NewTask {
  readonly name: string;
  readonly payload: Json;
  /** For a task that repeats: milliseconds from the end of a run to the next one. */
  readonly interval?: number;
}

interface Schedule extends Request<readonly ScheduledTask[]> {
  readonly type: 'schedule';
  /** All of them are kept, or none. */
  readonly tasks: readonly NewTask[];
}

interface GetTask extends Request<TaskHistory | undefined> {
  readonly type: 'get_task';
  readonly taskId: string;
}

interface ListTasks extends Request<readonly TaskHistory[]> {
  readonly type: 'list_tasks';
}

interface GetStats extends Request<SchedulerStats> {
  readonly type: 'get_stats';
}

export interface TaskHistory {
  readonly task: ScheduledTask;
  /** Those of its last runs, in order. */
  readonly attempts: readonly Attempt[];
}

export interface SchedulerStats {
  readonly totalScheduled: number;
  readonly totalCompleted: number;
  readonly totalFailed: number;
  readonly totalLost: number;
  readonly pendingTasks: number;
  readonly runningTasks: number;
  readonly executorCount: number;
  readonly byNode: Readonly<Record<string, NodeCounts>>;
}

/** Attempts of executors on one node, by what became of them. */
export interface NodeCounts {
  readonly completed: number;
  readonly failed: number;
  readonly lost: number;
}

export type SchedulerCall = Schedule | GetTask | ListTasks | GetStats;

export type SchedulerCast =
  | {
      readonly type: 'executor_ready';
      readonly executor: ExecutorIdentity;
      /** What it works on, if on anything. */
      readonly current: AttemptKey | undefined;
    }
  | { readonly type: 'executor_gone'; readonly executor: ExecutorIdentity }
  | {
      readonly type: 'task_completed';
      readonly executor: ExecutorIdentity;
      readonly key: AttemptKey;
    }
  | {
      readonly type: 'task_failed';
      readonly executor: ExecutorIdentity;
      readonly key: AttemptKey;
      readonly error: string;
    };

export type SchedulerRef = GenServerRef<unknown, SchedulerCall, SchedulerCast>;
