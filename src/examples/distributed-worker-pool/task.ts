import { keyedHash } from '../../base/hash.js';
import type { GenServerRef } from '../../index.js';

export interface Task {
  readonly id: string;
  readonly payload: string;
}

/** A task that is given to a worker. The id is its own: another attempt has another one. */
export interface Assignment {
  readonly id: string;
  /** The queue that gives it. */
  readonly queueId: string;
  readonly task: Task;
  /** 1 for the first. */
  readonly attempt: number;
}

export interface TaskResult {
  readonly queueId: string;
  readonly taskId: string;
  readonly payload: string;
  readonly attempt: number;
  readonly workerId: string;
  readonly outcome: Outcome;
}

export type Outcome =
  | { readonly kind: 'success'; readonly output: string }
  | { readonly kind: 'failure'; readonly error: string };

/** What a worker tells of itself, as often as it asks for work. */
export interface WorkerStatus {
  /** As its supervisor calls it: `worker_1`. */
  readonly id: string;
  readonly ref: GenServerRef;
  readonly speed: number;
  readonly processed: number;
}

/** The name under which every node finds the queue. */
export const TASK_QUEUE = 'task-queue';
/** The name under which every node finds the collector of results. */
export const RESULTS = 'results';
/** The name under which every node registers what a worker does. */
export const WORKER = 'distributed-worker-pool:worker';

/** How long a task takes at normal speed. */
export function workMs({ id, payload }: Task): number {
  return 100 + (keyedHash(0, 'work', id, payload) % 400);
}

/** What comes of a task: one in ten fails, and would fail again. */
export function outcomeOf({ id, payload }: Task): Outcome {
  if (keyedHash(0, 'failure', id, payload) % 10 === 0) {
    return { kind: 'failure', error: 'simulated failure' };
  }
  return { kind: 'success', output: payload.toUpperCase() };
}
