import { FaultlineError } from '../base/errors.js';

/** The coordinator lets this worker not in. */
export class WorkerRefusedError extends FaultlineError {
  static readonly code = 'ERR_WORKER_REFUSED';
  override readonly name = 'WorkerRefusedError';
  readonly code = WorkerRefusedError.code;

  constructor(
    readonly url: string,
    reason: string,
  ) {
    super(`The coordinator at ${url} refused this worker: ${reason}`);
  }
}

/** The coordinator knows another worker under this one's id, the one that came later. */
export class WorkerReplacedError extends FaultlineError {
  static readonly code = 'ERR_WORKER_REPLACED';
  override readonly name = 'WorkerReplacedError';
  readonly code = WorkerReplacedError.code;

  constructor(readonly workerId: string) {
    super(
      `Another worker has come with the id of this one, ${workerId}, and taken its place; ` +
        'give each worker a { workerId } of its own, or none',
    );
  }
}
