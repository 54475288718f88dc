import { FaultlineError } from '../base/errors.js';
import { ProjectNameError } from './project-name.js';
import { ProjectSourceError } from './project-source.js';
import {
  CoordinatorClosedError,
  InvalidTaskError,
  QueueFullError,
  StoreWriteError,
  TaskExistsError,
} from './task-error.js';

/** The request cannot be done; the message is a sentence for whoever sent it. */
export class RequestError extends FaultlineError {
  static readonly code = 'ERR_TASK_REQUEST';
  override readonly name = 'RequestError';
  readonly code = RequestError.code;

  constructor(
    readonly status: RefusalStatus,
    message: string,
  ) {
    super(message);
  }
}

/** The connection ended in the middle of a request: nobody is left to be answered. */
export class HungUpError extends FaultlineError {
  static readonly code = 'ERR_TASK_REQUEST_HUNG_UP';
  override readonly name = 'HungUpError';
  readonly code = HungUpError.code;

  constructor(cause: unknown) {
    super('Expected the whole body, but the connection ended before it came', { cause });
  }
}

export type RefusalStatus = 400 | 404 | 409 | 413 | 503;

export type Problem =
  | {
      readonly kind: 'refused';
      readonly status: RefusalStatus;
      readonly error: string;
      readonly headers: Readonly<Record<string, string>>;
    }
  | { readonly kind: 'hung up' | 'unexpected' };

/** What is answered to a request that threw. */
export function problemOf(thrown: unknown): Problem {
  if (thrown instanceof HungUpError) return { kind: 'hung up' };
  const status = statusOf(thrown);
  if (status === undefined) return { kind: 'unexpected' };
  return { kind: 'refused', status, error: (thrown as Error).message, headers: HEADERS[status] };
}

function statusOf(thrown: unknown): RefusalStatus | undefined {
  if (thrown instanceof RequestError) return thrown.status;
  if (thrown instanceof TaskExistsError) return 409;
  if (NOT_NOW.some((refusal) => thrown instanceof refusal)) return 503;
  const isMistake = MISTAKES.some((mistake) => thrown instanceof mistake);
  return isMistake ? 400 : undefined;
}

const NOT_NOW = [QueueFullError, CoordinatorClosedError, StoreWriteError];
const MISTAKES = [InvalidTaskError, ProjectNameError, ProjectSourceError];
const HEADERS: Readonly<Record<RefusalStatus, Readonly<Record<string, string>>>> = {
  400: {},
  404: {},
  409: {},
  413: {},
  503: { 'retry-after': '1' },
};
