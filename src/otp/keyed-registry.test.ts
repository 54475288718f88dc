import { describe, expect, it } from 'vitest';
import { NodeId } from '../base/node-id.js';
import { runVirtual } from '../platform/run-virtual.js';
import { setCurrentRuntime } from '../runtime/current.js';
import { Runtime } from '../runtime/runtime.js';
import type { GenServerRef } from './behavior.js';
import { call } from './call.js';
import { Registry } from './facades.js';
import { startServer, stopServer } from './gen-server.js';
import { KeyedRegistry } from './keyed-registry.js';

interface World {
  readonly runtime: Runtime;
  /** A process that answers any call with what was cast to it. */
  listener(): Promise<GenServerRef>;
  heard(ref: GenServerRef): Promise<unknown>;
}

function inWorld(body: (world: World) => Promise<void>) {
  return () =>
    runVirtual(async (platform) => {
      const runtime = new Runtime(platform);
      await body({
        runtime,
        listener: () =>
          startServer(runtime, {
            init: (): unknown[] => [],
            handleCall: (_message, heard: unknown[]): [unknown, unknown[]] => [heard, heard],
            handleCast: (message: unknown, heard: unknown[]) => [...heard, message],
          }),
        heard: (ref) => call(runtime, ref, 'heard'),
      });
    });
}

describe('KeyedRegistry', () => {
  it(
    'gives a unique key to one process',
    inWorld(async ({ runtime, listener }) => {
      const registry = new KeyedRegistry<string>(runtime);
      const [a, b] = [await listener(), await listener()];
      registry.register('k', a, 'first');
      expect(() => registry.register('k', b)).toThrow('Expected k to be free');
      expect(registry.lookup('k')).toEqual({ key: 'k', ref: a, metadata: 'first' });
      expect(() => registry.lookup('other')).toThrow('none is registered');
      expect(() => registry.register('', a)).toThrow('a string that is not empty');
    }),
  );

  it(
    'holds a group under a duplicate key, each process once, in order',
    inWorld(async ({ runtime, listener, heard }) => {
      const registry = new KeyedRegistry<number>(runtime, { keys: 'duplicate' });
      const [a, b] = [await listener(), await listener()];
      registry.register('topic', a, 1);
      registry.register('topic', b, 2);
      expect(() => registry.register('topic', a)).toThrow('Expected topic to be free');
      expect(registry.lookupAll('topic').map(({ ref }) => ref)).toEqual([a, b]);
      expect(registry.dispatch('topic', 'hello')).toBe(2);
      expect([await heard(a), await heard(b)]).toEqual([['hello'], ['hello']]);
      const chosen: unknown[] = [];
      registry.dispatch('topic', 'x', (entries) => chosen.push(entries[1]?.metadata));
      expect(chosen).toEqual([2]);
      expect(registry.match(({ metadata }) => metadata === 2)).toHaveLength(1);
      expect(registry.dispatch('nobody', 'x')).toBe(0);
    }),
  );

  it(
    'forgets a process that ended, under all its keys',
    inWorld(async ({ runtime, listener }) => {
      const registry = new KeyedRegistry(runtime, { keys: 'duplicate' });
      const [a, b] = [await listener(), await listener()];
      registry.register('x', a);
      registry.register('y', a);
      registry.register('y', b);
      expect(registry.keysOf(a)).toEqual(['x', 'y']);
      await stopServer(runtime, a);
      expect(registry.getKeys()).toEqual(['y']);
      expect(registry.count()).toBe(1);
      expect(registry.count('y')).toBe(1);
      expect(registry.isRegistered('x')).toBe(false);
    }),
  );

  it(
    'unregisters one or all, and updates metadata in place',
    inWorld(async ({ runtime, listener }) => {
      const registry = new KeyedRegistry<number>(runtime, { keys: 'duplicate' });
      const [a, b] = [await listener(), await listener()];
      registry.register('k', a, 1);
      registry.register('k', b, 2);
      registry.updateMetadata('k', a, (n = 0) => n + 10);
      expect(registry.whereis('k')?.metadata).toBe(11);
      expect(() => registry.updateMetadata('other', a, () => 0)).toThrow('none is registered');
      expect(registry.unregister('k', a)).toBe(true);
      expect(registry.unregister('k', a)).toBe(false);
      expect(registry.unregister('k')).toBe(true);
      expect(registry.unregister('k')).toBe(false);
      registry.register('k', a);
      registry.close();
      await stopServer(runtime, a);
      expect(registry.count()).toBe(0);
    }),
  );

  it(
    'refuses a process that has ended or is not of this node, and made by the facade it works too',
    inWorld(async ({ runtime, listener }) => {
      setCurrentRuntime(runtime);
      const registry = Registry.create<number>({ keys: 'duplicate' });
      const [a, b] = [await listener(), await listener()];
      await stopServer(runtime, b);
      expect(() => registry.register('k', b)).toThrow(`Expected ${b.id} to be running`);
      const elsewhere = { id: a.id, nodeId: NodeId.parse('other@127.0.0.1:1') };
      expect(() => registry.register('k', elsewhere)).toThrow('GlobalRegistry');
      expect(() => registry.match('k' as never)).toThrow('a function');
      expect(() => registry.dispatch('k', 1, 'all' as never)).toThrow('a function');
      registry.register('k', a, 1);
      expect(registry.whereis('k')?.metadata).toBe(1);
      expect(() => Registry.create({ keys: 'many' as never })).toThrow('unique, duplicate');
    }),
  );
});
