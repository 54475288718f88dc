import { compareCodeUnits } from '../base/compare.js';
import type { NodeId } from '../base/node-id.js';
import type { ClusterNode } from '../cluster/cluster-node.js';
import type { Candidates } from './placement.js';

/**
 * The nodes that a child may be placed on now, by id: this one and every connected one, but those
 * that are drained.
 */
export function candidatesOf(
  cluster: ClusterNode,
  isDrained: (node: NodeId) => boolean,
): Candidates {
  const all = [...cluster.connectedNodes(), cluster.localNode()];
  const nodes = all.filter(({ id }) => !isDrained(id));
  nodes.sort((left, right) => compareCodeUnits(left.id, right.id));
  return { nodes, local: cluster.self.nodeId };
}
