import type { NodeId } from '../base/node-id.js';
import { CLUSTER } from '../cluster/cluster.js';
import type { ClusterNode } from '../cluster/cluster-node.js';
import { malformedFrame } from '../cluster/frame-error.js';
import type { NodeIdentity } from '../cluster/handshake-message.js';
import {
  type FencedStart,
  SPAWN_GATE,
  type SpawnGate,
  StaleFenceError,
  type StartChild,
} from '../cluster/spawn-gate.js';
import type { GenServerRef } from '../otp/behavior.js';
import { DEFAULT_SHUTDOWN_MS } from '../otp/child-spec.js';
import { shutDown } from '../otp/shutdown.js';
import { ERROR_CLASSES } from '../runtime/error-classes.js';
import type { ExitReason } from '../runtime/exit-reason.js';
import type { Process } from '../runtime/process.js';
import type { Runtime } from '../runtime/runtime.js';
import type { ServiceKey } from '../runtime/service.js';
import {
  type Adoption,
  type ChildEnd,
  type HostReport,
  type ReportedChild,
  packNews,
  packReport,
  readNews,
  readReport,
} from './child-report.js';
import {
  type Fence,
  type FenceOwner,
  compareFenceOwners,
  compareFences,
  fenceKey,
} from '../base/fence.js';
import { DISTRIBUTED_ERRORS } from './distributed-error.js';
import { type HostedChild, childKey, reported } from './hosted-child.js';
import { HOST_LEASES, type HostLeases } from './host-leases.js';
import { ChildEnds } from './child-ends.js';
import { Orphans } from './orphans.js';
import { REPLICAS, type SupervisorReplicas, isLife } from './replicas.js';

/** The supervisors of this node, as the hosts of their children need them. */
export interface ChildOwners {
  /** What `host` says that it runs: gives those that one of them wants no more. */
  judge(host: NodeIdentity, running: readonly ReportedChild[]): readonly ReportedChild[];
  /** All that `host` runs for a supervisor that came to this node. */
  hosting(host: NodeIdentity, supervisorId: string, report: HostReport): void;
  /** A host says how a child ended. It may be known, or of no interest any more. */
  ended(host: NodeId, end: ChildEnd): void;
}

/**
 * The children that run on this node for supervisors anywhere, each under its fence.
 *
 * A start that is older than one already seen for the child is refused; a newer one ends the older
 * incarnation first. When a link to the owner's node comes back, this node reports what it runs and
 * what ended lately, and ends what the owner does not want any more before it hears anything else
 * from there. A child whose owner's node stays out of reach ends itself after its
 * `orphanTimeoutMs`, counted from the moment at which that node was given up here. When this node
 * leaves the cluster, it ends what it still runs: others hold it for lost and start it elsewhere.
 * When another node takes a supervisor over, its children here are that node's from then on, and
 * the former owner has no say in them any more.
 */
