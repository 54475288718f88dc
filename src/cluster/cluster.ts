import { NodeId } from '../base/node-id.js';
import { here } from '../runtime/default-runtime.js';
import type { Runtime } from '../runtime/runtime.js';
import type { ServiceKey } from '../runtime/service.js';
import {
  type ClusterOptions,
  ClusterNotStartedError,
  InvalidClusterConfigError,
  checkConfig,
} from './cluster-config.js';
import { ClusterNode } from './cluster-node.js';
import type { NodeDownReason } from './membership-event.js';
import type { NodeInfo } from './node-info.js';

export type ClusterStatus = 'stopped' | 'starting' | 'running' | 'stopping';
export type NodeUpHandler = (node: NodeInfo) => void;
export type NodeDownHandler = (nodeId: NodeId, reason: NodeDownReason) => void;
export type StatusHandler = (status: ClusterStatus) => void;

/** The cluster that a runtime is, or is not, part of. */
export class ClusterService {
  readonly #runtime: Runtime;
  readonly #up = new Set<NodeUpHandler>();
  readonly #down = new Set<NodeDownHandler>();
  readonly #statusHandlers = new Set<StatusHandler>();
  readonly #attachments: ((node: ClusterNode) => void)[] = [];
  #node: ClusterNode | undefined;
  #status: ClusterStatus = 'stopped';

  constructor(runtime: Runtime) {
    this.#runtime = runtime;
  }

  /**
   * Makes this runtime a node: it listens, joins through its seeds, and goes on trying those that
   * are down. Resolves when it can be reached. Rejects with InvalidClusterConfigError.
   */
  async start(options: ClusterOptions): Promise<void> {
    if (this.#status !== 'stopped') {
      throw new InvalidClusterConfigError(`expected it to be stopped, but it is ${this.#status}`);
    }
    const config = checkConfig(options);
    this.#become('starting');
    const node = new ClusterNode(this.#runtime, config);
    this.#node = node;
    for (const attach of this.#attachments) attach(node);
    node.listen({
      up: (peer) => this.#tellUp(peer.nodeId),
      down: (peer, reason) => {
        for (const handler of [...this.#down]) handler(peer.nodeId, reason);
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
  }

  /** Leaves: the others are told, links are closed, calls that still wait are rejected. */
  async stop(): Promise<void> {
    const node = this.#node;
    if (node === undefined) return;
    this.#become('stopping');
    await node.stop();
    this.#node = undefined;
    this.#become('stopped');
  }

  /** The node; throws ClusterNotStartedError. */
  get node(): ClusterNode {
    if (this.#node === undefined) throw new ClusterNotStartedError();
    return this.#node;
  }

  get running(): ClusterNode | undefined {
    return this.#node;
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
    return subscribe(this.#up, handler);
  }

  onNodeDown(handler: NodeDownHandler): () => void {
    return subscribe(this.#down, handler);
  }

  onStatusChange(handler: StatusHandler): () => void {
    return subscribe(this.#statusHandlers, handler);
  }

  #tellUp(nodeId: NodeId): void {
    const info = this.node.nodes().find((node) => node.id === nodeId);
    if (info === undefined) return;
    for (const handler of [...this.#up]) handler(info);
  }

  #become(status: ClusterStatus): void {
    this.#status = status;
    for (const handler of [...this.#statusHandlers]) handler(status);
  }
}

function subscribe<Handler extends (...args: never[]) => void>(
  handlers: Set<Handler>,
  handler: Handler,
): () => void {
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
  getStatus: (): ClusterStatus => service().status,
  /** Throws ClusterNotStartedError, as all that follow. */
  getLocalNodeId: (): NodeId => service().node.self.nodeId,
  /** Every other node ever heard of, by id. */
  getNodes: (): NodeInfo[] => service().node.nodes(),
  /** The other nodes that can be reached now, by id. */
  getConnectedNodes: (): NodeInfo[] => service().node.connectedNodes(),
  getNode: (nodeId: NodeId): NodeInfo | undefined =>
    service()
      .node.nodes()
      .find((node) => node.id === nodeId),
  getNodeIds: (): NodeId[] =>
    service()
      .node.nodes()
      .map((node) => node.id),
  isNodeConnected: (nodeId: NodeId): boolean => service().node.isConnected(nodeId),
  getConnectedNodeCount: (): number => service().node.connectedNodes().length,
  getLocalNodeInfo: (): NodeInfo => service().node.localNode(),
  getUptimeMs: (): number => service().node.localNode().uptimeMs,
  /** Calls `handler` for each node that joins from now on; gives the function that ends it. */
  onNodeUp: (handler: NodeUpHandler): (() => void) => service().onNodeUp(handler),
  /** Calls `handler` for each node that is lost or leaves. */
  onNodeDown: (handler: NodeDownHandler): (() => void) => service().onNodeDown(handler),
  onStatusChange: (handler: StatusHandler): (() => void) => service().onStatusChange(handler),
} as const;
