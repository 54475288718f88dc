import type { Fence } from '../base/fence.js';
import type { NodeId } from '../base/node-id.js';
import type { FencedStart } from '../cluster/spawn-gate.js';
import type { GenServerRef } from '../otp/behavior.js';
import type { ExitReason } from '../runtime/exit-reason.js';
import type { Process } from '../runtime/process.js';
import type { ChildEnd, ReportedChild } from './child-report.js';
import type { ChildGate } from './host-claim.js';

/** One incarnation of a child, as its host keeps it. */
export interface HostedChild extends FencedStart {
  fence: Fence;
  /** The node of its supervisor now. */
  owner: NodeId;
  readonly gate: ChildGate;
  starting: Promise<GenServerRef>;
  /** From before its `init` on. */
  begun: Process | undefined;
  /** Once its `init` is through. */
  process: Process | undefined;
  /** Why it ended before anybody looked. */
  reason: ExitReason | undefined;
  /** Taken back: nobody waits for it any more. */
  ended: boolean;
}

/** As its host names it to others. */
export function reported({ childId, fence, process }: HostedChild): ReportedChild {
  return { childId, fence, processId: process?.id };
}

/** What others have to know of an end. */
export function endOnly({ childId, fence, processId, reason }: ChildEnd): ChildEnd {
  return { childId, fence, processId, reason };
}

/** The same for all incarnations of a child. */
export function childKey({ childId, fence }: { childId: string; fence: Fence }): string {
  return `${fence.ownerId} ${childId}`;
}
