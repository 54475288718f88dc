import { type ErrorClass, FaultlineError } from '../base/errors.js';
import type { NodeId } from '../base/node-id.js';
import { type NodeSelector, selectorText } from './node-selector.js';

/** A child with this id exists already. */
export class DistributedDuplicateChildError extends FaultlineError {
  static readonly code = 'ERR_DISTRIBUTED_DUPLICATE_CHILD';
  override readonly name = 'DistributedDuplicateChildError';
  readonly code = DistributedDuplicateChildError.code;

  constructor(
    readonly supervisorId: string,
    readonly childId: string,
  ) {
    super(`Expected no child ${childId} in ${supervisorId}, but there is one; choose another id`);
  }
}

/** The supervisor has no child with this id. */
export class DistributedChildNotFoundError extends FaultlineError {
  static readonly code = 'ERR_DISTRIBUTED_CHILD_NOT_FOUND';
  override readonly name = 'DistributedChildNotFoundError';
  readonly code = DistributedChildNotFoundError.code;

  constructor(
    readonly supervisorId: string,
    readonly childId: string,
  ) {
    super(`Expected ${supervisorId} to have a child ${childId}; getChildren lists those it has`);
  }
}

/** The supervisor ended because its children were lost or failed more often than it allows. */
export class DistributedMaxRestartsExceededError extends FaultlineError {
  static readonly code = 'ERR_DISTRIBUTED_MAX_RESTARTS_EXCEEDED';
  override readonly name = 'DistributedMaxRestartsExceededError';
  readonly code = DistributedMaxRestartsExceededError.code;

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

/** `simple_one_for_one` starts its children from a template, and got none. */
export class DistributedMissingChildTemplateError extends FaultlineError {
  static readonly code = 'ERR_DISTRIBUTED_MISSING_CHILD_TEMPLATE';
  override readonly name = 'DistributedMissingChildTemplateError';
  readonly code = DistributedMissingChildTemplateError.code;

  constructor(readonly supervisorId: string) {
    super(`simple_one_for_one needs { childTemplate }; ${supervisorId} was given none`);
  }
}

/** What was asked for does not go with `simple_one_for_one`. */
export class DistributedInvalidSimpleOneForOneError extends FaultlineError {
  static readonly code = 'ERR_DISTRIBUTED_INVALID_SIMPLE_ONE_FOR_ONE';
  override readonly name = 'DistributedInvalidSimpleOneForOneError';
  readonly code = DistributedInvalidSimpleOneForOneError.code;

  constructor(
    readonly supervisorId: string,
    readonly reason: string,
  ) {
    super(`simple_one_for_one of ${supervisorId}: ${reason}`);
  }
}

/** The chosen node has no behaviour of that name. */
export class DistributedBehaviorNotFoundError extends FaultlineError {
  static readonly code = 'ERR_DISTRIBUTED_BEHAVIOR_NOT_FOUND';
  override readonly name = 'DistributedBehaviorNotFoundError';
  readonly code = DistributedBehaviorNotFoundError.code;

  constructor(
    readonly behaviorName: string,
    readonly nodeId: NodeId,
    options?: ErrorOptions,
  ) {
    super(
      `Expected behavior ${behaviorName} to be registered on ${nodeId}; ` +
        'call BehaviorRegistry.register on every node before Cluster.start',
      options,
    );
  }
}

/** No node, the local one included, may take the child now. */
export class NoAvailableNodeError extends FaultlineError {
  static readonly code = 'ERR_NO_AVAILABLE_NODE';
  override readonly name = 'NoAvailableNodeError';
  readonly code = NoAvailableNodeError.code;

  constructor(
    readonly childId: string,
    readonly selector?: NodeSelector,
    options?: ErrorOptions,
  ) {
    const by = selector === undefined ? '' : ` by ${selectorText(selector)}`;
    super(`No node may take child ${childId}${by}; start one, or choose another selector`, options);
  }
}

/** A selector is asked for by a name under which this node has none. */
export class SelectorNotRegisteredError extends FaultlineError {
  static readonly code = 'ERR_SELECTOR_NOT_REGISTERED';
  override readonly name = 'SelectorNotRegisteredError';
  readonly code = SelectorNotRegisteredError.code;

  constructor(readonly selectorName: string) {
    super(
      `Expected a selector ${selectorName}; call DistributedSupervisor.registerSelector on every ` +
        'node that may run the supervisor',
    );
  }
}

/** The supervisor is not known here, or what it was asked failed; `cause` says more. */
export class DistributedSupervisorError extends FaultlineError {
  static readonly code = 'ERR_DISTRIBUTED_SUPERVISOR';
  override readonly name = 'DistributedSupervisorError';
  readonly code = DistributedSupervisorError.code;
  declare readonly cause?: Error;

  constructor(
    readonly supervisorId: string,
    why: string,
    cause?: Error,
  ) {
    super(`${supervisorId}: ${why}`, cause === undefined ? undefined : { cause });
  }
}

/** All of them, for the node that one of them reaches. */
export const DISTRIBUTED_ERRORS: readonly ErrorClass[] = [
  DistributedBehaviorNotFoundError,
  DistributedChildNotFoundError,
  DistributedDuplicateChildError,
  DistributedInvalidSimpleOneForOneError,
  DistributedMaxRestartsExceededError,
  DistributedMissingChildTemplateError,
  DistributedSupervisorError,
  NoAvailableNodeError,
  SelectorNotRegisteredError,
];
