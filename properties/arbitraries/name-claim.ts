import fc from 'fast-check';
import { NodeId } from '../../src/base/node-id.js';
import type { NameClaim } from '../../src/cluster/name-claim.js';

/** Claims to one name. Small ranges, so that most parts of two claims are equal. */
export const nameClaim: fc.Arbitrary<NameClaim> = fc.record(
  {
    name: fc.constant('singleton'),
    refId: fc.constantFrom('genserver_1', 'genserver_2'),
    nodeId: fc.constantFrom('a', 'b', 'B').map((name) => NodeId.create(name, '10.0.0.1', 1)),
    incarnation: fc.bigInt({ min: 1n, max: 3n }),
    fence: fc.record({
      term: fc.nat({ max: 2 }),
      ownerId: fc.constantFrom('dsup_1', 'dsup_2'),
      ownerNode: fc.constantFrom('a', 'b'),
      ownerIncarnation: fc.bigInt({ min: 1n, max: 2n }),
      sequence: fc.nat({ max: 2 }),
    }),
    stamp: fc.nat({ max: 3 }),
  },
  { requiredKeys: ['name', 'refId', 'nodeId', 'incarnation', 'stamp'] },
);

/** Something that happens to names; nodes are numbers below 4. */
export type NameStep =
  | {
      readonly kind: 'register' | 'unregister' | 'end';
      readonly node: number;
      readonly name: string;
    }
  | {
      readonly kind: 'connect' | 'replace' | 'disconnect';
      readonly from: number;
      readonly to: number;
    }
  | { readonly kind: 'deliver'; readonly from: number; readonly to: number }
  | { readonly kind: 'restart'; readonly node: number };

const node = fc.nat({ max: 3 });
const pair = { from: node, to: node };

export const nameStep: fc.Arbitrary<NameStep> = fc.oneof(
  {
    weight: 4,
    arbitrary: fc.record({
      kind: fc.constantFrom('register' as const, 'register' as const, 'unregister', 'end'),
      node,
      name: fc.constantFrom('x', 'y', '__proto__'),
    }),
  },
  {
    weight: 3,
    arbitrary: fc.record({
      kind: fc.constantFrom('connect' as const, 'connect' as const, 'replace', 'disconnect'),
      ...pair,
    }),
  },
  { weight: 6, arbitrary: fc.record({ kind: fc.constant('deliver' as const), ...pair }) },
  fc.record({ kind: fc.constant('restart' as const), node }),
);
