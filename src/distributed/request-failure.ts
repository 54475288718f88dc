import { unreachable } from '../base/assert.js';
import { toError } from '../base/errors.js';
import type { NodeId } from '../base/node-id.js';
import { BehaviorNotFoundError } from '../cluster/behavior-registry.js';
import { InitializationError } from '../otp/gen-server.js';
import type { RequestError, StartFailure } from '../otp/supervision/kernel-effect.js';
import { errorOf } from '../runtime/exit-reason.js';
import type { ChildHandle } from './distributed-child.js';
import {
  DistributedBehaviorNotFoundError,
  DistributedChildNotFoundError,
  DistributedDuplicateChildError,
  DistributedSupervisorError,
  NoAvailableNodeError,
} from './distributed-error.js';
import type { NodeSelector } from './node-selector.js';

/** What kept a child from every node: its selector, and what that threw, if it did. */
export interface Held {
  readonly selector: NodeSelector;
  readonly cause: unknown;
}

/** Whose failure it is. */
export interface FailedChild {
  readonly supervisorId: string;
  readonly childId: string;
  readonly held: Held | undefined;
}

/** The typed error for what the kernel refused. */
export function requestError(child: FailedChild, error: RequestError<ChildHandle>): Error {
  const { supervisorId, childId } = child;
  switch (error.kind) {
    case 'notFound':
      return new DistributedChildNotFoundError(supervisorId, childId);
    case 'alreadyPresent':
    case 'alreadyStarted':
      return new DistributedDuplicateChildError(supervisorId, childId);
    case 'running':
    case 'restarting':
      return new DistributedSupervisorError(supervisorId, `child ${childId} is ${error.kind}`);
    case 'startFailed':
      return startError(child, error.failure);
    case 'ended':
      return new DistributedSupervisorError(supervisorId, 'the supervisor has stopped');
    default:
      return unreachable(error);
  }
}

/** The typed error for a child that could not be started. */
export function startError(
  { supervisorId, childId, held }: FailedChild,
  failure: StartFailure,
): Error {
  if (failure.kind === 'held') {
    return new NoAvailableNodeError(childId, held?.selector, { cause: held?.cause });
  }
  const cause = errorOf(failure.reason);
  if (cause instanceof DistributedBehaviorNotFoundError) return cause;
  const why = `child ${childId} failed to start: ${cause.message}`;
  return new DistributedSupervisorError(supervisorId, why, cause);
}

/** What a start on `nodeId` failed of, in the words of the supervisor. */
export function startFailure(error: Error, nodeId: NodeId): Error {
  if (error instanceof BehaviorNotFoundError) {
    return new DistributedBehaviorNotFoundError(error.behaviorName, nodeId, { cause: error });
  }
  return error instanceof InitializationError ? toError(error.cause) : error;
}
