import type { Log } from '../platform/platform.js';
import type { BonjourPlace } from '../cluster/discovery-responder.js';
import type {
  AssignTask,
  InstallationStatus,
  Receipt,
  TaskCompleted,
  TaskFailed,
  TaskStatus,
  Try,
} from './protocol.js';

/**
 * A worker's end of the line to its coordinator: it finds it, connects and reconnects, renews the
 * leases of what the worker has, and keeps every report until it is acknowledged.
 */
export interface WorkerLink {
  readonly workerId: string;
  /** The coordinator's, given or found; undefined until one is found. */
  readonly masterUrl: string | undefined;
  /**
   * Finds the coordinator and connects. Rejects when none is found in time, or it refuses; resolves
   * as well when the link is closed meanwhile.
   */
  open(): Promise<void>;
  /** Replaces the worker's types, now and after every reconnection. */
  register(taskTypes: readonly string[]): void;
  /** Asks for one task. What comes of it is told by `onTask` or `onNoTask`. */
  request(): void;
  /**
   * Resolves with the coordinator's receipt, however often the line breaks until then. A final
   * report (`taskCompleted`, `taskFailed`, a failed installation) ends the renewal of the lease.
   *
   * A report that cannot be sent, as it cannot be put into words or is larger than the coordinator
   * takes, is the failure of its try, and reported as that.
   */
  report(report: WorkerReport): Promise<ReportReceipt>;
  /** Stops renewing a try that is given up without a report. */
  release(attempt: Try): void;
  /** Waits for receipts, `drainMs` at the most, and says goodbye: leases end at once. */
  close(options?: { readonly drainMs?: number }): Promise<void>;
}

export interface ReportReceipt extends Receipt {
  /** Why the report could not be sent; the receipt is for the failure reported in its place. */
  readonly unsent?: string;
}

export type WorkerReport =
  | { readonly event: 'installationStatus'; readonly message: InstallationStatus }
  | { readonly event: 'taskStatus'; readonly message: TaskStatus }
  | { readonly event: 'taskCompleted'; readonly message: TaskCompleted }
  | { readonly event: 'taskFailed'; readonly message: TaskFailed };

export interface WorkerLinkEvents {
  /** A task under a lease, which the link renews from now on. */
  onTask(assignment: AssignTask): void;
  onNoTask(message: string): void;
  /** After `onNoTask`, or after a reconnection: it is worth asking again. */
  onTasksAvailable(): void;
  /** The try is not the worker's any more: stop it. */
  onLost(attempt: Try): void;
  /** It has ended for good: the coordinator refuses the worker, or has another one in its place. */
  onEnd?(error: Error): void;
  onConnect?(): void;
  onDisconnect?(reason: string): void;
}

export interface WorkerLinkOptions {
  /** Such as `http://127.0.0.1:4000`; found by Bonjour when it is missing. */
  readonly masterUrl?: string;
  /** `eventbus` by default. */
  readonly serviceType?: string;
  /** How long to look for a coordinator; 10,000 by default. */
  readonly discoveryTimeoutMs?: number;
  /** The coordinator's token. */
  readonly token?: string;
  /** The same over restarts if it is to get its tasks again; drawn when it is missing. */
  readonly workerId?: string;
  /** Where Bonjour is spoken; all interfaces by default. */
  readonly bonjour?: BonjourPlace;
  readonly log: Log;
}
