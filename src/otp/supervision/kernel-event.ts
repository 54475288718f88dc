import type { ExitReason } from '../../runtime/exit-reason.js';
import type { ChildPolicy } from './child-policy.js';

/** What a host tells the kernel. Events about an older attempt of a child are ignored. */
export type KernelEvent<Spec extends ChildPolicy, Handle> =
  | { readonly kind: 'start'; readonly children: readonly Spec[] }
  | ChildEvent<Handle>
  | LostEvent
  | { readonly kind: 'available' }
  /** After `resume`, once: what was under way goes on. */
  | { readonly kind: 'takeUp' }
  | RetryEvent
  | Request<Spec>
  | StopEvent;

/** News of one start of one child. */
export type ChildEvent<Handle> =
  | {
      readonly kind: 'started';
      readonly id: string;
      readonly attempt: number;
      readonly handle: Handle;
    }
  /** Its start succeeded without anything to run. */
  | { readonly kind: 'ignored'; readonly id: string; readonly attempt: number }
  /** Its start failed for a reason of its own. */
  | {
      readonly kind: 'failed';
      readonly id: string;
      readonly attempt: number;
      readonly reason: ExitReason;
    }
  /** No node can take it: nothing was started. */
  | { readonly kind: 'held'; readonly id: string; readonly attempt: number }
  | ExitedEvent;

/** One child ended, on its own or because it was asked to. */
export interface ExitedEvent {
  readonly kind: 'exited';
  readonly id: string;
  readonly attempt: number;
  readonly reason: ExitReason;
}

/** One cause took several children, alive or just starting: one charge, one pass. */
export interface LostEvent {
  readonly kind: 'lost';
  readonly children: readonly { readonly id: string; readonly attempt: number }[];
  readonly reason: ExitReason;
}

/** The retry effect, back through the host's own mailbox. */
export interface RetryEvent {
  readonly kind: 'retry';
  /** Milliseconds to wait before it is posted; absent for at once. */
  readonly delayMs?: number;
  readonly id: string;
}

/** `token` comes back in the reply; the host picks it. */
export type Request<Spec extends ChildPolicy> =
  | { readonly kind: 'startChild'; readonly token: number; readonly spec: Spec }
  | { readonly kind: 'terminateChild'; readonly token: number; readonly id: string }
  | { readonly kind: 'restartChild'; readonly token: number; readonly id: string }
  /** Starts it anew: one that runs is stopped first, and then comes back in any case. */
  | { readonly kind: 'replaceChild'; readonly token: number; readonly id: string }
  | { readonly kind: 'deleteChild'; readonly token: number; readonly id: string }
  /** The children as they are when the request's turn comes. */
  | { readonly kind: 'inspect'; readonly token: number };

export interface StopEvent {
  readonly kind: 'stop';
  readonly reason: ExitReason;
  readonly token?: number;
}
