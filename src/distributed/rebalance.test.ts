import { describe, expect, it } from 'vitest';
import { call } from '../otp/call.js';
import type { DistributedChildSpec } from './distributed-child.js';
import { type HostNode, inSupervision, spec } from './testing/supervision-world.js';

const frugal = { restartIntensity: { maxRestarts: 0, withinMs: 60_000 } };

function children(count: number, extra: Partial<DistributedChildSpec> = {}) {
  return Array.from({ length: count }, (_, index) =>
    spec(`w${index + 1}`, { nodeSelector: 'round_robin', ...extra }),
  );
}

describe('rebalance', () => {
  it.each(['one_for_one', 'one_for_all', 'rest_for_one'] as const)(
    'under %s evens out the children when a node has joined, free of charge, and tells each move',
    (strategy) =>
      inSupervision(2, async ({ nodes, join, starts, events, living, pass }) => {
        const [a] = nodes as [HostNode];
        const ref = await a.supervisors.start({ strategy, children: children(6), ...frugal });
        const c = await join(3);
        await pass(100);
        starts.length = events.length = 0;
        const moves = await a.supervisors.rebalance(ref);
        expect(moves).toHaveLength(2);
        expect(starts.every((place) => place.endsWith('@n3'))).toBe(true);
        expect(living().map((place) => place.slice(3))).toHaveLength(6);
        expect(a.supervisors.getStats(ref)).toMatchObject({ childCount: 6, totalRestarts: 0 });
        expect([...a.supervisors.getStats(ref).childrenByNode.values()]).toEqual([2, 2, 2]);
        expect(events.map(({ type }) => type)).toEqual([
          ...['child_stopped', 'child_started', 'child_migrated'],
          ...['child_stopped', 'child_started', 'child_migrated'],
        ]);
        const migrated = events.filter(({ type }) => type === 'child_migrated');
        expect(migrated).toEqual(moves.map((move) => ({ type: 'child_migrated', ...move })));
        expect(moves.every(({ toNode }) => toNode === c.id)).toBe(true);
        expect(await a.supervisors.rebalance(ref)).toEqual([]);
      })(),
  );

  it(
    'makes no more moves than it may, one after the other',
    inSupervision(1, async ({ nodes, join, starts, living, pass }) => {
      const [a] = nodes as [HostNode];
      const slow = children(4, { args: [{ initMs: 1000 }] });
      const ref = await a.supervisors.start({ children: slow, ...frugal });
      await join(2);
      await pass(100);
      starts.length = 0;
      const rebalancing = a.supervisors.rebalance(ref, { maxMoves: 1 });
      await pass(500);
      expect(living()).toHaveLength(3);
      expect(await rebalancing).toHaveLength(1);
      expect(await a.supervisors.rebalance(ref, { maxMoves: 0 })).toEqual([]);
      expect(living()).toEqual(['w1@n1', 'w2@n1', 'w3@n1', 'w4@n2']);
    }),
  );

  it(
    'leaves those alone that have a place of their own',
    inSupervision(1, async ({ nodes, join, living, pass }) => {
      const [a] = nodes as [HostNode];
      const ref = await a.supervisors.start({
        children: [
          spec('w1', { nodeSelector: { node: a.id } }),
          spec('w2', { nodeSelector: () => a.id }),
          spec('w3', { nodeSelector: 'local_first' }),
          spec('w4', { nodeSelector: 'random' }),
        ],
      });
      await join(2);
      await pass(100);
      expect(await a.supervisors.rebalance(ref)).toMatchObject([{ childId: 'w4' }]);
      expect(living()).toEqual(['w1@n1', 'w2@n1', 'w3@n1', 'w4@n2']);
    }),
  );

  it(
    'is asked from any node, and its answer names the nodes',
    inSupervision(1, async ({ nodes, join, pass }) => {
      const [a] = nodes as [HostNode];
      const ref = await a.supervisors.start({ children: children(3) });
      const b = await join(2);
      await pass(100);
      expect(await b.supervisors.rebalance(ref)).toEqual([
        { supervisorId: ref.id, childId: 'w3', fromNode: a.id, toNode: b.id },
      ]);
    }),
  );

  it(
    'loses no child when the node that it fills is lost over it',
    inSupervision(1, async ({ nodes, join, living, crash, pass }) => {
      const [a] = nodes as [HostNode];
      const slow = children(4, { args: [{ initMs: 1000 }] });
      const restartIntensity = { maxRestarts: 5, withinMs: 60_000 };
      const ref = await a.supervisors.start({ children: slow, restartIntensity });
      const b = await join(2);
      await pass(100);
      const rebalancing = a.supervisors.rebalance(ref);
      await pass(500);
      await crash(b);
      await rebalancing;
      await pass(5000);
      expect(living()).toEqual(['w1@n1', 'w2@n1', 'w3@n1', 'w4@n1']);
    }),
  );

  it(
    'goes on with the others when a child ends in the middle',
    inSupervision(1, async ({ nodes, join, living, pass }) => {
      const [a] = nodes as [HostNode];
      const slow = children(4, { args: [{ initMs: 1000 }] });
      const ref = await a.supervisors.start({ children: slow });
      await join(2);
      await pass(100);
      const rebalancing = a.supervisors.rebalance(ref);
      await pass(500);
      const first = a.supervisors.getChild(ref, 'w1')?.ref as { id: string };
      await expect(call(a.runtime, first, 'boom')).rejects.toThrow('boom');
      await rebalancing;
      await pass(5000);
      expect(living()).toHaveLength(4);
    }),
  );

  it(
    'is refused for options that it does not know, and for a supervisor that nobody has',
    inSupervision(1, async ({ nodes }) => {
      const [a] = nodes as [HostNode];
      const ref = await a.supervisors.start();
      for (const maxMoves of [-1, 1.5, NaN, 'all']) {
        const rebalancing = a.supervisors.rebalance(ref, { maxMoves: maxMoves as number });
        await expect(rebalancing).rejects.toMatchObject({ code: 'ERR_INVALID_OPTION' });
      }
      expect(await a.supervisors.rebalance(ref, { maxMoves: Infinity })).toEqual([]);
      const nobody = { id: 'dsup_nobody', nodeId: a.id };
      await expect(a.supervisors.rebalance(nobody)).rejects.toMatchObject({
        code: 'ERR_DISTRIBUTED_SUPERVISOR',
      });
    }),
  );
});
