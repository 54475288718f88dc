import { type ErrorClass, FaultlineError } from '../base/errors.js';

/** The module of a thread node cannot be loaded, or does not export what a node needs. */
export class ThreadModuleError extends FaultlineError {
  static readonly code = 'ERR_THREAD_MODULE';
  override readonly name = 'ThreadModuleError';
  readonly code = ThreadModuleError.code;

  constructor(
    readonly module: string,
    readonly reason: string,
    options?: ErrorOptions,
  ) {
    super(`Expected ${module} to export behaviors or setup for a thread node: ${reason}`, options);
  }
}

/** The thread node did not join; nothing is left of it. `cause`, where there is one, says why. */
export class ThreadStartError extends FaultlineError {
  static readonly code = 'ERR_THREAD_START';
  override readonly name = 'ThreadStartError';
  readonly code = ThreadStartError.code;

  constructor(
    readonly nodeName: string,
    readonly reason: string,
    options?: ErrorOptions,
  ) {
    super(`The thread node ${nodeName} did not start: ${reason}`, options);
  }
}

/** All of them, for the node that one of them reaches. */
export const THREAD_ERRORS: readonly ErrorClass[] = [ThreadModuleError, ThreadStartError];
