import { FaultlineError } from '../base/errors.js';
import { InvalidNodeIdError, NodeId } from '../base/node-id.js';
import type { Address, Transport } from '../platform/transport.js';
import type { TlsOptions } from '../transport/tls.js';
import { InvalidOptionError, checkCount } from '../otp/option.js';
import type { Discovery } from './discovery.js';
import { FRAME_BYTES_MAX } from './frame.js';
import { checkLabels } from './node-label.js';
import { type GlobalNamesConfig, checkGlobalNames } from './global-names-config.js';

/** What may be told to a node that joins a cluster. */
export interface ClusterOptions {
  /** The name part of the node's id: a letter, then letters, digits, `_` or `-`, at most 64. */
  readonly nodeName: string;
  /**
   * Where the node listens, and the host part of its id; `127.0.0.1` by default, which only this
   * machine can reach. Any other needs a `clusterSecret`, or `tls` that shows who the others are.
   */
  readonly host?: string;
  /**
   * Where it listens, and the port part of its id; 4369 by default. 0 takes one that is free, which
   * is in the id then.
   */
  readonly port?: number;
  /** The host part of the id, when others reach this node by another name than it listens at. */
  readonly advertiseHost?: string;
  /** What all nodes of the cluster know: nobody else gets a frame in, or to hear anything. */
  readonly clusterSecret?: string;
  /** Encrypts all links; with a `ca`, both sides of each have to show a certificate of it. */
  readonly tls?: TlsOptions;
  /** Lets a node that others can reach take anybody in; false by default. */
  readonly allowUnauthenticated?: boolean;
  /**
   * What the node is good for, as `gpu`: children of distributed supervisors may ask for it. None
   * by default.
   */
  readonly labels?: readonly string[];
  /** The largest message in bytes, either way; 16 MiB by default. Give all nodes the same. */
  readonly frameBytesMax?: number;
  /** Nodes to join, as `name@host:port`. One that is down is tried again until it is there. */
  readonly seeds?: readonly string[];
  /** Finds more nodes to join, and is asked again while it runs; `Cluster.stop` closes it. */
  readonly discovery?: Discovery;
  /** Milliseconds between heartbeats; 5000 by default. */
  readonly heartbeatIntervalMs?: number;
  /** Heartbeats that may be missing before a silent node counts as lost; 3 by default. */
  readonly heartbeatMissThreshold?: number;
  /** The first pause before a lost node is dialled again, in milliseconds; 1000 by default. */
  readonly reconnectBaseDelayMs?: number;
  /** The longest pause between two such dials, in milliseconds; 30000 by default. */
  readonly reconnectMaxDelayMs?: number;
  /** Milliseconds for a link from its first byte to the end of the join exchange; 5000. */
  readonly handshakeTimeoutMs?: number;
  /** What becomes of a name that two processes claim; by default one keeps it, the other ends. */
  readonly globalNames?: GlobalNamesConfig;
  /** How frames cross, when not over TCP: a memory network, message ports, or your own. */
  readonly transport?: Transport;
}

/** The defaults of {@link ClusterOptions}. */
export const CLUSTER_DEFAULTS = {
  HOST: '127.0.0.1',
  PORT: 4369,
  HEARTBEAT_INTERVAL_MS: 5000,
  HEARTBEAT_MISS_THRESHOLD: 3,
  RECONNECT_BASE_DELAY_MS: 1000,
  RECONNECT_MAX_DELAY_MS: 30_000,
  HANDSHAKE_TIMEOUT_MS: 5000,
} as const;

/** Options that no cluster can be started with. */
export class InvalidClusterConfigError extends FaultlineError {
  static readonly code = 'ERR_INVALID_CLUSTER_CONFIG';
  override readonly name = 'InvalidClusterConfigError';
  readonly code = InvalidClusterConfigError.code;

  constructor(
    readonly reason: string,
    options?: ErrorOptions,
  ) {
    super(`The cluster can't start: ${reason}`, options);
  }
}

/** This node is part of no cluster. */
export class ClusterNotStartedError extends FaultlineError {
  static readonly code = 'ERR_CLUSTER_NOT_STARTED';
  override readonly name = 'ClusterNotStartedError';
  readonly code = ClusterNotStartedError.code;

