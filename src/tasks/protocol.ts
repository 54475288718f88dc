import type { Task } from './task.js';

/**
 * What coordinator and enhanced worker say to each other over Socket.IO, on the default namespace.
 *
 * Fields marked as additions may be missing: a worker of the bare contract knows none of them. It
 * is then known by its socket, every message is about its present try, and as it cannot renew its
 * leases they last longer.
 */
export interface WorkerToCoordinator {
  /** Replaces the worker's types. */
  registerCapabilities(message: { readonly taskTypes: readonly string[] }): void;
  /** Adds types; the worker is ready. */
  notifyReady(message: { readonly taskTypes: readonly string[] }): void;
  /** Asks for one task: answered by `assignTask`, or `noTask`. */
  requestTask(): void;
  installationStatus(message: InstallationStatus, acknowledge?: Acknowledge): void;
  taskCompleted(message: TaskCompleted, acknowledge?: Acknowledge): void;
  /** Addition: the phase has begun. */
  taskStatus(message: TaskStatus, acknowledge?: Acknowledge): void;
  /** Addition: the try has failed; it is tried again as its settings allow. */
  taskFailed(message: TaskFailed, acknowledge?: Acknowledge): void;
  /** Addition: all tries the worker has. What is not its own any more comes back as `lost`. */
  renewLeases(
    message: { readonly tries: readonly Try[] },
    answer?: (renewal: Renewal) => void,
  ): void;
}

export interface CoordinatorToWorker {
  assignTask(message: AssignTask): void;
  noTask(message: { readonly message: string }): void;
  /** Addition: a worker that heard `noTask` may ask again. */
  tasksAvailable(): void;
  /** Addition: stop the try; its result would be refused. */
  taskCancelled(message: Try): void;
  /** Addition: another worker has come with its id, and this connection ends: do not come back. */
  replaced(): void;
}

/** One try of one task. */
export interface Try {
  readonly taskId: string;
  /** Addition: counts from 1. */
  readonly attempt?: number;
}

export interface AssignTask {
  readonly task: Task;
  /** Addition; missing when the coordinator is one of the bare contract. */
  readonly attempt: number;
  /** Addition: the task goes to another worker unless the lease is renewed within this time. */
  readonly leaseMs: number;
}

export interface InstallationStatus extends Try {
  readonly status: 'success' | 'failure';
  readonly error?: string;
}

export interface TaskCompleted extends Try {
  readonly result: unknown;
  /** Addition: asks for the next task as well; it comes in the receipt when there is one. */
  readonly wantsNext?: boolean;
}

export interface TaskStatus extends Try {
  readonly status: 'installing' | 'running';
}

export interface TaskFailed extends Try {
  readonly error: string;
  /** Addition: as of {@link TaskCompleted}. */
  readonly wantsNext?: boolean;
}

/**
 * The coordinator has dealt with the message and stored what became of it: the worker need not send
 * it again. `accepted: false` says that the try is not the worker's any more.
 */
export type Acknowledge = (receipt: Receipt) => void;

export interface Receipt {
  readonly accepted: boolean;
  readonly reason?: string;
  /** Nothing was dealt with: the coordinator closes, or has just begun. Send it again later. */
  readonly isTemporary?: boolean;
  /** When it was asked for. Without it, there is no task now and `tasksAvailable` comes later. */
  readonly next?: AssignTask;
}

export interface Renewal {
  /** Tries whose leases run on, from when the answer was given. */
  readonly renewed: readonly Try[];
  /** Tries that were given to others, are over, or never were the worker's: stop them. */
  readonly lost: readonly Try[];
}

/** What a socket shows when it connects, as Socket.IO's `auth`. */
export interface SocketAuth {
  readonly token?: string;
  /** Addition: the same over reconnections, so that a worker is known again. */
  readonly workerId?: string;
  /** Addition: the worker renews its leases, so they may be short. */
  readonly renews?: boolean;
}

/** What a master of batches sends: `provideTasks`. */
export interface ProvideTasks<T = unknown> {
  readonly tasks: readonly T[];
  /** Additions: which batch it is, its try, and how long the worker may keep it unrenewed. */
  readonly batchId?: string;
  readonly attempt?: number;
  readonly leaseMs?: number;
}
