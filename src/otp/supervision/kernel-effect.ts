import type { ExitReason } from '../../runtime/exit-reason.js';
import type { ChildPolicy, Shutdown } from './child-policy.js';
import type { ChildView } from './child.js';
import type { RetryEvent } from './kernel-event.js';

/** What the kernel asks of its host, to be carried out in order. */
export type KernelEffect<Spec extends ChildPolicy, Handle> =
  /** Answer with `started`, `ignored`, `failed`, `held` or `lost`. */
  | {
      readonly kind: 'start';
      readonly id: string;
      readonly attempt: number;
      readonly spec: Spec;
      /** The incarnation that this one replaces. */
      readonly previous: Handle | undefined;
    }
  /** Ask it to end, kill it after the timeout, answer with `exited`. */
  | {
      readonly kind: 'stop';
      readonly id: string;
      readonly attempt: number;
      readonly handle: Handle;
      readonly shutdown: Shutdown;
    }
  /** A start in flight is no longer wanted: whatever comes of it must be ended by the host. */
  | { readonly kind: 'abandon'; readonly id: string; readonly attempt: number }
  /** Post it back as an event, behind what the mailbox already holds. */
  | RetryEvent
  /** Every initial child was started. */
  | { readonly kind: 'ready' }
  | Reply<Handle>
  | {
      readonly kind: 'inspected';
      readonly token: number;
      readonly children: readonly ChildView<Spec, Handle>[];
    }
  | Report
  | Notice<Handle>
  | Exit;

export interface Reply<Handle> {
  readonly kind: 'reply';
  readonly token: number;
  readonly result: RequestResult<Handle>;
}

/** `handle` is undefined where a start was ignored, and for requests that start nothing. */
export type RequestResult<Handle> =
  | { readonly ok: true; readonly handle: Handle | undefined }
  | { readonly ok: false; readonly error: RequestError<Handle> };

export type RequestError<Handle> =
  | { readonly kind: 'notFound' }
  | { readonly kind: 'running' }
  | { readonly kind: 'restarting' }
  | { readonly kind: 'alreadyPresent' }
  | { readonly kind: 'alreadyStarted'; readonly handle: Handle | undefined }
  | { readonly kind: 'startFailed'; readonly failure: StartFailure }
  /** The supervisor ended before the request's turn came. */
  | { readonly kind: 'ended' };

/** `held`: no node was eligible. */
export type StartFailure =
  { readonly kind: 'failed'; readonly reason: ExitReason } | { readonly kind: 'held' };

/** For the log: the reports that Erlang's supervisor writes. */
export type Report =
  | {
      readonly kind: 'report';
      readonly context: 'child_terminated' | 'start_error' | 'shutdown_error';
      readonly id: string;
      readonly reason: ExitReason;
    }
  | {
      readonly kind: 'report';
      readonly context: 'shutdown';
      readonly id: string;
      readonly reason: 'reached_max_restart_intensity';
    };

/** For lifecycle events. */
export type Notice<Handle> =
  | {
      readonly kind: 'childStarted';
      readonly id: string;
      readonly attempt: number;
      readonly handle: Handle;
    }
  | {
      readonly kind: 'childRestarted';
      readonly id: string;
      readonly attempt: number;
      readonly handle: Handle;
      readonly restartCount: number;
    }
  | {
      readonly kind: 'childStopped';
      readonly id: string;
      readonly attempt: number;
      readonly handle: Handle | undefined;
      readonly reason: ExitReason;
    };

/** Why a supervisor ends, and what it then says of itself. */
export type Ending =
  | { readonly cause: 'stop'; readonly reason: ExitReason }
  | { readonly cause: 'max_restarts' | 'auto_shutdown'; readonly reason: 'shutdown' }
  | {
      readonly cause: 'start_failed';
      readonly reason: { readonly shutdown: FailedStart };
      readonly failed: FailedStart;
    };

export interface FailedStart {
  readonly id: string;
  readonly failure: StartFailure;
}

/** The last effect there ever is: all children are stopped by then. */
export type Exit = { readonly kind: 'exit' } & Ending;
