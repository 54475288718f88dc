import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { NodeId } from '../src/base/node-id.js';
import { seededRandom } from '../src/platform/random.js';
import { clusterFault, type ClusterFault } from './arbitraries/cluster-fault.js';
import { membershipMove } from './arbitraries/membership-move.js';
import { BesiegedMembership } from './models/besieged-membership.js';
import { MembershipWorld, TIMING, type ModelNode } from './models/membership-world.js';

describe('membership', () => {
  it('takes legal steps only, tells up and down in turns, and agrees after the heal', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 2, max: 5 }),
        fc.integer(),
        fc.array(clusterFault, { maxLength: 40, size: 'max' }),
        (size, seed, faults) => {
          const world = new MembershipWorld(seededRandom(seed));
          const ids = nodeIds(size);
          for (const id of ids) world.start(id, seedsOf(ids));
          for (const fault of faults) befall(world, ids, fault);
          recover(world, ids);
          expectAgreement(world, ids);
        },
      ),
      runs(300),
    );
  });

  it('keeps its promises whatever peers, links and timers do', () => {
    fc.assert(
      fc.property(
        fc.integer(),
        fc.array(membershipMove, { maxLength: 80, size: 'max' }),
        (seed, moves) => {
          const node = new BesiegedMembership(seededRandom(seed));
          for (const move of moves) node.take(move);
          node.take({ kind: 'stop' });
          expect(node.timers.size).toBe(0);
        },
      ),
      runs(1000),
    );
  });

  it('settles on one link however many two nodes dial, and both agree which', () => {
    fc.assert(
      fc.property(
        fc.integer(),
        fc.nat({ max: 60 }),
        fc.array(fc.constantFrom('host-a', 'host-b'), { maxLength: 2 }),
        fc.array(fc.nat({ max: 80 }), { maxLength: 6, size: 'max' }),
        (seed, laterMs, aliases, breaksAfterMs) => {
          const world = new MembershipWorld(seededRandom(seed));
          const [left, right] = nodeIds(2) as [NodeId, NodeId];
          world.alias('host-a', left);
          world.alias('host-b', right);
          world.start(left, [right, ...aliases]);
          world.run(laterMs);
          world.start(right, [left, ...aliases]);
          for (const afterMs of breaksAfterMs) {
            world.run(afterMs);
            world.breakLink(left, right);
          }
          world.run(QUIET_MS);
          expectAgreement(world, [left, right]);
        },
      ),
      runs(500),
    );
  });

  it('joins within round trips and loses nobody where nothing breaks', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 2, max: 6 }),
        fc.boolean(),
        fc.integer(),
        fc.array(fc.nat({ max: 60 }), { minLength: 6, maxLength: 6 }),
        fc.array(fc.array(fc.nat({ max: 5 }), { maxLength: 4, size: 'max' }), {
          minLength: 6,
          maxLength: 6,
        }),
        (size, largestFirst, seed, pausesMs, extraSeeds) => {
          const world = new MembershipWorld(seededRandom(seed));
          const ids = largestFirst ? nodeIds(size).reverse() : nodeIds(size);
          for (const [index, id] of ids.entries()) world.alias(`host-${index}`, id);
          for (const [index, id] of ids.entries()) {
            world.run(pausesMs[index]!);
            // Itself, the first one, and anyone that runs, by its id or by another address.
            const extra = extraSeeds[index]!.map((other) => other % (index + 1));
            world.start(id, [ids[0]!, id, ...extra.map((other) => `host-${other}`)]);
          }
          world.run(TIMING.heartbeatIntervalMs);
          for (const id of ids) expect(world.nodes.get(id)!.members.size).toBe(size - 1);
          world.run(QUIET_MS);
          expectAgreement(world, ids);
          for (const id of ids) expect(lossesOf(world.nodes.get(id)!)).toEqual([]);
        },
      ),
      runs(200),
    );
  });
});

function lossesOf(node: ModelNode): unknown[] {
  const losses = ['suspected', 'nodeDown', 'reconciled'];
  return node.log.filter(
    (effect) =>
      losses.includes(effect.kind) ||
      (effect.kind === 'linkRefused' && effect.reason === 'violated'),
  );
}

function befall(world: MembershipWorld, ids: readonly NodeId[], fault: ClusterFault): void {
  const pick = (index: number): NodeId => ids[index % ids.length]!;
  switch (fault.kind) {
    case 'crash':
      return world.crash(pick(fault.node), fault.mode);
    case 'leave':
      return world.leave(pick(fault.node));
    case 'restart':
      world.crash(pick(fault.node), 'closes');
      world.start(pick(fault.node), seedsOf(ids));
      return;
    case 'break':
      return world.breakLink(pick(fault.from), pick(fault.to));
    case 'cut':
      if (pick(fault.from) !== pick(fault.to)) world.cut(pick(fault.from), pick(fault.to));
      return;
    case 'heal':
      return world.healAll();
    case 'pass':
      return world.run(fault.forMs);
  }
}

function recover(world: MembershipWorld, ids: readonly NodeId[]): void {
  world.healAll();
  for (const id of ids) if (!world.nodes.get(id)!.alive) world.start(id, seedsOf(ids));
  world.run(QUIET_MS);
}

function expectAgreement(world: MembershipWorld, ids: readonly NodeId[]): void {
  for (const id of ids) {
    const node = world.nodes.get(id)!;
    const others = ids.filter((other) => other !== id);
    expect([...node.members.keys()].sort()).toEqual([...others].sort());
    for (const other of others) expectSameView(node, world.nodes.get(other)!);
    const redials = [...node.timers.keys()].filter((timer) => timer !== 'pulse');
    expect(redials).toEqual([]);
  }
  for (const [index, left] of ids.entries()) {
    for (const right of ids.slice(index + 1)) {
      const open = world.connections.filter((link) => link.joins(left, right) && link.isOpen);
      expect(open).toHaveLength(1);
    }
  }
}

function expectSameView(here: ModelNode, there: ModelNode): void {
  const view = here.membership.view(there.identity.nodeId)!;
  const back = there.membership.view(here.identity.nodeId)!;
  expect(view).toMatchObject({ status: 'up', incarnation: there.identity.incarnation });
  const link = here.links.get(view.link!)!.connection;
  expect(link).toBe(there.links.get(back.link!)!.connection);
  // Neither gave the other up since: both count from the same link.
  const since = here.members.get(there.identity.nodeId)!.link;
  const sinceThere = there.members.get(here.identity.nodeId)!.link;
  expect(here.links.get(since)!.connection).toBe(there.links.get(sinceThere)!.connection);
}

function seedsOf(ids: readonly NodeId[]): NodeId[] {
  return ids.slice(0, 2);
}

function nodeIds(count: number): NodeId[] {
  return Array.from({ length: count }, (_, index) =>
    NodeId.create(`n${index}`, '10.0.0.1', 1 + index),
  );
}

const QUIET_MS =
  4 * TIMING.reconnectMaxDelayMs + 4 * TIMING.heartbeatIntervalMs * TIMING.heartbeatMissThreshold;

// FAULTLINE_RUNS asks for more of them.
function runs(numRuns: number): { numRuns: number } {
  return { numRuns: fc.readConfigureGlobal().numRuns ?? numRuns };
}
