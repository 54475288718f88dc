import { describe, expect, it } from 'vitest';
import { NodeId } from '../base/node-id.js';
import { CLUSTER } from '../cluster/cluster.js';
import { call } from '../otp/call.js';
import { VirtualPlatform } from '../platform/virtual-platform.js';
import { setCurrentRuntime } from '../runtime/current.js';
import { Runtime } from '../runtime/runtime.js';
import { SPAWN_GATE } from '../cluster/spawn-gate.js';
import { MemoryNetwork } from '../transport/memory.js';
import { CHILD_HOST } from './child-host.js';
import { Cluster } from './distributed-cluster.js';
import { DISTRIBUTED_SUPERVISORS } from './distributed-supervisor.js';
import { type HostNode, inSupervision, spec } from './testing/supervision-world.js';

describe('a mistake in what a supervisor is told', () => {
  it(
    'is a typed error, and nothing is started',
    inSupervision(1, async ({ nodes, starts }) => {
      const [{ supervisors, runtime }] = nodes as [HostNode];
      const rejects = async (options: object, code: string): Promise<void> => {
        await expect(supervisors.start(options)).rejects.toMatchObject({ code });
      };
      const twice = [spec('w1'), spec('w1')];
      await rejects({ children: twice }, 'ERR_DISTRIBUTED_DUPLICATE_CHILD');
      const simple = { strategy: 'simple_one_for_one' };
      await rejects(simple, 'ERR_DISTRIBUTED_MISSING_CHILD_TEMPLATE');
      const childTemplate = { behavior: 'worker' };
      const children = [spec('w1')];
      const both = { ...simple, childTemplate, children };
      await rejects(both, 'ERR_DISTRIBUTED_INVALID_SIMPLE_ONE_FOR_ONE');
      const misplaced = { childTemplate, children };
      await rejects(misplaced, 'ERR_DISTRIBUTED_INVALID_SIMPLE_ONE_FOR_ONE');
      await rejects({ ...simple, childTemplate: { behavior: 5 } }, 'ERR_INVALID_OPTION');
      await rejects({ children: { length: 1 } }, 'ERR_INVALID_OPTION');
      await rejects({ strategy: 'one_for_none' }, 'ERR_INVALID_OPTION');
      await rejects({ nodeSelector: 'nearest' }, 'ERR_INVALID_OPTION');
      await rejects({ nodeSelector: { node: 'nowhere' } }, 'ERR_INVALID_OPTION');
      await rejects({ children: [{ ...spec('w1'), args: 'x' }] }, 'ERR_INVALID_OPTION');
      await rejects({ name: '' }, 'ERR_INVALID_OPTION');
      expect(starts).toEqual([]);
      expect(runtime.processes.size).toBe(0);
    }),
  );

  it(
    'about a child is an error that names it',
    inSupervision(1, async ({ nodes }) => {
      const [{ supervisors }] = nodes as [HostNode];
      const ref = await supervisors.start({ children: [spec('w1')] });
      await expect(supervisors.startChild(ref, spec('w1'))).rejects.toMatchObject({
        code: 'ERR_DISTRIBUTED_DUPLICATE_CHILD',
        supervisorId: ref.id,
        childId: 'w1',
      });
      await expect(supervisors.startChild(ref, [1])).rejects.toMatchObject({
        code: 'ERR_DISTRIBUTED_INVALID_SIMPLE_ONE_FOR_ONE',
      });
      await expect(supervisors.terminateChild(ref, 'w2')).rejects.toMatchObject({
        code: 'ERR_DISTRIBUTED_CHILD_NOT_FOUND',
        childId: 'w2',
      });
      expect(supervisors.getChild(ref, 'w2')).toBeUndefined();
    }),
  );

  it(
    'about the supervisor itself is an error of its own',
    inSupervision(1, async ({ nodes }) => {
      const [{ supervisors, id: nodeId }] = nodes as [HostNode];
      const nobody = { id: 'dsup_nobody', nodeId };
      const unknown = { code: 'ERR_DISTRIBUTED_SUPERVISOR', supervisorId: 'dsup_nobody' };
      expect(supervisors.isRunning(nobody)).toBe(false);
      expect(() => supervisors.getChildren(nobody)).toThrow(expect.objectContaining(unknown));
      expect(() => supervisors.getStats(nobody)).toThrow(expect.objectContaining(unknown));
      await expect(supervisors.startChild(nobody, spec('a'))).rejects.toMatchObject(unknown);
      await expect(supervisors.terminateChild(nobody, 'a')).rejects.toMatchObject(unknown);
    }),
  );

  it(
    'does not end it: it takes no messages but its own',
    inSupervision(1, async ({ nodes, living, pass }) => {
      const [{ supervisors, runtime }] = nodes as [HostNode];
      const ref = await supervisors.start({ children: [spec('w1')] });
      await expect(call(runtime, ref, { kind: 'startChild' })).rejects.toThrow('takes no calls');
      runtime.router.send(ref, { kind: 'info', message: { kind: 'stop', reason: 'normal' } });
      runtime.router.send(ref, { kind: 'info', message: null });
      runtime.router.send(ref, { kind: 'cast', message: undefined });
      await pass(10);
      expect(living()).toEqual(['w1@n1']);
      expect(supervisors.isRunning(ref)).toBe(true);
    }),
  );

  it('is to start one on a node that is part of no cluster', async () => {
    const runtime = new Runtime(new VirtualPlatform());
    await expect(runtime.use(DISTRIBUTED_SUPERVISORS).start()).rejects.toMatchObject({
      code: 'ERR_CLUSTER_NOT_STARTED',
    });
  });
});

