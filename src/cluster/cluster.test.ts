import { describe, expect, it } from 'vitest';
import type { NodeId } from '../base/node-id.js';
import { runVirtual, sleep } from '../platform/run-virtual.js';
import type { VirtualPlatform } from '../platform/virtual-platform.js';
import type { AnyBehavior } from '../otp/behavior.js';
import { call } from '../otp/call.js';
import { cast } from '../otp/cast.js';
import { startServer, stopServer } from '../otp/gen-server.js';
import { monitor } from '../otp/monitor.js';
import { Runtime } from '../runtime/runtime.js';
import { MemoryNetwork } from '../transport/memory.js';
import { BEHAVIORS } from './behavior-registry.js';
import { CLUSTER, type ClusterService } from './cluster.js';

interface TestNode {
  readonly runtime: Runtime;
  readonly cluster: ClusterService;
  readonly id: NodeId;
}

interface World {
  readonly platform: VirtualPlatform;
  node(name: string, port: number, seeds?: readonly string[], life?: bigint): Promise<TestNode>;
}

const counter: AnyBehavior = {
  init: (start = 0) => start as number,
  handleCall: (message: unknown, count: number) => {
    if (message === 'boom') throw new RangeError('boom');
    return [message === 'get' ? count : message, count];
  },
  handleCast: (by: number, count: number) => count + by,
};

function inWorld(body: (world: World) => Promise<void>) {
  return () =>
    runVirtual(async (platform) => {
      const network = new MemoryNetwork(platform, { latencyMs: 1 });
      await body({
        platform,
        node: async (name, port, seeds = [], life = 1n) => {
          const runtime = new Runtime({ ...platformOf(platform), incarnation: life });
          const cluster = runtime.use(CLUSTER);
          runtime.use(BEHAVIORS).register('counter', counter);
          await cluster.start({
            nodeName: name,
            port,
            seeds,
            transport: network.transport(`127.0.0.1:${port}`),
          });
          return { runtime, cluster, id: cluster.node.self.nodeId };
        },
      });
    });
}

function platformOf(platform: VirtualPlatform) {
  const { clock, timers, random, entropy, runQueue, log, store } = platform;
  return { clock, timers, random, entropy, runQueue, log, store };
}

async function pair(world: World): Promise<[TestNode, TestNode]> {
  const a = await world.node('a', 1);
  const b = await world.node('b', 2, ['a@127.0.0.1:1']);
  await sleep(world.platform, 100);
  return [a, b];
}

