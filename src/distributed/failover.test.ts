import { describe, expect, it } from 'vitest';
import { call } from '../otp/call.js';
import { cast } from '../otp/cast.js';
import type { DistributedSupervisorRef } from './distributed-event.js';
import { type HostNode, inSupervision, spec } from './testing/supervision-world.js';

type Trio = [HostNode, HostNode, HostNode];

const generous = { maxRestarts: 100, withinMs: 1000 } as const;

function refOf(node: HostNode, supervisor: DistributedSupervisorRef, childId: string) {
  return node.supervisors.getChild(supervisor, childId)?.ref as { id: string };
}

describe('the loss of a node', () => {
  it(
    'costs one charge and six new incarnations for six children, told in order',
    inSupervision(3, async ({ nodes, events, starts, living, crash, pass }) => {
      const [a, b] = nodes as Trio;
      const children = [1, 2, 3, 4, 5, 6].map((n) => spec(`w${n}`, { nodeSelector: onPort(2) }));
      const restartIntensity = { maxRestarts: 1, withinMs: 60_000 };
      const ref = await a.supervisors.start({ children, restartIntensity });
      starts.length = events.length = 0;
      await crash(b);
      await pass(5000);
      expect(starts).toHaveLength(6);
      expect(living().filter((place) => !place.endsWith('n2'))).toHaveLength(6);
      const told = events.filter((event) => !('childId' in event) || event.childId === 'w3');
      const [w3] = [{ supervisorId: ref.id, childId: 'w3' }];
      const nodeId = a.supervisors.getChild(ref, 'w3')?.nodeId;
      expect(told).toEqual([
        {
          type: 'node_failure_detected',
          supervisorId: ref.id,
          nodeId: b.id,
          affectedChildren: ['w1', 'w2', 'w3', 'w4', 'w5', 'w6'],
        },
        { type: 'child_stopped', ...w3, reason: 'node_down' },
        { type: 'child_restarted', ...w3, nodeId, attempt: 1 },
        { type: 'child_migrated', ...w3, fromNode: b.id, toNode: nodeId },
      ]);
      expect(a.supervisors.getStats(ref)).toMatchObject({
        childCount: 6,
        totalRestarts: 6,
        nodeFailureRestarts: 6,
      });
    }),
  );

  it(
    'brings back permanent and transient children, and no temporary one',
    inSupervision(2, async ({ nodes, living, crash, pass }) => {
      const [a, b] = nodes as Trio;
      const children = (['permanent', 'transient', 'temporary'] as const).map((restart) =>
        spec(restart, { restart, nodeSelector: onPort(2) }),
      );
      const ref = await a.supervisors.start({ children });
      await crash(b);
      await pass(5000);
      expect(living()).toEqual(['permanent@n1', 'transient@n1']);
      expect(a.supervisors.getStats(ref).nodeFailureRestarts).toBe(2);
      expect(a.supervisors.countChildren(ref)).toBe(2);
    }),
  );

  it(
    'is a graceful leave too: its children end there and start elsewhere',
    inSupervision(3, async ({ nodes, living, pass }) => {
      const [a, b, c] = nodes as Trio;
      const children = ['w1', 'w2'].map((id) => spec(id, { nodeSelector: 'round_robin' }));
      const ref = await a.supervisors.start({ children, nodeSelector: 'round_robin' });
      expect(living()).toEqual(['w1@n1', 'w2@n2']);
      await b.cluster.stop();
      await pass(100);
      expect(living()).toEqual(['w1@n1', 'w2@n3']);
      expect(a.supervisors.getChild(ref, 'w2')?.nodeId).toBe(c.id);
    }),
  );

  it(
    'leaves a pinned child waiting, uncharged, until its node is back',
    inSupervision(3, async ({ nodes, living, crash, join, pass }) => {
      const [a, b, c] = nodes as Trio;
      const children = [spec('pinned', { nodeSelector: { node: b.id } }), spec('w2')];
      const restartIntensity = { maxRestarts: 1, withinMs: 600_000 };
      const options = { children, restartIntensity, strategy: 'rest_for_one' } as const;
      const ref = await a.supervisors.start(options);
      await crash(b);
      await pass(5000);
      expect(living()).toEqual([]);
      expect(a.supervisors.getStats(ref)).toMatchObject({ childCount: 2, totalRestarts: 0 });
      await crash(c);
      await pass(5000);
      expect(a.supervisors.isRunning(ref)).toBe(true);
      await join(2, 2n);
      await pass(60_000);
      expect(living()).toEqual(['pinned@n2', 'w2@n1']);
    }),
  );

  it(
    'while children start loses none and doubles none, whenever it comes',
    inSupervision(1, async ({ nodes, living, starts, crash, join, pass }) => {
      const [a] = nodes as Trio;
      for (let delayMs = 0; delayMs < 12; delayMs++) {
        const b = await join(100 + delayMs);
        await pass(100);
        const children = ['w1', 'w2', 'w3', 'w4'].map((id) => spec(id));
        const nodeSelector = 'round_robin';
        const starting = a.supervisors.start({
          children,
          nodeSelector,
          restartIntensity: generous,
        });
        await pass(delayMs);
        await crash(b);
        const ref = await starting;
        await pass(1000);
        expect(living(), `after ${delayMs} ms`).toEqual(['w1@n1', 'w2@n1', 'w3@n1', 'w4@n1']);
        starts.length = 0;
        await a.supervisors.stop(ref);
        expect(living()).toEqual([]);
      }
    }),
  );

  it(
    'during a restart of the rest merges into it',
    inSupervision(3, async ({ nodes, living, crash, join, pass }) => {
      const [a, , c] = nodes as Trio;
      await crash(c);
      for (let delayMs = 0; delayMs < 10; delayMs++) {
        const port = 200 + delayMs;
        const extra = await join(port);
        await pass(3000);
        const children = [
          spec('w1', { nodeSelector: onPort(2) }),
          spec('w2', { nodeSelector: onPort(port, 1) }),
          spec('w3', { nodeSelector: onPort(2) }),
        ];
        const options = { children, strategy: 'rest_for_one', restartIntensity: generous } as const;
        const ref = await a.supervisors.start(options);
        await call(a.runtime, refOf(a, ref, 'w1'), 'boom').catch(() => undefined);
        await pass(delayMs);
        await crash(extra);
        await pass(3000);
        expect(living(), `after ${delayMs} ms`).toEqual(['w1@n2', 'w2@n1', 'w3@n2']);
        await a.supervisors.stop(ref);
      }
    }),
  );

  it(
    'during the stop of the supervisor ends that stop',
    inSupervision(1, async ({ nodes, living, crash, join, pass }) => {
      const [a] = nodes as Trio;
      for (let delayMs = 0; delayMs < 6; delayMs++) {
        const b = await join(300 + delayMs);
        await pass(100);
        const children = ['w1', 'w2', 'w3'].map((id) => spec(id));
        const ref = await a.supervisors.start({ children, nodeSelector: 'round_robin' });
        const stopping = a.supervisors.stop(ref);
        await pass(delayMs);
        await crash(b);
        await stopping;
        await pass(1000);
        expect(living()).toEqual([]);
      }
    }),
  );

  it(
    'rejects a startChild that no other node may take, and keeps nothing of that child',
    inSupervision(2, async ({ nodes, living, crash, pass }) => {
      const [a, b] = nodes as Trio;
      const ref = await a.supervisors.start();
      const child = spec('w1', { args: [{ initMs: 500 }], nodeSelector: { node: b.id } });
      const starting = a.supervisors.startChild(ref, child);
      await pass(100);
      await crash(b);
      await expect(starting).rejects.toMatchObject({ code: 'ERR_NO_AVAILABLE_NODE' });
      expect(a.supervisors.countChildren(ref)).toBe(0);
      await expect(a.supervisors.startChild(ref, child)).rejects.toMatchObject({
        code: 'ERR_NO_AVAILABLE_NODE',
        childId: 'w1',
        selector: { node: b.id },
      });
      await pass(1000);
      expect(living()).toEqual([]);
    }),
  );
});

