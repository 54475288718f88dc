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
  type ChildEnd,
  type HostReport,
  type ReportedChild,
  packNews,
  packReport,
  readNews,
  readReport,
} from './child-report.js';
import { type Fence, compareFences, fenceKey } from '../base/fence.js';
import { DISTRIBUTED_ERRORS } from './distributed-error.js';
import { Orphans } from './orphans.js';

/** The supervisors of this node, as the hosts of their children need them. */
export interface ChildOwners {
  /** Whether one of them still counts on the child, under that fence and on that host. */
  wants(host: NodeId, child: ReportedChild): boolean;
  /** A host says how a child ended. It may be known, or of no interest any more. */
  ended(host: NodeId, end: ChildEnd): void;
}

interface HostedChild extends FencedStart {
  readonly starting: Promise<GenServerRef>;
  process: Process | undefined;
  /** Taken back: killed, or to be killed as soon as its `init` is through. */
  ended: boolean;
}

/**
 * The children that run on this node for supervisors anywhere, each under its fence.
 *
 * A start that is older than one already seen for the child is refused; a newer one ends the older
 * incarnation first. When a link to the owner's node comes back, this node reports what it runs and
 * what ended lately, and ends what the owner does not want any more before it hears anything else
 * from there. A child whose owner's node stays out of reach ends itself after its
 * `orphanTimeoutMs`, counted from the moment at which that node was given up here. When this node
 * leaves the cluster, it ends what it ran for others: they hold it for lost and start it elsewhere.
 */
export class ChildHost implements SpawnGate {
  readonly #runtime: Runtime;
  readonly #hosted = new Map<string, HostedChild>();
  readonly #byChild = new Map<string, HostedChild>();
  readonly #ends = new Map<string, ChildEnd & { readonly owner: NodeId }>();
  /** Why processes ended while a start was under way: its own may be among them. */
  readonly #recent = new Map<string, ExitReason>();
  readonly #orphans: Orphans<HostedChild>;
  #startsUnderWay = 0;
  #owners: ChildOwners = { wants: () => false, ended: () => undefined };
  #node: ClusterNode | undefined;

