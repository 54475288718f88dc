import type { NodeId } from '../base/node-id.js';

/** A child that was moved to another node on request. */
export interface ChildMove {
  readonly supervisorId: string;
  readonly childId: string;
  readonly fromNode: NodeId;
  readonly toNode: NodeId;
}

export interface PlannedMove {
  readonly childId: string;
  readonly fromNode: NodeId;
  readonly toNode: NodeId;
}

/** Where a child runs, as far as it bears on balance. */
export interface BalancedChild {
  readonly id: string;
  readonly nodeId: NodeId;
  /** Whether it is meant to run on one node as well as on another. */
  readonly isMovable: boolean;
}

/**
 * The fewest moves after which the nodes have equally many children, to within one, as far as the
 * movable ones allow. Each goes from a fullest node to an emptiest one, and the child that was
 * added last goes first. Children on other nodes than these stay where they are.
 */
export function balancingMoves(
  children: readonly BalancedChild[],
  nodes: readonly NodeId[],
): PlannedMove[] {
  const loads = nodes.map((nodeId): NodeLoad => ({ nodeId, count: 0, movable: [] }));
  const byNode = new Map(loads.map((load) => [load.nodeId, load]));
  for (const { id, nodeId, isMovable } of children) {
    const load = byNode.get(nodeId);
    if (load === undefined) continue;
    load.count += 1;
    if (isMovable) load.movable.push(id);
  }
  const moves: PlannedMove[] = [];
  for (;;) {
    const from = extreme(
      loads.filter(({ movable }) => movable.length > 0),
      (left, right) => left.count > right.count,
    );
    const to = extreme(loads, (left, right) => left.count < right.count);
    if (from === undefined || to === undefined || from.count - to.count <= 1) return moves;
    const childId = from.movable.pop() as string;
    from.count -= 1;
    to.count += 1;
    moves.push({ childId, fromNode: from.nodeId, toNode: to.nodeId });
  }
}

interface NodeLoad {
  readonly nodeId: NodeId;
  count: number;
  /** The one that was added last at the end. */
  readonly movable: string[];
}

/** The first of those that no other comes before. */
function extreme(
  loads: readonly NodeLoad[],
  isBefore: (left: NodeLoad, right: NodeLoad) => boolean,
): NodeLoad | undefined {
  return loads.reduce<NodeLoad | undefined>(
    (best, load) => (best === undefined || isBefore(load, best) ? load : best),
    undefined,
  );
}
