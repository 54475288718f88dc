import { compareCodeUnits } from '../base/compare.js';
import type { ClusterNode } from '../cluster/cluster-node.js';
import type { Candidates } from './placement.js';

/** The nodes that a child may be placed on now: this one and every connected one, by id. */
export function candidatesOf(cluster: ClusterNode): Candidates {
  const nodes = [...cluster.connectedNodes(), cluster.localNode()];
  nodes.sort((left, right) => compareCodeUnits(left.id, right.id));
  return { nodes, local: cluster.self.nodeId };
}