describe('Cluster', () => {
  it(
    'meshes nodes that know one seed, in round trips',
    inWorld(async (world) => {
      const a = await world.node('a', 1);
      const others = [
        await world.node('b', 2, [a.id]),
        await world.node('c', 3, [a.id]),
        await world.node('d', 4, [a.id]),
      ];
      await sleep(world.platform, 100);
      for (const node of [a, ...others]) {
        expect(node.cluster.node.connectedNodes()).toHaveLength(3);
      }
    }),
  );

  it(
    'calls, casts and stops a process of another node as if it were here',
    inWorld(async (world) => {
      const [a, b] = await pair(world);
      const ref = await startServer(b.runtime, counter, { args: [5] });
      expect(ref).toEqual({ id: expect.stringContaining('b@127.0.0.1:2') as string, nodeId: b.id });
      cast(a.runtime, ref, 2);
      expect(await call(a.runtime, ref, 'get')).toBe(7);
      expect(await call(a.runtime, ref, new Map([[1n, undefined]]))).toEqual(
        new Map([[1n, undefined]]),
      );
      await expect(call(a.runtime, ref, 'boom')).rejects.toThrow(new RangeError('boom'));
      await expect(call(a.runtime, ref, 'get')).rejects.toMatchObject({
        code: 'ERR_SERVER_NOT_RUNNING',
      });
      await expect(call(a.runtime, ref, () => 1)).rejects.toMatchObject({
        code: 'ERR_MESSAGE_SERIALIZATION',
      });
      await stopServer(a.runtime, ref);
    }),
  );

  it(
    'tells a remote monitor once, and a lost node as noconnection',
    inWorld(async (world) => {
      const [a, b] = await pair(world);
      const seen: unknown[] = [];
      const watcher = await startServer(a.runtime, {
        ...counter,
        handleInfo: (info: { reason: unknown }, state: unknown) => {
          seen.push(info.reason);
          return state;
        },
      });
      const first = await startServer(b.runtime, counter);
      const second = await startServer(b.runtime, counter);
      monitor(a.runtime, watcher, first);
      monitor(a.runtime, watcher, second);
      await sleep(world.platform, 10);
      await stopServer(b.runtime, first, 'shutdown');
      await sleep(world.platform, 10);
      monitor(a.runtime, watcher, first);
      await sleep(world.platform, 10);
      await b.cluster.stop();
      await sleep(world.platform, 10);
      expect(seen).toEqual([{ type: 'shutdown' }, { type: 'noproc' }, { type: 'noconnection' }]);
    }),
  );

  it(
    'carries the end of a linked process to the other node',
    inWorld(async (world) => {
      const [a, b] = await pair(world);
      const here = await startServer(a.runtime, counter);
      const there = await startServer(b.runtime, counter);
      a.runtime.link(here.id, there);
      await sleep(world.platform, 10);
      await call(b.runtime, there, 'boom').catch(() => undefined);
      await sleep(world.platform, 10);
      expect(a.runtime.isRunning(here)).toBe(false);
    }),
  );

  it(
    'starts registered behaviours elsewhere, with their arguments',
    inWorld(async (world) => {
      const [a, b] = await pair(world);
      const request = { registration: 'global', timeoutMs: 1000 } as const;
      const { spawner, registry } = a.cluster.node;
      const ref = await spawner.spawn(b.id, {
        ...request,
        behavior: 'counter',
        args: [41],
        name: 'answer',
      });
      expect(ref.nodeId).toBe(b.id);
      cast(a.runtime, registry.lookup('answer'), 1);
      expect(await call(a.runtime, registry.lookup('answer'), 'get')).toBe(42);
      await expect(
        spawner.spawn(b.id, { ...request, behavior: 'missing', args: [] }),
      ).rejects.toMatchObject({ code: 'ERR_BEHAVIOR_NOT_FOUND', nodeId: b.id });
      await stopServer(a.runtime, ref);
      await sleep(world.platform, 10);
      expect(registry.whereis('answer')).toBeUndefined();
    }),
  );

  it(
    'fails pending calls when their node leaves, and forgets its names',
    inWorld(async (world) => {
      const [a, b] = await pair(world);
      const stuck = await startServer(b.runtime, {
        ...counter,
        handleCall: () => new Promise<never>(() => undefined),
      });
      b.cluster.node.registry.register('stuck', stuck);
      await sleep(world.platform, 10);
      expect(a.cluster.node.registry.getNames()).toEqual(['stuck']);
      const pending = call(a.runtime, stuck, 'get', { timeout: Infinity });
      const downs: unknown[] = [];
      a.cluster.onNodeDown((nodeId, reason) => downs.push([nodeId, reason]));
      await b.cluster.stop();
      await expect(pending).rejects.toMatchObject({ code: 'ERR_NODE_NOT_REACHABLE' });
      expect(downs).toEqual([[b.id, 'graceful_shutdown']]);
      expect(a.cluster.node.registry.getNames()).toEqual([]);
    }),
  );

  it(
    'takes a quick restart under the same id for what it is: down, then up',
    inWorld(async (world) => {
      const [a, b] = await pair(world);
      const seen: string[] = [];
      a.cluster.onNodeDown((_id, reason) => seen.push(`down ${reason}`));
      a.cluster.onNodeUp(() => seen.push('up'));
      await b.cluster.stop();
      await world.node('b', 2, [a.id], 2n);
      await sleep(world.platform, 5000);
      expect(seen).toEqual(['down graceful_shutdown', 'up']);
    }),
  );
});
