import { toError } from '../base/errors.js';
import { type Fence, type FenceOwner, fenceKey } from '../base/fence.js';
import type { NodeId } from '../base/node-id.js';
import type { ClusterNode } from '../cluster/cluster-node.js';
import type { NodeIdentity } from '../cluster/handshake-message.js';
import { RemoteSpawnTimeoutError } from '../cluster/remote-error.js';
import { shutDown } from '../otp/shutdown.js';
import type { KernelEvent, LostEvent } from '../otp/supervision/kernel-event.js';
import { NodeNotReachableError } from '../runtime/call-error.js';
import { type ExitReason, reasonText } from '../runtime/exit-reason.js';
import type { Runtime } from '../runtime/runtime.js';
import { candidatesOf } from './candidates.js';
import { CHILD_HOST, adoptOn, endOn } from './child-host.js';
import type { Target } from './child-mover.js';
import type { ChildEnd } from './child-report.js';
import type { ChildHandle, PlacedSpec } from './distributed-child.js';
import { DRAINS } from './drains.js';
import { type Incarnation, Incarnations } from './incarnations.js';
import type { OwnerGuard } from './owner-guard.js';
import type { PlacedLoads } from './placed-loads.js';
import { NAMED_SELECTORS } from './named-selectors.js';
import type { NodeSelector } from './node-selector.js';
import { type Candidates, Placement, type PlacementChoice } from './placement.js';
import { type Held, startFailure } from './request-failure.js';

type Event = KernelEvent<PlacedSpec, ChildHandle>;

/** The supervisor whose children these are. */
export interface PlacingSupervisor {
  readonly id: string;
  readonly owner: FenceOwner;
  readonly spawnTimeoutMs: number;
  readonly orphanTimeoutMs: number;
  readonly loads: PlacedLoads;
  readonly guard: OwnerGuard;
  feed(event: Event): void;
  /** What kept a child from every node; `undefined` once it found one. */
  noteHeld(childId: string, held: Held | undefined): void;
  /** A node took these children with it. */
  lost(nodeId: NodeId, children: LostEvent['children']): void;
  fact(topic: string, fields: Readonly<Record<string, unknown>>): void;
}

interface Choice {
  readonly selector: NodeSelector;
  readonly candidates: Candidates;
  readonly choice: PlacementChoice;
}

/**
 * The children of one supervisor on whichever nodes: chooses the node of every start, asks it, and
 * turns what becomes of nodes and links into the kernel's words. The loss of a node is one event,
 * however many children it took.
 */
export class PlacedChildren {
  readonly #runtime: Runtime;
  readonly #cluster: ClusterNode;
  readonly #supervisor: PlacingSupervisor;
  readonly #placement: Placement;
  readonly #incarnations = new Incarnations();
  /** Where children that are moved are to be started. */
  readonly #directed = new Map<string, Target>();

