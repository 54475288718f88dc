import type { NodeId } from '../base/node-id.js';
import type { Exit, Notice } from '../otp/supervision/kernel-effect.js';
import { type ExitReason, reasonText } from '../runtime/exit-reason.js';
import type { ChildHandle } from './distributed-child.js';
import type { DistributedSupervisorEvent, DistributedSupervisorRef } from './distributed-event.js';

/** How the end of a supervisor is told. */
export type StopReason = Extract<
  DistributedSupervisorEvent,
  { type: 'supervisor_stopped' }
>['reason'];

type ChildStopped = Extract<Notice<ChildHandle>, { kind: 'childStopped' }>;
type ChildUp = Extract<Notice<ChildHandle>, { kind: 'childStarted' | 'childRestarted' }>;

/** Tells what happens to one supervisor and its children as lifecycle events. */
export class LifecycleTeller {
  /** Automatic restarts told so far. */
  totalRestarts = 0;
  readonly #ref: DistributedSupervisorRef;
  readonly #tell: (event: DistributedSupervisorEvent) => void;
  /** Where each child ran last, to tell a restart from a migration. */
  readonly #lastNode = new Map<string, NodeId>();
  #isUp = false;

  constructor(ref: DistributedSupervisorRef, tell: (event: DistributedSupervisorEvent) => void) {
    this.#ref = ref;
    this.#tell = tell;
  }

  started(): void {
    this.#isUp = true;
    this.#tell({ type: 'supervisor_started', ref: this.#ref });
  }

  /** The supervisor came from another node. */
  takenOver(fromNode: NodeId): void {
    this.#isUp = true;
    this.#tell({ type: 'supervisor_taken_over', ref: this.#ref, fromNode });
  }

  /** Where a child ran when the supervisor came. */
  isAt(childId: string, nodeId: NodeId): void {
    this.#lastNode.set(childId, nodeId);
  }

  /** Says nothing of one that never was up: it has nothing to take back. */
  stopped(reason: StopReason): void {
    if (this.#isUp) this.#tell({ type: 'supervisor_stopped', ref: this.#ref, reason });
    this.#isUp = false;
  }

  nodeFailed(nodeId: NodeId, affectedChildren: string[]): void {
    const supervisorId = this.#ref.id;
    this.#tell({ type: 'node_failure_detected', supervisorId, nodeId, affectedChildren });
  }

  childUp(notice: ChildUp): void {
    const supervisorId = this.#ref.id;
    const { id: childId, handle } = notice;
    const { nodeId } = handle;
    const fromNode = this.#lastNode.get(childId);
    this.#lastNode.set(childId, nodeId);
    if (notice.kind === 'childStarted') {
      this.#tell({ type: 'child_started', supervisorId, childId, nodeId });
    } else {
      this.totalRestarts += 1;
      const attempt = notice.restartCount;
      this.#tell({ type: 'child_restarted', supervisorId, childId, nodeId, attempt });
    }
    if (fromNode === undefined || fromNode === nodeId) return;
    this.#tell({ type: 'child_migrated', supervisorId, childId, fromNode, toNode: nodeId });
  }

  childStopped({ id: childId, reason }: ChildStopped, isForgotten: boolean): void {
    const supervisorId = this.#ref.id;
    this.#tell({ type: 'child_stopped', supervisorId, childId, reason: stopText(reason) });
    if (isForgotten) this.#lastNode.delete(childId);
  }
}

/** How a supervisor ended, in the words of its lifecycle event. */
export function endText(exit: Exit): StopReason {
  if (exit.cause === 'max_restarts') return 'max_restarts_exceeded';
  if (exit.cause === 'auto_shutdown') return 'auto_shutdown';
  return exit.reason === 'normal' ? 'normal' : 'shutdown';
}

function stopText(reason: ExitReason): string {
  if (reason === 'noconnection') return 'node_down';
  return reason === 'killed' || reason === 'noproc' ? `error: ${reason}` : reasonText(reason);
}
