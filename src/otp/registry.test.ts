import { describe, expect, it } from 'vitest';
import { NodeId } from '../base/node-id.js';
import { runVirtual } from '../platform/run-virtual.js';
import { setCurrentRuntime } from '../runtime/current.js';
import { Runtime } from '../runtime/runtime.js';
import type { AnyBehavior } from './behavior.js';
import { GenServer, Registry } from './facades.js';

function inWorld(body: () => Promise<void>) {
  return () =>
    runVirtual(async (platform) => {
      setCurrentRuntime(new Runtime(platform));
      await body();
    });
}

describe('Registry', () => {
  it(
    'gives a name to one process, several names to each, and takes them back',
    inWorld(async () => {
      const [a, b] = [await GenServer.start(idle), await GenServer.start(idle)];
      Registry.register('first', a);
      Registry.register('first', a);
      Registry.register('second', a);
      expect(() => Registry.register('first', b)).toThrow('Expected first to be free');
      expect(Registry.getNames()).toEqual(['first', 'second']);
      expect(Registry.lookup('second')).toEqual(a);
      expect([1, 2].map(() => Registry.unregister('first'))).toEqual([true, false]);
      Registry.register('first', b);
      expect([Registry.whereis('first'), Registry.whereis('third')]).toEqual([b, undefined]);
      expect(Registry.unregister('second')).toBe(true);
      expect(Registry.count()).toBe(1);
    }),
  );

  it(
    'loses all names of a process before anybody hears of its end',
    inWorld(async () => {
      const ref = await GenServer.start(idle, { name: 'one' });
      Registry.register('two', ref);
      const left: number[] = [];
      GenServer.onLifecycleEvent(() => left.push(Registry.count()));
      await GenServer.stop(ref);
      expect(left).toEqual([0]);
      expect(() => Registry.lookup('one')).toThrow('none is registered');
      expect(() => Registry.register('one', ref)).toThrow('to be running');
    }),
  );

  it(
    'refuses a name that is none, and a process of another node',
    inWorld(async () => {
      const { id } = await GenServer.start(idle);
      expect(() => Registry.register('', { id })).toThrow('a string that is not empty');
      const elsewhere = { id, nodeId: NodeId.parse('other@127.0.0.1:1') };
      expect(() => Registry.register('n', elsewhere)).toThrow('see GlobalRegistry');
      await expect(GenServer.start(idle, { name: 7 as never })).rejects.toThrow('not empty');
    }),
  );
});

const idle: AnyBehavior = {
  init: () => null,
  handleCall: (message: unknown, state: null) => [message, state],
  handleCast: () => null,
};
