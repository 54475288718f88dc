import { describe, expect, it } from 'vitest';
import { NodeId } from '../base/node-id.js';
import { type HostNode, inSupervision, spec } from './testing/supervision-world.js';

type Pair = [HostNode, HostNode];
type Trio = [HostNode, HostNode, HostNode];

const frugal = { restartIntensity: { maxRestarts: 0, withinMs: 60_000 } };
const spread = (count: number, prefix = 'w') =>
  Array.from({ length: count }, (_, index) =>
    spec(`${prefix}${index + 1}`, { nodeSelector: 'round_robin' }),
  );

describe('A node that is drained', () => {
  it(
    'loses its children to the others, of every supervisor, and gets no new ones',
    inSupervision(3, async ({ nodes, living, events, pass }) => {
      const [a, b, c] = nodes as Trio;
      const first = await a.supervisors.start({ children: spread(6), ...frugal });
      const strategy = 'one_for_all';
      const second = await b.supervisors.start({ strategy, children: spread(3, 'v'), ...frugal });
      await pass(100);
      events.length = 0;
      const { moves, stayed } = await c.supervisors.drain(b.id);
      expect(stayed).toEqual([]);
      expect(moves).toHaveLength(3);
      expect(moves.every((move) => move.fromNode === b.id && move.toNode !== b.id)).toBe(true);
      expect(living().filter((place) => place.endsWith('n2'))).toEqual([]);
      expect(living()).toHaveLength(9);
      expect(events.filter(({ type }) => type === 'child_migrated')).toHaveLength(3);
      expect(events.some(({ type }) => type === 'child_restarted')).toBe(false);
      for (const ref of [first, second]) {
        for (let more = 0; more < 3; more++) {
          const nodeSelector = 'round_robin';
          await c.supervisors.startChild(ref, spec(`more${more}`, { nodeSelector }));
        }
      }
      await b.supervisors.startChild(second, spec('local'));
      expect(living().filter((place) => place.endsWith('n2'))).toEqual([]);
      await b.cluster.stop();
      await pass(5000);
      expect(a.supervisors.countChildren(first)).toBe(9);
      expect(a.supervisors.getStats(first).totalRestarts).toBe(0);
    }),
  );

  it(
    'keeps what no other node may take, and the report says so',
    inSupervision(2, async ({ nodes, living, pass }) => {
      const [a, b] = nodes as Pair;
      const pinned = spec('w1', { nodeSelector: { node: b.id } });
      const ref = await a.supervisors.start({ children: [pinned] });
      await pass(100);
      expect(await a.supervisors.drain(b.id)).toEqual({
        moves: [],
        stayed: [{ supervisorId: ref.id, childId: 'w1' }],
      });
      expect(living()).toEqual(['w1@n2']);
      const another = spec('w2', { nodeSelector: { node: b.id } });
      await expect(a.supervisors.startChild(ref, another)).rejects.toMatchObject({
        code: 'ERR_NO_AVAILABLE_NODE',
      });
    }),
  );

  it(
    'takes children again once it is undrained, those that waited for it first',
    inSupervision(2, async ({ nodes, living, pass }) => {
      const [a, b] = nodes as Pair;
      const pinned = spec('w1', { nodeSelector: { node: b.id } });
      const ref = await a.supervisors.start({ children: [pinned] });
      await a.supervisors.drain(b.id);
      const child = a.supervisors.getChild(ref, 'w1')?.ref as { id: string };
      a.runtime.router.send(child, { kind: 'cast', message: 'end' });
      await pass(100);
      expect(living()).toEqual([]);
      await a.supervisors.undrain(b.id);
      await pass(100);
      expect(living()).toEqual(['w1@n2']);
    }),
  );

  it(
    'is no longer drained in its next life',
    inSupervision(2, async ({ nodes, living, join, pass }) => {
      const [a, b] = nodes as Pair;
      const ref = await a.supervisors.start();
      await a.supervisors.drain(b.id);
      await b.cluster.stop();
      await pass(1000);
      const again = await join(2, 2n);
      await pass(1000);
      await a.supervisors.startChild(ref, spec('w1', { nodeSelector: { node: again.id } }));
      expect(living()).toEqual(['w1@n2']);
    }),
  );

  it(
    'is known to nodes that join, and stays drained over a broken link',
    inSupervision(2, async ({ nodes, living, join, sever, pass }) => {
      const [a, b] = nodes as Pair;
      await a.supervisors.drain(b.id);
      const c = await join(3);
      await pass(100);
      sever(a, b);
      await pass(1000);
      for (const node of [a, c]) await node.supervisors.start({ children: spread(3) });
      expect(living().filter((place) => place.endsWith('n2'))).toEqual([]);
    }),
  );

  it(
    'is cleared by the next owner of a supervisor whose node was lost over it',
    inSupervision(4, async ({ nodes, living, crash, pass }) => {
      const [a, b, c] = nodes as Trio;
      const slow = spread(4).map((one) => ({ ...one, args: [{ initMs: 500 }] }));
      const ref = await a.supervisors.start({ children: slow, takeover: true });
      const draining = expect(c.supervisors.drain(b.id)).rejects.toThrow('unknown');
      await pass(100);
      await crash(a);
      await draining;
      await pass(20_000);
      expect(c.supervisors.countChildren(ref)).toBe(4);
      expect(living().filter((place) => place.endsWith('n2'))).toEqual([]);
      expect(await c.supervisors.drain(b.id)).toMatchObject({ stayed: [] });
    }),
  );

  it(
    'may be drained twice, and the second report tells the whole',
    inSupervision(2, async ({ nodes, pass }) => {
      const [a, b] = nodes as Pair;
      await a.supervisors.start({ children: spread(4) });
      await pass(100);
      const [first, second] = await Promise.all([
        a.supervisors.drain(b.id),
        b.supervisors.drain(b.id),
      ]);
      expect(first.moves).toHaveLength(2);
      expect(second).toEqual(first);
    }),
  );

  it(
    'has to be a member',
    inSupervision(2, async ({ nodes, crash, pass }) => {
      const [a, b] = nodes as Pair;
      const nowhere = NodeId.create('n9', '127.0.0.1', 9);
      for (const act of ['drain', 'undrain'] as const) {
        await expect(a.supervisors[act](nowhere)).rejects.toMatchObject({
          code: 'ERR_NODE_NOT_REACHABLE',
        });
        await expect(a.supervisors[act]('nobody' as NodeId)).rejects.toMatchObject({
          code: 'ERR_INVALID_NODE_ID',
        });
      }
      const draining = a.supervisors.drain(b.id);
      const failed = expect(draining).rejects.toMatchObject({ code: 'ERR_NODE_NOT_REACHABLE' });
      await crash(b);
      await pass(5000);
      await failed;
    }),
  );
});