  constructor(runtime: Runtime) {
    this.#runtime = runtime;
    runtime.use(SPAWN_GATE).gate = this;
    runtime.use(CLUSTER).attach((node) => this.#attach(node));
    this.#orphans = new Orphans(runtime.platform.timers, (child) => this.#giveUp(child));
    runtime.listenToLives({ ended: ({ id }, reason) => this.#note(id, reason) });
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
    if (isOlder || this.#ends.has(key)) {
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

  /** How the child under this fence ended here, if it did so lately. */
  endOf(fence: Fence): ChildEnd | undefined {
    return this.#ends.get(fenceKey(fence));
  }

  #start(key: string, start: FencedStart, run: StartChild): Promise<GenServerRef> {
    const child: HostedChild = {
      ...start,
      process: undefined,
      ended: false,
      starting: run().then(
        ({ ref, process }) => {
          // Overtaken while its `init` ran, which nothing stops: it never was one of the children.
          if (child.ended) process.finish('killed');
          else this.#started(key, child, process);
          this.#startIsOver();
          if (!child.ended) return ref;
          this.#forget(key, child);
          throw new StaleFenceError(start.childId, start.fence.sequence);
        },
        (error: unknown) => {
          this.#startIsOver();
          this.#forget(key, child);
          throw error;
        },
      ),
    };
    this.#startsUnderWay += 1;
    this.#hosted.set(key, child);
    this.#byChild.set(childKey(start), child);
    return child.starting;
  }

  #started(key: string, child: HostedChild, process: Process): void {
    const { childId, fence } = child;
    child.process = process;
    const fields = { childId, ...fence, processId: process.id };
    this.#runtime.probe?.({ kind: 'fact', topic: 'fenced_started', fields });
    const over = (reason: ExitReason): void => {
      this.#runtime.probe?.({ kind: 'fact', topic: 'fenced_ended', fields });
      this.#over(key, child, process, reason);
    };
    // It may have ended in the very turn in which it started.
    if (process.alive) process.onExit = over;
    else over(this.#recent.get(process.id) ?? 'noproc');
  }

  #startIsOver(): void {
    this.#startsUnderWay -= 1;
    if (this.#startsUnderWay === 0) this.#recent.clear();
  }

  #note(processId: string, reason: ExitReason): void {
    if (this.#startsUnderWay === 0) return;
    this.#recent.set(processId, reason);
    dropOldest(this.#recent);
  }

  #over(key: string, child: HostedChild, process: Process, reason: ExitReason): void {
    this.#forget(key, child);
    if (child.ended) return;
    const { childId, fence, owner } = child;
    const end = { childId, fence, processId: process.id, reason, owner };
    this.#ends.set(key, end);
    dropOldest(this.#ends);
    const isWatched = [...(process.watchers ?? [])].some(([, { nodeId }]) => nodeId === owner);
    const node = this.#node;
    if (node === undefined || owner === node.self.nodeId || isWatched) return;
    node.sendControl(owner, TOPIC, packNews({ ended: [end] }, node.codec));
  }

  #end(child: HostedChild): void {
    child.ended = true;
    child.process?.finish('killed');
  }

  #forget(key: string, child: HostedChild): void {
    this.#orphans.remove(child);
    if (this.#hosted.get(key) !== child) return;
    this.#hosted.delete(key);
    if (this.#byChild.get(childKey(child)) === child) this.#byChild.delete(childKey(child));
  }

  #attach(node: ClusterNode): void {
    this.#node = node;
    node.onJoin<HostReport>(TOPIC, {
      offer: (peer) => packReport(this.#reportTo(peer.nodeId), node.codec),
      read: (offered) => readReport(offered, node.codec),
      accept: (peer, report) => this.#judge(node, peer, report),
    });
    node.onControl(TOPIC, ({ nodeId }, payload) => {
      const news = readNews(payload, node.codec);
      if (news === undefined) throw malformedFrame('news of children that are none');
      for (const fence of news.end) this.end(fence);
      for (const end of news.ended) this.#owners.ended(nodeId, end);
    });
    node.listen({
      up: ({ nodeId }) => this.#orphans.ownerReturned(nodeId),
      down: ({ nodeId }) => {
        this.#forgetEnds(nodeId);
        this.#orphans.add(this.#ownedBy(nodeId));
      },
      left: () => this.#left(node.self.nodeId),
    });
  }

  #reportTo(owner: NodeId): HostReport {
    const running = this.#ownedBy(owner);
    const ended = [...this.#ends.values()].filter((end) => end.owner === owner);
    return {
      running: running.map(({ childId, fence }) => ({ childId, fence })),
      ended: ended.map(({ childId, fence, processId, reason }) => {
        return { childId, fence, processId, reason };
      }),
    };
  }

  #ownedBy(owner: NodeId): HostedChild[] {
    return [...this.#hosted.values()].filter((child) => child.owner === owner);
  }

  #judge(node: ClusterNode, host: NodeIdentity, { running, ended }: HostReport): void {
    const stale = running.filter((child) => !this.#owners.wants(host.nodeId, child));
    if (stale.length > 0)
      endOn(
        node,
        host.nodeId,
        stale.map(({ fence }) => fence),
      );
    for (const end of ended) this.#owners.ended(host.nodeId, end);
  }

  #forgetEnds(owner: NodeId): void {
    for (const [key, end] of this.#ends) if (end.owner === owner) this.#ends.delete(key);
  }

  #left(self: NodeId): void {
    this.#node = undefined;
    this.#orphans.clear();
    for (const child of [...this.#hosted.values()]) if (child.owner !== self) this.#retire(child);
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
    if (process === undefined) return;
    const disarm = shutDown(this.#runtime, { id: process.id }, DEFAULT_SHUTDOWN_MS);
    const over = process.onExit;
    process.onExit = (reason) => {
      disarm();
      over?.(reason);
    };
  }
}

/** Has the children under these fences ended on their host. */
export function endOn(node: ClusterNode, host: NodeId, fences: readonly Fence[]): void {
  node.sendControl(host, TOPIC, packNews({ end: fences }, node.codec));
}

function childKey({ childId, fence }: { childId: string; fence: Fence }): string {
  return `${fence.ownerId} ${childId}`;
}

function dropOldest(entries: Map<string, unknown>): void {
  const [oldest] = entries.keys();
  if (entries.size > ENDS_MAX && oldest !== undefined) entries.delete(oldest);
}

const TOPIC = 'children';
// Only those matter whose owner was out of reach as they ended.
const ENDS_MAX = 1000;

export const CHILD_HOST: ServiceKey<ChildHost> = {
  name: 'child host',
  create: (runtime) => {
    runtime.use(ERROR_CLASSES).add(DISTRIBUTED_ERRORS);
    return new ChildHost(runtime);
  },
};
