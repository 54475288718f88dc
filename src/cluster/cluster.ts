import { NodeId } from '../base/node-id.js';
import { here } from '../runtime/default-runtime.js';
import { ERROR_CLASSES } from '../runtime/error-classes.js';
import type { Runtime } from '../runtime/runtime.js';
import type { ServiceKey } from '../runtime/service.js';
import { VERSION_EXCHANGE } from './behavior-exchange.js';
import {
  type ClusterOptions,
  type ClusterPlan,
  ClusterNotStartedError,
  InvalidClusterConfigError,
  checkConfig,
} from './cluster-config.js';
import { ClusterNode } from './cluster-node.js';
import { reachOf } from './cluster-transport.js';
import { CONFIRMATIONS } from './confirmation.js';
import { SeedSearch } from './discovery-search.js';
import type { NodeIdentity } from './handshake-message.js';
import type { NodeDownReason } from './membership-event.js';
import type { NodeInfo } from './node-info.js';
import { WIRE_ERRORS } from './wire-failure.js';

/** Where a node is between `Cluster.start` and the end of `Cluster.stop`. */
export type ClusterStatus = 'stopped' | 'starting' | 'running' | 'stopping';
/** Told of a node that has joined: calls to it work from now on. */
export type NodeUpHandler = (node: NodeInfo) => void;
/** Told of a node that was lost or has left, and why. */
export type NodeDownHandler = (nodeId: NodeId, reason: NodeDownReason) => void;
/** Told each status as it begins. */
export type StatusHandler = (status: ClusterStatus) => void;

/** The cluster that a runtime is, or is not, part of. */
export class ClusterService {
  readonly #runtime: Runtime;
  readonly #up = new Set<NodeUpHandler>();
  readonly #down = new Set<NodeDownHandler>();
  readonly #statusHandlers = new Set<StatusHandler>();
  readonly #attachments: ((node: ClusterNode) => void)[] = [];
  #node: ClusterNode | undefined;
  #search: SeedSearch | undefined;
  #status: ClusterStatus = 'stopped';
  #starting: Promise<void> | undefined;
  #stopping: Promise<void> | undefined;
  #lives = 0n;

  constructor(runtime: Runtime) {
    this.#runtime = runtime;
    runtime.use(ERROR_CLASSES).add(WIRE_ERRORS);
    this.attach((node) => {
      runtime.use(VERSION_EXCHANGE).attach(node);
      runtime.use(CONFIRMATIONS).attach(node);
    });
  }

  /**
   * Makes this runtime a node: it listens, joins through its seeds, and goes on trying those that
   * are down. Resolves when it can be reached. Rejects with InvalidClusterConfigError, or with the
   * ListenError of the transport; it can be started again then, as after `stop`.
   */
  async start(options: ClusterOptions): Promise<void> {
    if (this.#status !== 'stopped') {
      throw new InvalidClusterConfigError(`expected it to be stopped, but it is ${this.#status}`);
    }
    this.#starting = this.#begin(options, checkConfig(options));
    await this.#starting;
  }

  /**
   * Leaves: distributed supervisors of this node are stopped, the others are told, links are
   * closed, and whatever still waits for an answer is rejected. Never rejects; resolves at once
   * when there is nothing to leave.
   */
  stop(): Promise<void> {
    this.#stopping ??= this.#end().finally(() => (this.#stopping = undefined));
    return this.#stopping;
  }

  /** The node, until it has left; throws ClusterNotStartedError. */
  get node(): ClusterNode {
    const node = this.running;
    if (node === undefined) throw new ClusterNotStartedError();
    return node;
  }

  /** Throws ClusterNotStartedError. */
  assertRunning(): void {
    if (this.running === undefined) throw new ClusterNotStartedError();
  }

  get running(): ClusterNode | undefined {
    return this.#status === 'running' || this.#status === 'stopping' ? this.#node : undefined;
  }

