import type { ClusterOptions } from '../cluster/cluster-config.js';
import { Cluster as ClusterFloor } from '../cluster/cluster.js';
import { here } from '../runtime/default-runtime.js';
import { DISTRIBUTED_SUPERVISORS } from './distributed-supervisor.js';

/**
 * The cluster of the node this code runs on. A node that joins through it hosts the children of
 * distributed supervisors anywhere, whether or not it ever starts one itself.
 */
export const Cluster = {
  ...ClusterFloor,
  /** Joins a cluster; see `ClusterService.start`. */
  start: (options: ClusterOptions): Promise<void> => {
    here().use(DISTRIBUTED_SUPERVISORS);
    return ClusterFloor.start(options);
  },
} as const;