  constructor(runtime: Runtime, cluster: ClusterNode, supervisor: PlacingSupervisor) {
    this.#runtime = runtime;
    this.#cluster = cluster;
    this.#supervisor = supervisor;
    const named = runtime.use(NAMED_SELECTORS);
    this.#placement = new Placement(runtime.platform.random, supervisor.loads, (name) =>
      named.get(name),
    );
  }

  /** Whether the supervisor counts on what `host` says that it runs. */
  wants(host: NodeId, fence: Fence): boolean {
    return this.#wanted(host, fence) !== undefined;
  }

  /** A host says how a child ended. That it started may not have been told yet. */
  hostEnded(host: NodeId, { fence, processId, reason }: ChildEnd): void {
    const incarnation = this.#wanted(host, fence);
    if (incarnation === undefined) return;
    if (incarnation.handle === undefined) {
      this.#acknowledge(incarnation, { id: processId, nodeId: host });
    }
    this.#ended(incarnation, reason);
  }

  /** Counts on a child that runs already: an earlier owner of the supervisor started it. */
  adopt(childId: string, attempt: number, spec: PlacedSpec, found: ChildHandle): ChildHandle {
    const { nodeId, ref } = found;
    // The number of the start stays; the owner is another one.
    const fence = this.#fence(found.fence.sequence);
    const handle = { ...found, fence };
    const incarnation: Incarnation = {
      ...fresh(childId, attempt, nodeId, fence, spec),
      handle,
      state: 'running',
      adoptedFrom: found.fence,
    };
    this.#incarnations.add(incarnation);
    this.#supervisor.guard.known(childId);
    this.#fact('child_adopted', { childId, sequence: attempt, nodeId, processId: ref.id });
    this.#tellAdopted(incarnation);
    return handle;
  }

  /** Begins to hear of the ends of those that were adopted. */
  watchAdopted(): void {
    for (const incarnation of [...this.#incarnations]) {
      const { handle, watched } = incarnation;
      if (handle !== undefined && !watched) this.#watch(incarnation, handle.ref);
    }
  }

  start(id: string, attempt: number, spec: PlacedSpec): void {
    const { starts, mayAct } = this.#supervisor.guard;
    const place = (): void => this.#place(id, attempt, spec);
    if (starts === undefined || !mayAct) place();
    else starts.hold(id, attempt, place);
  }

  #place(id: string, attempt: number, spec: PlacedSpec): void {
    const { selector, candidates, choice } = this.#choose(spec);
    if (choice.kind === 'none') {
      this.#supervisor.noteHeld(id, { selector, cause: choice.cause });
      this.#fact('child_held', { childId: id, sequence: attempt, selector });
      return this.#supervisor.feed({ kind: 'held', id, attempt });
    }
    this.#supervisor.noteHeld(id, undefined);
    const { nodeId } = choice;
    const incarnation = fresh(id, attempt, nodeId, this.#fence(attempt), spec);
    this.#incarnations.add(incarnation);
    const { nodes, local } = candidates;
    const chosen = { nodeId, selector, local, nodes };
    this.#fact('child_start', { childId: id, sequence: attempt, ...chosen });
    this.#ask(incarnation);
  }

  /**
   * Where the child might be started now, other than on `besides`: nowhere when its selector would
   * take none of these nodes.
   */
  nodesFor({ selector, id }: PlacedSpec, besides: ReadonlySet<NodeId>): readonly NodeId[] {
    const candidates = this.#candidates(besides);
    if (!this.#placement.isPossible(selector, id, candidates)) return [];
    return candidates.nodes.map((node) => node.id);
  }

  /** Says where the next start of the child is to be, if that can be; `undefined` takes it back. */
  direct(childId: string, target: Target | undefined): void {
    if (target === undefined) this.#directed.delete(childId);
    else this.#directed.set(childId, target);
  }

  #choose({ id, selector }: PlacedSpec): Choice {
    const target = this.#directed.get(id);
    this.#directed.delete(id);
    const candidates = this.#candidates(target?.besides);
    const { node } = target ?? {};
    if (node !== undefined) {
      const pinned = { node };
      const choice = this.#placement.choose(pinned, id, candidates);
      if (choice.kind === 'placed') return { selector: pinned, candidates, choice };
    }
    return { selector, candidates, choice: this.#placement.choose(selector, id, candidates) };
  }

  #candidates(besides?: ReadonlySet<NodeId>): Candidates {
    const drains = this.#runtime.use(DRAINS);
    const all = candidatesOf(
      this.#cluster,
      (nodeId) => drains.has(nodeId) || besides?.has(nodeId) === true,
    );
    return this.#supervisor.guard.mayAct ? all : { ...all, nodes: [] };
  }

  stop(childId: string, attempt: number): void {
    const incarnation = this.#incarnations.get(attempt);
    if (incarnation === undefined) return;
    incarnation.state = 'stopping';
    this.#fact('child_stop', { childId, sequence: attempt });
    this.#shutDown(incarnation);
  }

  /** A start in flight is not wanted any more. */
  abandon(attempt: number): void {
    const { guard } = this.#supervisor;
    if (guard.starts?.drop(attempt) === true) return;
    const abandoned = this.#incarnations.remove(attempt);
    if (abandoned === undefined) return;
    this.#fact('child_abandoned', { childId: abandoned.childId, sequence: attempt });
    guard.givenUp(abandoned.childId, abandoned.nodeId);
    this.endOn(abandoned.nodeId, [abandoned.fence]);
  }

  nodeDown({ nodeId }: NodeIdentity): void {
    const lost = this.#incarnations.on(nodeId);
    if (lost.length === 0) return;
    const childIds = lost.map(({ childId }) => childId);
    const sequences = lost.map(({ attempt }) => attempt);
    for (const attempt of sequences) this.#incarnations.remove(attempt);
    for (const childId of childIds) this.#supervisor.guard.givenUp(childId, nodeId);
    this.#fact('children_lost', { nodeId, childIds, sequences });
    const children = lost.map(({ childId: id, attempt }) => ({ id, attempt }));
    this.#supervisor.lost(nodeId, children);
  }

  /** The link to a node was replaced: what was asked over the old one is asked again. */
  reconciled({ nodeId }: NodeIdentity): void {
    for (const incarnation of this.#incarnations.on(nodeId)) {
      const { handle, watched } = incarnation;
      this.#tellAdopted(incarnation);
      if (handle !== undefined && !watched) this.#watch(incarnation, handle.ref);
      if (incarnation.state === 'unsure') {
        incarnation.state = 'asked';
        this.#ask(incarnation);
      } else if (incarnation.state === 'stopping') {
        incarnation.disarm?.();
        this.#shutDown(incarnation);
      }
    }
  }

  /** Ends whatever there still is. */
  endAll(): void {
    for (const { nodeId, fence, attempt } of [...this.#incarnations]) {
      this.#incarnations.remove(attempt);
      this.endOn(nodeId, [fence]);
    }
  }

  /** Forgets them without a word: they are somebody else's. */
  letGo(): void {
    for (const { attempt } of [...this.#incarnations]) this.#incarnations.remove(attempt);
  }

  endOn(nodeId: NodeId, fences: readonly Fence[]): void {
    if (nodeId !== this.#cluster.self.nodeId) endOn(this.#cluster, nodeId, fences);
    else for (const fence of fences) this.#runtime.use(CHILD_HOST).end(fence);
  }

  #fence(sequence: number): Fence {
    return { ...this.#supervisor.owner, ownerId: this.#supervisor.id, sequence };
  }

  #wanted(host: NodeId, fence: Fence): Incarnation | undefined {
    const incarnation = this.#incarnations.get(fence.sequence);
    if (incarnation?.nodeId !== host) return undefined;
    const { adoptedFrom } = incarnation;
    const isNow = fenceKey(incarnation.fence) === fenceKey(fence);
    // Its host may not have heard yet that it was adopted.
    const isBefore = adoptedFrom !== undefined && fenceKey(adoptedFrom) === fenceKey(fence);
    return isNow || isBefore ? incarnation : undefined;
  }

  #tellAdopted({ nodeId, adoptedFrom: from, fence: to }: Incarnation): void {
    if (from === undefined) return;
    if (nodeId !== this.#cluster.self.nodeId) adoptOn(this.#cluster, nodeId, [{ from, to }]);
    else this.#runtime.use(CHILD_HOST).adopt(nodeId, { from, to });
  }

  #ask(incarnation: Incarnation): void {
    const { childId, nodeId, fence, spec } = incarnation;
    const { behavior, args } = spec;
    const { spawnTimeoutMs: timeoutMs, orphanTimeoutMs, guard } = this.#supervisor;
    const { leaseMs } = guard;
    const how = { name: childId, registration: 'none', timeoutMs, fence } as const;
    const request = { behavior, args, ...how, orphanTimeoutMs, leaseMs };
    this.#cluster.spawner.spawn(nodeId, request).then(
      (ref) => this.#started(incarnation, { ...ref, nodeId }),
      (error: unknown) => this.#failed(incarnation, toError(error)),
    );
  }

  #started(incarnation: Incarnation, ref: ChildHandle['ref']): void {
    const { attempt, state } = incarnation;
    // Given up in the meantime: its host was told, or is lost.
    if (this.#incarnations.get(attempt) !== incarnation || state === 'running') return;
    this.#acknowledge(incarnation, ref);
    this.#watch(incarnation, ref);
  }

  #acknowledge(incarnation: Incarnation, ref: ChildHandle['ref']): void {
    const { childId, attempt, nodeId, fence } = incarnation;
    const startedAt = this.#runtime.platform.clock.wallMs();
    incarnation.state = 'running';
    incarnation.handle = { ref, nodeId, fence, startedAt };
    this.#fact('child_started', { childId, sequence: attempt, nodeId, processId: ref.id });
    const { handle } = incarnation;
    this.#supervisor.feed({ kind: 'started', id: childId, attempt, handle });
  }

  #watch(incarnation: Incarnation, ref: ChildHandle['ref']): void {
    if (this.#incarnations.get(incarnation.attempt) !== incarnation) return;
    incarnation.watched = true;
    this.#runtime.monitor(this.#supervisor.id, ref, (reason) => {
      // The loss of a node comes as one event about all its children, not child by child.
      if (reason === 'noconnection') incarnation.watched = false;
      else this.#ended(incarnation, reason);
    });
  }

  #failed(incarnation: Incarnation, error: Error): void {
    const { childId, attempt, nodeId, fence } = incarnation;
    if (this.#incarnations.get(attempt) !== incarnation || incarnation.handle !== undefined) return;
    if (error instanceof NodeNotReachableError && this.#cluster.member(nodeId) !== undefined) {
      // The link is gone, the node is not given up yet: it comes back or goes down, then we know.
      // It may be back by now, since this news took a turn.
      if (this.#cluster.isConnected(nodeId)) this.#ask(incarnation);
      else incarnation.state = 'unsure';
      return;
    }
    this.#incarnations.remove(attempt);
    if (mayRun(error)) this.#supervisor.guard.givenUp(childId, nodeId);
    this.endOn(nodeId, [fence]);
    this.#fact('child_failed', { childId, sequence: attempt });
    const reason = { error: startFailure(error, nodeId) };
    this.#supervisor.feed({ kind: 'failed', id: childId, attempt, reason });
  }

  #ended(incarnation: Incarnation, told: ExitReason): void {
    const { childId, attempt, fence } = incarnation;
    if (this.#incarnations.get(attempt) !== incarnation) return;
    // One that ended before it could be watched: a transient child may have ended well.
    const known = told === 'noproc' ? this.#runtime.use(CHILD_HOST).endOf(fence) : undefined;
    const reason = known?.reason ?? told;
    this.#incarnations.remove(attempt);
    this.#fact('child_ended', { childId, sequence: attempt, reason: reasonText(reason) });
    this.#supervisor.feed({ kind: 'exited', id: childId, attempt, reason });
  }

  #shutDown(incarnation: Incarnation): void {
    const { handle, spec, attempt } = incarnation;
    if (handle === undefined) return;
    const disarm = shutDown(this.#runtime, handle.ref, spec.shutdown);
    if (this.#incarnations.get(attempt) === incarnation) incarnation.disarm = disarm;
  }

  #fact(topic: string, fields: Readonly<Record<string, unknown>>): void {
    this.#supervisor.fact(topic, fields);
  }
}

function fresh(
  childId: string,
  attempt: number,
  nodeId: NodeId,
  fence: Fence,
  spec: PlacedSpec,
): Incarnation {
  const nothingYet = { handle: undefined, watched: false, disarm: undefined } as const;
  return { childId, attempt, nodeId, fence, spec, state: 'asked', ...nothingYet };
}

/** Whether what failed to start may run all the same. */
function mayRun(error: Error): boolean {
  return error instanceof RemoteSpawnTimeoutError || error instanceof NodeNotReachableError;
}
