import fc from 'fast-check';

/** Something that befalls a cluster; nodes are numbers, taken modulo how many there are. */
export type ClusterFault =
  | { readonly kind: 'crash'; readonly node: number; readonly mode: 'closes' | 'silent' }
  | { readonly kind: 'restart'; readonly node: number }
  | { readonly kind: 'leave'; readonly node: number }
  | { readonly kind: 'break'; readonly from: number; readonly to: number }
  | { readonly kind: 'cut'; readonly from: number; readonly to: number }
  | { readonly kind: 'heal' }
  | { readonly kind: 'pass'; readonly forMs: number };

const node = fc.nat({ max: 7 });

export const clusterFault: fc.Arbitrary<ClusterFault> = fc.oneof(
  fc.record({
    kind: fc.constant('crash' as const),
    node,
    mode: fc.constantFrom('closes' as const, 'silent' as const),
  }),
  { weight: 2, arbitrary: fc.record({ kind: fc.constant('restart' as const), node }) },
  fc.record({ kind: fc.constant('leave' as const), node }),
  {
    weight: 4,
    arbitrary: fc.record({ kind: fc.constant('break' as const), from: node, to: node }),
  },
  {
    weight: 2,
    arbitrary: fc.record({ kind: fc.constant('cut' as const), from: node, to: node }),
  },
  fc.record({ kind: fc.constant('heal' as const) }),
  {
    weight: 6,
    // Mostly shorter than a handshake, so that faults meet links in every phase.
    arbitrary: fc.record({
      kind: fc.constant('pass' as const),
      forMs: fc.oneof(fc.nat({ max: 60 }), fc.nat({ max: 600 }), fc.nat({ max: 8000 })),
    }),
  },
);
