import { describe, type ErrorClass, FaultlineError } from '../base/errors.js';

/** What was given is no task, or no result. */
export class InvalidTaskError extends FaultlineError {
  static readonly code = 'ERR_INVALID_TASK';
  override readonly name = 'InvalidTaskError';
  readonly code = InvalidTaskError.code;

  constructor(
    readonly field: string,
    readonly expected: string,
    got: unknown,
    consequence = 'nothing was added',
  ) {
    super(`Expected ${field} to be ${expected}, got ${describe(got)}; ${consequence}`);
  }
}

/** A task of this id was added before. */
export class TaskExistsError extends FaultlineError {
  static readonly code = 'ERR_TASK_EXISTS';
  override readonly name = 'TaskExistsError';
  readonly code = TaskExistsError.code;

  constructor(readonly taskId: string) {
    super(`A task ${describe(taskId)} was added already; give another taskId, or none to have one`);
  }
}

/** As many tasks wait as the coordinator takes: this one was not added. */
export class QueueFullError extends FaultlineError {
  static readonly code = 'ERR_TASK_QUEUE_FULL';
  override readonly name = 'QueueFullError';
  readonly code = QueueFullError.code;

  constructor(readonly pendingMax: number) {
    super(`${pendingMax} tasks wait already; add fewer at a time, or raise { pendingMax }`);
  }
}

/** The coordinator has not started yet, or closes. */
export class CoordinatorClosedError extends FaultlineError {
  static readonly code = 'ERR_COORDINATOR_CLOSED';
  override readonly name = 'CoordinatorClosedError';
  readonly code = CoordinatorClosedError.code;

  constructor() {
    super('The coordinator takes no tasks now: call start() first, and none after stop()');
  }
}

/** The address can be reached by others, and nothing keeps them out. */
export class TokenRequiredError extends FaultlineError {
  static readonly code = 'ERR_TOKEN_REQUIRED';
  override readonly name = 'TokenRequiredError';
  readonly code = TokenRequiredError.code;

  constructor(readonly host: string) {
    super(
      `Expected a token to listen at ${host}, which other machines can reach; ` +
        'give { token }, the same to every worker, or listen at 127.0.0.1',
    );
  }
}

/** Another coordinator, which is alive, keeps its tasks in the folder. */
export class StoreInUseError extends FaultlineError {
  static readonly code = 'ERR_TASK_STORE_IN_USE';
  override readonly name = 'StoreInUseError';
  readonly code = StoreInUseError.code;

  constructor(
    readonly path: string,
    /** Of its process. */
    readonly pid: number,
    where = '',
  ) {
    super(
      `Expected the folder ${path} to be free, but process ${pid}${where} keeps its tasks there; ` +
        'stop that one first, or keep these tasks in another folder',
    );
  }
}

/** There can be no tasks in the folder; `cause` says why. */
export class StoreOpenError extends FaultlineError {
  static readonly code = 'ERR_TASK_STORE_OPEN';
  override readonly name = 'StoreOpenError';
  readonly code = StoreOpenError.code;

  constructor(
    readonly path: string,
    cause: Error,
    advice = 'name a folder that this user may write to',
  ) {
    super(
      `Expected ${path} to be a folder to keep tasks in, or to become one: ${cause.message}; ` +
        advice,
      { cause },
    );
  }
}

/** The folder did not take what was to be stored; `cause` says why. Nothing of it was done. */
export class StoreWriteError extends FaultlineError {
  static readonly code = 'ERR_TASK_STORE_WRITE';
  override readonly name = 'StoreWriteError';
  readonly code = StoreWriteError.code;

  constructor(
    readonly path: string,
    cause: Error,
  ) {
    super(
      `Expected the folder ${path} to take what is to be stored, got: ${cause.message}; nothing ` +
        'was done, and nothing is until it can be written again: ask once more then',
      { cause },
    );
  }
}

/** The tasks in the folder were written by a faultline that keeps them in another way. */
export class StoreLayoutError extends FaultlineError {
  static readonly code = 'ERR_TASK_STORE_LAYOUT';
  override readonly name = 'StoreLayoutError';
  readonly code = StoreLayoutError.code;

  constructor(
    readonly path: string,
    /** Missing when the folder names none. */
    readonly layout: number | undefined,
    expected: number,
  ) {
    super(
      `Expected the tasks in ${path} to be kept in layout ${expected}, but they are in ` +
        `${layout === undefined ? 'one without a number' : `layout ${layout}`}; let the version ` +
        'of faultline that wrote them finish them, or keep these tasks in another folder',
    );
  }
}

/** What a coordinator and its desk reject with, for the node that one of them reaches. */
export const TASK_ERRORS: readonly ErrorClass[] = [
  CoordinatorClosedError,
  InvalidTaskError,
  QueueFullError,
  StoreInUseError,
  StoreLayoutError,
  StoreOpenError,
  StoreWriteError,
  TaskExistsError,
  TokenRequiredError,
];
