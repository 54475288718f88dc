import { describe, expect, it } from 'vitest';
import { BEHAVIORS } from '../cluster/behavior-registry.js';
import { call } from '../otp/call.js';
import { DistributedChildNotFoundError, DistributedSupervisorError } from './distributed-error.js';
import type { DistributedSupervisorRef } from './distributed-event.js';
import { type HostNode, inSupervision, spec } from './testing/supervision-world.js';

type Pair = [HostNode, HostNode];
type Trio = [HostNode, HostNode, HostNode];

const on = (node: HostNode) => ({ nodeSelector: { node: node.id } });

describe('A supervisor on another node', () => {
  it(
    'does what it is asked, and is seen to have done it at once',
    inSupervision(2, async ({ nodes, living }) => {
      const [a, b] = nodes as Pair;
      const ref = await a.supervisors.start({ children: [spec('w1')] });
      await b.supervisors.startChild(ref, spec('w2', on(b)));
      expect(living()).toEqual(['w1@n1', 'w2@n2']);
      expect(b.supervisors.getChildren(ref).map(({ id }) => id)).toEqual(['w1', 'w2']);
      const before = b.supervisors.getChild(ref, 'w1')?.ref.id;
      const child = await b.supervisors.restartChild(ref, 'w1');
      expect(child.id).not.toBe(before);
      expect(b.supervisors.getChild(ref, 'w1')?.ref).toEqual(child);
      await b.supervisors.terminateChild(ref, 'w1');
      expect(b.supervisors.countChildren(ref)).toBe(1);
      expect(b.supervisors.getChild(ref, 'w1')).toBeUndefined();
      await b.supervisors.stop(ref);
      expect(living()).toEqual([]);
      expect(a.supervisors.isRunning(ref)).toBe(false);
    }),
  );

  it(
    'ends a child that does not end in time, on whichever node, and forgets it',
    inSupervision(3, async ({ nodes, living, cluster: { platform }, pass }) => {
      const [a, b, c] = nodes as Trio;
      c.runtime.use(BEHAVIORS).register('stubborn', {
        ...stubborn,
        terminate: () => new Promise<never>(() => undefined),
      });
      const child = { id: 'w1', behavior: 'stubborn', shutdownTimeout: 300, ...on(c) };
      const ref = await a.supervisors.start({ children: [child] });
      await pass(100);
      const sinceMs = platform.clock.nowMs();
      await b.supervisors.terminateChild(ref, 'w1');
      expect(platform.clock.nowMs() - sinceMs).toBeGreaterThanOrEqual(300);
      expect(platform.clock.nowMs() - sinceMs).toBeLessThan(400);
      expect(living()).toEqual([]);
      await pass(10_000);
      expect(a.supervisors.countChildren(ref)).toBe(0);
      expect(c.runtime.processes.size).toBe(0);
    }),
  );

  it(
    'that goes to another node before it answers leaves the outcome open, and says so',
    inSupervision(3, async ({ nodes, living, pass }) => {
      const [a, b, c] = nodes as Trio;
      const ref = await a.supervisors.start({ takeover: true });
      await pass(100);
      const slow = spec('w1', { ...on(c), args: [{ initMs: 1000 }] });
      const starting = expect(b.supervisors.startChild(ref, slow)).rejects.toThrow('unknown');
      await pass(100);
      await a.cluster.stop();
      await starting;
      await pass(5000);
      expect(b.supervisors.isRunning(ref)).toBe(true);
      expect(living()).toHaveLength(b.supervisors.getChildren(ref).length);
    }),
  );

  it(
    'looks there as it looks at home',
    inSupervision(2, async ({ nodes, pass }) => {
      const [a, b] = nodes as Pair;
      const children = [spec('w1', on(a)), spec('w2', on(b)), spec('w3', on(b))];
      const ref = await a.supervisors.start({ strategy: 'rest_for_one', children });
      await pass(100);
      expect(b.supervisors.isRunning(ref)).toBe(true);
      expect(b.supervisors.getStats(ref)).toEqual(a.supervisors.getStats(ref));
      expect(b.supervisors.getChildren(ref)).toEqual(a.supervisors.getChildren(ref));
      expect(b.supervisors.getChild(ref, 'w2')).toEqual(a.supervisors.getChild(ref, 'w2'));
      await a.supervisors.stop(ref);
      await pass(100);
      expect(b.supervisors.isRunning(ref)).toBe(false);
      expect(() => b.supervisors.getChildren(ref)).toThrow(DistributedSupervisorError);
    }),
  );

  it(
    'is found by its global name',
    inSupervision(2, async ({ nodes, pass, living }) => {
      const [a, b] = nodes as Pair;
      const ref = await a.supervisors.start({ name: 'pool' });
      await pass(100);
      expect(b.supervisors.whereis('pool')).toEqual(ref);
      expect(b.supervisors.whereis('nobody')).toBeUndefined();
      const found = b.supervisors.whereis('pool') as DistributedSupervisorRef;
      await b.supervisors.startChild(found, spec('w1'));
      expect(living()).toEqual(['w1@n1']);
      const child = await b.supervisors.restartChild(ref, 'w1');
      a.cluster.node.registry.register('child', child);
      await pass(100);
      expect(b.supervisors.whereis('child')).toBeUndefined();
      expect(() => b.supervisors.whereis('')).toThrow('Expected name');
    }),
  );

  it(
    'makes children of a template, each with an id of its own',
    inSupervision(2, async ({ nodes, living }) => {
      const [a, b] = nodes as Pair;
      const childTemplate = { behavior: 'worker' };
      const ref = await a.supervisors.start({ strategy: 'simple_one_for_one', childTemplate });
      await Promise.all([
        b.supervisors.startChild(ref, [{}]),
        a.supervisors.startChild(ref, [{}]),
        b.supervisors.startChild(ref, [{}]),
      ]);
      expect(living()).toEqual(['child_1@n1', 'child_2@n1', 'child_3@n1']);
      await expect(b.supervisors.startChild(ref, spec('w1'))).rejects.toMatchObject({
        code: 'ERR_DISTRIBUTED_INVALID_SIMPLE_ONE_FOR_ONE',
      });
    }),
  );

  it(
    'refuses with the error that it would give at home',
    inSupervision(2, async ({ nodes, living }) => {
      const [a, b] = nodes as Pair;
      const ref = await a.supervisors.start({ children: [spec('w1')] });
      const missing = b.supervisors.terminateChild(ref, 'w2');
      await expect(missing).rejects.toBeInstanceOf(DistributedChildNotFoundError);
      await expect(missing).rejects.toMatchObject({ supervisorId: ref.id, childId: 'w2' });
      const codeOf = (child: unknown) =>
        b.supervisors
          .startChild(ref, child as never)
          .catch((error: unknown) => (error as { code: string }).code);
      expect(await codeOf(spec('w1'))).toBe('ERR_DISTRIBUTED_DUPLICATE_CHILD');
      expect(await codeOf(spec('w2', { behavior: 'none' }))).toBe(
        'ERR_DISTRIBUTED_BEHAVIOR_NOT_FOUND',
      );
      expect(await codeOf([1])).toBe('ERR_DISTRIBUTED_INVALID_SIMPLE_ONE_FOR_ONE');
      expect(await codeOf({ ...spec('w2'), restart: 'often' })).toBe('ERR_INVALID_OPTION');
      expect(await codeOf(spec('w2', { nodeSelector: { label: 'gpu' } }))).toBe(
        'ERR_NO_AVAILABLE_NODE',
      );
      expect(await codeOf(spec('w2', { args: [() => 1] }))).toBe('ERR_MESSAGE_SERIALIZATION');
      expect(await codeOf(5)).toBe('ERR_INVALID_OPTION');
      const byFunction = spec('w2', { nodeSelector: () => a.id });
      await expect(b.supervisors.startChild(ref, byFunction)).rejects.toThrow('registerSelector');
      expect(living()).toEqual(['w1@n1']);
    }),
  );

  it(
    'is reached by the ref of its first node after it was taken over',
    inSupervision(4, async ({ nodes, living, crash, pass }) => {
      const [a, b, c, d] = nodes as [HostNode, HostNode, HostNode, HostNode];
      const ref = await a.supervisors.start({ children: [spec('w1', on(d))], takeover: true });
      await crash(a);
      await pass(5000);
      for (const [index, node] of [b, c, d].entries()) {
        expect(node.supervisors.isRunning(ref)).toBe(true);
        await node.supervisors.startChild(ref, spec(`v${index}`, on(d)));
      }
      expect(living()).toEqual(['v0@n4', 'v1@n4', 'v2@n4', 'w1@n4']);
      expect(d.supervisors.getStats(ref)).toMatchObject({ childCount: 4 });
      await d.supervisors.stop(ref);
      expect(living()).toEqual([]);
    }),
  );

  it(
    'that is lost before it answers leaves the outcome open, and says so',
    inSupervision(2, async ({ nodes, crash, pass }) => {
      const [a, b] = nodes as Pair;
      const ref = await a.supervisors.start();
      const slow = spec('w1', { ...on(a), args: [{ initMs: 1000 }] });
      const starting = b.supervisors.startChild(ref, slow);
      const failed = expect(starting).rejects.toThrow('whether it was done is unknown');
      await pass(100);
      await crash(a);
      await failed;
      await expect(starting).rejects.toBeInstanceOf(DistributedSupervisorError);
      await pass(5000);
      expect(b.supervisors.isRunning(ref)).toBe(false);
      await expect(b.supervisors.startChild(ref, slow)).rejects.toMatchObject({
        code: 'ERR_DISTRIBUTED_SUPERVISOR',
      });
      await b.supervisors.stop(ref);
    }),
  );

  it(
    'that is out of reach is not asked at all',
    inSupervision(2, async ({ nodes, pass, living }) => {
      const [a, b] = nodes as Pair;
      const ref = await a.supervisors.start();
      a.transport.hold();
      await pass(60_000);
      const asking = b.supervisors.startChild(ref, spec('w1'));
      await expect(asking).rejects.toBeInstanceOf(DistributedSupervisorError);
      a.transport.release();
      await pass(30_000);
      expect(living()).toEqual([]);
    }),
  );
});

