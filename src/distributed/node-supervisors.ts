import type { FenceOwner } from '../base/fence.js';
import type { NodeId } from '../base/node-id.js';
import { CLUSTER } from '../cluster/cluster.js';
import type { ClusterNode } from '../cluster/cluster-node.js';
import type { NodeIdentity } from '../cluster/handshake-message.js';
import type { Runtime } from '../runtime/runtime.js';
import type { ServiceKey } from '../runtime/service.js';
import { CHILD_HOST, endOn } from './child-host.js';
import type { ChildEnd, HostReport, ReportedChild } from './child-report.js';
import type { PlacedSpec } from './distributed-child.js';
import type { DistributedMaxRestartsExceededError } from './distributed-error.js';
import type {
  DistributedSupervisorEvent,
  DistributedSupervisorEventHandler,
  DistributedSupervisorRef,
} from './distributed-event.js';
import { DistributedHost } from './distributed-host.js';
import { HOST_LEASES } from './host-leases.js';
import { type Legacy, legacyOf, ownHead } from './legacy.js';
import { OwnerGuard } from './owner-guard.js';
import { PlacedLoads } from './placed-loads.js';
import type { SettledHead } from './record-keeper.js';
import { REPLICAS } from './replicas.js';
import type { Replication } from './replication.js';
import { type Inheritance, Succession } from './succession.js';
import { type SupervisorSettings, hostOptions, readSettings } from './supervisor-options.js';
import type { SupervisorHead } from './supervisor-record.js';
import { TAKEOVERS, type Won } from './takeovers.js';

/** What a host is made of besides what this node has anyway. */
export interface HostPart {
  readonly ref: DistributedSupervisorRef;
  readonly owner: FenceOwner;
  readonly settings: SupervisorSettings;
  readonly settled: SettledHead;
  readonly children: readonly PlacedSpec[];
  readonly legacy?: Legacy;
  /** When this node was elected, by its own clock, if it was. */
  readonly claimedMs?: number;
}

interface Found {
  readonly head: SupervisorHead;
  readonly replication: Replication;
  readonly inheritance: Inheritance;
  readonly claimedMs: number;
}

/**
 * The distributed supervisors that run on this node: those that were started here, and those that
 * this node goes on with. They answer for the children that hosts report.
 */
export class NodeSupervisors {
  readonly #runtime: Runtime;
  readonly #hosts = new Map<string, DistributedHost>();
  readonly #successions = new Map<string, Succession>();
  readonly #exceeded = new Map<string, DistributedMaxRestartsExceededError>();
  readonly #handlers = new Set<DistributedSupervisorEventHandler>();
  readonly #loads = new PlacedLoads();

  constructor(runtime: Runtime) {
    this.#runtime = runtime;
    runtime.use(CHILD_HOST).answerTo({
      judge: (host, running) => this.#stale(host, running),
      hosting: (host, id, report) => this.#hosting(host, id, report),
      ended: (host, end) => this.#ended(host, end),
    });
    runtime.use(HOST_LEASES).desk.answerTo({
      giver: (id) =>
        this.#hosts.get(id)?.options.guard ?? (this.#successions.has(id) ? 'coming' : undefined),
      all: () => [...this.#hosts.values()].map(({ options }) => options.guard),
    });
    runtime.use(TAKEOVERS).won = (won) => this.#succeed(won);
  }

  host(id: string): DistributedHost | undefined {
    return this.#hosts.get(id);
  }

  ids(): readonly string[] {
    return [...this.#hosts.keys()];
  }

  /** The error of a supervisor that ended here because its children were lost too often. */
  exceeded(id: string): DistributedMaxRestartsExceededError | undefined {
    return this.#exceeded.get(id);
  }

  listen(handler: DistributedSupervisorEventHandler): () => void {
    const own: DistributedSupervisorEventHandler = (event) => handler(event);
    this.#handlers.add(own);
    return () => this.#handlers.delete(own);
  }

  /** Runs a supervisor here. */
  open(cluster: ClusterNode, part: HostPart): DistributedHost {
    const { ref, owner, settings, settled, children, legacy, claimedMs } = part;
    const { id } = ref;
    const { lease } = settings;
    const guard = new OwnerGuard(this.#runtime, cluster, { id, owner, lease, claimedMs });
    const host: DistributedHost = new DistributedHost(this.#runtime, cluster, ref, {
      ...hostOptions(settings),
      template: settings.childTemplate,
      owner,
      guard,
      settled,
      children,
      legacy,
      loads: this.#loads,
      tell: this.#tell,
      ended: () => this.#forget(id, host),
    });
    this.#hosts.set(id, host);
    const label = settled.name ?? 'DistributedSupervisor';
    // Its fence lets it keep its name from a former owner.
    const fence = { ...owner, ownerId: id, sequence: 0 };
    this.#runtime.spawn(
      { id, label, receiver: host, trapExit: true, fence },
      { started: () => undefined, failed: () => undefined },
    );
    return host;
  }

  /** A standby of this node is to go on with a supervisor: it claims it, and gathers what runs. */
  #succeed({ held, owner }: Won): void {
    const runtime = this.#runtime;
    const { node: cluster } = runtime.use(CLUSTER);
    const replicas = runtime.use(REPLICAS);
    const { record, atMs } = held;
    const { head, children } = record;
    const { id, voters } = head;
    const settings = readSettings(head.settings, cluster.codec);
    const claimedMs = runtime.platform.clock.nowMs();
    const passedMs = claimedMs - atMs;
    const aged = { ...head, restartAgesMs: head.restartAgesMs.map((ageMs) => ageMs + passedMs) };
    const { takeover: policy } = settings;
    const { self } = cluster;
    const { standbys } = head;
    const start = { self, owner, policy, head: ownHead(aged), children, voters, standbys };
    const replication = replicas.replicate(start);
    const members = cluster.memberIds();
    const succession = new Succession(owner, head.owner, replication, members, (inheritance) => {
      this.#successions.delete(id);
      this.#goOn(cluster, settings, { head: aged, replication, inheritance, claimedMs });
    });
    this.#successions.set(id, succession);
    this.#fact('supervisor_claimed', { supervisorId: id, term: owner.term });
    replicas.own(id, succession);
    succession.report(self.nodeId, runtime.use(CHILD_HOST).hosting(id));
    succession.begin();
  }

