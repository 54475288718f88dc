import type { NodeId } from '../base/node-id.js';
import { CLUSTER } from '../cluster/cluster.js';
import { ClusterNotStartedError } from '../cluster/cluster-config.js';
import type { ClusterNode } from '../cluster/cluster-node.js';
import { GlobalNameConflictError } from '../cluster/global-registry.js';
import type { GenServerRef } from '../otp/behavior.js';
import { call } from '../otp/call.js';
import type { SupervisorStrategy } from '../otp/child-spec.js';
import { stopServer } from '../otp/gen-server.js';
import { checkName, checkRef } from '../otp/option.js';
import type { ChildView } from '../otp/supervision/child.js';
import { here } from '../runtime/default-runtime.js';
import type { Runtime } from '../runtime/runtime.js';
import type { ServiceKey } from '../runtime/service.js';
import {
  type ChildHandle,
  type DistributedChildInfo,
  type DistributedChildSpec,
  type DistributedChildTemplate,
  type PlacedSpec,
  checkDistributedChild,
} from './distributed-child.js';
import {
  DistributedInvalidSimpleOneForOneError,
  DistributedSupervisorError,
} from './distributed-error.js';
import type {
  DistributedSupervisorEventHandler,
  DistributedSupervisorRef,
} from './distributed-event.js';
import type { DistributedHost } from './distributed-host.js';
import { NODE_SUPERVISORS, type NodeSupervisors } from './node-supervisors.js';
import { firstOwner } from './record-keeper.js';
import { type DistributedRequest, SupervisorOrder } from './request-desk.js';
import {
  type DistributedSupervisorOptions,
  checkCrossingSelector,
  checkOptions,
  packSettings,
} from './supervisor-options.js';

/** What a supervisor has done so far. */
export interface DistributedSupervisorStats {
  readonly id: string;
  readonly strategy: SupervisorStrategy;
  readonly childCount: number;
  readonly childrenByNode: ReadonlyMap<NodeId, number>;
  /** Automatic restarts of children. */
  readonly totalRestarts: number;
  /** Children that had to be restarted because their node was lost. */
  readonly nodeFailureRestarts: number;
  /** Wall-clock milliseconds. */
  readonly startedAt: number;
  readonly uptimeMs: number;
}

/** Supervisors whose children run on any node of the cluster, and move when one is lost. */
export class DistributedSupervisors {
  readonly #runtime: Runtime;
  readonly #here: NodeSupervisors;

  constructor(runtime: Runtime) {
    this.#runtime = runtime;
    this.#here = runtime.use(NODE_SUPERVISORS);
  }