describe('An order that is none', () => {
  it.each<[string, unknown]>([
    ['nothing', undefined],
    ['a text', 'startChild'],
    ['an order of no kind', { order: 'explode' }],
    ['the start of nothing', { order: 'startChild' }],
    ['the start of a number', { order: 'startChild', child: 5 }],
    ['the start of an empty record', { order: 'startChild', child: {} }],
    ['a child whose id is a list', { order: 'startChild', child: { id: [], behavior: 'worker' } }],
    [
      'a child with a node that is none',
      { order: 'startChild', child: { ...spec('w2'), nodeSelector: { node: 'x' } } },
    ],
    [
      'a child with arguments that are no list',
      { order: 'startChild', child: { ...spec('w2'), args: { length: 1 } } },
    ],
    ['a list where a spec should be', { order: 'startChild', child: [spec('w2')] }],
    ['the end of a child that is a number', { order: 'terminateChild', childId: 1 }],
    ['minus one move', { order: 'rebalance', movesMax: -1 }],
    ['a node that is none', { order: 'clear', nodeId: 'nowhere' }],
    ['the words of a kernel', { kind: 'terminateChild', token: 1, id: 'w1' }],
  ])('as %s is answered with an error, and touches nothing', (_what, message) =>
    inSupervision(3, async ({ nodes, living, pass, cluster }) => {
      const [a, b, c] = nodes as Trio;
      const ref = await a.supervisors.start({ children: [spec('w1')] });
      await expect(call(b.runtime, ref, message)).rejects.toMatchObject({
        code: expect.stringMatching(/^ERR_(DISTRIBUTED|INVALID)/) as string,
      });
      b.runtime.router.send(ref, { kind: 'cast', message });
      b.runtime.router.send(ref, { kind: 'info', message });
      await pass(100);
      expect(living()).toEqual(['w1@n1']);
      expect(c.supervisors.countChildren(ref)).toBe(1);
      expect(cluster.errors()).toEqual([]);
    })(),
  );
});

const stubborn = {
  init: () => null,
  handleCall: (_message: unknown, state: null) => [null, state] as const,
  handleCast: (_message: unknown, state: null) => state,
};
