import { FaultlineError } from '../base/errors.js';

/**
 * Why a process ended.
 *
 * - `normal`, `shutdown` and `{ shutdown }` are ends on purpose.
 * - `killed`: ended from outside without being asked.
 * - `noproc`: there was no such process to watch or link to.
 * - `noconnection`: its node is lost; whether it still runs cannot be known from here.
 * - `{ error }`: it threw, rejected, or was told to end with an error.
 */
export type ExitReason =
  | 'normal'
  | 'shutdown'
  | 'killed'
  | 'noproc'
  | 'noconnection'
  | { readonly shutdown: unknown }
  | { readonly error: Error };

/** What `terminate` and lifecycle events are told. */
export type TerminateReason = 'normal' | 'shutdown' | { readonly error: Error };

/** What a monitor's DOWN says. */
export type ProcessDownReason =
  | { readonly type: 'normal' }
  | { readonly type: 'shutdown' }
  | { readonly type: 'error'; readonly message: string }
  | { readonly type: 'noproc' }
  | { readonly type: 'noconnection' };

/** An end on purpose: a transient child that ended so is not restarted. */
export function endsNormally(reason: ExitReason): boolean {
  return (
    reason === 'normal' ||
    reason === 'shutdown' ||
    (typeof reason === 'object' && 'shutdown' in reason)
  );
}

/** A process that was ended from outside without a chance to clean up. */
export class ProcessKilledError extends FaultlineError {
  static readonly code = 'ERR_PROCESS_KILLED';
  override readonly name = 'ProcessKilledError';
  readonly code = ProcessKilledError.code;

  constructor() {
    super('The process was killed; it had no chance to run terminate');
  }
}

/** A process ended on purpose, or was never there, where it was expected to live. */
export class ProcessEndedError extends FaultlineError {
  static readonly code = 'ERR_PROCESS_ENDED';
  override readonly name = 'ProcessEndedError';
  readonly code = ProcessEndedError.code;

  constructor(readonly reason: Exclude<ExitReason, { readonly error: Error }>) {
    super(`The process ended: ${reasonText(reason)}`);
  }
}

/** The node of a linked or watched process is out of reach. */
export class NoConnectionError extends FaultlineError {
  static readonly code = 'ERR_NO_CONNECTION';
  override readonly name = 'NoConnectionError';
  readonly code = NoConnectionError.code;

  constructor() {
    super('The connection to the node of the process is lost');
  }
}

export function toTerminateReason(reason: ExitReason): TerminateReason {
  if (reason === 'normal' || reason === 'shutdown') return reason;
  if (typeof reason === 'object') return 'shutdown' in reason ? 'shutdown' : reason;
  return { error: errorOf(reason) };
}

export function toDownReason(reason: ExitReason): ProcessDownReason {
  switch (reason) {
    case 'normal':
    case 'shutdown':
    case 'noproc':
    case 'noconnection':
      return { type: reason };
    case 'killed':
      return { type: 'error', message: 'killed' };
    default:
      return 'shutdown' in reason
        ? { type: 'shutdown' }
        : { type: 'error', message: reason.error.message };
  }
}

/** The reason as one short text: for logs, events and traces. */
export function reasonText(reason: ExitReason): string {
  if (typeof reason === 'string') return reason;
  return 'shutdown' in reason ? 'shutdown' : `error: ${reason.error.message}`;
}

/** The error that stands for `reason` where an `Error` is asked for. */
export function errorOf(reason: ExitReason): Error {
  if (typeof reason === 'object' && 'error' in reason) return reason.error;
  if (reason === 'killed') return new ProcessKilledError();
  if (reason === 'noconnection') return new NoConnectionError();
  return new ProcessEndedError(reason);
}
