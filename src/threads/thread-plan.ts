import type { NodeId } from '../base/node-id.js';
import type { ClusterOptions } from '../cluster/cluster-config.js';
import { threadAddress } from './near-ports.js';
import type { ThreadPlan } from './thread-message.js';
import { CLUSTER_TIMING, LISTEN_OPTIONS, type ThreadNodeOptions } from './thread-options.js';

/** What is settled of a thread node before its options are read. */
export interface ThreadPlace {
  readonly nodeName: string;
  /** Tells it from the others of its process. */
  readonly number: number;
  /** What the thread imports. */
  readonly module: string;
  readonly host: NodeId;
  /** The options of a host that listens on the network. */
  readonly network: ClusterOptions | undefined;
}

/**
 * What a thread is to do. On a host that listens on the network it listens there too: the others
 * hear of it from its host, and have to find it.
 */
export function planOf(place: ThreadPlace, options: ThreadNodeOptions): ThreadPlan {
  const { nodeName, number, module, host, network } = place;
  const like = network && { ...picked(network, LISTEN_OPTIONS), port: 0 };
  const listen = options.listen ?? like;
  const { host: advertiseHost, port } = threadAddress(number);
  const cluster = {
    ...(network && picked(network, CLUSTER_TIMING)),
    ...picked(options, CLUSTER_TIMING),
    ...(listen === undefined ? { advertiseHost, port } : picked(listen, LISTEN_OPTIONS)),
    nodeName,
    seeds: [host, ...(options.seeds ?? network?.seeds ?? [])],
  };
  return { module, cluster, listens: listen !== undefined, host, args: options.args };
}

/** The properties of `from` with these names, as far as it has them. */
export function picked<From extends object, Key extends keyof From>(
  from: From,
  keys: readonly Key[],
): Partial<Pick<From, Key>> {
  const entries = keys.filter((key) => from[key] !== undefined).map((key) => [key, from[key]]);
  return Object.fromEntries(entries) as Partial<Pick<From, Key>>;
}
