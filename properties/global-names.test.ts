import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { compareCodeUnits } from '../src/base/compare.js';
import { NodeId } from '../src/base/node-id.js';
import { GlobalNames } from '../src/cluster/global-names.js';
import {
  type NameClaim,
  compareClaims,
  compareRanks,
  isSameClaim,
  preferredClaim,
} from '../src/cluster/name-claim.js';
import type { NameConflictResolver } from '../src/cluster/name-conflict.js';
import {
  type NameStep,
  anyResolver,
  nameClaim,
  nameStep,
  orderedResolver,
  pairsOf,
} from './arbitraries/name-claim.js';
import {
  type NamesFrame,
  type NamesNode,
  NamesWorld,
  hear,
  processOf,
} from './models/names-world.js';

describe('the rule for conflicting claims', () => {
  it('is commutative', () => {
    fc.assert(
      fc.property(nameClaim, nameClaim, (left, right) => {
        expect(preferredClaim(left, right)).toEqual(preferredClaim(right, left));
      }),
    );
  });

  it('is associative', () => {
    fc.assert(
      fc.property(nameClaim, nameClaim, nameClaim, (one, two, three) => {
        const leftFirst = preferredClaim(preferredClaim(one, two), three);
        expect(leftFirst).toEqual(preferredClaim(one, preferredClaim(two, three)));
      }),
    );
  });

  it('goes by the term before anything else', () => {
    fc.assert(
      fc.property(nameClaim, nameClaim, (left, right) => {
        fc.pre(left.term !== right.term);
        expect(preferredClaim(left, right).term).toBe(Math.max(left.term, right.term));
        expect(compareRanks(left, right)).not.toBe(0);
      }),
    );
  });

  it('is idempotent, and calls equal only what is the same', () => {
    fc.assert(
      fc.property(nameClaim, nameClaim, (left, right) => {
        expect(preferredClaim(left, left)).toBe(left);
        expect(isSameClaim(left, { ...left })).toBe(true);
        if (compareClaims(left, right) === 0) expect(left).toEqual(right);
      }),
    );
  });
});

describe('global names', () => {
  it('are equal everywhere once all have joined, with one owner a name', () => {
    fc.assert(
      fc.property(steps, fc.option(anyResolver), (taken, onConflict) => {
        const world = worldAfter(taken, onConflict ?? undefined);
        world.settle();
        expectAgreement(world);
      }),
      runs(1000),
    );
  });

  it('never vanish because claims meet at a heal', () => {
    fc.assert(
      fc.property(steps, fc.option(orderedResolver), (taken, onConflict) => {
        const world = worldAfter(taken, onConflict ?? undefined);
        world.isolateAll();
        const held = new Set(claimsOf(world).map(({ name }) => name));
        world.settle();
        expect(world.nodes[0]!.table.names()).toEqual([...held].sort());
      }),
      runs(500),
    );
  });

  it('go to the best claim, in whatever order nodes meet: pair by pair, or all at once', () => {
    fc.assert(
      fc.property(steps, pairsOf([0, 1, 2, 3]), (taken, pairs) => {
        const world = isolatedAfter(taken);
        const best = new Map<string, NameClaim>();
        for (const claim of claimsOf(world)) {
          best.set(claim.name, preferredClaim(claim, best.get(claim.name) ?? claim));
        }
        const atOnce = isolatedAfter(taken);
        atOnce.settle();
        for (const [left, right] of pairs) world.meet(left, right);
        for (const merged of [world, atOnce]) {
          expectAgreement(merged);
          expect(new Map(viewOf(merged.nodes[0]!))).toEqual(best);
        }
      }),
      runs(500),
    );
  });

  it('go to the same owner in all orders in which three sides meet, whoever resolves', () => {
    fc.assert(
      fc.property(steps, fc.option(orderedResolver), (taken, onConflict) => {
        const views = ORDERS_OF_THREE.map((pairs) => {
          const world = isolatedAfter(taken, onConflict ?? undefined, 3);
          for (const [left, right] of pairs) world.meet(left, right);
          expectAgreement(world);
          return viewOf(world.nodes[0]!);
        });
        for (const view of views) expect(view).toEqual(views[0]);
      }),
      runs(200),
    );
  });

  it('are the same to whoever hears the lists of all, in whatever order and how often', () => {
    fc.assert(
      fc.property(steps, fc.infiniteStream(fc.nat({ max: 3 })), (taken, drawn) => {
        const world = worldAfter(taken);
        const frames = world.nodes.map(({ identity, table }) => {
          return { from: identity, list: table.ownList() };
        });
        const inOrder = hearer(frames);
        const heard = [...drawn.take(12)].map((index) => frames[index]!);
        expect(viewOf(hearer([...heard, ...frames]))).toEqual(viewOf(inOrder));
        expect(viewOf(hearer([...frames].reverse()))).toEqual(viewOf(inOrder));
      }),
      runs(500),
    );
  });

  it('of a later life are never touched by what an earlier one said, however late it comes', () => {
    fc.assert(
      fc.property(steps, fc.nat({ max: 3 }), (taken, index) => {
        const world = worldAfter(taken);
        world.restart(index);
        world.register(index, 'x');
        world.settle();
        const { nodeId, incarnation } = world.nodes[index]!.identity;
        const stale = world.said.filter(({ from }) => {
          return from.nodeId === nodeId && from.incarnation < incarnation;
        });
        for (const { table } of world.nodes) {
          for (const frame of stale) {
            expect(hear(table, frame)).toEqual([]);
            expect(table.nodeDown(frame.from)).toEqual([]);
          }
        }
        expectAgreement(world);
      }),
      runs(500),
    );
  });

  it('are lost by whoever was told so, once, and by nobody else', () => {
    fc.assert(
      fc.property(steps, fc.option(anyResolver), (taken, onConflict) => {
        const world = worldAfter(taken, onConflict ?? undefined);
        world.settle();
        const owning = world.nodes.flatMap((node) => [...node.owning.values()]);
        expect(owning.sort(byClaim)).toEqual(claimsOf(world).sort(byClaim));
      }),
      runs(500),
    );
  });

  it('are told change by change as whereis gives them', () => {
    fc.assert(
      fc.property(steps, fc.option(anyResolver), (taken, onConflict) => {
        for (const node of worldAfter(taken, onConflict ?? undefined).nodes) {
          const given = viewOf(node).map(([name, claim]) => [name, processOf(claim)]);
          expect([...node.visible].sort(byName)).toEqual(given);
        }
      }),
      runs(500),
    );
  });

  it('are refused to a second owner on the node that knows the first', () => {
    fc.assert(
      fc.property(steps, fc.nat({ max: 3 }), (taken, index) => {
        const world = worldAfter(taken);
        const { table } = world.nodes[index]!;
        const wasFree = table.whereis('x') === undefined;
        expect(world.register(index, 'x')).toBe(wasFree);
        expect(table.whereis('x')).toBeDefined();
      }),
      runs(300),
    );
  });
});