it(
  'a child that was asked for starts elsewhere when its node is lost on the way, at no charge',
  inSupervision(3, async ({ nodes, living, crash, pass }) => {
    const [a, b] = nodes as Trio;
    const restartIntensity = { maxRestarts: 0, withinMs: 60_000 };
    const ref = await a.supervisors.start({ restartIntensity });
    const slow = spec('w1', {
      args: [{ initMs: 1000 }],
      nodeSelector: (all) => (all.some(({ id }) => id === b.id) ? b.id : a.id),
      restart: 'temporary',
    });
    const starting = a.supervisors.startChild(ref, slow);
    await pass(500);
    await crash(b);
    await pass(20_000);
    expect(await starting).toMatchObject({ nodeId: a.id });
    expect(living()).toEqual(['w1@n1']);
    expect(a.supervisors.isRunning(ref)).toBe(true);
  }),
);

describe('a link that breaks and comes back', () => {
  it(
    'while children start costs nothing, whenever it comes',
    inSupervision(2, async ({ nodes, living, starts, sever, pass }) => {
      const [a, b] = nodes as Trio;
      for (let delayMs = 0; delayMs < 12; delayMs++) {
        starts.length = 0;
        const children = ['w1', 'w2', 'w3', 'w4'].map((id) => spec(id));
        const starting = a.supervisors.start({ children, nodeSelector: 'round_robin' });
        await pass(delayMs);
        sever(a, b);
        const ref = await starting;
        await pass(100);
        const homes = new Set(living().map((place) => place.slice(0, 2)));
        expect(homes.size, `after ${delayMs} ms`).toBe(4);
        expect(living()).toHaveLength(4);
        expect(starts).toHaveLength(4);
        expect(a.supervisors.getStats(ref).totalRestarts).toBe(0);
        await a.supervisors.stop(ref);
        expect(living()).toEqual([]);
      }
    }),
  );

  it(
    'does not hide how a child ended: a transient one that ended well stays down',
    inSupervision(2, async ({ nodes, living, starts, sever, pass }) => {
      const [a, b] = nodes as Trio;
      for (let delayMs = 0; delayMs < 8; delayMs++) {
        const child = spec('w1', { restart: 'transient', nodeSelector: { node: b.id } });
        const ref = await a.supervisors.start({ children: [child] });
        starts.length = 0;
        sever(a, b);
        await pass(delayMs);
        cast(b.runtime, refOf(a, ref, 'w1'), 'end');
        await pass(1000);
        expect(starts, `after ${delayMs} ms`).toEqual([]);
        expect(living()).toEqual([]);
        await a.supervisors.stop(ref);
      }
    }),
  );

  it(
    'does not keep children from being stopped',
    inSupervision(2, async ({ nodes, living, sever, pass }) => {
      const [a, b] = nodes as Trio;
      for (let delayMs = 0; delayMs < 6; delayMs++) {
        const children = ['w1', 'w2'].map((id) => spec(id, { nodeSelector: { node: b.id } }));
        const ref = await a.supervisors.start({ children });
        const terminating = a.supervisors.terminateChild(ref, 'w1');
        await pass(delayMs);
        sever(a, b);
        await terminating;
        expect(living()).toEqual(['w2@n2']);
        sever(a, b);
        await a.supervisors.stop(ref);
        expect(living()).toEqual([]);
      }
    }),
  );
});

