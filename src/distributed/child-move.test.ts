import fc from 'fast-check';
import { expect, it } from 'vitest';
import { NodeId } from '../base/node-id.js';
import { type BalancedChild, balancingMoves } from './child-move.js';

const nodes = ['a', 'b', 'c', 'd'].map((name) => NodeId.create(name, 'h', 1));

/** Where children are, as the numbers of their nodes, and which of them are pinned. */
const histories = fc.record({
  nodeCount: fc.integer({ min: 1, max: 4 }),
  places: fc.array(fc.record({ node: fc.nat(3), isMovable: fc.boolean() }), { maxLength: 7 }),
});

function world({ nodeCount, places }: typeof histories extends fc.Arbitrary<infer T> ? T : never) {
  const children = places.map(({ node, isMovable }, index): BalancedChild => {
    return { id: `w${index}`, nodeId: nodes[node % nodeCount] as NodeId, isMovable };
  });
  return { children, nodes: nodes.slice(0, nodeCount) };
}

/** Whether no movable child is on a node that has two more than another. */
function isEven(children: readonly BalancedChild[], among: readonly NodeId[]): boolean {
  const countOn = (node: NodeId) => children.filter(({ nodeId }) => nodeId === node).length;
  const least = Math.min(...among.map(countOn));
  return children.every(({ nodeId, isMovable }) => !isMovable || countOn(nodeId) - least <= 1);
}

/** The fewest moves that make it even, found by trying all. */
function fewest(children: readonly BalancedChild[], among: readonly NodeId[]): number {
  let layer = [children];
  const seen = new Set<string>();
  for (let moves = 0; ; moves++) {
    if (layer.some((one) => isEven(one, among))) return moves;
    const next: (readonly BalancedChild[])[] = [];
    for (const one of layer) {
      for (const [index, child] of one.entries()) {
        if (!child.isMovable) continue;
        for (const nodeId of among) {
          const moved = one.with(index, { ...child, nodeId });
          const key = moved.map((each) => each.nodeId).join();
          if (seen.has(key)) continue;
          seen.add(key);
          next.push(moved);
        }
      }
    }
    layer = next;
  }
}

it('makes it even with the fewest moves, and touches no child that is not movable', () => {
  fc.assert(
    fc.property(histories, (history) => {
      const { children, nodes: among } = world(history);
      const moves = balancingMoves(children, among);
      const places = new Map(children.map((child) => [child.id, child]));
      for (const { childId, fromNode, toNode } of moves) {
        const child = places.get(childId) as BalancedChild;
        expect(child).toMatchObject({ nodeId: fromNode, isMovable: true });
        places.set(childId, { ...child, nodeId: toNode });
      }
      expect(isEven([...places.values()], among)).toBe(true);
      expect(moves).toHaveLength(fewest(children, among));
    }),
    { numRuns: 150 },
  );
});

it('moves the one that was added last first, and leaves those on other nodes alone', () => {
  const [a, b, c] = nodes as [NodeId, NodeId, NodeId];
  const children = ['w1', 'w2', 'w3'].map((id) => ({ id, nodeId: a, isMovable: true }));
  const elsewhere = { id: 'w4', nodeId: c, isMovable: true };
  expect(balancingMoves([...children, elsewhere], [a, b])).toEqual([
    { childId: 'w3', fromNode: a, toNode: b },
  ]);
  expect(balancingMoves(children, [])).toEqual([]);
});