  #goOn(cluster: ClusterNode, settings: SupervisorSettings, found: Found): void {
    const { head, replication, inheritance, claimedMs } = found;
    const { owner } = replication.record.head;
    const { id, name, settings: packed, startedAt } = head;
    const ref = { id, nodeId: cluster.self.nodeId };
    const settled = { id, name, settings: packed, startedAt };
    const legacy = legacyOf(head, replication, inheritance, settings, cluster.codec);
    const part = { ref, owner, settings, settled, children: [], legacy, claimedMs };
    const host = this.open(cluster, part);
    for (const { host: nodeId, fence } of inheritance.stale) host.endOn(nodeId, fence);
    this.#runtime.use(HOST_LEASES).desk.settle(id);
    if (name === undefined) return;
    try {
      cluster.registry.register(name, ref);
    } catch (error) {
      const why = 'a supervisor that was taken over has lost its name';
      this.#runtime.platform.log.warn(why, { supervisor: id, name, error });
    }
  }

  /** What of this is not wanted any more; the host is told whose supervisor has ended. */
  #stale(host: NodeIdentity, running: readonly ReportedChild[]): readonly ReportedChild[] {
    const replicas = this.#runtime.use(REPLICAS);
    const ids = new Set(running.map(({ fence }) => fence.ownerId));
    for (const id of ids) if (replicas.isOver(id)) replicas.tellOver(host.nodeId, id);
    return running.filter((child) => this.#isStale(host, child));
  }

  /** Whether a child that `host` runs is this node's to decide on, and wanted no more. */
  #isStale(host: NodeIdentity, { fence }: ReportedChild): boolean {
    const { ownerId } = fence;
    const supervisor = this.#hosts.get(ownerId);
    if (supervisor !== undefined) return !supervisor.wants(host.nodeId, fence);
    // What runs is still being found out, or another node decides.
    if (this.#successions.has(ownerId)) return false;
    const replicas = this.#runtime.use(REPLICAS);
    if (replicas.isOver(ownerId) || replicas.ownerOf(ownerId) !== undefined) return false;
    return fence.ownerNode === this.#runtime.nodeId;
  }

  #hosting(host: NodeIdentity, id: string, report: HostReport): void {
    const succession = this.#successions.get(id);
    if (succession !== undefined) return succession.report(host.nodeId, report);
    const stale = this.#stale(host, report.running);
    const { node } = this.#runtime.use(CLUSTER);
    if (stale.length > 0) {
      endOn(
        node,
        host.nodeId,
        stale.map(({ fence }) => fence),
      );
    }
    for (const end of report.ended) this.#ended(host.nodeId, end);
  }

  #ended(host: NodeId, end: ChildEnd): void {
    const { ownerId } = end.fence;
    // A supervisor watches what runs on its own node from the start.
    if (host !== this.#runtime.nodeId) this.#hosts.get(ownerId)?.childEnded(host, end);
    this.#successions.get(ownerId)?.ended(host, end);
  }

  #forget(id: string, host: DistributedHost): void {
    if (this.#hosts.get(id) === host) this.#hosts.delete(id);
    if (host.exceeded === undefined) return;
    this.#exceeded.set(id, host.exceeded);
    const [oldest] = this.#exceeded.keys();
    if (this.#exceeded.size > REMEMBERED && oldest !== undefined) this.#exceeded.delete(oldest);
  }

  #fact(topic: string, fields: Readonly<Record<string, unknown>>): void {
    this.#runtime.probe?.({ kind: 'fact', topic, fields });
  }

  readonly #tell = (event: DistributedSupervisorEvent): void => {
    this.#fact('lifecycle', { ...event });
    for (const handler of [...this.#handlers]) {
      try {
        handler(event);
      } catch (error) {
        this.#runtime.platform.log.error('a lifecycle handler failed', { error });
      }
    }
  };
}

// Ended supervisors whose operations still get the better error.
const REMEMBERED = 1000;

export const NODE_SUPERVISORS: ServiceKey<NodeSupervisors> = {
  name: 'supervisors of the node',
  create: (runtime) => new NodeSupervisors(runtime),
};