export class ChildHost implements SpawnGate {
  readonly #runtime: Runtime;
  readonly #hosted = new Map<string, HostedChild>();
  readonly #byChild = new Map<string, HostedChild>();
  readonly #ends = new ChildEnds();
  readonly #orphans: Orphans<HostedChild>;
  readonly #leases: HostLeases;
  readonly #replicas: SupervisorReplicas;
  #owners: ChildOwners = {
    judge: (_host, running) => running,
    hosting: () => undefined,
    ended: () => undefined,
  };
  #node: ClusterNode | undefined;

  constructor(runtime: Runtime) {
    this.#runtime = runtime;
    this.#replicas = runtime.use(REPLICAS);
    this.#replicas.listen({
      claimed: (id, owner) => this.#claimed(id, owner),
      over: (id, owner) => this.#endOf(id, owner),
    });
    runtime.use(SPAWN_GATE).gate = this;
    runtime.use(CLUSTER).attach((node) => this.#attach(node));
    this.#leases = runtime.use(HOST_LEASES);
    this.#leases.report = (id, owner) => this.#tellHosting(id, owner);
    this.#orphans = new Orphans(runtime.platform.timers, (child) => this.#giveUp(child));
  }

  /** Who answers for the supervisors of this node. */
  answerTo(owners: ChildOwners): void {
    this.#owners = owners;
  }

  admit(start: FencedStart, run: StartChild): Promise<GenServerRef> {
    const key = fenceKey(start.fence);
    const known = this.#hosted.get(key);
    // Asked again after the link was replaced: the first asking counts.
    if (known !== undefined) return known.starting;
    const { childId, fence } = start;
    const present = this.#byChild.get(childKey(start));
    const isOlder = present !== undefined && compareFences(fence, present.fence) < 0;
    const owner = this.#replicas.ownerOf(fence.ownerId);
    const isSuperseded = owner !== undefined && compareFenceOwners(fence, owner) < 0;
    const isOver = this.#replicas.isOverUnder(fence.ownerId, fence);
    if (isOlder || isSuperseded || isOver || this.#ends.of(fence) !== undefined) {
      return Promise.reject(new StaleFenceError(childId, fence.sequence));
    }
    if (present !== undefined) this.#end(present);
    return this.#start(key, start, run);
  }

  /** Ends the child under this fence, whether it runs or is just starting. */
  end(fence: Fence): void {
    const child = this.#hosted.get(fenceKey(fence));
    if (child !== undefined) this.#end(child);
  }

  /** What this node runs for a supervisor, and what of it ended lately. */
  hosting(supervisorId: string): HostReport {
    const isOf = ({ fence }: ReportedChild): boolean => fence.ownerId === supervisorId;
    return {
      running: [...this.#hosted.values()].filter(isOf).map(reported),
      ended: this.#ends.ofSupervisor(supervisorId),
    };
  }

  /** A new owner keeps a child: it goes on under the new fence, and keeps its names with it. */
  adopt(owner: NodeId, { from, to }: Adoption): void {
    const key = fenceKey(from);
    const child = this.#hosted.get(key);
    if (child?.owner !== owner || compareFences(to, from) <= 0) return;
    this.#hosted.delete(key);
    this.#hosted.set(fenceKey(to), child);
    child.fence = to;
    const { process, childId } = child;
    if (process === undefined) return;
    process.fence = to;
    this.#node?.registry.refence(process.id);
    const fields = { childId, ...to, processId: process.id };
    this.#runtime.probe?.({ kind: 'fact', topic: 'fenced_adopted', fields });
  }

  /** How the child under this fence ended here, if it did so lately. */
  endOf(fence: Fence): ChildEnd | undefined {
    return this.#ends.of(fence);
  }

  #start(key: string, start: FencedStart, run: StartChild): Promise<GenServerRef> {
    const { childId, fence } = start;
    const child: HostedChild = {
      ...start,
      gate: this.#leases.enter(start, this.#ownerOf(fence)),
      starting: NEVER,
      begun: undefined,
      process: undefined,
      reason: undefined,
      ended: false,
    };
    this.#hosted.set(key, child);
    this.#byChild.set(childKey(start), child);
    child.starting = this.#run(child, run).then(
      ({ ref, process }) => {
        if (!child.ended) this.#started(child, process);
        if (!child.ended) return ref;
        this.#forget(child);
        throw new StaleFenceError(childId, fence.sequence);
      },
      (error: unknown) => {
        this.#forget(child);
        throw child.ended ? new StaleFenceError(childId, fence.sequence) : error;
      },
    );
    return child.starting;
  }

  async #run(child: HostedChild, run: StartChild): ReturnType<StartChild> {
    const spawned = (process: Process): void => {
      child.begun = process;
      process.onExit = (reason) => (child.reason = reason);
    };
    return run({ gate: child.gate, spawned });
  }

  /** Who has the supervisor, as far as it is known here. */
  #ownerOf({ ownerId, term, ownerNode, ownerIncarnation }: Fence): FenceOwner {
    const told = { term, ownerNode, ownerIncarnation };
    const known = this.#replicas.ownerOf(ownerId);
    return known === undefined || compareFenceOwners(told, known) > 0 ? told : known;
  }

  #started(child: HostedChild, process: Process): void {
    child.process = process;
    const tell = (topic: string): void => {
      const fields = { childId: child.childId, ...child.fence, processId: process.id };
      this.#runtime.probe?.({ kind: 'fact', topic, fields });
    };
    tell('fenced_started');
    const over = (reason: ExitReason): void => {
      tell('fenced_ended');
      this.#over(child, process, reason);
    };
    // It may have ended in the very turn in which it started.
    if (process.alive) process.onExit = over;
    else over(child.reason ?? 'noproc');
  }

  #over(child: HostedChild, process: Process, reason: ExitReason): void {
    this.#forget(child);
    if (child.ended) return;
    const { childId, fence, owner } = child;
    const end = { childId, fence, processId: process.id, reason };
    this.#ends.add(end, owner);
    const node = this.#node;
    if (node === undefined) return;
    if (owner === node.self.nodeId) return this.#owners.ended(owner, end);
    const isWatched = [...(process.watchers ?? [])].some(([, { nodeId }]) => nodeId === owner);
    if (isWatched) return;
    node.sendControl(owner, TOPIC, packNews({ ended: [end] }, node.codec));
  }

  #end(child: HostedChild): void {
    child.ended = true;
    this.#leases.revoke(child.gate);
    // Also while its `init` runs: it never was one of the children then.
    child.begun?.finish('killed');
  }

  #forget(child: HostedChild): void {
    const key = fenceKey(child.fence);
    this.#orphans.remove(child);
    if (this.#hosted.get(key) !== child) return;
    this.#hosted.delete(key);
    this.#leases.leave(child.gate);
    if (this.#byChild.get(childKey(child)) === child) this.#byChild.delete(childKey(child));
  }

  #attach(node: ClusterNode): void {
    this.#node = node;
    node.onJoin<HostReport>(TOPIC, {
      offer: (peer) => packReport(this.#reportTo(peer.nodeId), node.codec),
      read: (offered) => readReport(offered, node.codec),
      accept: (peer, report) => this.#judge(node, peer, report),
    });
    node.onControl(TOPIC, (peer, payload) => {
      const { nodeId } = peer;
      const news = readNews(payload, node.codec);
      if (news === undefined) throw malformedFrame('news of children that are none');
      for (const fence of news.end) this.#endFor(peer, fence);
      for (const adoption of news.adopted) this.adopt(nodeId, adoption);
      for (const end of news.ended) this.#owners.ended(nodeId, end);
      const { hosting } = news;
      if (hosting !== undefined) this.#owners.hosting(peer, hosting.supervisorId, hosting.report);
    });
    node.listen({
      up: (peer) => {
        this.#orphans.ownerReturned(peer.nodeId, (child) => !this.#isLeftToHeir(child, peer));
        this.#tellAllHosting(peer);
      },
      reconciled: (peer) => this.#tellAllHosting(peer),
      down: ({ nodeId }) => {
        this.#ends.ownerLost(nodeId, (id) => this.#replicas.ownerOf(id) !== undefined);
        this.#orphans.add(this.#ownedBy(nodeId));
      },
      left: () => this.#left(),
    });
  }

  /** Whoever the owner was when it was started: the peer may have taken the supervisor over. */
  #reportTo(owner: NodeId): HostReport {
    const running = [...this.#hosted.values()].map(reported);
    return { running, ended: this.#ends.forOwner(owner) };
  }

  /** Another node has the supervisor: it decides on what runs here. */
  #claimed(supervisorId: string, owner: FenceOwner): void {
    const node = this.#node;
    const nodeId = owner.ownerNode as NodeId;
    if (node === undefined) return;
    for (const child of this.#hosted.values()) {
      if (child.fence.ownerId !== supervisorId) continue;
      child.owner = nodeId;
      this.#orphans.remove(child);
      if (!node.isConnected(nodeId)) this.#orphans.add([child]);
    }
    this.#ends.claimed(supervisorId, owner);
    this.#tellHosting(supervisorId, nodeId);
    this.#leases.claimed(supervisorId, owner);
  }

  /** Who has just claimed them waits to hear of it, and may have missed it. */
  #tellAllHosting(owner: NodeIdentity): void {
    for (const id of this.#replicas.heldIds()) {
      const known = this.#replicas.ownerOf(id);
      if (known !== undefined && isLife(known, owner)) this.#tellHosting(id, owner.nodeId);
    }
  }

  #tellHosting(supervisorId: string, owner: NodeId): void {
    const node = this.#node;
    if (node === undefined || owner === node.self.nodeId) return;
    const hosting = { supervisorId, report: this.hosting(supervisorId) };
    node.sendControl(owner, TOPIC, packNews({ hosting }, node.codec));
  }

  /** Only the owner's word counts. */
  #endFor(sender: NodeIdentity, fence: Fence): void {
    const child = this.#hosted.get(fenceKey(fence));
    if (child?.owner !== sender.nodeId || this.#isLeftToHeir(child, sender)) return;
    this.#end(child);
  }

  /**
   * Whether an earlier life of the owner's node started it, for a supervisor that others can go on
   * with: the present life has forgotten all about it.
   */
  #isLeftToHeir({ fence }: HostedChild, peer: NodeIdentity): boolean {
    const owner = this.#replicas.ownerOf(fence.ownerId);
    return owner !== undefined && !isLife(owner, peer);
  }

  /** The supervisor is no more: whatever of it still runs was out of its reach. */
  #endOf(supervisorId: string, owner: FenceOwner): void {
    for (const child of [...this.#hosted.values()]) {
      const isOf = child.fence.ownerId === supervisorId;
      if (isOf && compareFenceOwners(child.fence, owner) <= 0) this.#retire(child);
    }
  }

  #ownedBy(owner: NodeId): HostedChild[] {
    return [...this.#hosted.values()].filter((child) => child.owner === owner);
  }

  #judge(node: ClusterNode, host: NodeIdentity, { running, ended }: HostReport): void {
    const stale = this.#owners.judge(host, running).map(({ fence }) => fence);
    if (stale.length > 0) endOn(node, host.nodeId, stale);
    for (const end of ended) this.#owners.ended(host.nodeId, end);
  }

  #left(): void {
    this.#node = undefined;
    this.#orphans.clear();
    for (const child of [...this.#hosted.values()]) this.#retire(child);
  }

  #giveUp(child: HostedChild): void {
    const { childId, owner, orphanTimeoutMs } = child;
    const why = 'a child ends: its supervisor has been out of reach for too long';
    this.#runtime.platform.log.warn(why, {
      child: childId,
      supervisorNode: owner,
      orphanTimeoutMs,
    });
    const fields = { childId, ...child.fence };
    this.#runtime.probe?.({ kind: 'fact', topic: 'orphan_ended', fields });
    this.#retire(child);
  }

  /** Ends a child that nobody waits for any more, with the time to end well. */
  #retire(child: HostedChild): void {
    child.ended = true;
    const { process } = child;
    if (process === undefined) return child.begun?.finish('killed');
    const disarm = shutDown(this.#runtime, { id: process.id }, DEFAULT_SHUTDOWN_MS);
    const over = process.onExit;
    process.onExit = (reason) => {
      disarm();
      over?.(reason);
    };
  }
}

/** Tells a host that these go on under this node's supervisor. */
export function adoptOn(node: ClusterNode, host: NodeId, adopted: readonly Adoption[]): void {
  node.sendControl(host, TOPIC, packNews({ adopted }, node.codec));
}

/** Has the children under these fences ended on their host. */
export function endOn(node: ClusterNode, host: NodeId, fences: readonly Fence[]): void {
  node.sendControl(host, TOPIC, packNews({ end: fences }, node.codec));
}

const TOPIC = 'children';
const NEVER = new Promise<never>(() => undefined);

export const CHILD_HOST: ServiceKey<ChildHost> = {
  name: 'child host',
  create: (runtime) => {
    runtime.use(ERROR_CLASSES).add(DISTRIBUTED_ERRORS);
    return new ChildHost(runtime);
  },
};
