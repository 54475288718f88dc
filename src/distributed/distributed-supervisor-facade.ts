import type { NodeId } from '../base/node-id.js';
import type { GenServerRef } from '../otp/behavior.js';
import { here } from '../runtime/default-runtime.js';
import type { ChildMove } from './child-move.js';
import type { DistributedChildInfo, DistributedChildSpec } from './distributed-child.js';
import type {
  DistributedSupervisorEventHandler,
  DistributedSupervisorRef,
} from './distributed-event.js';
import {
  DISTRIBUTED_SUPERVISORS,
  type DistributedSupervisors,
  type DrainReport,
  type RebalanceOptions,
} from './distributed-supervisor.js';
import type { NodeSelectorFn } from './node-selector.js';
import type { DistributedSupervisorOptions } from './supervisor-options.js';
import type { DistributedSupervisorStats } from './supervisor-view.js';

const service = (): DistributedSupervisors => here().use(DISTRIBUTED_SUPERVISORS);

/** Supervisors whose children run on any node of the cluster, and move when one is lost. */
export const DistributedSupervisor = {
  /**
   * Resolves once every child runs. Rejects, with the children that were started stopped again,
   * when one fails to start, when no node may take it, or when its node has no such behaviour.
   */
  start: (options?: DistributedSupervisorOptions): Promise<DistributedSupervisorRef> =>
    service().start(options),
  /**
   * Stops the children, on whichever nodes, in reverse order, then the supervisor, wherever it is.
   * Stopping one that has ended is no mistake.
   */
  stop: (ref: DistributedSupervisorRef, reason?: 'normal' | 'shutdown'): Promise<void> =>
    service().stop(ref, reason),
  /**
   * Adds a child after all others, or one more of a template with `args`. Rejects with
   * NoAvailableNodeError when no node may take it now, and then nothing is kept of it.
   */
  startChild: (
    ref: DistributedSupervisorRef,
    child: DistributedChildSpec | readonly unknown[],
  ): Promise<GenServerRef> => service().startChild(ref, child),
  /** Stops a child for good, wherever it runs, and forgets its spec. */
  terminateChild: (ref: DistributedSupervisorRef, childId: string): Promise<void> =>
    service().terminateChild(ref, childId),
  /**
   * Starts a child anew, free of charge, on whichever node its selector chooses now; one that runs
   * is stopped first, unless no node may take it.
   */
  restartChild: (ref: DistributedSupervisorRef, childId: string): Promise<GenServerRef> =>
    service().restartChild(ref, childId),
  /**
   * Evens out the children over the nodes, one after the other, free of charge; resolves to the
   * moves that were made. Pinned and `local_first` children stay.
   */
  rebalance: (
    ref: DistributedSupervisorRef,
    options?: RebalanceOptions,
  ): Promise<readonly ChildMove[]> => service().rebalance(ref, options),
  /**
   * Has a node take no more children of any supervisor, and moves those that it has elsewhere. In
   * force until `undrain`, or until the node is gone.
   */
  drain: (nodeId: NodeId): Promise<DrainReport> => service().drain(nodeId),
  /** Lets a drained node take children again. Nothing is moved back. */
  undrain: (nodeId: NodeId): Promise<void> => service().undrain(nodeId),
  /** The supervisor with this global name, on whichever node it is. */
  whereis: (name: string): DistributedSupervisorRef | undefined => service().whereis(name),
  /** Gives a selector function a name on this node; with `takeover`, register it on all nodes. */
  registerSelector: (name: string, selector: NodeSelectorFn): void =>
    service().registerSelector(name, selector),
  /** False when there was none on this node. */
  unregisterSelector: (name: string): boolean => service().unregisterSelector(name),
  /** All running children, in start order; of a supervisor elsewhere as it was told last. */
  getChildren: (ref: DistributedSupervisorRef): DistributedChildInfo[] =>
    service().getChildren(ref),
  /** The child if it runs. */
  getChild: (ref: DistributedSupervisorRef, childId: string): DistributedChildInfo | undefined =>
    service().getChild(ref, childId),
  /** How many children it has, running or waiting to run. */
  countChildren: (ref: DistributedSupervisorRef): number => service().countChildren(ref),
  /** Whether it runs, on whichever node, as far as is known here. */
  isRunning: (ref: DistributedSupervisorRef): boolean => service().isRunning(ref),
  /** Restarts, and children by node; of a supervisor elsewhere as it was told last. */
  getStats: (ref: DistributedSupervisorRef): DistributedSupervisorStats => service().getStats(ref),
  /**
   * Calls `handler` for the events of supervisors that run here; gives the function that ends it.
   */
  onLifecycleEvent: (handler: DistributedSupervisorEventHandler): (() => void) =>
    service().onLifecycleEvent(handler),
} as const;
