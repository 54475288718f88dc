/**
 * The side door: clusters, remote processes and distributed supervision.
 *
 * @module faultline/distribution
 */
export { NodeId } from './base/node-id.js';
export { BehaviorNotFoundError, type BehaviorOptions } from './cluster/behavior-registry.js';
export type { BehaviorMismatch } from './cluster/behavior-version.js';
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
export { type BonjourOptions, bonjourDiscovery } from './cluster/discovery-bonjour.js';
export { type DnsOptions, dnsDiscovery, srvDiscovery } from './cluster/discovery-dns.js';
export { MessageSerializationError, type SerializationOperation } from './cluster/codec-error.js';
export type { GlobalNamesConfig, GlobalRegisterOptions } from './cluster/global-names-config.js';
export type {
  GlobalRegistryEvent,
  GlobalRegistryHandler,
  GlobalRegistryListeners,
} from './cluster/global-registry-event.js';
export { GlobalNameConflictError, GlobalNameNotFoundError } from './cluster/global-registry.js';
export type { NameClaimant, NameConflictResolver } from './cluster/name-conflict.js';
export type { WhenLost } from './cluster/own-names.js';
export type { NodeDownReason } from './cluster/membership-event.js';
export type { NodeInfo } from './cluster/node-info.js';
export { BehaviorRegistry, GlobalRegistry } from './cluster/registry-facades.js';
export { RemoteCall } from './cluster/remote-call.js';
export {
  RemoteCallTimeoutError,
  RemoteLinkTimeoutError,
  RemoteMonitorTimeoutError,
  RemoteServerNotRunningError,
  RemoteSpawnInitError,
  RemoteSpawnRegistrationError,
  RemoteSpawnTimeoutError,
} from './cluster/remote-error.js';
export { RemoteLink, type RemoteLinkOptions } from './cluster/remote-link.js';
export { RemoteMonitor, type RemoteMonitorOptions } from './cluster/remote-monitor.js';
export {
  RemoteSpawn,
  type RemoteSpawnOptions,
  type RemoteStartOptions,
} from './cluster/remote-start.js';
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
export type { PlacementGuarantee } from './distributed/exclusive-policy.js';
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
export { MemoryNetwork, type MemoryNetworkOptions } from './transport/memory.js';
export {
  MessagePortTransport,
  type MessagePortTransportOptions,
} from './transport/message-port.js';
export type { TlsOptions } from './transport/tls.js';
