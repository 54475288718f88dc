import { describe, expect, it } from 'vitest';
import { NodeId } from '../base/node-id.js';
import { runVirtual, sleep } from '../platform/run-virtual.js';
import { currentRuntime, setCurrentRuntime } from '../runtime/current.js';
import { Runtime } from '../runtime/runtime.js';
import type { AnyBehavior } from './behavior.js';
import { GenServer } from './facades.js';

const elsewhere = { id: 'genserver_9', nodeId: NodeId.parse('other@127.0.0.1:1') };

function inWorld(body: (runtime: Runtime) => Promise<void>) {
  return () =>
    runVirtual(async (platform) => {
      const runtime = new Runtime(platform);
      setCurrentRuntime(runtime);
      await body(runtime);
    });
}

describe('Misuse of GenServer', () => {
  it.each([
    [undefined, 'a behavior with init, handleCall and handleCast, got undefined'],
    [{ ...({} as object) }, 'a function init'],
    [{ init: () => 0, handleCall: 'x', handleCast: () => 0 }, 'a function handleCall'],
    [{ init: () => 0, handleCall: () => 0 }, 'a function handleCast'],
    [behaviorWith({ terminate: 5 }), 'Expected terminate of the behavior'],
    [behaviorWith({ handleInfo: null }), 'Expected handleInfo of the behavior'],
  ])('refuses %j as a behaviour and starts nothing', (behavior, message) =>
    inWorld(async (runtime) => {
      const start = GenServer.start(behavior as never, { name: 'n' });
      await expect(start).rejects.toMatchObject({
        code: 'ERR_INVALID_BEHAVIOR',
        message: expect.stringContaining(message) as string,
      });
      expect(runtime.processes.size).toBe(0);
    })(),
  );

  it(
    'is told where self and trapExit have a meaning',
    inWorld(async () => {
      expect(() => GenServer.self()).toThrow('before its first await');
      expect(() => GenServer.trapExit()).toThrow('before its first await');
      const seen: unknown[] = [];
      const trapping = behaviorWith({
        init: () => {
          GenServer.trapExit();
          return GenServer.self();
        },
        handleInfo: (info: unknown, state: unknown) => {
          seen.push(info);
          return state;
        },
      });
      const ref = await GenServer.start(trapping);
      const other = await GenServer.start(behaviorWith({}));
      GenServer.link(ref, other);
      await GenServer.stop(other, 'shutdown');
      expect(await GenServer.call(ref, 'state')).toEqual(ref);
      expect(seen).toEqual([{ type: 'EXIT', from: other, reason: 'shutdown' }]);
    }),
  );

  it(
    'of a link between strangers is refused, and one to a node out of reach breaks at once',
    inWorld(async () => {
      const ref = await GenServer.start(behaviorWith({}));
      expect(() => GenServer.link(elsewhere, elsewhere)).toThrow('of a process of this node');
      expect(() => GenServer.link(ref, 'x' as never)).toThrow('the ref');
      expect(() => GenServer.unlink(undefined as never)).toThrow('the ref');
      expect(GenServer.isRunning(elsewhere)).toBe(false);
      GenServer.link(elsewhere, ref);
      expect(GenServer.isRunning(ref)).toBe(false);
    }),
  );

  it(
    'of a monitor is refused, and one of a node that is not known is told so',
    inWorld(async () => {
      const seen: unknown[] = [];
      const handleInfo = (info: unknown) => void seen.push(info);
      const ref = await GenServer.start(behaviorWith({ handleInfo }));
      expect(() => GenServer.monitor({ id: 'genserver_0' }, ref)).toThrow('to be running');
      expect(() => GenServer.demonitor({} as never)).toThrow('what monitor gave back');
      GenServer.monitor(ref, elsewhere);
      await GenServer.call(ref, 'flush');
      expect(seen).toMatchObject([{ type: 'DOWN', reason: { type: 'noconnection' } }]);
    }),
  );
});

describe('The loss of a node', () => {
  it('ends the links and answers the monitors that lead there, and no others', () =>
    runVirtual(async (platform) => {
      const runtime = new Runtime(platform);
      setCurrentRuntime(runtime);
      runtime.router = {
        send: (to, signal) =>
          to.nodeId === undefined ? runtime.localRouter.send(to, signal) : 'sent',
      };
      const seen: unknown[] = [];
      const watcher = await GenServer.start(
        behaviorWith({ handleInfo: (info: object) => void seen.push(info) }),
        { trapExit: true },
      );
      const local = await GenServer.start(behaviorWith({}));
      GenServer.link(watcher, elsewhere);
      GenServer.link(watcher, local);
      GenServer.monitor(watcher, elsewhere);
      GenServer.monitor(watcher, local);
      expect(runtime.links.of(watcher.id)).toHaveLength(2);
      runtime.nodeLost(elsewhere.nodeId);
      await sleep(platform, 1);
      expect(seen).toMatchObject([
        { type: 'EXIT', from: elsewhere, reason: 'noconnection' },
        { type: 'DOWN', ref: elsewhere, reason: { type: 'noconnection' } },
      ]);
      expect(runtime.links.of(watcher.id)).toEqual([local]);
      expect(runtime.monitors.countOf(watcher.id)).toBe(1);
    }));
});

describe('A program that never made a runtime', () => {
  it('gets one on the real world with its first call', async () => {
    setCurrentRuntime(undefined);
    const ref = await GenServer.start(behaviorWith({}));
    expect(await GenServer.call(ref, 'state')).toBe(null);
    expect(currentRuntime()?.processes.size).toBe(1);
    await GenServer.stop(ref);
    setCurrentRuntime(undefined);
  });
});

function behaviorWith(parts: Readonly<Record<string, unknown>>): AnyBehavior {
  return {
    init: () => null,
    handleCall: (_message: unknown, state: unknown) => [state, state],
    handleCast: (_message: unknown, state: unknown) => state,
    ...parts,
  };
}
