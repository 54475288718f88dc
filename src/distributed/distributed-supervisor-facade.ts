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
  restartChild: (ref: DistributedSupervisorRef, childId: string): Promise<GenServerRef> =>
    service().restartChild(ref, childId),
  rebalance: (
    ref: DistributedSupervisorRef,
    options?: RebalanceOptions,
  ): Promise<readonly ChildMove[]> => service().rebalance(ref, options),
  drain: (nodeId: NodeId): Promise<DrainReport> => service().drain(nodeId),
  undrain: (nodeId: NodeId): Promise<void> => service().undrain(nodeId),
  whereis: (name: string): DistributedSupervisorRef | undefined => service().whereis(name),
  registerSelector: (name: string, selector: NodeSelectorFn): void =>
    service().registerSelector(name, selector),
  unregisterSelector: (name: string): boolean => service().unregisterSelector(name),
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
