import { unreachable } from '../../base/assert.js';
import { errorOf } from '../../runtime/exit-reason.js';
import type { ChildRef, LocalChild } from '../child-spec.js';
import type { RequestError } from '../supervision/kernel-effect.js';
import type { Request } from '../supervision/kernel-event.js';
import {
  ChildNotFoundError,
  ChildStartError,
  ChildStateError,
  DuplicateChildError,
} from './supervisor-error.js';

/** A request as it crosses the supervisor's mailbox: the kernel's, less the token. */
export class SupervisorRequest {
  constructor(readonly body: WithoutToken<Request<LocalChild>>) {}
}

/** Carries the kernel's word to the facade, which knows the child that was asked about. */
export class SupervisorRequestFailure extends Error {
  override readonly name = 'SupervisorRequestFailure';

  constructor(
    readonly supervisorId: string,
    readonly failure: RequestError<ChildRef>,
  ) {
    super(`${supervisorId}: ${failure.kind}`);
  }

  /** The error that the caller who asked about `childId` is given. */
  about(childId: string): Error {
    const { supervisorId, failure } = this;
    switch (failure.kind) {
      case 'notFound':
        return new ChildNotFoundError(supervisorId, childId);
      case 'alreadyPresent':
        return new DuplicateChildError(supervisorId, childId);
      case 'alreadyStarted':
        return new DuplicateChildError(supervisorId, childId, failure.handle);
      case 'running':
      case 'restarting':
        return new ChildStateError(supervisorId, childId, failure.kind);
      case 'startFailed': {
        const cause =
          failure.failure.kind === 'failed' ? errorOf(failure.failure.reason) : new Error('held');
        return new ChildStartError(supervisorId, childId, cause);
      }
      case 'ended':
        return this;
      default:
        return unreachable(failure);
    }
  }
}

type WithoutToken<R> = R extends unknown ? Omit<R, 'token'> : never;
