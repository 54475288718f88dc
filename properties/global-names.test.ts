import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { compareClaims, isSameClaim, preferredClaim } from '../src/cluster/name-claim.js';
import { nameClaim, nameStep, type NameStep } from './arbitraries/name-claim.js';
import { NamesWorld, type NamesNode } from './models/names-world.js';

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
      fc.property(steps, (taken) => {
        const world = worldAfter(taken);
        world.settle();
        for (const node of world.nodes) expect(viewOf(node)).toEqual(viewOf(world.nodes[0]!));
        const owned = world.nodes.flatMap(({ table }) => table.ownList().claims);
        const byName = new Map(owned.map((claim) => [claim.name, claim]));
        expect(byName.size).toBe(owned.length);
        expect(new Map(viewOf(world.nodes[0]!))).toEqual(byName);
      }),
      runs(1000),
    );
  });

  it('never vanish because claims meet at a heal', () => {
    fc.assert(
      fc.property(steps, (taken) => {
        const world = worldAfter(taken);
        world.isolateAll();
        const before = world.nodes.flatMap(({ table }) => table.ownList().claims);
        world.settle();
        const held = new Set(before.map(({ name }) => name));
        expect(world.nodes[0]!.table.names()).toEqual([...held].sort());
      }),
      runs(500),
    );
  });

  it('are told change by change as whereis gives them', () => {
    fc.assert(
      fc.property(steps, (taken) => {
        for (const node of worldAfter(taken).nodes) {
          expect([...node.visible].sort(byName)).toEqual(viewOf(node));
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

function worldAfter(taken: readonly NameStep[]): NamesWorld {
  const world = new NamesWorld(4);
  for (const step of taken) take(world, step);
  return world;
}

function take(world: NamesWorld, step: NameStep): void {
  switch (step.kind) {
    case 'register':
      world.register(step.node, step.name);
      return;
    case 'unregister':
      return world.unregister(step.node, step.name);
    case 'end':
      return world.endProcess(step.node, step.name);
    case 'connect':
      return world.connect(step.from, step.to);
    case 'replace':
      return world.disconnect(step.from, step.to, 'replaced');
    case 'disconnect':
      return world.disconnect(step.from, step.to, 'down');
    case 'deliver':
      world.deliver(step.from, step.to);
      return;
    case 'restart':
      return world.restart(step.node);
  }
}

function viewOf({ table }: NamesNode): [string, unknown][] {
  return table.names().map((name) => [name, table.whereis(name)]);
}

function byName([left]: readonly [string, unknown], [right]: readonly [string, unknown]): number {
  return left < right ? -1 : left > right ? 1 : 0;
}

// FAULTLINE_RUNS asks for more of them.
function runs(numRuns: number): { numRuns: number } {
  return { numRuns: fc.readConfigureGlobal().numRuns ?? numRuns };
}
