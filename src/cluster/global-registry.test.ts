import { describe, expect, it } from 'vitest';
import { startServer, stopServer } from '../otp/gen-server.js';
import type { GlobalRegistryNode } from './global-registry.js';
import { type TestNode, counter, inCluster } from './testing/cluster-world.js';

const registryOf = (node: TestNode): GlobalRegistryNode => node.cluster.node.registry;

/** Breaks every link between the two again and again, for long enough to be given up. */
async function partition(
  first: TestNode,
  second: TestNode,
  world: { sever(a: TestNode, b: TestNode): void; pass(delayMs: number): Promise<void> },
): Promise<void> {
  for (let round = 0; round < 20_000; round++) {
    world.sever(first, second);
    await world.pass(1);
  }
}

describe('GlobalRegistry', () => {
  it(
    'tells every node of names, of their end, and of their owner’s',
    inCluster(3, async ({ nodes, pass }) => {
      const [a, b, c] = nodes as [TestNode, TestNode, TestNode];
      const [first, second] = [
        await startServer(a.runtime, counter),
        await startServer(a.runtime, counter),
      ];
      registryOf(a).register('first', first);
      registryOf(a).register('again', first);
      registryOf(a).register('second', second);
      await pass(10);
      for (const node of [b, c]) {
        expect(registryOf(node).getNames()).toEqual(['again', 'first', 'second']);
        expect(registryOf(node).lookup('first')).toEqual(first);
      }
      registryOf(a).unregister('again');
      await stopServer(a.runtime, second);
      await pass(10);
      for (const node of [a, b, c]) expect(registryOf(node).getNames()).toEqual(['first']);
      await a.cluster.stop();
      await pass(10);
      for (const node of [b, c]) expect(registryOf(node).count()).toBe(0);
    }),
  );

  it(
    'takes names of living processes of its own node alone',
    inCluster(2, async ({ nodes, pass }) => {
      const [a, b] = nodes as [TestNode, TestNode];
      const ref = await startServer(a.runtime, counter);
      expect(() => registryOf(b).register('x', ref)).toThrow('a process of this node');
      registryOf(a).register('x', ref);
      registryOf(a).register('x', ref);
      await pass(10);
      const other = await startServer(b.runtime, counter);
      expect(() => registryOf(b).register('x', other)).toThrow(`a process of ${a.id} has it`);
      await stopServer(a.runtime, ref);
      expect(() => registryOf(a).register('x', ref)).toThrow('it has stopped');
      expect(() => registryOf(a).lookup('x')).toThrow('Expected a process named x');
    }),
  );

  it(
    'tells a change that falls between the two halves of a join',
    inCluster(1, async ({ nodes, join, pass }) => {
      const [a] = nodes as [TestNode];
      const refs = await Promise.all(
        [...Array(8).keys()].map(() => startServer(a.runtime, counter)),
      );
      for (const [index, ref] of refs.entries()) {
        const { timers } = a.runtime.platform;
        timers.after(0.5 + index, () => registryOf(a).register(`name ${index}`, ref));
      }
      const b = await join(2);
      await pass(100);
      expect(registryOf(b).getNames()).toEqual(registryOf(a).getNames());
      expect(registryOf(b).count()).toBe(8);
    }),
  );

  it(
    'tells a change that falls into a break',
    inCluster(2, async ({ nodes, sever, pass }) => {
      const [a, b] = nodes as [TestNode, TestNode];
      for (let delayMs = 0; delayMs < 8; delayMs++) {
        const ref = await startServer(a.runtime, counter);
        sever(a, b);
        await pass(delayMs);
        registryOf(a).register(`name ${delayMs}`, ref);
        if (delayMs > 0) registryOf(a).unregister(`name ${delayMs - 1}`);
        await pass(100);
        expect(registryOf(b).getNames()).toEqual([`name ${delayMs}`]);
      }
    }),
  );

  it(
    'settles a name that two sides of a partition claimed: the loser is ended, and told',
    inCluster(2, async (world) => {
      const { nodes, pass } = world;
      const [a, b] = nodes as [TestNode, TestNode];
      await partition(a, b, world);
      expect(a.cluster.node.connectedNodes()).toEqual([]);
      const told: unknown[] = [];
      const [mine, yours] = [
        await startServer(a.runtime, counter),
        await startServer(b.runtime, {
          ...counter,
          terminate: (reason) => void told.push(reason),
        }),
      ];
      registryOf(a).register('one', mine);
      registryOf(b).register('one', yours);
      const seen: unknown[] = [];
      for (const node of [a, b]) {
        registryOf(node).on(({ type }) => type === 'conflictResolved' && seen.push(type));
      }
      await pass(60_000);
      expect(registryOf(a).lookup('one')).toEqual(mine);
      expect(registryOf(b).lookup('one')).toEqual(mine);
      expect(told).toEqual(['shutdown']);
      expect(seen).toEqual(['conflictResolved', 'conflictResolved']);
    }),
  );

  it(
    'kills a loser that does not listen',
    inCluster(2, async (world) => {
      const { nodes, pass } = world;
      const [a, b] = nodes as [TestNode, TestNode];
      await partition(a, b, world);
      const mine = await startServer(a.runtime, counter);
      const deaf = await startServer(b.runtime, {
        ...counter,
        handleCast: () => new Promise<never>(() => undefined),
      });
      b.runtime.router.send(deaf, { kind: 'cast', message: 1 });
      registryOf(a).register('one', mine);
      registryOf(b).register('one', deaf);
      await pass(60_000);
      expect(b.runtime.processes.get(deaf.id)).toBeUndefined();
    }),
  );

  it(
    'leaves no process behind that was started for a name which was taken',
    inCluster(2, async ({ nodes, pass }) => {
      const [a, b] = nodes as [TestNode, TestNode];
      registryOf(a).register('one', await startServer(a.runtime, counter));
      await pass(10);
      const before = b.runtime.processes.size;
      const request = { behavior: 'counter', args: [], name: 'one', timeoutMs: 1000 } as const;
      await expect(
        a.cluster.node.spawner.spawn(b.id, { ...request, registration: 'global' }),
      ).rejects.toMatchObject({ code: 'ERR_GLOBAL_NAME_CONFLICT', existingNodeId: a.id });
      expect(b.runtime.processes.size).toBe(before);
    }),
  );
});
