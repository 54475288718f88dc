import { describe, expect, it } from 'vitest';
import { deferred } from '../base/deferred.js';
import { createNodePlatform } from '../platform/node-platform.js';
import { Runtime } from '../runtime/runtime.js';
import { CLUSTER } from './cluster.js';
import type { ClusterOptions } from './cluster-config.js';
import { type Discovery, allDiscoveries, seedDiscovery } from './discovery.js';
import { type ClusterWorld, type TestNode, inCluster } from './testing/cluster-world.js';

/** Finds what it is told to, and remembers what it was asked. */
class Played implements Discovery {
  finds: readonly string[] | Error = [];
  asked = 0;
  announced: string[] = [];
  closed = 0;

  find(): Promise<readonly string[]> {
    this.asked += 1;
    return this.finds instanceof Error ? Promise.reject(this.finds) : Promise.resolve(this.finds);
  }

  announce(self: string): void {
    this.announced.push(self);
  }

  close(): void {
    this.closed += 1;
  }
}

/** A node without seeds in the world, at this port. */
async function startAlone(
  { platform, network }: ClusterWorld,
  port: number,
  options: Partial<ClusterOptions>,
) {
  const cluster = new Runtime(platform).use(CLUSTER);
  const transport = network.transport(`127.0.0.1:${port}`);
  const pauses = { reconnectBaseDelayMs: 100, reconnectMaxDelayMs: 10_000 };
  await cluster.start({ nodeName: `n${port}`, port, transport, ...pauses, ...options });
  return cluster;
}

describe('a node with a discovery', () => {
  it(
    'joins whom it finds, by address or by id, and tells where it is',
    inCluster(2, async (world) => {
      const [a, b] = world.nodes as [TestNode, TestNode];
      const discovery = new Played();
      discovery.finds = ['127.0.0.1:9', a.address, b.id, 'no address'];
      const cluster = await startAlone(world, 9, { discovery });
      await world.pass(100);
      expect(cluster.node.connectedNodes().map(({ id }) => id)).toEqual([a.id, b.id]);
      expect(discovery.announced).toEqual([cluster.node.self.nodeId]);
    }),
  );

  it(
    'asks again, with growing pauses, until nobody is missing, and then now and then',
    inCluster(1, async (world) => {
      const [a] = world.nodes as [TestNode];
      const discovery = new Played();
      const cluster = await startAlone(world, 9, { discovery });
      await world.pass(3000);
      const asked = discovery.asked;
      expect(asked).toBeGreaterThan(4);
      expect(asked).toBeLessThan(9);
      discovery.finds = [a.address];
      await world.pass(4000);
      expect(cluster.node.connectedNodes()).toHaveLength(1);
      const settled = discovery.asked;
      await world.pass(30_000);
      expect(discovery.asked - settled).toBeLessThan(7);
    }),
  );

  it(
    'asks soon when a node was lost',
    inCluster(2, async (world) => {
      const [a, b] = world.nodes as [TestNode, TestNode];
      const discovery = new Played();
      discovery.finds = [a.address, b.address];
      await startAlone(world, 9, { discovery });
      await world.pass(1000);
      const { asked } = discovery;
      await b.cluster.stop();
      await world.pass(1000);
      expect(discovery.asked).toBeGreaterThan(asked);
    }),
  );

  it(
    'forgets an address that nobody answered at, as soon as it is not found any more',
    inCluster(1, async (world) => {
      const [a] = world.nodes as [TestNode];
      const discovery = new Played();
      discovery.finds = ['127.0.0.1:77', a.address];
      const cluster = await startAlone(world, 9, { discovery });
      await world.pass(1000);
      expect(cluster.node.seeds.areMissing()).toBe(true);
      discovery.finds = [a.address];
      await world.pass(10_000);
      expect(cluster.node.seeds.areMissing()).toBe(false);
      expect(cluster.node.connectedNodes()).toHaveLength(1);
    }),
  );

  it(
    'keeps what it found when it cannot ask, and logs that once',
    inCluster(1, async (world) => {
      const [a] = world.nodes as [TestNode];
      const discovery = new Played();
      discovery.finds = ['127.0.0.1:77'];
      const cluster = await startAlone(world, 9, { discovery });
      discovery.finds = new Error('no name server');
      await world.pass(30_000);
      const told = world.platform.logged.filter(({ message }) => message.includes('looked for'));
      expect(told).toHaveLength(1);
      expect(cluster.node.seeds.areMissing()).toBe(true);
      discovery.finds = [a.address];
      await world.pass(15_000);
      expect(cluster.node.connectedNodes()).toHaveLength(1);
    }),
  );

  it(
    'closes it when it stops, and takes nothing from it any more',
    inCluster(1, async (world) => {
      const [a] = world.nodes as [TestNode];
      const answer = deferred<readonly string[]>();
      const discovery = new Played();
      discovery.find = () => answer.promise;
      const cluster = await startAlone(world, 9, { discovery });
      await cluster.stop();
      answer.resolve([a.address]);
      await world.pass(60_000);
      expect(discovery.closed).toBe(1);
      expect(a.cluster.node.connectedNodes()).toEqual([]);
    }),
  );

  it('is refused when that is none', async () => {
    const cluster = new Runtime(createNodePlatform()).use(CLUSTER);
    const start = cluster.start({ nodeName: 'a', discovery: ['b@h:1'] as never });
    await expect(start).rejects.toThrow('discovery to be something with find and close');
  });
});

describe('discoveries together', () => {
  it('find what any of them finds', async () => {
    const all = allDiscoveries(seedDiscovery(['a@h:1']), seedDiscovery(['h:2']));
    expect(await all.find()).toEqual(['a@h:1', 'h:2']);
  });
});

describe('a seed by host name', () => {
  it('leads to the node that calls itself by another address', async () => {
    const [first, second] = [1, 2].map(() => new Runtime(createNodePlatform()).use(CLUSTER));
    const met = deferred<string>();
    second!.onNodeUp(({ id }) => met.resolve(id));
    try {
      await first!.start({ nodeName: 'a', port: 0 });
      const { nodeId } = first!.node.self;
      expect(nodeId).toMatch(/^a@127\.0\.0\.1:/);
      const seed = nodeId.replace('127.0.0.1', 'localhost').replace('a@', 'anybody@');
      await second!.start({ nodeName: 'b', port: 0, seeds: [seed] });
      expect(await met.promise).toBe(nodeId);
      expect(second!.node.nodes().map(({ id }) => id)).toEqual([nodeId]);
    } finally {
      await Promise.all([first!.stop(), second!.stop()]);
    }
  });
});