const steps = fc.array(nameStep, { maxLength: 60, size: 'max' });

// Every order of the three links between three nodes.
const ORDERS_OF_THREE: readonly (readonly (readonly [number, number])[])[] = [
  [0, 1, 2],
  [0, 2, 1],
  [1, 0, 2],
  [1, 2, 0],
  [2, 0, 1],
  [2, 1, 0],
].map((order) =>
  order.map((at) => (at === 0 ? ([0, 1] as const) : at === 1 ? ([0, 2] as const) : [1, 2])),
);

function worldAfter(
  taken: readonly NameStep[],
  onConflict?: NameConflictResolver,
  size = 4,
): NamesWorld {
  const world = new NamesWorld(size, onConflict);
  for (const step of taken) take(world, step, size);
  return world;
}

function isolatedAfter(
  taken: readonly NameStep[],
  onConflict?: NameConflictResolver,
  size = 4,
): NamesWorld {
  const world = worldAfter(taken, onConflict, size);
  world.isolateAll();
  return world;
}

function take(world: NamesWorld, step: NameStep, size: number): void {
  switch (step.kind) {
    case 'register':
    case 'takeOver':
      world[step.kind](step.node % size, step.name);
      return;
    case 'unregister':
      return world.unregister(step.node % size, step.name);
    case 'end':
      return world.endProcess(step.node % size, step.name);
    case 'connect':
      return world.connect(step.from % size, step.to % size);
    case 'replace':
      return world.disconnect(step.from % size, step.to % size, 'replaced');
    case 'disconnect':
      return world.disconnect(step.from % size, step.to % size, 'down');
    case 'deliver':
      world.deliver(step.from % size, step.to % size);
      return;
    case 'partition':
      return world.partition(step.side.filter((node) => node < size));
    case 'heal':
      return world.heal();
    case 'restart':
      return world.restart(step.node % size);
  }
}

/** A node that never says anything, after it heard all of this. */
function hearer(frames: readonly NamesFrame[]): Pick<NamesNode, 'table'> {
  const nodeId = NodeId.create('hearer', '10.0.0.1', 99);
  const table = new GlobalNames({ self: { nodeId, incarnation: 1n } });
  for (const frame of frames) hear(table, frame);
  return { table };
}

function expectAgreement({ nodes }: NamesWorld): void {
  const [first] = nodes as [NamesNode];
  for (const node of nodes) expect(viewOf(node)).toEqual(viewOf(first));
  const owned = claimsOf({ nodes });
  const byOwned = new Map(owned.map((claim) => [claim.name, claim]));
  expect(byOwned.size).toBe(owned.length);
  expect(new Map(viewOf(first))).toEqual(byOwned);
}

function claimsOf({ nodes }: Pick<NamesWorld, 'nodes'>): NameClaim[] {
  return nodes.flatMap(({ table }) => table.ownList().claims);
}

function viewOf({ table }: Pick<NamesNode, 'table'>): [string, NameClaim][] {
  return table.names().map((name) => [name, table.whereis(name)!]);
}

function byName([left]: readonly [string, unknown], [right]: readonly [string, unknown]): number {
  return compareCodeUnits(left, right);
}

function byClaim(left: NameClaim, right: NameClaim): number {
  return compareCodeUnits(left.name, right.name) || compareClaims(left, right);
}

// FAULTLINE_RUNS asks for more of them.
function runs(numRuns: number): { numRuns: number } {
  return { numRuns: fc.readConfigureGlobal().numRuns ?? numRuns };
}
