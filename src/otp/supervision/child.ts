import type { ExitReason } from '../../runtime/exit-reason.js';
import type { ChildPolicy } from './child-policy.js';

/**
 * Where a child is in its life.
 *
 * - `stopped`: nothing runs, and nothing will on its own account.
 * - `pending`: starts as soon as its turn comes.
 * - `starting`: asked to start, not acknowledged yet.
 * - `running`, `stopping`: alive; the latter was asked to end.
 * - `restarting`: its last restart failed, the next attempt is on its way through the mailbox.
 * - `waiting`: no node can take it; starts when one appears.
 */
export type ChildStatus =
  'stopped' | 'pending' | 'starting' | 'running' | 'stopping' | 'restarting' | 'waiting';

/** A child as others may see it. */
export interface ChildView<Spec extends ChildPolicy, Handle> {
  readonly spec: Spec;
  readonly status: ChildStatus;
  /** The latest start's number: larger for every start that the supervisor ever asked for. */
  readonly attempt: number;
  /** What runs while the status is `running` or `stopping`; else the last one that did. */
  readonly handle: Handle | undefined;
  /** Automatic restarts that succeeded; restarts on request are not counted. */
  readonly restartCount: number;
  /** What the stop that is under way, or planned, is for. */
  readonly fate?: Fate | undefined;
}

/** What becomes of a child once the stop that it was asked for is done. */
export type Fate = 'stop' | 'restart' | 'remove';

/** The request that a child's next acknowledgement, or its end, answers. */
export interface PendingRequest {
  readonly kind: 'startChild' | 'restartChild' | 'replaceChild' | 'terminateChild';
  readonly token: number;
}

/** A child and all that the kernel remembers of it. Only `ChildTable` writes `status`. */
export class Child<Spec extends ChildPolicy, Handle> implements ChildView<Spec, Handle> {
  status: ChildStatus = 'stopped';
  attempt = 0;
  handle: Handle | undefined = undefined;
  restartCount = 0;
  /** Whether any start of it was ever acknowledged. */
  wasRunning = false;
  /** Set while it runs but is to be stopped, and while it is being stopped. */
  fate: Fate | undefined = undefined;
  /** It ended, and that news waits in the inbox. */
  unheardExit: ExitReason | undefined = undefined;
  request: PendingRequest | undefined = undefined;
  before: Child<Spec, Handle> | undefined = undefined;
  after: Child<Spec, Handle> | undefined = undefined;

  constructor(
    readonly spec: Spec,
    /** Grows in start order; never reused. */
    readonly position: number,
  ) {}
}

/** A copy that later events do not change. */
export function viewOf<Spec extends ChildPolicy, Handle>(
  child: ChildView<Spec, Handle>,
): ChildView<Spec, Handle> {
  const { spec, status, attempt, handle, restartCount, fate } = child;
  return { spec, status, attempt, handle, restartCount, fate };
}
