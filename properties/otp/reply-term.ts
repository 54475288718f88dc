import type { Exit, RequestError, RequestResult } from '../../src/otp/supervision/kernel-effect.js';
import type { Process } from './process.js';
import { toTerm, type Term } from './term.js';
import { pidText } from './trace.js';

/** The reason that a supervisor ends with. */
export function exitTerm(exit: Exit): Term {
  if (exit.cause !== 'start_failed') return toTerm(exit.reason);
  const { id, failure } = exit.failed;
  const reason = failure.kind === 'held' ? 'held' : toTerm(failure.reason);
  return ['shutdown', ['failed_to_start_child', id, reason]];
}

/** The reply to a call that starts nothing. */
export function done(result: RequestResult<Process>): Term {
  return result.ok ? 'ok' : errorTerm(result.error);
}

/** The reply to a call that starts a child; `record` is the specification in an error. */
export function started(result: RequestResult<Process>, record?: { child: string }): Term {
  if (!result.ok) return errorTerm(result.error, record);
  return { ok: result.handle === undefined ? null : pidText(result.handle.name) };
}

function errorTerm(error: RequestError<Process>, record?: { child: string }): Term {
  switch (error.kind) {
    case 'notFound':
      return NOT_FOUND;
    case 'running':
    case 'restarting':
      return { error: error.kind };
    case 'alreadyPresent':
      return { error: 'already_present' };
    case 'alreadyStarted':
      return { error: ['already_started', error.handle ? pidText(error.handle.name) : null] };
    case 'startFailed': {
      const reason = error.failure.kind === 'held' ? 'held' : toTerm(error.failure.reason);
      return { error: record === undefined ? reason : [reason, record] };
    }
    case 'ended':
      return ENDED;
  }
}

export const NOT_FOUND: Term = { error: 'not_found' };
/** Stands for the exit reason of a supervisor that ended before it could answer. */
export const ENDED: Term = { exit: 'ended' };