  /** Runs for every node that this runtime becomes, before it joins: for floors above. */
  attach(onNode: (node: ClusterNode) => void): void {
    this.#attachments.push(onNode);
    if (this.#node !== undefined) onNode(this.#node);
  }

  get status(): ClusterStatus {
    return this.#status;
  }

  onNodeUp(handler: NodeUpHandler): () => void {
    return subscribe(this.#up, (node) => handler(node));
  }

  onNodeDown(handler: NodeDownHandler): () => void {
    return subscribe(this.#down, (nodeId, reason) => handler(nodeId, reason));
  }

  onStatusChange(handler: StatusHandler): () => void {
    return subscribe(this.#statusHandlers, (status) => handler(status));
  }

  async #begin(options: ClusterOptions, plan: ClusterPlan): Promise<void> {
    this.#become('starting');
    let node: ClusterNode;
    try {
      const { transport, host, port } = await reachOf(options, this.#runtime.platform);
      const nodeId = NodeId.create(options.nodeName, host, port);
      node = new ClusterNode(this.#runtime, { ...plan, nodeId, transport }, this.#nextLife(nodeId));
    } catch (error) {
      this.#become('stopped');
      throw error;
    }
    this.#node = node;
    for (const attach of this.#attachments) attach(node);
    node.listen({
      up: (peer) => this.#tellUp(node, peer.nodeId),
      down: (peer, reason) => {
        for (const handler of [...this.#down]) this.#guard(() => handler(peer.nodeId, reason));
      },
    });
    try {
      await node.start();
    } catch (error) {
      this.#node = undefined;
      this.#become('stopped');
      throw error;
    }
    this.#become('running');
    if (options.discovery === undefined) return;
    const { reconnectBaseDelayMs: baseDelayMs, reconnectMaxDelayMs: maxDelayMs } = plan;
    const pauses = { baseDelayMs, maxDelayMs };
    this.#search = new SeedSearch(this.#runtime.platform, node, options.discovery, pauses);
    this.#search.start(node.self.nodeId);
  }

  // To the others a node that left and comes again is another one: it remembers nothing of them.
  #nextLife(nodeId: NodeId): NodeIdentity {
    const incarnation = this.#runtime.platform.incarnation + this.#lives;
    this.#lives += 1n;
    return { nodeId, incarnation };
  }

  async #end(): Promise<void> {
    await this.#starting?.catch(() => undefined);
    const node = this.#node;
    if (node === undefined) return;
    this.#become('stopping');
    try {
      await node.stop();
    } catch (error) {
      // A transport that does not close has nothing more to tell; the node is gone all the same.
      this.#runtime.platform.log.error('the transport of the cluster did not close', { error });
    }
    if (this.#search !== undefined) await this.#search.close();
    this.#search = undefined;
    this.#node = undefined;
    this.#become('stopped');
  }

  #tellUp(node: ClusterNode, nodeId: NodeId): void {
    const info = node.nodes().find(({ id }) => id === nodeId);
    if (info === undefined) return;
    for (const handler of [...this.#up]) this.#guard(() => handler(info));
  }

  #become(status: ClusterStatus): void {
    this.#status = status;
    for (const handler of [...this.#statusHandlers]) this.#guard(() => handler(status));
  }

  // A handler is a guest: its failure must not keep the cluster from what it is about to do.
  #guard(tell: () => void): void {
    try {
      tell();
    } catch (error) {
      this.#runtime.platform.log.error('a handler of cluster events failed', { error });
    }
  }
}

function subscribe<Handler>(handlers: Set<Handler>, handler: Handler): () => void {
  handlers.add(handler);
  return () => handlers.delete(handler);
}

export const CLUSTER: ServiceKey<ClusterService> = {
  name: 'cluster',
  create: (runtime) => new ClusterService(runtime),
};

const service = (): ClusterService => here().use(CLUSTER);

/** The cluster of the node this code runs on. */
export const Cluster = {
  /** Joins a cluster; see {@link ClusterService.start}. */
  start: (options: ClusterOptions): Promise<void> => service().start(options),
  /** Leaves it; see {@link ClusterService.stop}. */
  stop: (): Promise<void> => service().stop(),
  /** Never throws, whatever the status is. */
  getStatus: (): ClusterStatus => service().status,
  /** Throws ClusterNotStartedError, as all that follow. */
  getLocalNodeId: (): NodeId => service().node.self.nodeId,
  /** Every other node ever heard of, by id. */
  getNodes: (): NodeInfo[] => service().node.nodes(),
  /** The other nodes that can be reached now, by id. */
  getConnectedNodes: (): NodeInfo[] => service().node.connectedNodes(),
  /** What is known of a node, connected or not; `undefined` of one never heard of. */
  getNode: (nodeId: NodeId): NodeInfo | undefined =>
    service()
      .node.nodes()
      .find((node) => node.id === nodeId),
  /** The ids of `getNodes`, in the same order. */
  getNodeIds: (): NodeId[] =>
    service()
      .node.nodes()
      .map((node) => node.id),
  /** Whether there is a link to it now; of this node itself always. */
  isNodeConnected: (nodeId: NodeId): boolean => service().node.isConnected(nodeId),
  /** Without this node itself. */
  getConnectedNodeCount: (): number => service().node.connectedNodes().length,
  /** This node as the others see it. */
  getLocalNodeInfo: (): NodeInfo => service().node.localNode(),
  /** Milliseconds since it joined, by the monotonic clock. */
  getUptimeMs: (): number => service().node.localNode().uptimeMs,
  /** Calls `handler` for each node that joins from now on; gives the function that ends it. */
  onNodeUp: (handler: NodeUpHandler): (() => void) => service().onNodeUp(handler),
  /** Calls `handler` for each node that is lost or leaves. */
  onNodeDown: (handler: NodeDownHandler): (() => void) => service().onNodeDown(handler),
  /** Calls `handler` for each change from now on; gives the function that ends it. */
  onStatusChange: (handler: StatusHandler): (() => void) => service().onStatusChange(handler),
} as const;
