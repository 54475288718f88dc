/** What every task has; the caller's own interface may tell its other fields. */
export interface TypedTask {
  /** Made when it is missing. The same id is taken once. */
  readonly taskId?: string;
  /** Which workers may take it: those that name this type, or `'*'`. */
  readonly taskType: string;
}

/** What a caller gives to be done. Fields beside the named ones go to the worker as they are. */
export interface NewTask extends TypedTask {
  readonly [field: string]: unknown;
}

/** What a worker is handed. */
export interface Task extends NewTask {
  readonly taskId: string;
}

/** A project shipped as files: what `type: 'executeCode'` holds on the wire. */
export interface ProjectTask extends Task {
  readonly type: 'executeCode';
  readonly packageJson: unknown;
  readonly tsconfigJson: unknown;
  /** By path below the project's folder: text, or base64 of what is no text. */
  readonly files: Readonly<Record<string, string>>;
  readonly entryPoint: string;
  readonly args?: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
  readonly workingDirectory?: string;
  /** Milliseconds. */
  readonly timeout?: number;
  readonly options?: Readonly<Record<string, unknown>>;
}

/** How a task is queued. It stays with the coordinator. */
export interface TaskSettings {
  /** Larger goes first; 0 by default. Equal ones go in the order they came in. */
  readonly priority?: number;
  /** Not handed out before; 0 by default. */
  readonly delayMs?: number;
  /** How often it may be tried again after a failure; the coordinator's `retriesMax` by default. */
  readonly retriesMax?: number;
}

/**
 * Where a task stands. `failed` waits for its next try; `completed` and `deadLetter` are for ever.
 * A cancelled task is a `deadLetter` too, and its error says so.
 */
export type TaskState = (typeof TASK_STATES)[number];

export const TASK_STATES = [
  'pending',
  'assigned',
  'installing',
  'installed',
  'running',
  'completed',
  'failed',
  'deadLetter',
] as const;

/** The error of a task that was cancelled. */
export const CANCELLED = 'cancelled';

/** The type of the batches that a master hands out. */
export const BATCH_TYPE = 'batch';

/** A worker has it, under a lease. */
export type LeasedState = 'assigned' | 'installing' | 'installed' | 'running';

export function isLeased(state: TaskState): state is LeasedState {
  return LEASED.has(state);
}

/** Nothing becomes of it any more. */
export function isOver(state: TaskState): boolean {
  return state === 'completed' || state === 'deadLetter';
}

const LEASED: ReadonlySet<TaskState> = new Set(['assigned', 'installing', 'installed', 'running']);
