import { NodeId } from '../base/node-id.js';
import { CLUSTER } from '../cluster/cluster.js';
import { ClusterNotStartedError } from '../cluster/cluster-config.js';
import type { ClusterNode } from '../cluster/cluster-node.js';
import { GlobalNameConflictError } from '../cluster/global-registry.js';
import type { GenServerRef } from '../otp/behavior.js';
import {
  InvalidOptionError,
  checkCount,
  checkFunction,
  checkName,
  checkRef,
  checkWord,
} from '../otp/option.js';
import type { Runtime } from '../runtime/runtime.js';
import type { ServiceKey } from '../runtime/service.js';
import type { ChildMove } from './child-move.js';
import type { Clearing } from './child-mover.js';
import type { DistributedChildInfo, DistributedChildSpec } from './distributed-child.js';
import type {
  DistributedSupervisorEventHandler,
  DistributedSupervisorRef,
} from './distributed-event.js';
import { DRAINS, type Drains } from './drains.js';
import { NAMED_SELECTORS } from './named-selectors.js';
import type { NodeSelectorFn } from './node-selector.js';
import { NODE_SUPERVISORS, type NodeSupervisors } from './node-supervisors.js';
import { firstOwner } from './record-keeper.js';
import {
  type DistributedSupervisorOptions,
  checkCrossingSelector,
  checkOptions,
  packSettings,
} from './supervisor-options.js';
import { SupervisorReach } from './supervisor-reach.js';
import {
  type DistributedSupervisorStats,
  type SupervisorView,
  statsOf,
} from './supervisor-view.js';

/** How far `rebalance` may go. */
export interface RebalanceOptions {
  /** As many as it takes by default. */
  readonly maxMoves?: number;
}

/** What became of the children of a node that was drained. */
export interface DrainReport {
  /** Everything that was moved away since the drain began. */
  readonly moves: readonly ChildMove[];
  /** Those that no other node may take. */
  readonly stayed: readonly { readonly supervisorId: string; readonly childId: string }[];
}

/** Supervisors whose children run on any node of the cluster, and move when one is lost. */
export class DistributedSupervisors {
  readonly #runtime: Runtime;
  readonly #here: NodeSupervisors;
  readonly #reach: SupervisorReach;
  readonly #drains: Drains;

