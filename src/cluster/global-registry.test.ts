import { describe, expect, it } from 'vitest';
import { startServer, stopServer } from '../otp/gen-server.js';
import { setCurrentRuntime } from '../runtime/current.js';
import type { GlobalRegistryNode } from './global-registry.js';
import { GlobalRegistry } from './registry-facades.js';
import { type TestNode, counter, inCluster } from './testing/cluster-world.js';

const registryOf = (node: TestNode): GlobalRegistryNode => node.cluster.node.registry;

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

  it(
    'tells what happens to names, and when all of a node’s are known, to whoever listens',
    inCluster(1, async ({ nodes, join, pass }) => {
      const [a] = nodes as [TestNode];
      const ref = await startServer(a.runtime, counter);
      registryOf(a).register('first', ref);
      const heard: unknown[] = [];
      const b = await join(2);
      setCurrentRuntime(b.runtime);
      const unlisten = [
        GlobalRegistry.on(({ type }) => heard.push(type)),
        GlobalRegistry.on('registered', (name, { id }) => heard.push(name, id)),
        GlobalRegistry.on('unregistered', (name) => heard.push(name)),
        GlobalRegistry.on('synced', (nodeId, count) => heard.push(nodeId, count)),
      ];
      await pass(100);
      expect(heard).toEqual(['registered', 'first', ref.id, 'synced', a.id, 1]);
      heard.length = 0;
      registryOf(a).unregister('first');
      await pass(10);
      expect(heard).toEqual(['unregistered', 'first']);
      for (const off of unlisten) off();
      registryOf(a).register('first', ref);
      await pass(10);
      expect(heard.length).toBe(2);
    }),
  );

  it(
    'says what is wrong about what it is given',
    inCluster(1, async ({ nodes }) => {
      const [a] = nodes as [TestNode];
      const ref = await startServer(a.runtime, counter);
      const registry = registryOf(a);
      expect(() => registry.register('', ref)).toThrow('Expected name to be a string');
      expect(() => registry.unregister(7 as never)).toThrow('Expected name to be a string');
      expect(() => registry.register('x', ref, { term: -1 })).toThrow('a whole number, 0 or more');
      expect(() => registry.register('x', ref, { whenLost: 'kill' as never })).toThrow(
        'Expected whenLost to be one of end, tell, got "kill"',
      );
      expect(() => registry.on('registered' as never)).toThrow('Expected the handler to be a func');
      setCurrentRuntime(a.runtime);
      expect(() => GlobalRegistry.on('lost' as 'synced', () => undefined)).toThrow(
        'Expected the event to be one of registered, unregistered, conflictResolved, synced',
      );
      expect(() => GlobalRegistry.on('synced', undefined as never)).toThrow('to be a function');
      await expect(GlobalRegistry.register('x', null as never)).rejects.toThrow('Expected the ref');
      expect(registry.count()).toBe(0);
    }),
  );
});