  constructor() {
    super('Expected this node to be part of a cluster; call Cluster.start first');
  }
}

export interface ClusterConfig {
  readonly nodeId: NodeId;
  readonly seeds: readonly Address[];
  readonly heartbeatIntervalMs: number;
  readonly heartbeatMissThreshold: number;
  readonly reconnectBaseDelayMs: number;
  readonly reconnectMaxDelayMs: number;
  readonly handshakeTimeoutMs: number;
  readonly frameBytesMax: number;
  readonly labels: readonly string[];
  readonly globalNames: GlobalNamesConfig;
  readonly transport: Transport;
}

/** What is known of a node before it has a port. */
export type ClusterPlan = Omit<ClusterConfig, 'nodeId' | 'transport'>;

/** Checks the options and fills in the defaults; throws {@link InvalidClusterConfigError}. */
export function checkConfig(options: ClusterOptions): ClusterPlan {
  try {
    return readConfig(options);
  } catch (error) {
    if (error instanceof InvalidNodeIdError || error instanceof InvalidOptionError) {
      throw new InvalidClusterConfigError(error.message, { cause: error });
    }
    throw error;
  }
}

/** Where the node with this id is dialled. */
export function addressOf(nodeId: NodeId): Address {
  return nodeId.slice(nodeId.indexOf('@') + 1);
}

function readConfig(options: ClusterOptions): ClusterPlan {
  const { nodeName, host = CLUSTER_DEFAULTS.HOST, port = CLUSTER_DEFAULTS.PORT } = options;
  const { seeds = [], advertiseHost = host } = options;
  if (!Array.isArray(seeds)) throw new InvalidOptionError('seeds', 'an array', seeds);
  const { discovery } = options;
  // Not by `find` alone: an array has one.
  const isOne = [discovery?.find, discovery?.close].every((part) => typeof part === 'function');
  if (discovery !== undefined && !isOne) {
    throw new InvalidOptionError('discovery', 'something with find and close', discovery);
  }
  // Port 0 is no part of an id: the one that is taken will be.
  NodeId.create(nodeName, advertiseHost, port === 0 && options.transport === undefined ? 1 : port);
  const reconnectBaseDelayMs = positive(options, 'reconnectBaseDelayMs', 'RECONNECT_BASE_DELAY_MS');
  const reconnectMaxDelayMs = positive(options, 'reconnectMaxDelayMs', 'RECONNECT_MAX_DELAY_MS');
  return {
    seeds: seeds.map((seed: string) => addressOf(NodeId.parse(seed))),
    heartbeatIntervalMs: positive(options, 'heartbeatIntervalMs', 'HEARTBEAT_INTERVAL_MS'),
    heartbeatMissThreshold: checkCount(
      'heartbeatMissThreshold',
      options.heartbeatMissThreshold ?? CLUSTER_DEFAULTS.HEARTBEAT_MISS_THRESHOLD,
      1,
    ),
    reconnectBaseDelayMs,
    reconnectMaxDelayMs: Math.max(reconnectBaseDelayMs, reconnectMaxDelayMs),
    handshakeTimeoutMs: positive(options, 'handshakeTimeoutMs', 'HANDSHAKE_TIMEOUT_MS'),
    frameBytesMax: checkCount('frameBytesMax', options.frameBytesMax ?? FRAME_BYTES_MAX, 65_536),
    labels: checkLabels(options.labels),
    globalNames: checkGlobalNames(options.globalNames),
  };
}

function positive(
  options: ClusterOptions,
  name:
    'heartbeatIntervalMs' | 'reconnectBaseDelayMs' | 'reconnectMaxDelayMs' | 'handshakeTimeoutMs',
  fallback: keyof typeof CLUSTER_DEFAULTS,
): number {
  const value = options[name] ?? CLUSTER_DEFAULTS[fallback];
  if (typeof value === 'number' && value > 0 && value < Infinity) return value;
  throw new InvalidOptionError(name, 'milliseconds, above 0', value);
}