describe('a child that ends as soon as it starts', () => {
  it.each([1, 2])('is known to have ended well, on node %i', (port) =>
    inSupervision(2, async ({ nodes, starts, living, pass }) => {
      const [a] = nodes as Trio;
      const child = spec('w1', {
        args: [{ endAtOnce: true }],
        restart: 'transient',
        nodeSelector: onPort(port),
      });
      const ref = await a.supervisors.start({ children: [child] });
      await pass(1000);
      expect(starts).toEqual([`w1@n${port}`]);
      expect(living()).toEqual([]);
      expect(a.supervisors.getStats(ref).totalRestarts).toBe(0);
    })(),
  );
});

describe('a start that was given up', () => {
  it(
    'leaves no ghost when the answer comes late',
    inSupervision(3, async ({ nodes, living, pass }) => {
      const [a, b] = nodes as Trio;
      const ref = await a.supervisors.start({ restartIntensity: generous });
      b.transport.hold();
      const starting = a.supervisors.startChild(ref, spec('w1', { nodeSelector: { node: b.id } }));
      const outcome = starting.then(
        () => 'started',
        (error: unknown) => (error as Error).message,
      );
      await pass(11_000);
      expect(await outcome).toContain('within 10000 ms');
      b.transport.release();
      await pass(1000);
      expect(living()).toEqual([]);
    }),
  );

  it(
    'ends a child whose init is still under way',
    inSupervision(2, async ({ nodes, living, pass }) => {
      const [a, b] = nodes as Trio;
      const child = spec('w1', { args: [{ initMs: 2000 }], nodeSelector: { node: b.id } });
      const starting = a.supervisors.start({ children: [child] });
      await pass(1000);
      const [supervisor] = [...a.runtime.processes];
      supervisor?.finish('killed');
      await expect(starting).rejects.toMatchObject({ code: 'ERR_DISTRIBUTED_SUPERVISOR' });
      await pass(5000);
      expect(living()).toEqual([]);
      expect(b.runtime.processes.size).toBe(0);
    }),
  );
});

