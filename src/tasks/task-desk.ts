import type { NewTask, Task, TaskSettings, TaskState } from './task.js';

/**
 * How a coordinator is driven and looked at: what HTTP, the page and the command see of it.
 *
 * Questions are answered at once from memory. `add` and `cancel` resolve when the change is as
 * durable as the store makes it. All times are milliseconds since 1970.
 */
export interface TaskDesk {
  /**
   * Takes a task. Rejects with TaskExistsError for an id that is known, QueueFullError when
   * `pendingMax` tasks wait already, and InvalidTaskError for what is no task: nothing changed.
   */
  add(task: NewTask, settings?: TaskSettings): Promise<{ readonly taskId: string }>;
  /** One task with its content; `undefined` once it is forgotten. */
  get(taskId: string): TaskDetail | undefined;
  /** A page at a time. */
  list(query?: TaskQuery): TaskPage;
  /** Ends a task that is not over; a worker that has it is told, and its result is refused. */
  cancel(taskId: string): Promise<CancelOutcome>;
  /** Connected workers, and lost ones that still hold a lease, in the order they came. */
  workers(): readonly WorkerView[];
  /** What happened to one task, oldest first. */
  history(taskId: string): readonly TaskStep[] | undefined;
  /** How many tasks are in each state. */
  counts(): Readonly<Record<TaskState, number>>;
  /** Tells every change of state from now on, in order. Gives the way to end it. */
  subscribe(listener: (change: TaskChange) => void): () => void;
  /** Counters of this life of the coordinator. */
  metrics(): TaskMetrics;
  /** Whether it takes and hands out tasks: not before it has started, not while it closes. */
  isReady(): boolean;
}

/** Which tasks to list; all of them without it. */
export interface TaskQuery {
  readonly state?: TaskState;
  /** Which of them come first; `oldest` by default. */
  readonly order?: TaskOrder;
  /** At most so many; 100 by default, 1000 at the most. */
  readonly limit?: number;
  /** The `next` of the page before, which was asked for in the same order. */
  readonly after?: string;
}

/** By when tasks were added. */
export type TaskOrder = 'oldest' | 'newest';

/** Tasks in the order that was asked for. */
export interface TaskPage {
  readonly tasks: readonly TaskView[];
  /** Where the next page begins; missing on the last one. */
  readonly next?: string;
}

/** A task without its content. */
export interface TaskView {
  readonly taskId: string;
  readonly taskType: string;
  readonly state: TaskState;
  /** The number of the present or last try: 0 before the first. */
  readonly attempt: number;
  /** Tries that failed. */
  readonly failures: number;
  readonly retriesMax: number;
  readonly priority: number;
  readonly addedMs: number;
  readonly changedMs: number;
  /** Who has it now, or had it when it was over. */
  readonly workerId?: string;
  readonly leaseUntilMs?: number;
  /** A delayed task, or one that failed, is not handed out before. */
  readonly notBeforeMs?: number;
  /** Why it failed last. */
  readonly error?: string;
}

/** A task with its content. */
export interface TaskDetail extends TaskView {
  /** What workers are handed, shipped files included. */
  readonly task: Task;
  /** Of a completed task. */
  readonly result?: unknown;
}

/** What `cancel` came to: it was over already, or there is no such task. */
export type CancelOutcome = 'cancelled' | 'over' | 'unknown';

/** A worker, and what it did since it connected. */
export interface WorkerView {
  readonly workerId: string;
  readonly taskTypes: readonly string[];
  readonly isConnected: boolean;
  readonly sinceMs: number;
  /** The tasks it has now. */
  readonly taskIds: readonly string[];
  readonly completed: number;
  readonly failed: number;
}

/** One line of a task's history. */
export interface TaskStep {
  readonly atMs: number;
  readonly state: TaskState;
  readonly attempt: number;
  readonly workerId?: string;
  /** Why: an error, a lost worker, a lease that ran out, a cancellation. */
  readonly reason?: string;
}

export interface TaskChange extends TaskStep {
  readonly taskId: string;
  readonly taskType: string;
}

/** Counters since the coordinator started, and the present state of things. */
export interface TaskMetrics {
  readonly counts: Readonly<Record<TaskState, number>>;
  readonly workersConnected: number;
  readonly added: number;
  readonly handedOut: number;
  readonly completed: number;
  readonly failed: number;
  readonly deadLettered: number;
  /** Leases that ran out, and leases of workers that were lost. */
  readonly leasesLost: number;
  /** Late and duplicate results. */
  readonly resultsRefused: number;
  /** Refusals because of `pendingMax`. */
  readonly tasksRefused: number;
  readonly uptimeMs: number;
}

/** What starts the HTTP side of a coordinator. */
export interface HttpDoorOptions {
  readonly desk: TaskDesk;
  /** 0 for any free one. */
  readonly port: number;
  readonly host: string;
  /** What every request must show as `Authorization: Bearer`; none on loopback. */
  readonly token: string | undefined;
  /** Where projects lie that are added by name. */
  readonly taskFolderPath: string | undefined;
}

/** A server that listens. */
export interface HttpDoor {
  readonly port: number;
  close(): Promise<void>;
}
