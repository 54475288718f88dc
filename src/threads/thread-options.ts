import type { Worker, WorkerOptions } from 'node:worker_threads';
import type { NodeId } from '../base/node-id.js';
import type { ClusterOptions } from '../cluster/cluster-config.js';
import type { AnyBehavior } from '../otp/behavior.js';
import type { Cluster } from './cluster.js';

/** What the module of a thread node exports, by name. */
export interface ThreadModule {
  /** The behaviours that other nodes may start there. */
  readonly behaviors?: Readonly<Record<string, AnyBehavior>>;
  /** Runs once the node has joined its host, with the `args` of its options. */
  readonly setup?: (cluster: typeof Cluster, args: unknown) => void | Promise<void>;
}

/** What may be told to a thread node; what is not said of its cluster is as on its host. */
export interface ThreadNodeOptions extends Pick<ClusterOptions, ClusterTiming> {
  /** The name part of its id; `thread1`, `thread2`, ... by default. */
  readonly name?: string;
  /** What `setup` gets, as a copy. */
  readonly args?: unknown;
  /** Its `process.env`; a copy of this one by default. */
  readonly env?: NonNullable<WorkerOptions['env']>;
  /** How much memory it may take; more ends it, and no other node. */
  readonly resourceLimits?: NonNullable<Worker['resourceLimits']>;
  /** Flags of Node for it; none by default, whatever this process was started with. */
  readonly execArgv?: readonly string[];
  /**
   * Where it listens on the network. On a host that listens there itself it does so too unless
   * told otherwise, in the same way, at a port that is free.
   */
  readonly listen?: ListenOptions;
  /** Nodes to join beside its host; on a network by default those of its host. */
  readonly seeds?: readonly string[];
  /** Milliseconds until it must have joined and run its `setup`; 10000 by default. */
  readonly startTimeoutMs?: number;
}

/** Where a thread node listens on the network, with the options of `Cluster.start`. */
export type ListenOptions = Pick<ClusterOptions, (typeof LISTEN_OPTIONS)[number]>;

/** What concerns the way to other processes. */
export const LISTEN_OPTIONS = [
  'host',
  'port',
  'advertiseHost',
  'clusterSecret',
  'tls',
  'allowUnauthenticated',
  'frameBytesMax',
] as const;

/** What concerns the time that things take. */
export const CLUSTER_TIMING = [
  'heartbeatIntervalMs',
  'heartbeatMissThreshold',
  'reconnectBaseDelayMs',
  'reconnectMaxDelayMs',
  'handshakeTimeoutMs',
] as const;

type ClusterTiming = (typeof CLUSTER_TIMING)[number];

/** Why a thread is no more. */
export interface ThreadExit {
  /** It was stopped, was terminated, or ended by itself, as by an exception that nobody caught. */
  readonly reason: 'stopped' | 'terminated' | 'crashed';
  readonly exitCode: number;
  readonly error?: Error;
}

/** A node in another thread of this process. */
export interface ThreadNode {
  readonly nodeId: NodeId;
  readonly threadId: number;
  /** Resolves when its thread is gone, whatever the reason; never rejects. */
  readonly exited: Promise<ThreadExit>;
  /**
   * Lets its processes handle what they were sent, leaves the cluster and ends the thread; after
   * `timeoutMs`, 10000 by default, ends it as it is. Stopping twice is stopping once.
   */
  stop(options?: { readonly timeoutMs?: number }): Promise<void>;
  /** Ends the thread in the middle of what it does: to the others a lost node. */
  terminate(): Promise<void>;
}