  /**
   * Resolves once every child runs. Rejects, with the children that were started stopped again,
   * when one fails to start, when no node may take it, or when its node has no such behaviour.
   * While another process has the name it rejects with GlobalNameConflictError.
   */
  async start(options: DistributedSupervisorOptions = {}): Promise<DistributedSupervisorRef> {
    const runtime = this.#runtime;
    const { node: cluster, status } = runtime.use(CLUSTER);
    if (status !== 'running') throw new ClusterNotStartedError();
    const id = runtime.ids.next('dsup');
    const ref = { id, nodeId: cluster.self.nodeId };
    const { settings, children } = checkOptions(id, options, cluster);
    const { name } = options;
    if (name !== undefined) checkFree(cluster, checkName('name', name));
    const packed = packSettings(settings, cluster.codec);
    const startedAt = runtime.platform.clock.wallMs();
    const host = this.#here.open(cluster, {
      ref,
      owner: firstOwner(cluster.self),
      settings,
      settled: { id, name, settings: packed, startedAt },
      children,
    });
    if (name !== undefined) cluster.registry.register(name, ref);
    return host.ready.promise;
  }

  /** Stops the children, on whichever nodes, in reverse order, then the supervisor. */
  async stop(
    ref: DistributedSupervisorRef,
    reason: 'normal' | 'shutdown' = 'normal',
  ): Promise<void> {
    checkRef(ref);
    await stopServer(this.#runtime, ref, reason);
  }

  /**
   * Adds a child after all others, or one more of a template with `args`. Rejects with
   * NoAvailableNodeError when no node may take it now, and then nothing is kept of it.
   */
  async startChild(
    ref: DistributedSupervisorRef,
    child: DistributedChildSpec | readonly unknown[],
  ): Promise<GenServerRef> {
    const spec = this.#specOf(ref, child);
    return (await this.#ask(ref, { kind: 'startChild', spec })) as GenServerRef;
  }

  /** Stops a child for good, wherever it runs, and forgets its spec. */
  async terminateChild(ref: DistributedSupervisorRef, childId: string): Promise<void> {
    await this.#ask(ref, { kind: 'terminateChild', id: childId });
  }

  /** All running children, in start order. */
  getChildren(ref: DistributedSupervisorRef): DistributedChildInfo[] {
    return [...this.#running(ref).kernel.children()].flatMap((child) => infoOf(child) ?? []);
  }

  /** The child if it runs. */
  getChild(ref: DistributedSupervisorRef, childId: string): DistributedChildInfo | undefined {
    const child = this.#running(ref).kernel.child(childId);
    return child === undefined ? undefined : infoOf(child);
  }

  /** How many children it has, running or waiting to run. */
  countChildren(ref: DistributedSupervisorRef): number {
    return this.#running(ref).kernel.childCount;
  }

  isRunning(ref: DistributedSupervisorRef): boolean {
    checkRef(ref);
    return this.#here.host(ref.id) !== undefined;
  }

  getStats(ref: DistributedSupervisorRef): DistributedSupervisorStats {
    const host = this.#running(ref);
    const childrenByNode = new Map<NodeId, number>();
    for (const { nodeId } of this.getChildren(ref)) {
      childrenByNode.set(nodeId, (childrenByNode.get(nodeId) ?? 0) + 1);
    }
    const { nodeFailureRestarts, startedAt } = host;
    return {
      id: ref.id,
      strategy: host.options.strategy,
      childCount: host.kernel.childCount,
      childrenByNode,
      totalRestarts: host.teller.totalRestarts,
      nodeFailureRestarts,
      startedAt,
      uptimeMs: this.#runtime.platform.clock.wallMs() - startedAt,
    };
  }

  onLifecycleEvent(handler: DistributedSupervisorEventHandler): () => void {
    return this.#here.listen(handler);
  }

  #running(ref: DistributedSupervisorRef): DistributedHost {
    checkRef(ref);
    const host = this.#here.host(ref.id);
    if (host !== undefined) return host;
    const exceeded = this.#here.exceeded(ref.id);
    if (exceeded !== undefined) throw exceeded;
    throw new DistributedSupervisorError(ref.id, 'no such supervisor runs on this node');
  }

  async #ask(ref: DistributedSupervisorRef, request: DistributedRequest): Promise<unknown> {
    this.#running(ref);
    if (request.kind !== 'startChild') checkName('the id of a child', request.id);
    return call(this.#runtime, ref, new SupervisorOrder(request), { timeout: Infinity });
  }

  #specOf(
    ref: DistributedSupervisorRef,
    child: DistributedChildSpec | readonly unknown[],
  ): PlacedSpec {
    const host = this.#running(ref);
    const { options } = host;
    const { strategy, takeover, template } = options;
    if (strategy !== 'simple_one_for_one') {
      if (!Array.isArray(child)) {
        const spec = child as DistributedChildSpec;
        const placed = checkDistributedChild(spec, options);
        const option = `nodeSelector of child ${placed.id}`;
        if (takeover !== undefined) checkCrossingSelector(option, spec.nodeSelector);
        return placed;
      }
      const why = 'an array of arguments goes with simple_one_for_one only; give { id, behavior }';
      throw new DistributedInvalidSimpleOneForOneError(ref.id, why);
    }
    if (!Array.isArray(child)) {
      const why = 'startChild takes an array of arguments';
      throw new DistributedInvalidSimpleOneForOneError(ref.id, why);
    }
    host.madeCount += 1;
    const args: readonly unknown[] = child;
    const made = { ...(template as DistributedChildTemplate), id: `child_${host.madeCount}`, args };
    return checkDistributedChild(made, options);
  }
}

function checkFree(cluster: ClusterNode, name: string): void {
  const existing = cluster.registry.whereis(name);
  if (existing === undefined) return;
  throw new GlobalNameConflictError(name, existing.nodeId ?? cluster.self.nodeId);
}

function infoOf(child: ChildView<PlacedSpec, ChildHandle>): DistributedChildInfo | undefined {
  const { handle, spec, status, restartCount } = child;
  if (handle === undefined || (status !== 'running' && status !== 'stopping')) return undefined;
  const { ref, nodeId, startedAt } = handle;
  return { id: spec.id, ref, spec: spec.given, nodeId, restartCount, startedAt };
}

export const DISTRIBUTED_SUPERVISORS: ServiceKey<DistributedSupervisors> = {
  name: 'distributed supervisors',
  create: (runtime) => new DistributedSupervisors(runtime),
};

const service = (): DistributedSupervisors => here().use(DISTRIBUTED_SUPERVISORS);

/** Distributed supervisors of the node this code runs on; see {@link DistributedSupervisors}. */
export const DistributedSupervisor = {
  start: (options?: DistributedSupervisorOptions): Promise<DistributedSupervisorRef> =>
    service().start(options),
  stop: (ref: DistributedSupervisorRef, reason?: 'normal' | 'shutdown'): Promise<void> =>
    service().stop(ref, reason),
  startChild: (
    ref: DistributedSupervisorRef,
    child: DistributedChildSpec | readonly unknown[],
  ): Promise<GenServerRef> => service().startChild(ref, child),
  terminateChild: (ref: DistributedSupervisorRef, childId: string): Promise<void> =>
    service().terminateChild(ref, childId),
  getChildren: (ref: DistributedSupervisorRef): DistributedChildInfo[] =>
    service().getChildren(ref),
  getChild: (ref: DistributedSupervisorRef, childId: string): DistributedChildInfo | undefined =>
    service().getChild(ref, childId),
  countChildren: (ref: DistributedSupervisorRef): number => service().countChildren(ref),
  isRunning: (ref: DistributedSupervisorRef): boolean => service().isRunning(ref),
  getStats: (ref: DistributedSupervisorRef): DistributedSupervisorStats => service().getStats(ref),
  onLifecycleEvent: (handler: DistributedSupervisorEventHandler): (() => void) =>
    service().onLifecycleEvent(handler),
} as const;
