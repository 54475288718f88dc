import { describe, expect, it } from 'vitest';
import type { NodeId } from '../base/node-id.js';
import { CLUSTER } from '../cluster/cluster.js';
import { BEHAVIORS } from '../cluster/behavior-registry.js';
import type { AnyBehavior } from '../otp/behavior.js';
import { call } from '../otp/call.js';
import { runVirtual, sleep } from '../platform/run-virtual.js';
import type { VirtualPlatform } from '../platform/virtual-platform.js';
import { Runtime } from '../runtime/runtime.js';
import { MemoryNetwork } from '../transport/memory.js';
import type { DistributedSupervisorEvent } from './distributed-event.js';
import { DISTRIBUTED_SUPERVISORS, type DistributedSupervisors } from './distributed-supervisor.js';

interface TestNode {
  readonly runtime: Runtime;
  readonly id: NodeId;
  readonly supervisors: DistributedSupervisors;
  stop(): Promise<void>;
}

interface World {
  readonly platform: VirtualPlatform;
  readonly network: MemoryNetwork;
  readonly nodes: TestNode[];
  readonly events: DistributedSupervisorEvent[];
  /** Every start of a child: node name and id, in order. */
  readonly starts: string[];
  node(port: number): Promise<TestNode>;
  /** Living children over all nodes. */
  living(): string[];
}

function inWorld(count: number, body: (world: World) => Promise<void>) {
  return () =>
    runVirtual(async (platform) => {
      const network = new MemoryNetwork(platform, { latencyMs: 1 });
      const nodes: TestNode[] = [];
      const starts: string[] = [];
      const events: DistributedSupervisorEvent[] = [];
      const living = new Set<string>();
      const node: World['node'] = async (port) => {
        const { clock, timers, random, entropy, runQueue, log, store } = platform;
        const parts = { clock, timers, random, entropy, runQueue, log, store };
        const runtime = new Runtime({ ...parts, incarnation: 1n });
        const worker: AnyBehavior = {
          init: (id: string) => {
            starts.push(`n${port} ${id}`);
            living.add(`${id}@n${port}`);
            return id;
          },
          handleCall: (message: unknown, id: string) => {
            if (message === 'boom') throw new Error('boom');
            return [id, id];
          },
          handleCast: (_message, id: string) => id,
          terminate: (_reason, id: string) => void living.delete(`${id}@n${port}`),
        };
        runtime.use(BEHAVIORS).register('worker', worker);
        const supervisors = runtime.use(DISTRIBUTED_SUPERVISORS);
        supervisors.onLifecycleEvent((event) => events.push(event));
        const cluster = runtime.use(CLUSTER);
        const seeds = nodes.length === 0 ? [] : [(nodes[0] as TestNode).id];
        const transport = network.transport(`127.0.0.1:${port}`);
        await cluster.start({ nodeName: `n${port}`, port, seeds, transport });
        const stop = async () => {
          for (const name of [...living]) if (name.endsWith(`@n${port}`)) living.delete(name);
          await cluster.stop();
        };
        const made = { runtime, supervisors, id: cluster.node.self.nodeId, stop };
        nodes.push(made);
        return made;
      };
      for (let port = 1; port <= count; port++) await node(port);
      await sleep(platform, 100);
      const names = () => [...living].sort();
      await body({ platform, network, nodes, events, starts, node, living: names });
    });
}

function spec(id: string, extra: object = {}) {
  return { id, behavior: 'worker', args: [id], ...extra };
}

const round = {
  nodeSelector: 'round_robin',
  restartIntensity: { maxRestarts: 3, withinMs: 60_000 },
} as const;

