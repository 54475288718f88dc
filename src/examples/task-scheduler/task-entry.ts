import {
  type Attempt,
  type AttemptKey,
  isSameAttempt,
  RUNS_KEPT,
  type ScheduledTask,
} from './scheduled-task.js';
import type { ExecutorIdentity, TaskHistory } from './scheduler-message.js';

/** The time of an event: monotonic, to decide by, and of the calendar, to write down. */
export interface Time {
  readonly nowMs: number;
  readonly wallMs: number;
}

/** One task, its attempts, and who is at it. */
export class TaskEntry implements TaskHistory {
  /** When a pending one is due; when a running one that nobody speaks of is given up. */
  dueMs: number;
  /** The process that works on it, as far as is known. */
  holder: string | undefined;
  #task: ScheduledTask;
  #attempts: readonly Attempt[];

  constructor(task: ScheduledTask, attempts: readonly Attempt[], dueMs: number) {
    this.#task = task;
    this.#attempts = attempts.filter((one) => isRecent(task, one)).sort(byNumber);
    this.dueMs = dueMs;
  }

  get task(): ScheduledTask {
    return this.#task;
  }

  get attempts(): readonly Attempt[] {
    return this.#attempts;
  }

  /** Whether this is the attempt that counts as running. */
  isRunning(key: AttemptKey): boolean {
    const { status, id: taskId, run, attempt } = this.#task;
    return status === 'running' && isSameAttempt({ taskId, run, attempt }, key);
  }

  attemptOf(key: AttemptKey): Attempt | undefined {
    return this.#attempts.find((one) => isSameAttempt(one, key));
  }

  /** The attempt that runs, or ran last. */
  lastAttempt(): Attempt | undefined {
    const { id: taskId, run, attempt } = this.#task;
    return this.attemptOf({ taskId, run, attempt });
  }

  begin(who: ExecutorIdentity, { wallMs }: Time): Attempt {
    const { id: taskId, run, attempt: before } = this.#task;
    const attempt: Attempt = {
      ...{ taskId, run, attempt: before + 1 },
      ...{ executorId: who.id, nodeId: who.nodeId },
      startedAt: wallMs,
      outcome: 'running',
    };
    this.#task = { ...this.#task, status: 'running', attempt: before + 1, assignedTo: who.id };
    this.#attempts = [...this.#attempts.filter((one) => isRecent(this.#task, one)), attempt];
    this.holder = who.ref.id;
    return attempt;
  }

  /** Puts one attempt in the place of another. */
  write(before: Attempt, after: Attempt): void {
    this.#attempts = this.#attempts.map((one) => (one === before ? after : one));
  }

  /** The run is done: the next one is due after the interval, if there is one. */
  completeRun({ nowMs, wallMs }: Time): void {
    const { interval, run } = this.#task;
    this.pend({ nowMs, wallMs }, interval ?? 0);
    const done = { ...this.#task, completedAt: wallMs };
    this.#task =
      interval === undefined
        ? { ...done, status: 'completed' }
        : { ...done, run: run + 1, attempt: 0 };
  }

  /** It is for somebody else, after `delayMs`. */
  pend({ nowMs, wallMs }: Time, delayMs: number, lastError?: string): void {
    const { assignedTo: _over, ...rest } = this.#task;
    const told = lastError === undefined ? {} : { lastError };
    this.#task = { ...rest, ...told, status: 'pending', dueAt: wallMs + delayMs };
    this.dueMs = nowMs + delayMs;
    this.holder = undefined;
  }
}

function isRecent({ run }: ScheduledTask, attempt: Attempt): boolean {
  return attempt.run > run - RUNS_KEPT;
}

function byNumber(one: Attempt, other: Attempt): number {
  return one.run - other.run || one.attempt - other.attempt;
}