  constructor(runtime: Runtime) {
    this.#runtime = runtime;
    this.#here = runtime.use(NODE_SUPERVISORS);
    this.#reach = new SupervisorReach(runtime);
    this.#drains = runtime.use(DRAINS);
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

  /**
   * Stops the children, on whichever nodes, in reverse order, then the supervisor, wherever it is.
   * Stopping one that has ended is no mistake.
   */
  async stop(
    ref: DistributedSupervisorRef,
    reason: 'normal' | 'shutdown' = 'normal',
  ): Promise<void> {
    checkRef(ref);
    checkWord('reason', ['normal', 'shutdown'], reason);
    await this.#reach.stop(ref, reason);
  }

  /**
   * Adds a child after all others, or one more of a template with `args`. Rejects with
   * NoAvailableNodeError when no node may take it now, and then nothing is kept of it.
   */
  async startChild(
    ref: DistributedSupervisorRef,
    child: DistributedChildSpec | readonly unknown[],
  ): Promise<GenServerRef> {
    checkRef(ref);
    if (typeof (child as unknown) !== 'object' || (child as unknown) === null) {
      throw new InvalidOptionError('the child', 'a spec { id, behavior } or an array', child);
    }
    if (this.#here.host(ref.id) === undefined && !Array.isArray(child)) {
      const { nodeSelector } = child as DistributedChildSpec;
      checkCrossingSelector('nodeSelector of the child', nodeSelector);
    }
    return (await this.#reach.ask(ref, { order: 'startChild', child })) as GenServerRef;
  }

  /**
   * Stops a child for good, wherever it runs, and forgets its spec. One that does not end within
   * its `shutdownTimeout` is killed.
   */
  async terminateChild(ref: DistributedSupervisorRef, childId: string): Promise<void> {
    await this.#askAbout(ref, 'terminateChild', childId);
  }

  /**
   * Starts a child anew, free of charge, on whichever node its selector chooses now: one that runs
   * is stopped first. Rejects with NoAvailableNodeError when no node may take it, and then it runs
   * on; should the new start fail, the caller is told, and the child is restarted like any other.
   */
  async restartChild(ref: DistributedSupervisorRef, childId: string): Promise<GenServerRef> {
    return (await this.#askAbout(ref, 'restartChild', childId)) as GenServerRef;
  }

  /**
   * Evens out the children over the nodes with as few moves as it takes, or `maxMoves`; resolves to
   * those that were made. Only children that are placed by `round_robin`, `least_loaded` or
   * `random` are moved: one after the other, each stopped where it is and started elsewhere, free
   * of charge.
   */
  async rebalance(
    ref: DistributedSupervisorRef,
    { maxMoves }: RebalanceOptions = {},
  ): Promise<readonly ChildMove[]> {
    checkRef(ref);
    if (maxMoves !== undefined && maxMoves !== Infinity) checkCount('maxMoves', maxMoves, 0);
    const movesMax = maxMoves === Infinity ? undefined : maxMoves;
    return (await this.#reach.ask(ref, { order: 'rebalance', movesMax })) as ChildMove[];
  }

  /**
   * Has a node take no more children of any supervisor, and moves those that it has to other nodes,
   * for each supervisor one after the other. Resolves when that is done. What no other node may
   * take stays where it is. In force until `undrain`, or until the node is gone. A supervisor that
   * is just starting is not waited for, but moves what it has there, too.
   *
   * Rejects with NodeNotReachableError when the node is no connected member, and with
   * DistributedSupervisorError when a supervisor was lost over it; it may be asked again.
   */
  async drain(nodeId: NodeId): Promise<DrainReport> {
    const node = NodeId.parse(nodeId);
    await this.#drains.ask(node, true);
    const order = { order: 'clear', nodeId: node } as const;
    const clearings = await Promise.all(
      this.#reach.all().map(async (ref) => {
        const supervisorId = ref.id;
        const clearing = await this.#reach.ask(ref, order).catch((error: unknown) => {
          // One that has ended in the meantime has no children there.
          if (this.#reach.isRunning(supervisorId)) throw error;
        });
        return { supervisorId, ...((clearing ?? NOTHING_MOVED) as Clearing) };
      }),
    );
    return {
      moves: clearings.flatMap(({ moves }) => moves),
      stayed: clearings.flatMap(({ supervisorId, stayed }) =>
        stayed.map((childId) => ({ supervisorId, childId })),
      ),
    };
  }

  /** Lets a drained node take children again. Nothing is moved back. */
  async undrain(nodeId: NodeId): Promise<void> {
    await this.#drains.ask(NodeId.parse(nodeId), false);
  }

  /** The supervisor with this global name, if one has it. */
  whereis(name: string): DistributedSupervisorRef | undefined {
    const found = this.#runtime.use(CLUSTER).node.registry.whereis(checkName('name', name));
    if (found?.nodeId === undefined || !found.id.startsWith('dsup_')) return undefined;
    return { id: found.id, nodeId: found.nodeId };
  }

  /**
   * Gives a selector function a name on this node. Supervisors that may go to other nodes ask for
   * it by `{ selector: name }`: register it on all of them. Where it is missing, children wait for
   * it.
   */
  registerSelector(name: string, selector: NodeSelectorFn): void {
    this.#runtime.use(NAMED_SELECTORS).register(name, selector);
  }

  /** Whether there was such a selector on this node. */
  unregisterSelector(name: string): boolean {
    return this.#runtime.use(NAMED_SELECTORS).unregister(checkName('name', name));
  }

  /** All running children, in start order; of a supervisor elsewhere as it was told last. */
  getChildren(ref: DistributedSupervisorRef): DistributedChildInfo[] {
    return this.#view(ref).children();
  }

  /** The child if it runs. */
  getChild(ref: DistributedSupervisorRef, childId: string): DistributedChildInfo | undefined {
    return this.#view(ref).child(childId);
  }

  /** How many children it has, running or waiting to run. */
  countChildren(ref: DistributedSupervisorRef): number {
    return this.#view(ref).childCount;
  }

  /** Whether it runs, on whichever node, as far as is known here. */
  isRunning(ref: DistributedSupervisorRef): boolean {
    checkRef(ref);
    return this.#reach.isRunning(ref.id);
  }

  getStats(ref: DistributedSupervisorRef): DistributedSupervisorStats {
    return statsOf(ref.id, this.#view(ref), this.#runtime.platform.clock.wallMs());
  }

  onLifecycleEvent(handler: DistributedSupervisorEventHandler): () => void {
    checkFunction('the handler', handler);
    return this.#here.listen(handler);
  }

  #view(ref: DistributedSupervisorRef): SupervisorView {
    checkRef(ref);
    return this.#reach.view(ref.id);
  }

  #askAbout(
    ref: DistributedSupervisorRef,
    order: 'terminateChild' | 'restartChild',
    childId: string,
  ): Promise<unknown> {
    checkRef(ref);
    checkName('the id of a child', childId);
    return this.#reach.ask(ref, { order, childId });
  }
}

function checkFree(cluster: ClusterNode, name: string): void {
  const existing = cluster.registry.whereis(name);
  if (existing === undefined) return;
  throw new GlobalNameConflictError(name, existing.nodeId ?? cluster.self.nodeId);
}

const NOTHING_MOVED: Clearing = { moves: [], stayed: [] };

export const DISTRIBUTED_SUPERVISORS: ServiceKey<DistributedSupervisors> = {
  name: 'distributed supervisors',
  create: (runtime) => new DistributedSupervisors(runtime),
};