describe('the end of a supervisor', () => {
  it(
    'that is killed leaves no child anywhere, and nobody waiting',
    inSupervision(3, async ({ nodes, events, living, pass }) => {
      const [a] = nodes as Trio;
      const children = ['w1', 'w2', 'w3'].map((id) => spec(id));
      const ref = await a.supervisors.start({ children, nodeSelector: 'round_robin' });
      const slow = spec('slow', { args: [{ initMs: 3000 }] });
      const pending = a.supervisors.startChild(ref, slow);
      await pass(100);
      a.runtime.processes.get(ref.id)?.finish('killed');
      await expect(pending).rejects.toMatchObject({ code: 'ERR_DISTRIBUTED_SUPERVISOR' });
      await pass(5000);
      expect(living()).toEqual([]);
      expect(a.supervisors.isRunning(ref)).toBe(false);
      expect(events.at(-1)).toEqual({ type: 'supervisor_stopped', ref, reason: 'shutdown' });
    }),
  );

  it(
    'comes with its node’s leave, and its children end before',
    inSupervision(3, async ({ nodes, living, pass }) => {
      const [a, b] = nodes as Trio;
      const children = ['w1', 'w2', 'w3'].map((id) => spec(id));
      const ref = await a.supervisors.start({ children, nodeSelector: 'round_robin', name: 'one' });
      await pass(10);
      expect(b.cluster.node.registry.whereis('one')).toEqual(ref);
      await a.cluster.stop();
      expect(living()).toEqual([]);
      expect(a.supervisors.isRunning(ref)).toBe(false);
      await pass(10);
      expect(b.cluster.node.registry.isRegistered('one')).toBe(false);
    }),
  );

  it(
    'with its node leaves children that end when the node comes back without it',
    inSupervision(3, async ({ nodes, living, crash, join, pass }) => {
      const [a] = nodes as Trio;
      const children = ['w1', 'w2', 'w3'].map((id) => spec(id));
      await a.supervisors.start({ children, nodeSelector: 'round_robin' });
      await crash(a);
      await pass(1000);
      expect(living()).toEqual(['w2@n2', 'w3@n3']);
      await join(1, 2n);
      await pass(60_000);
      expect(living()).toEqual([]);
    }),
  );
});

function onPort(port: number, otherwise = 0) {
  return (all: readonly { port: number; id: HostNode['id'] }[]) =>
    (
      all.find((node) => node.port === port) ??
      all.find((node) => node.port === otherwise) ??
      all[0]
    )?.id as HostNode['id'];
}