describe('a selector function', () => {
  it.each<[string, () => unknown]>([
    [
      'throws',
      () => {
        throw new Error('no idea');
      },
    ],
    ['gives nothing', () => undefined],
    ['gives an unknown node', () => NodeId.parse('n9@127.0.0.1:9')],
    ['gives a promise', () => Promise.resolve('n1@127.0.0.1:1')],
  ])('that %s means that no node will do', (_what, choose) =>
    inSupervision(1, async ({ nodes, living }) => {
      const [{ supervisors }] = nodes as [HostNode];
      const ref = await supervisors.start();
      const nodeSelector = choose as () => NodeId;
      await expect(supervisors.startChild(ref, spec('w1', { nodeSelector }))).rejects.toMatchObject(
        {
          code: 'ERR_NO_AVAILABLE_NODE',
          childId: 'w1',
          selector: nodeSelector,
        },
      );
      expect(living()).toEqual([]);
    })(),
  );

  it(
    'may do what it likes with the list that it is given',
    inSupervision(2, async ({ nodes, living }) => {
      const [{ supervisors }] = nodes as [HostNode];
      const nodeSelector = (all: readonly { id: NodeId }[]) => {
        const list = all as { id: NodeId }[];
        return list.splice(0).at(-1)?.id as NodeId;
      };
      await supervisors.start({ children: [spec('w1'), spec('w2')], nodeSelector });
      expect(living()).toEqual(['w1@n2', 'w2@n2']);
    }),
  );
});

describe('the name of a supervisor', () => {
  it(
    'is free again when it could not start, and taken while it runs',
    inSupervision(1, async ({ nodes, pass, events }) => {
      const [{ supervisors, cluster, runtime }] = nodes as [HostNode];
      const { registry } = cluster.node;
      const children = [spec('w1'), spec('w2', { args: [{ failInit: 'not today' }] })];
      await expect(supervisors.start({ name: 'one', children })).rejects.toThrow('not today');
      expect(registry.isRegistered('one')).toBe(false);
      expect(runtime.processes.size).toBe(0);
      expect(events.map(({ type }) => type)).toEqual(['child_started', 'child_stopped']);
      const ref = await supervisors.start({ name: 'one', children: [spec('w1')] });
      expect(registry.lookup('one')).toEqual(ref);
      await expect(supervisors.start({ name: 'one' })).rejects.toMatchObject({
        code: 'ERR_GLOBAL_NAME_CONFLICT',
      });
      await supervisors.stop(ref);
      await pass(10);
      expect(registry.isRegistered('one')).toBe(false);
    }),
  );
});

describe('the lifecycle of a supervisor', () => {
  it(
    'is told from its start to its end, with the reason it was given',
    inSupervision(1, async ({ nodes, events }) => {
      const [{ supervisors, id: nodeId }] = nodes as [HostNode];
      for (const reason of ['normal', 'shutdown'] as const) {
        events.length = 0;
        const ref = await supervisors.start({ children: [spec('w1'), spec('w2')] });
        await supervisors.stop(ref, reason);
        const supervisorId = ref.id;
        expect(events).toEqual([
          { type: 'child_started', supervisorId, childId: 'w1', nodeId },
          { type: 'child_started', supervisorId, childId: 'w2', nodeId },
          { type: 'supervisor_started', ref },
          { type: 'child_stopped', supervisorId, childId: 'w2', reason: 'shutdown' },
          { type: 'child_stopped', supervisorId, childId: 'w1', reason: 'shutdown' },
          { type: 'supervisor_stopped', ref, reason },
        ]);
      }
    }),
  );

  it(
    'says why a child ended, and that it was restarted',
    inSupervision(1, async ({ nodes, events, pass }) => {
      const [{ supervisors, runtime, id: nodeId }] = nodes as [HostNode];
      const ref = await supervisors.start({
        children: [spec('w1')],
        restartIntensity: { maxRestarts: 1, withinMs: 1000 },
      });
      events.length = 0;
      for (let round = 0; round < 2; round++) {
        const child = supervisors.getChild(ref, 'w1')?.ref as { id: string };
        await call(runtime, child, 'boom').catch(() => undefined);
        await pass(10);
      }
      const child = { supervisorId: ref.id, childId: 'w1' };
      expect(events).toEqual([
        { type: 'child_stopped', ...child, reason: 'error: boom' },
        { type: 'child_restarted', ...child, nodeId, attempt: 1 },
        { type: 'child_stopped', ...child, reason: 'error: boom' },
        { type: 'supervisor_stopped', ref, reason: 'max_restarts_exceeded' },
      ]);
      expect(() => supervisors.countChildren(ref)).toThrow(
        expect.objectContaining({ code: 'ERR_DISTRIBUTED_MAX_RESTARTS_EXCEEDED', maxRestarts: 1 }),
      );
    }),
  );
});

describe('a node that joins through the door', () => {
  it('hosts children under their fences without ever starting a supervisor', async () => {
    const platform = new VirtualPlatform();
    const runtime = new Runtime(platform);
    setCurrentRuntime(runtime);
    const transport = new MemoryNetwork(platform).transport('127.0.0.1:1');
    await Cluster.start({ nodeName: 'n1', port: 1, transport });
    setCurrentRuntime(undefined);
    expect(runtime.use(SPAWN_GATE).gate).toBe(runtime.use(CHILD_HOST));
    expect(runtime.use(CLUSTER).status).toBe('running');
  });
});
