import type { ClusterOptions } from '../cluster/cluster-config.js';
import { Cluster as DistributedCluster } from '../distributed/distributed-cluster.js';
import { here } from '../runtime/default-runtime.js';
import { THREAD_HOST } from './thread-host.js';

/** The cluster of the node this code runs on, which may have thread nodes. */
export const Cluster = {
  ...DistributedCluster,
  /** Joins a cluster; see `ClusterService.start`. */
  start: (options: ClusterOptions): Promise<void> => here().use(THREAD_HOST).startCluster(options),
  /** Stops the thread nodes of this one, then leaves; see `ClusterService.stop`. */
  stop: (): Promise<void> => here().use(THREAD_HOST).stopCluster(),
} as const;