describe('DistributedSupervisor', () => {
  it(
    'spreads children over nodes in start order and stops them in reverse',
    inWorld(3, async ({ nodes, starts, living }) => {
      const [a] = nodes as [TestNode];
      const children = ['w1', 'w2', 'w3', 'w4'].map((id) => spec(id));
      const ref = await a.supervisors.start({ ...round, children });
      expect(starts).toEqual(['n1 w1', 'n2 w2', 'n3 w3', 'n1 w4']);
      expect(a.supervisors.getStats(ref).childrenByNode).toEqual(
        new Map(nodes.map(({ id }, index) => [id, index === 0 ? 2 : 1])),
      );
      const [, w2] = a.supervisors.getChildren(ref);
      expect(await call(a.runtime, w2?.ref as { id: string }, 'who')).toBe('w2');
      await a.supervisors.stop(ref);
      expect(living()).toEqual([]);
      expect(a.supervisors.isRunning(ref)).toBe(false);
    }),
  );

  it(
    'charges the loss of a node once, and brings back exactly what it took',
    inWorld(3, async ({ nodes, platform, starts, events }) => {
      const [a, b] = nodes as [TestNode, TestNode];
      const pin = {
        nodeSelector: (all: readonly { id: NodeId }[]) => (all[1] as { id: NodeId }).id,
      };
      const children = [1, 2, 3, 4, 5, 6].map((n) => spec(`w${n}`, pin));
      const restartIntensity = { maxRestarts: 1, withinMs: 60_000 };
      const ref = await a.supervisors.start({ children, restartIntensity });
      expect(starts.filter((start) => start.startsWith('n2'))).toHaveLength(6);
      starts.length = 0;
      await b.stop();
      await sleep(platform, 1000);
      expect(starts).toHaveLength(6);
      expect(a.supervisors.isRunning(ref)).toBe(true);
      expect(a.supervisors.getStats(ref)).toMatchObject({
        nodeFailureRestarts: 6,
        totalRestarts: 6,
      });
      const types = events.map((event) => event.type);
      expect(types.filter((type) => type === 'node_failure_detected')).toHaveLength(1);
      expect(types.filter((type) => type === 'child_migrated')).toHaveLength(6);
    }),
  );

  it(
    'restarts a crashed child once, and the suffix under rest_for_one across nodes',
    inWorld(3, async ({ nodes, platform, starts }) => {
      const [a] = nodes as [TestNode];
      const children = ['w1', 'w2', 'w3'].map((id) => spec(id));
      const ref = await a.supervisors.start({ ...round, strategy: 'rest_for_one', children });
      starts.length = 0;
      const w2 = a.supervisors.getChild(ref, 'w2');
      await call(a.runtime, w2?.ref as { id: string }, 'boom').catch(() => undefined);
      await sleep(platform, 1000);
      expect(starts.map((start) => start.slice(3))).toEqual(['w2', 'w3']);
      expect(a.supervisors.getChildren(ref)).toHaveLength(3);
    }),
  );

  it(
    'refuses to start without an eligible node, and waits for one afterwards',
    inWorld(2, async (world) => {
      const { nodes, platform, starts, events } = world;
      const [a, b] = nodes as [TestNode, TestNode];
      const pinned = spec('w1', { nodeSelector: { node: b.id } });
      const nowhere = spec('w2', { nodeSelector: { node: 'n9@127.0.0.1:9' } });
      await expect(a.supervisors.start({ children: [pinned, nowhere] })).rejects.toMatchObject({
        code: 'ERR_NO_AVAILABLE_NODE',
        childId: 'w2',
      });
      const ref = await a.supervisors.start({ children: [pinned] });
      await b.stop();
      await sleep(platform, 1000);
      expect(a.supervisors.getChildren(ref)).toEqual([]);
      expect(a.supervisors.countChildren(ref)).toBe(1);
      expect(events.at(-1)?.type).not.toBe('supervisor_stopped');
      starts.length = 0;
      await world.node(3);
      await sleep(platform, 1000);
      expect(starts).toEqual([]);
    }),
  );

  it(
    'names the behaviour and the node that lacks it',
    inWorld(2, async ({ nodes }) => {
      const [a, b] = nodes as [TestNode, TestNode];
      const child = { id: 'x', behavior: 'missing', nodeSelector: { node: b.id } };
      await expect(a.supervisors.start({ children: [child] })).rejects.toMatchObject({
        code: 'ERR_DISTRIBUTED_BEHAVIOR_NOT_FOUND',
        behaviorName: 'missing',
        nodeId: b.id,
      });
    }),
  );

  it(
    'keeps its children when a link breaks and comes back',
    inWorld(2, async ({ nodes, platform, network, starts }) => {
      const [a, b] = nodes as [TestNode, TestNode];
      const child = spec('w1', { nodeSelector: { node: b.id } });
      const ref = await a.supervisors.start({ children: [child] });
      network.sever('127.0.0.1:1', '127.0.0.1:2');
      await sleep(platform, 1000);
      expect(starts).toEqual(['n2 w1']);
      const w1 = a.supervisors.getChild(ref, 'w1');
      await call(a.runtime, w1?.ref as { id: string }, 'boom').catch(() => undefined);
      await sleep(platform, 1000);
      expect(starts).toEqual(['n2 w1', 'n2 w1']);
    }),
  );

  it(
    'ends when nodes are lost more often than it allows',
    inWorld(3, async ({ nodes, platform, living }) => {
      const [a, b, c] = nodes as [TestNode, TestNode, TestNode];
      const pin = (all: readonly { id: NodeId }[]) => (all.at(-1) as { id: NodeId }).id;
      const restartIntensity = { maxRestarts: 1, withinMs: 60_000 };
      const children = [spec('w1', { nodeSelector: pin }), spec('w2')];
      const ref = await a.supervisors.start({ children, restartIntensity });
      await c.stop();
      await sleep(platform, 1000);
      await b.stop();
      await sleep(platform, 1000);
      expect(a.supervisors.isRunning(ref)).toBe(false);
      expect(living()).toEqual([]);
      expect(() => a.supervisors.getChildren(ref)).toThrow('more than 1 restarts');
    }),
  );
});
