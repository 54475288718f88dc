import { type ErrorClass, FaultlineError, toError } from '../base/errors.js';

/** As many tasks run and wait as the pool takes: this one was not begun. */
export class OffloadQueueFullError extends FaultlineError {
  static readonly code = 'ERR_OFFLOAD_QUEUE_FULL';
  override readonly name = 'OffloadQueueFullError';
  readonly code = OffloadQueueFullError.code;

  constructor(readonly maxQueue: number) {
    super(
      `${maxQueue} tasks wait for a thread already; hand out fewer at a time, ` +
        'or raise { maxThreads } or { maxQueue } with Offload.configure',
    );
  }
}

/** The task was given up before it was done, by its signal or because the pool was closed. */
export class OffloadAbortedError extends FaultlineError {
  static readonly code = 'ERR_OFFLOAD_ABORTED';
  override readonly name = 'OffloadAbortedError';
  readonly code = OffloadAbortedError.code;

  constructor(
    readonly task: string,
    reason: unknown,
  ) {
    const cause = toError(reason);
    super(`${task} was aborted: ${cause.message}`, { cause });
  }
}

/** The task was not done in time; its thread was ended with it. */
export class OffloadTimeoutError extends FaultlineError {
  static readonly code = 'ERR_OFFLOAD_TIMEOUT';
  override readonly name = 'OffloadTimeoutError';
  readonly code = OffloadTimeoutError.code;

  constructor(
    readonly task: string,
    readonly timeoutMs: number,
  ) {
    super(`${task} was not done within ${timeoutMs} ms; raise { timeoutMs } or split the work`);
  }
}

/** The function threw, or its thread died under it; `cause` is what it threw. */
export class OffloadTaskError extends FaultlineError {
  static readonly code = 'ERR_OFFLOAD_TASK';
  override readonly name = 'OffloadTaskError';
  readonly code = OffloadTaskError.code;

  constructor(
    readonly task: string,
    cause: unknown,
  ) {
    super(`${task} failed: ${toError(cause).message}`, { cause });
  }
}

/** The module cannot be loaded in a thread, or has no function of that name. */
export class OffloadModuleError extends FaultlineError {
  static readonly code = 'ERR_OFFLOAD_MODULE';
  override readonly name = 'OffloadModuleError';
  readonly code = OffloadModuleError.code;

  constructor(
    readonly module: string,
    readonly reason: string,
    options?: ErrorOptions,
  ) {
    super(
      `Expected ${module} to be a module that threads can load functions from: ${reason}`,
      options,
    );
  }
}

/** All of them, for the node that one of them reaches. */
export const OFFLOAD_ERRORS: readonly ErrorClass[] = [
  OffloadAbortedError,
  OffloadModuleError,
  OffloadQueueFullError,
  OffloadTaskError,
  OffloadTimeoutError,
];
