import { describe, expect, it } from 'vitest';
import { call } from '../otp/call.js';
import { startServer, stopServer } from '../otp/gen-server.js';
import { VirtualPlatform } from '../platform/virtual-platform.js';
import { Runtime } from '../runtime/runtime.js';
import { CLUSTER_DEFAULTS } from './cluster-config.js';
import { CLUSTER } from './cluster.js';
import { type TestNode, counter, inCluster } from './testing/cluster-world.js';

const forever = { timeout: Infinity } as const;

describe('Cluster.stop', () => {
  it(
    'rejects calls, stops and starts that wait for another node',
    inCluster(2, async ({ nodes, pass }) => {
      const [a, b] = nodes as [TestNode, TestNode];
      const ref = await startServer(b.runtime, counter);
      b.runtime.processes.get(ref.id)?.mailbox.offer({ kind: 'cast', message: 1 });
      const waiting = [
        call(a.runtime, ref, 'hang', forever),
        stopServer(a.runtime, ref),
        a.cluster.node.spawner.spawn(b.id, {
          behavior: 'counter',
          args: [],
          registration: 'none',
          timeoutMs: 60_000,
        }),
      ].map((promise) =>
        promise.then(
          () => 'done',
          (error: unknown) => (error as { code: string }).code,
        ),
      );
      await a.cluster.stop();
      expect(await Promise.all(waiting)).toEqual(Array(3).fill('ERR_NODE_NOT_REACHABLE'));
      expect(a.cluster.status).toBe('stopped');
      await pass(100);
      expect(a.runtime.deadlines.size).toBe(0);
      expect(a.runtime.router).toBe(a.runtime.localRouter);
    }),
  );

  it(
    'is one stop however often it is asked for, and none when nothing runs',
    inCluster(2, async ({ nodes }) => {
      const [a] = nodes as [TestNode];
      const seen: string[] = [];
      a.cluster.onStatusChange((status) => seen.push(status));
      await Promise.all([a.cluster.stop(), a.cluster.stop()]);
      await a.cluster.stop();
      expect(seen).toEqual(['stopping', 'stopped']);
    }),
  );

  it(
    'waits for a start under way',
    inCluster(1, async ({ network, platform }) => {
      const runtime = new Runtime(platform);
      const cluster = runtime.use(CLUSTER);
      const transport = network.transport('127.0.0.1:9');
      const starting = cluster.start({ nodeName: 'late', port: 9, transport });
      await cluster.stop();
      await starting;
      expect(cluster.status).toBe('stopped');
      expect(network.listenerAt('127.0.0.1:9')).toBeUndefined();
    }),
  );

  it(
    'can be followed by another start, as a new life of the node',
    inCluster(2, async ({ nodes, network, pass }) => {
      const [a, b] = nodes as [TestNode, TestNode];
      const seen: string[] = [];
      a.cluster.onNodeDown((_id, reason) => seen.push(reason));
      a.cluster.onNodeUp(() => seen.push('up'));
      for (let round = 0; round < 3; round++) {
        await b.cluster.stop();
        await b.cluster.start({ ...b.options, transport: network.transport(b.address) });
        await pass(3000);
      }
      expect(seen).toEqual(Array(3).fill(['graceful_shutdown', 'up']).flat());
      const ref = await startServer(b.runtime, counter);
      expect(await call(a.runtime, ref, 'hello')).toBe('hello');
    }),
  );
});

describe('Cluster.start', () => {
  it(
    'leaves nothing behind when nobody can listen, and may be tried again',
    inCluster(1, async ({ network, platform, nodes }) => {
      const [a] = nodes as [TestNode];
      const runtime = new Runtime(platform);
      const cluster = runtime.use(CLUSTER);
      const taken = network.transport(a.address);
      const start = cluster.start({ nodeName: 'x', port: 1, transport: taken });
      await expect(start).rejects.toMatchObject({ code: 'ERR_LISTEN' });
      expect(cluster.status).toBe('stopped');
      expect(() => cluster.node).toThrow('call Cluster.start first');
      const transport = network.transport('127.0.0.1:8');
      await cluster.start({ nodeName: 'x', port: 8, seeds: [a.id], transport });
      expect(cluster.status).toBe('running');
    }),
  );

  it('gives every misuse its typed error', async () => {
    const platform = new VirtualPlatform();
    const cluster = new Runtime(platform).use(CLUSTER);
    const bad = { code: 'ERR_INVALID_CLUSTER_CONFIG' };
    await expect(cluster.start({ nodeName: '' })).rejects.toMatchObject(bad);
    await expect(cluster.start({ nodeName: 'a', clusterSecret: '' })).rejects.toMatchObject(bad);
    const open = cluster.start({ nodeName: 'a', host: '0.0.0.0' });
    await expect(open).rejects.toMatchObject(bad);
    await expect(open).rejects.toThrow('give all nodes one { clusterSecret }');
    await expect(cluster.start({ nodeName: 'a', seeds: 'b@h:1' as never })).rejects.toMatchObject(
      bad,
    );
    expect(cluster.status).toBe('stopped');
    expect(() => cluster.node).toThrow('call Cluster.start first');
    await cluster.stop();
  });
});

describe('a handler of cluster events', () => {
  it(
    'that throws keeps the cluster from nothing',
    inCluster(2, async ({ nodes, join, pass, errors }) => {
      const [a] = nodes as [TestNode];
      const fail = (): never => {
        throw new Error('mine');
      };
      const seen: string[] = [];
      a.cluster.onNodeUp(fail);
      a.cluster.onNodeDown(fail);
      a.cluster.node.registry.on(fail);
      a.cluster.onNodeUp((node) => seen.push(node.id));
      const c = await join(3);
      await pass(100);
      c.cluster.node.registry.register('x', await startServer(c.runtime, counter));
      await pass(100);
      await c.cluster.stop();
      await pass(100);
      expect(seen).toEqual([c.id]);
      // Up and down of the node, its names known, one registered and unregistered.
      expect(errors()).toHaveLength(5);
      expect(a.cluster.node.connectedNodes()).toHaveLength(1);
    }),
  );
});

describe('a heartbeat', () => {
  it(
    'tells the others how many processes its node runs by then',
    inCluster(2, async ({ nodes, pass }) => {
      const [a, b] = nodes as [TestNode, TestNode];
      const seen = () => b.cluster.node.nodes().map(({ processCount }) => processCount);
      expect(seen()).toEqual([0]);
      for (let index = 0; index < 3; index++) await startServer(a.runtime, counter);
      await pass(2 * CLUSTER_DEFAULTS.HEARTBEAT_INTERVAL_MS);
      expect(seen()).toEqual([3]);
      expect(a.cluster.node.localNode().processCount).toBe(3);
    }),
  );
});

describe('a node that joins', () => {
  it(
    'is not taken for idle before its first heartbeat',
    inCluster(1, async ({ nodes, join, pass }) => {
      const [a] = nodes as [TestNode];
      for (let index = 0; index < 7; index++) await startServer(a.runtime, counter);
      const b = await join(2);
      await pass(100);
      expect(b.cluster.node.nodes()).toMatchObject([{ id: a.id, processCount: 7 }]);
    }),
  );
});
