import { describe, expect, it } from 'vitest';
import { type HostNode, inSupervision, spec } from './testing/supervision-world.js';

type Pair = [HostNode, HostNode];

const on = (node: HostNode) => ({ nodeSelector: { node: node.id } });
const frugal = { restartIntensity: { maxRestarts: 0, withinMs: 60_000 } };

describe('restartChild', () => {
  it.each(['one_for_one', 'one_for_all', 'rest_for_one'] as const)(
    'under %s starts one child anew, free of charge, and leaves the others alone',
    (strategy) =>
      inSupervision(1, async ({ nodes, starts, events, living, pass }) => {
        const [{ supervisors }] = nodes as [HostNode];
        const children = [spec('a'), spec('b'), spec('c')];
        const ref = await supervisors.start({ strategy, children, ...frugal });
        const before = supervisors.getChild(ref, 'b')?.ref.id;
        starts.length = events.length = 0;
        const child = await supervisors.restartChild(ref, 'b');
        expect(child.id).not.toBe(before);
        expect(supervisors.getChild(ref, 'b')).toMatchObject({ ref: child, restartCount: 0 });
        await pass(100);
        expect(starts).toEqual(['b@n1']);
        expect(events.map(({ type }) => type)).toEqual(['child_stopped', 'child_started']);
        expect(living()).toEqual(['a@n1', 'b@n1', 'c@n1']);
        expect(supervisors.getStats(ref).totalRestarts).toBe(0);
      })(),
  );

  it(
    'starts it where its selector says now, and tells that it has moved',
    inSupervision(2, async ({ nodes, events, living }) => {
      const [{ supervisors, id: fromNode }, { id: toNode }] = nodes as Pair;
      const nodeSelector = 'round_robin';
      const ref = await supervisors.start({ nodeSelector, children: [spec('w1')] });
      expect(living()).toEqual(['w1@n1']);
      const child = await supervisors.restartChild(ref, 'w1');
      expect(child.nodeId).toBe(toNode);
      expect(living()).toEqual(['w1@n2']);
      const moved = { supervisorId: ref.id, childId: 'w1', fromNode, toNode };
      expect(events.at(-1)).toEqual({ type: 'child_migrated', ...moved });
    }),
  );

  it(
    'starts one that is at rest',
    inSupervision(1, async ({ nodes, living, pass }) => {
      const [{ supervisors, runtime }] = nodes as [HostNode];
      const ref = await supervisors.start({ children: [spec('w1', { restart: 'transient' })] });
      const child = supervisors.getChild(ref, 'w1')?.ref as { id: string };
      runtime.router.send(child, { kind: 'stop', reason: 'normal' });
      await pass(10);
      expect(living()).toEqual([]);
      await supervisors.restartChild(ref, 'w1');
      expect(living()).toEqual(['w1@n1']);
    }),
  );

  it(
    'leaves a child where it is when no node may take it',
    inSupervision(1, async ({ nodes, living }) => {
      const [{ supervisors, id }] = nodes as [HostNode];
      let isUp = true;
      const nodeSelector = () => {
        if (isUp) return id;
        throw new Error('nowhere');
      };
      const ref = await supervisors.start({ children: [spec('w1', { nodeSelector })] });
      isUp = false;
      await expect(supervisors.restartChild(ref, 'w1')).rejects.toMatchObject({
        code: 'ERR_NO_AVAILABLE_NODE',
        childId: 'w1',
      });
      expect(living()).toEqual(['w1@n1']);
    }),
  );

  it(
    'brings the child back even when its new node is lost meanwhile',
    inSupervision(2, async ({ nodes, living, crash, pass }) => {
      const [a, b] = nodes as Pair;
      const nodeSelector = 'round_robin';
      const slow = spec('w1', { nodeSelector, args: [{ initMs: 500 }] });
      const ref = await a.supervisors.start({ children: [slow] });
      const restarting = a.supervisors.restartChild(ref, 'w1');
      const refused = expect(restarting).rejects.toMatchObject({
        code: 'ERR_DISTRIBUTED_SUPERVISOR',
      });
      await pass(100);
      await crash(b);
      await refused;
      await pass(5000);
      expect(living()).toEqual(['w1@n1']);
    }),
  );

  it(
    'of a transient child is no end of its own when its supervisor goes to another node over it',
    inSupervision(3, async ({ nodes, living, crash, pass }) => {
      const [a, , c] = nodes as [HostNode, HostNode, HostNode];
      const children = [spec('w1', { ...on(c), restart: 'transient' })];
      const ref = await a.supervisors.start({ children, takeover: true });
      a.supervisors.restartChild(ref, 'w1').catch(() => undefined);
      await pass(0);
      await crash(a);
      await pass(10_000);
      expect(living()).toEqual(['w1@n3']);
    }),
  );

  it(
    'waits for those before it about the same child',
    inSupervision(1, async ({ nodes, starts, living }) => {
      const [{ supervisors }] = nodes as [HostNode];
      const ref = await supervisors.start({ children: [spec('w1')] });
      starts.length = 0;
      const all = await Promise.allSettled([
        supervisors.restartChild(ref, 'w1'),
        supervisors.restartChild(ref, 'w1'),
        supervisors.terminateChild(ref, 'w1'),
        supervisors.restartChild(ref, 'w1'),
      ]);
      const outcomes = all.map(({ status }) => status);
      expect(outcomes).toEqual(['fulfilled', 'fulfilled', 'fulfilled', 'rejected']);
      expect(starts).toEqual(['w1@n1', 'w1@n1']);
      expect(living()).toEqual([]);
    }),
  );

  it(
    'of a child that is not there, or of a supervisor that is not, is an error of its own',
    inSupervision(1, async ({ nodes }) => {
      const [{ supervisors, id: nodeId }] = nodes as [HostNode];
      const ref = await supervisors.start();
      await expect(supervisors.restartChild(ref, 'w1')).rejects.toMatchObject({
        code: 'ERR_DISTRIBUTED_CHILD_NOT_FOUND',
        childId: 'w1',
      });
      await expect(supervisors.restartChild(ref, '')).rejects.toMatchObject({
        code: 'ERR_INVALID_OPTION',
      });
      const nobody = { id: 'dsup_nobody', nodeId };
      await expect(supervisors.restartChild(nobody, 'w1')).rejects.toMatchObject({
        code: 'ERR_DISTRIBUTED_SUPERVISOR',
      });
      await expect(supervisors.restartChild(5 as never, 'w1')).rejects.toMatchObject({
        code: 'ERR_INVALID_OPTION',
      });
    }),
  );
});
