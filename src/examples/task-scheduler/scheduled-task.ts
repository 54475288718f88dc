import { keyedHash } from '../../base/hash.js';

/** What a task is about: whatever JSON can hold. */
export type Json =
  string | number | boolean | null | readonly Json[] | { readonly [key: string]: Json };

/** A task as it is kept. Times are milliseconds since 1970. */
export interface ScheduledTask {
  readonly id: string;
  readonly name: string;
  readonly payload: Json;
  readonly scheduledAt: number;
  /** Milliseconds from the end of a run to the next one; a task without it runs once. */
  readonly interval?: number;
  readonly status: 'pending' | 'running' | 'completed';
  /** 1 for the first; a repeating task has many. */
  readonly run: number;
  /** Of this run; 0 before the first. */
  readonly attempt: number;
  /** When the next attempt is due. */
  readonly dueAt: number;
  /** The executor that has it. */
  readonly assignedTo?: string;
  readonly completedAt?: number;
  readonly lastError?: string;
}

/** Names one attempt among all. */
export interface AttemptKey {
  readonly taskId: string;
  readonly run: number;
  readonly attempt: number;
}

/**
 * What became of an attempt. A lost one may have been done: its executor was not heard of any more.
 * If it comes back and says so, it is `completed`, and counts unless the run was completed before.
 */
export type AttemptOutcome = 'running' | 'completed' | 'failed' | 'lost';

export interface Attempt extends AttemptKey {
  readonly executorId: string;
  readonly nodeId: string;
  readonly startedAt: number;
  readonly outcome: AttemptOutcome;
  readonly endedAt?: number;
  readonly error?: string;
}

/** Attempts of how many runs of a repeating task are kept. */
export const RUNS_KEPT = 10;

export function isSameAttempt(one: AttemptKey, other: AttemptKey): boolean {
  return one.taskId === other.taskId && one.run === other.run && one.attempt === other.attempt;
}

/** How long an attempt takes: what the payload asks for as `workMs`, else half a second to two. */
export function workMs({ taskId, run, attempt }: AttemptKey, payload: Json): number {
  if (typeof payload === 'object' && payload !== null && 'workMs' in payload) {
    const { workMs: asked } = payload;
    if (typeof asked === 'number' && asked >= 0) return asked;
  }
  return 500 + (keyedHash(0, 'work', taskId, run, attempt) % 1500);
}

/** What comes of an attempt: fifteen in a hundred fail. */
export function succeeds({ taskId, run, attempt }: AttemptKey): boolean {
  return keyedHash(0, 'outcome', taskId, run, attempt) % 100 >= 15;
}
