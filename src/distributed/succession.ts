import {
  type Fence,
  type FenceOwner,
  compareFenceOwners,
  compareFences,
  fenceKey,
} from '../base/fence.js';
import type { NodeId } from '../base/node-id.js';
import type { NodeIdentity } from '../cluster/handshake-message.js';
import type { ExitReason } from '../runtime/exit-reason.js';
import type { ChildEnd, HostReport, ReportedChild } from './child-report.js';
import type { OwnedSupervisor } from './replicas.js';
import type { Replication } from './replication.js';
import type { ChildRecord, RecordedHandle, SupervisorRecord } from './supervisor-record.js';

/** What is found of a supervisor's children when another node goes on with it. */
export interface Inheritance {
  /** In start order; `handle` is what runs now where the state is `running`. */
  readonly children: readonly ChildRecord[];
  /** Counted as running above, and gone with their node. */
  readonly lost: readonly ChildRecord[];
  /** Counted as running above, and ended on their own. */
  readonly ended: readonly { readonly child: ChildRecord; readonly reason: ExitReason }[];
  /** What runs and nobody wants. */
  readonly stale: readonly { readonly host: NodeId; readonly fence: Fence }[];
}

/**
 * A supervisor between its owners: this node has claimed it, and waits until every member of the
 * cluster has said what it runs for it, or is lost.
 */
export class Succession implements OwnedSupervisor {
  readonly #reports = new Map<NodeId, HostReport>();
  readonly #former: FenceOwner;
  readonly #missing: Set<NodeId>;
  readonly #complete: (inheritance: Inheritance) => void;
  #isSafe = false;
  #isOver = false;

  constructor(
    readonly owner: FenceOwner,
    /** Who had it before. */
    former: FenceOwner,
    readonly replication: Replication,
    members: Iterable<NodeId>,
    complete: (inheritance: Inheritance) => void,
  ) {
    this.#former = former;
    this.#missing = new Set(members);
    this.#complete = complete;
  }

  /** Begins to wait: for the reports, and until the claim is safe. */
  begin(): void {
    this.replication.whenSafe(() => {
      this.#isSafe = true;
      this.#consider();
    });
  }

  /** What a host runs for the supervisor; the latest word counts. */
  report(host: NodeId, report: HostReport): void {
    this.#reports.set(host, report);
    this.#missing.delete(host);
    this.#consider();
  }

  /** A child ended after its host had reported it. */
  ended(host: NodeId, end: ChildEnd): void {
    const known = this.#reports.get(host);
    if (known === undefined) return;
    const key = fenceKey(end.fence);
    const running = known.running.filter(({ fence }) => fenceKey(fence) !== key);
    this.#reports.set(host, { running, ended: [...known.ended, end] });
  }

  peerDown({ nodeId }: NodeIdentity): void {
    this.#reports.delete(nodeId);
    this.#missing.delete(nodeId);
    this.#consider();
  }

  superseded(): void {
    this.#isOver = true;
  }

  #consider(): void {
    if (this.#isOver || !this.#isSafe || this.#missing.size > 0) return;
    this.#isOver = true;
    this.#complete(inherit(this.replication.record, this.#former, this.#reports));
  }
}

/**
 * Brings what the record says together with what the hosts say. Of two that run as one child the
 * later one is kept; what the record does not know was terminated, or never acknowledged.
 */
export function inherit(
  record: SupervisorRecord,
  former: FenceOwner,
  reports: ReadonlyMap<NodeId, HostReport>,
): Inheritance {
  const stale: { host: NodeId; fence: Fence }[] = [];
  const living = new Map<string, Found>();
  for (const [host, { running }] of reports) {
    for (const child of running) {
      const best = living.get(child.childId);
      if (!isAlive(child) || !isOf(record, former, child)) {
        stale.push({ host, fence: child.fence });
        continue;
      }
      const found = { host, child };
      if (best === undefined) living.set(child.childId, found);
      else {
        const isLater = compareFences(child.fence, best.child.fence) > 0;
        const loser = isLater ? best : found;
        stale.push({ host: loser.host, fence: loser.child.fence });
        if (isLater) living.set(child.childId, found);
      }
    }
  }
  const ends = new Map<string, ExitReason>();
  for (const { ended } of reports.values()) {
    for (const { fence, reason } of ended) ends.set(fenceKey(fence), reason);
  }
  return settle(record, living, ends, stale);
}

interface Found {
  readonly host: NodeId;
  readonly child: ReportedChild & { readonly processId: string };
}

/**
 * Whether the former owner counted on it, or would have when the news of its start had come: what
 * another owner started for a child that he held for lost is none of it.
 */
function isOf({ children }: SupervisorRecord, former: FenceOwner, child: Found['child']): boolean {
  const known = children.get(child.childId);
  if (known === undefined) return false;
  if (known.handle?.processId === child.processId) return true;
  return compareFenceOwners(child.fence, former) === 0;
}

function isAlive(child: ReportedChild): child is Found['child'] {
  return child.processId !== undefined;
}

function settle(
  record: SupervisorRecord,
  living: ReadonlyMap<string, Found>,
  ends: ReadonlyMap<string, ExitReason>,
  stale: { host: NodeId; fence: Fence }[],
): Inheritance {
  const children: ChildRecord[] = [];
  const lost: ChildRecord[] = [];
  const ended: { child: ChildRecord; reason: ExitReason }[] = [];
  for (const child of record.children.values()) {
    const found = living.get(child.id);
    if (found !== undefined && isWanted(child, found.child.fence.sequence)) {
      const state = 'running';
      const { sequence: attempt } = found.child.fence;
      children.push({ ...child, state, attempt, handle: handleOf(found, child.handle) });
      continue;
    }
    // It was given up for a start that has not come to anything yet.
    if (found !== undefined) stale.push({ host: found.host, fence: found.child.fence });
    children.push(child);
    if (child.state !== 'running' || child.handle === undefined) continue;
    const reason = ends.get(fenceKey(child.handle.fence));
    if (reason === undefined) lost.push(child);
    else ended.push({ child, reason });
  }
  return { children, lost, ended, stale };
}

/** Not one that was to make room for another: whoever asked it to end meant to start it anew. */
function isWanted({ state, attempt, handle }: ChildRecord, sequence: number): boolean {
  if (state === 'coming' && handle?.fence.sequence === sequence) return false;
  return sequence >= attempt;
}

function handleOf(
  { host: nodeId, child: { fence, processId } }: Found,
  known: RecordedHandle | undefined,
): RecordedHandle {
  if (known?.processId === processId) return known;
  return { processId, nodeId, fence, startedAt: known?.startedAt ?? 0 };
}
