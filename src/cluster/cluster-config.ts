import { FaultlineError } from '../base/errors.js';
import { InvalidNodeIdError, NodeId } from '../base/node-id.js';
import type { Address, Transport } from '../platform/transport.js';
import { InvalidOptionError, checkCount } from '../otp/option.js';

/** What may be told to a node that joins a cluster. */
export interface ClusterOptions {
  /** The name part of the node's id: a letter, then letters, digits, `_` or `-`, at most 64. */
  readonly nodeName: string;
  /** The host part of the node's id, as others can reach it; `127.0.0.1` by default. */
  readonly host?: string;
  /** The port part of the node's id; 4369 by default. */
  readonly port?: number;
  /** Nodes to join, as `name@host:port`. One that is down is tried again until it is there. */
  readonly seeds?: readonly string[];
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
  /** How frames cross: a memory network, message ports, or a transport of your own. */
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
  readonly transport: Transport;
}

/** Checks the options and fills in the defaults; throws {@link InvalidClusterConfigError}. */
export function checkConfig(options: ClusterOptions): ClusterConfig {
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

function readConfig(options: ClusterOptions): ClusterConfig {
  const { nodeName, host = CLUSTER_DEFAULTS.HOST, port = CLUSTER_DEFAULTS.PORT } = options;
  const { seeds = [] } = options;
  if (!Array.isArray(seeds)) throw new InvalidOptionError('seeds', 'an array', seeds);
  if (options.transport === undefined) {
    throw new InvalidClusterConfigError(
      'expected { transport }: MemoryNetwork for one thread, MessagePortTransport between threads',
    );
  }
  const reconnectBaseDelayMs = positive(options, 'reconnectBaseDelayMs', 'RECONNECT_BASE_DELAY_MS');
  const reconnectMaxDelayMs = positive(options, 'reconnectMaxDelayMs', 'RECONNECT_MAX_DELAY_MS');
  return {
    nodeId: NodeId.create(nodeName, host, port),
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
    transport: options.transport,
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
