import fc from 'fast-check';
import { keyedHash } from '../../src/base/hash.js';
import { NodeId } from '../../src/base/node-id.js';
import type { NameClaim } from '../../src/cluster/name-claim.js';
import type { NameClaimant, NameConflictResolver } from '../../src/cluster/name-conflict.js';

/** Claims to one name. Small ranges, so that most parts of two claims are equal. */
export const nameClaim: fc.Arbitrary<NameClaim> = fc.record(
  {
    name: fc.constant('singleton'),
    refId: fc.constantFrom('genserver_1', 'genserver_2'),
    nodeId: fc.constantFrom('a', 'b', 'B').map((name) => NodeId.create(name, '10.0.0.1', 1)),
    incarnation: fc.bigInt({ min: 1n, max: 3n }),
    term: fc.nat({ max: 2 }),
    fence: fc.record({
      term: fc.nat({ max: 2 }),
      ownerId: fc.constantFrom('dsup_1', 'dsup_2'),
      ownerNode: fc.constantFrom('a', 'b'),
      ownerIncarnation: fc.bigInt({ min: 1n, max: 2n }),
      sequence: fc.nat({ max: 2 }),
    }),
    stamp: fc.nat({ max: 3 }),
  },
  { requiredKeys: ['name', 'refId', 'nodeId', 'incarnation', 'term', 'stamp'] },
);

/** Something that happens to names; nodes are numbers below 4. */
export type NameStep =
  | {
      /** `takeOver`: the owner comes up here too, under its own id and with a higher term. */
      readonly kind: 'register' | 'takeOver' | 'unregister' | 'end';
      readonly node: number;
      readonly name: string;
    }
  | {
      readonly kind: 'connect' | 'replace' | 'disconnect' | 'deliver';
      readonly from: number;
      readonly to: number;
    }
  /** Whoever is on one side loses whoever is on the other. */
  | { readonly kind: 'partition'; readonly side: readonly number[] }
  /** Everybody joins everybody; nothing is delivered yet. */
  | { readonly kind: 'heal' }
  | { readonly kind: 'restart'; readonly node: number };

const node = fc.nat({ max: 3 });
const pair = { from: node, to: node };

export const nameStep: fc.Arbitrary<NameStep> = fc.oneof(
  {
    weight: 4,
    arbitrary: fc.record({
      kind: fc.constantFrom('register' as const, 'register', 'takeOver', 'unregister', 'end'),
      node,
      name: fc.constantFrom('x', 'y', '__proto__'),
    }),
  },
  {
    weight: 3,
    arbitrary: fc.record({
      kind: fc.constantFrom('connect' as const, 'connect', 'replace', 'disconnect'),
      ...pair,
    }),
  },
  { weight: 6, arbitrary: fc.record({ kind: fc.constant('deliver' as const), ...pair }) },
  fc.record({ kind: fc.constant('restart' as const), node }),
  fc.record({ kind: fc.constant('partition' as const), side: fc.subarray([0, 1, 2, 3]) }),
  fc.constant({ kind: 'heal' as const }),
);

/** Every pair of the nodes, in some order. */
export function pairsOf(nodes: readonly number[]): fc.Arbitrary<[number, number][]> {
  const pairs = nodes.flatMap((one) =>
    nodes.filter((other) => other > one).map((other): [number, number] => [one, other]),
  );
  return fc.shuffledSubarray(pairs, { minLength: pairs.length });
}

/**
 * What resolvers may do: prefer by some order of the nodes, choose any way whatever but the same
 * way each time, go by who comes first, or fail.
 */
export const orderedResolver: fc.Arbitrary<NameConflictResolver> = fc
  .shuffledSubarray([0, 1, 2, 3], { minLength: 4 })
  .map((order) => {
    const rank = ({ ref }: NameClaimant): number => order[NodeId.getPort(ref.nodeId) - 1] ?? 0;
    return (_, one, other) => (rank(one) < rank(other) ? one : other);
  });

export const anyResolver: fc.Arbitrary<NameConflictResolver> = fc.oneof(
  orderedResolver,
  fc.nat().map((salt): NameConflictResolver => {
    return (name, one, other) => {
      const [low, high] = one.ref.nodeId < other.ref.nodeId ? [one, other] : [other, one];
      const drawn = keyedHash(salt, name, low.ref.id, high.ref.id) % 3;
      return [low, high, undefined][drawn];
    };
  }),
  fc.constant<NameConflictResolver>((_, one) => one),
  fc.constant<NameConflictResolver>(() => {
    throw new RangeError('no idea');
  }),
);
