import type { Runtime } from '../runtime/runtime.js';
import type { ClusterOptions } from '../cluster/cluster-config.js';
import { checkConfig } from '../cluster/cluster-config.js';
import { reachOf } from '../cluster/cluster-transport.js';
import { CLUSTER } from '../cluster/cluster.js';
import { DISTRIBUTED_SUPERVISORS } from '../distributed/distributed-supervisor.js';
import type { NearPorts } from './near-ports.js';

/** How a node is found by others: under these options, which hold its transport. */
export type Entrance = ClusterOptions & Required<Pick<ClusterOptions, 'transport' | 'port'>>;

/**
 * A node on the network that has ports to others of its process. It has its port from here on.
 * Frames between threads stay in the process, so they need no secret and no encryption.
 *
 * Rejects as `Cluster.start` does.
 */
export async function entranceWith(
  near: NearPorts,
  options: ClusterOptions,
  runtime: Runtime,
): Promise<Entrance> {
  checkConfig(options);
  const { transport: far, host, port } = await reachOf(options, runtime.platform);
  const { clusterSecret: _secret, tls: _tls, ...rest } = options;
  // All that was to be checked of the way to others has been.
  const settled = { advertiseHost: host, port, allowUnauthenticated: true };
  return { ...rest, ...settled, transport: near.beside(far) };
}

/** Joins; the transport is closed when that fails. */
export async function enter(runtime: Runtime, entrance: Entrance): Promise<void> {
  runtime.use(DISTRIBUTED_SUPERVISORS);
  try {
    await runtime.use(CLUSTER).start(entrance);
  } catch (error) {
    await entrance.transport.close();
    throw error;
  }
}
