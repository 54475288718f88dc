import fc from 'fast-check';
import type { NodeSelectorType } from '../../src/distributed/node-selector.js';

/** What happens, in order, around the placements of two supervisors of one node. */
export type PlacementStep =
  /** Supervisor `by` places one child. */
  | { readonly kind: 'place'; readonly by: 0 | 1; readonly selector: NodeSelectorType }
  /** Other nodes join or leave; the local one is always there. */
  | { readonly kind: 'change'; readonly present: readonly number[] }
  /** A node says how many processes it runs. */
  | { readonly kind: 'heartbeat'; readonly node: number; readonly processCount: number };

/** How many nodes there may be, the local one included. */
export const NODES_MAX = 6;

/** Histories with many placements by `selector`, some by others between them. */
export function placementHistories(selector: NodeSelectorType): fc.Arbitrary<PlacementStep[]> {
  const by = fc.constantFrom(0 as const, 1 as const);
  const others = fc.constantFrom<NodeSelectorType>(
    'local_first',
    'round_robin',
    'least_loaded',
    'random',
  );
  const node = fc.nat(NODES_MAX - 1);
  return fc.array(
    fc.oneof(
      {
        weight: 12,
        arbitrary: fc.record({ kind: fc.constant('place'), by, selector: fc.constant(selector) }),
      },
      { weight: 3, arbitrary: fc.record({ kind: fc.constant('place'), by, selector: others }) },
      {
        weight: 1,
        arbitrary: fc.record({ kind: fc.constant('change'), present: fc.uniqueArray(node) }),
      },
      {
        weight: 2,
        arbitrary: fc.record({ kind: fc.constant('heartbeat'), node, processCount: fc.nat(4) }),
      },
    ),
    { minLength: 10, maxLength: 80 },
  );
}
