// The side door: clusters, remote processes and distributed supervision.
export { NodeId } from './base/node-id.js';
export { BehaviorNotFoundError } from './cluster/behavior-registry.js';
export {
  CLUSTER_DEFAULTS,
  ClusterNotStartedError,
  type ClusterOptions,
  InvalidClusterConfigError,
} from './cluster/cluster-config.js';
export type {
  ClusterStatus,
  NodeDownHandler,
  NodeUpHandler,
  StatusHandler,
} from './cluster/cluster.js';
export { type Discovery, allDiscoveries, seedDiscovery } from './cluster/discovery.js';
export { type DnsOptions, dnsDiscovery, srvDiscovery } from './cluster/discovery-dns.js';
export { MessageSerializationError } from './cluster/codec-error.js';
export {
  GlobalNameConflictError,
  GlobalNameNotFoundError,
  type GlobalRegistryEvent,
} from './cluster/global-registry.js';
export type { NodeDownReason } from './cluster/membership-event.js';
export type { NodeInfo } from './cluster/node-info.js';
export {
  BehaviorRegistry,
  GlobalRegistry,
  RemoteSpawn,
  type RemoteSpawnOptions,
} from './cluster/registry-facades.js';
export { RemoteSpawnTimeoutError } from './cluster/remote-spawn.js';
export { StaleFenceError } from './cluster/spawn-gate.js';
export type { ChildMove } from './distributed/child-move.js';
export type {
  DistributedChildInfo,
  DistributedChildSpec,
  DistributedChildTemplate,
} from './distributed/distributed-child.js';
export {
  DistributedBehaviorNotFoundError,
  DistributedChildNotFoundError,
  DistributedDuplicateChildError,
  DistributedInvalidSimpleOneForOneError,
  DistributedMaxRestartsExceededError,
  DistributedMissingChildTemplateError,
  DistributedSupervisorError,
  NoAvailableNodeError,
  SelectorNotRegisteredError,
} from './distributed/distributed-error.js';
export type {
  DistributedSupervisorEvent,
  DistributedSupervisorEventHandler,
  DistributedSupervisorRef,
} from './distributed/distributed-event.js';
export type { DrainReport, RebalanceOptions } from './distributed/distributed-supervisor.js';
export { DistributedSupervisor } from './distributed/distributed-supervisor-facade.js';
export type { DistributedSupervisorStats } from './distributed/supervisor-view.js';
export {
  DISTRIBUTED_SUPERVISOR_DEFAULTS,
  type DistributedSupervisorOptions,
} from './distributed/supervisor-options.js';
export type { PartitionPolicy, TakeoverOptions } from './distributed/takeover-policy.js';
export type {
  LabelSelector,
  NamedSelector,
  NodeSelector,
  NodeSelectorFn,
  NodeSelectorType,
} from './distributed/node-selector.js';
export type { GenServerBehavior, GenServerRef } from './otp/behavior.js';
export type { Address, CloseReason, Link, LinkEvents, Transport } from './platform/transport.js';
export { Cluster } from './threads/cluster.js';
export { ThreadModuleError, ThreadStartError } from './threads/thread-error.js';
export { startThreadNode } from './threads/thread-node.js';
export type {
  ListenOptions,
  ThreadExit,
  ThreadModule,
  ThreadNode,
  ThreadNodeOptions,
} from './threads/thread-options.js';
export { MemoryNetwork } from './transport/memory.js';
export { MessagePortTransport } from './transport/message-port.js';
