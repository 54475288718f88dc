import { FaultlineError } from '../../base/errors.js';
import type { ChildRef } from '../child-spec.js';

/** The supervisor ended because its children failed more often than it allows. */
export class MaxRestartsExceededError extends FaultlineError {
  static readonly code = 'ERR_MAX_RESTARTS_EXCEEDED';
  override readonly name = 'MaxRestartsExceededError';
  readonly code = MaxRestartsExceededError.code;

  constructor(
    readonly supervisorId: string,
    readonly maxRestarts: number,
    readonly withinMs: number,
  ) {
    super(
      `${supervisorId} ended: more than ${maxRestarts} restarts within ${withinMs} ms; ` +
        'find out why its children fail before you raise restartIntensity',
    );
  }
}

/** A child with this id exists already. */
export class DuplicateChildError extends FaultlineError {
  static readonly code = 'ERR_DUPLICATE_CHILD';
  override readonly name = 'DuplicateChildError';
  readonly code = DuplicateChildError.code;

  constructor(
    readonly supervisorId: string,
    readonly childId: string,
    /** The child that has the id, if it runs. */
    readonly ref?: ChildRef,
  ) {
    super(`Expected no child ${childId} in ${supervisorId}, but there is one; choose another id`);
  }
}

/** The supervisor has no child with this id. */
export class ChildNotFoundError extends FaultlineError {
  static readonly code = 'ERR_CHILD_NOT_FOUND';
  override readonly name = 'ChildNotFoundError';
  readonly code = ChildNotFoundError.code;

  constructor(
    readonly supervisorId: string,
    readonly childId: string,
  ) {
    super(`Expected ${supervisorId} to have a child ${childId}; getChildren lists those it has`);
  }
}

/** What was asked for does not fit the child's present state. */
export class ChildStateError extends FaultlineError {
  static readonly code = 'ERR_CHILD_STATE';
  override readonly name = 'ChildStateError';
  readonly code = ChildStateError.code;

  constructor(
    readonly supervisorId: string,
    readonly childId: string,
    readonly state: 'running' | 'restarting',
  ) {
    super(`Expected child ${childId} of ${supervisorId} to be stopped, but it is ${state}`);
  }
}

/** A child could not be started; `cause` is why. */
export class ChildStartError extends FaultlineError {
  static readonly code = 'ERR_CHILD_START';
  override readonly name = 'ChildStartError';
  readonly code = ChildStartError.code;

  constructor(
    readonly supervisorId: string,
    readonly childId: string,
    cause: Error,
  ) {
    super(`Child ${childId} of ${supervisorId} failed to start: ${cause.message}`, { cause });
  }
}

/** `simple_one_for_one` starts its children from a template, and got none. */
export class MissingChildTemplateError extends FaultlineError {
  static readonly code = 'ERR_MISSING_CHILD_TEMPLATE';
  override readonly name = 'MissingChildTemplateError';
  readonly code = MissingChildTemplateError.code;

  constructor(readonly supervisorId: string) {
    super(`simple_one_for_one needs { childTemplate }; ${supervisorId} was given none`);
  }
}

/** What was asked for does not go with `simple_one_for_one`. */
export class InvalidSimpleOneForOneConfigError extends FaultlineError {
  static readonly code = 'ERR_INVALID_SIMPLE_ONE_FOR_ONE';
  override readonly name = 'InvalidSimpleOneForOneConfigError';
  readonly code = InvalidSimpleOneForOneConfigError.code;

  constructor(
    readonly supervisorId: string,
    readonly reason: string,
  ) {
    super(`simple_one_for_one of ${supervisorId}: ${reason}`);
  }
}
