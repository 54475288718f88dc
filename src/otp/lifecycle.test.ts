import { describe, expect, it } from 'vitest';
import { runVirtual } from '../platform/run-virtual.js';
import { setCurrentRuntime } from '../runtime/current.js';
import { Runtime } from '../runtime/runtime.js';
import type { AnyBehavior } from './behavior.js';
import { GenServer } from './facades.js';
import type { LifecycleEvent } from './lifecycle.js';

const idle: AnyBehavior = {
  init: () => null,
  handleCall: (message: unknown, state: null) => [message, state],
  handleCast: () => null,
};

describe('Lifecycle events', () => {
  it('tell of each DOWN that a server of this node was told, once for each monitor', () =>
    runVirtual(async (platform) => {
      setCurrentRuntime(new Runtime(platform));
      const [watcher, target] = [await GenServer.start(idle), await GenServer.start(idle)];
      const events: LifecycleEvent[] = [];
      const unsubscribe = GenServer.onLifecycleEvent((event) => events.push(event));
      const { monitorId } = GenServer.monitor(watcher, target);
      const givenUp = GenServer.monitor(watcher, target);
      GenServer.demonitor(givenUp);
      await GenServer.stop(target);
      const reason = { type: 'normal' };
      const down = { type: 'process_down', ref: target, watcher, monitorId, reason };
      expect(events).toEqual([{ type: 'terminated', ref: target, reason: 'normal' }, down]);
      unsubscribe();
      GenServer.monitor(watcher, target);
      expect(events).toHaveLength(2);
    }));
});
