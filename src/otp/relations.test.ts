import { describe, expect, it } from 'vitest';
import { runVirtual, sleep } from '../platform/run-virtual.js';
import type { VirtualPlatform } from '../platform/virtual-platform.js';
import { setCurrentRuntime } from '../runtime/current.js';
import { Runtime } from '../runtime/runtime.js';
import type { AnyBehavior, GenServerRef } from './behavior.js';
import { GenServer, Registry } from './facades.js';

interface World {
  readonly platform: VirtualPlatform;
  readonly runtime: Runtime;
  /** What reached handleInfo, in order. */
  readonly infos: { type: string; reason: unknown }[];
  /** A call ends it with `boom`, after the milliseconds that it is given. */
  server(options?: { trapExit?: boolean }): Promise<GenServerRef>;
}

function inWorld(body: (world: World) => Promise<void>) {
  return () =>
    runVirtual(async (platform) => {
      const runtime = new Runtime(platform);
      setCurrentRuntime(runtime);
      const infos: World['infos'] = [];
      const behavior: AnyBehavior = {
        init: () => null,
        handleCall: async (ms: number) => {
          await sleep(platform, ms);
          throw new Error('boom');
        },
        handleCast: (ms: number) => sleep(platform, ms),
        handleInfo: (info) => {
          infos.push(info as { type: string; reason: unknown });
        },
      };
      const server: World['server'] = (options = {}) => GenServer.start(behavior, options);
      await body({ platform, runtime, infos, server });
    });
}

const kill = (runtime: Runtime, ref: { id: string }): unknown =>
  runtime.router.send(ref, { kind: 'kill' });

async function crash(ref: GenServerRef): Promise<void> {
  await expect(GenServer.call(ref, 0)).rejects.toThrow('boom');
}

describe('A monitor', () => {
  it(
    'tells once why its target ended, whichever way it did',
    inWorld(async ({ platform, runtime, infos, server }) => {
      const watcher = await server();
      const targets = [await server(), await server(), await server(), await server()] as const;
      for (const target of targets) GenServer.monitor(watcher, target);
      await GenServer.stop(targets[0]);
      await GenServer.stop(targets[1], 'shutdown');
      await crash(targets[2]);
      kill(runtime, targets[3]);
      GenServer.monitor(watcher, targets[3]);
      await sleep(platform, 1);
      expect(infos.map(({ reason }) => reason)).toEqual([
        { type: 'normal' },
        { type: 'shutdown' },
        { type: 'error', message: 'boom' },
        { type: 'error', message: 'killed' },
        { type: 'noproc' },
      ]);
      expect(runtime.monitors.size).toBe(0);
    }),
  );

  it(
    'tells each of two monitors on one target, and nothing once given up',
    inWorld(async ({ platform, infos, server }) => {
      const [watcher, target] = [await server(), await server()];
      const [, second] = [GenServer.monitor(watcher, target), GenServer.monitor(watcher, target)];
      GenServer.monitor(watcher, target);
      expect(GenServer.demonitor(second)).toBe(true);
      expect(GenServer.demonitor(second)).toBe(false);
      await GenServer.stop(target);
      await sleep(platform, 1);
      expect(infos).toHaveLength(2);
    }),
  );

  it(
    'leaves no DOWN in the mailbox when it is given up with flush',
    inWorld(async ({ platform, infos, server }) => {
      const [watcher, target] = [await server(), await server()];
      const monitors = [GenServer.monitor(watcher, target), GenServer.monitor(watcher, target)];
      GenServer.cast(watcher, 100);
      await GenServer.stop(target);
      const [kept, flushed] = monitors as [(typeof monitors)[0], (typeof monitors)[0]];
      expect(GenServer.demonitor(kept)).toBe(false);
      expect(GenServer.demonitor(flushed, { flush: true })).toBe(false);
      await sleep(platform, 200);
      expect(infos).toEqual([expect.objectContaining({ monitorId: kept.monitorId })]);
    }),
  );

  it(
    'needs a living watcher, and a target that is a ref',
    inWorld(async ({ server }) => {
      const [watcher, target] = [await server(), await server()];
      await GenServer.stop(watcher);
      expect(() => GenServer.monitor(watcher, target)).toThrow('to be running');
      expect(() => GenServer.monitor(target, {} as never)).toThrow('the ref');
      expect(() => GenServer.demonitor({} as never)).toThrow('what monitor gave back');
    }),
  );
});

describe('A link', () => {
  it(
    'ends the other one with it, from either side, but not when the end is normal',
    inWorld(async ({ platform, runtime, server }) => {
      for (const swap of [false, true]) {
        const pair = [await server(), await server()] as const;
        const [a, b] = swap ? ([pair[1], pair[0]] as const) : pair;
        GenServer.link(...pair);
        await crash(a);
        await sleep(platform, 1);
        expect(GenServer.isRunning(b)).toBe(false);
      }
      const [c, d] = [await server(), await server()];
      GenServer.link(c, d);
      await GenServer.stop(c);
      expect(GenServer.isRunning(d)).toBe(true);
      expect(runtime.links.countOf(d.id)).toBe(0);
    }),
  );

  it(
    'reaches one that traps exits as EXIT, also when it ends normally or was never there',
    inWorld(async ({ platform, runtime, infos, server }) => {
      const trapper = await server({ trapExit: true });
      const [a, b, c] = [await server(), await server(), await server()];
      for (const other of [a, b, c]) GenServer.link(trapper, other);
      await crash(a);
      await GenServer.stop(b);
      kill(runtime, c);
      GenServer.link(trapper, c);
      await sleep(platform, 1);
      expect(infos.map(({ type, reason }) => [type, reason])).toEqual([
        ['EXIT', { error: new Error('boom') }],
        ['EXIT', 'normal'],
        ['EXIT', 'killed'],
        ['EXIT', 'noproc'],
      ]);
      expect(GenServer.isRunning(trapper)).toBe(true);
    }),
  );

  it(
    'ends one that does not trap exits at once when the other is gone already',
    inWorld(async ({ server }) => {
      const [a, b] = [await server(), await server()];
      await GenServer.stop(b);
      GenServer.link(a, b);
      expect(GenServer.isRunning(a)).toBe(false);
      expect(() => GenServer.link(a, b)).toThrow('to be running');
    }),
  );

  it(
    'is one however often it is made, and none once it is undone',
    inWorld(async ({ platform, infos, server }) => {
      const [a, b] = [await server({ trapExit: true }), await server()];
      GenServer.link(a, b);
      GenServer.unlink(GenServer.link(b, a));
      await crash(b);
      await sleep(platform, 1);
      expect(infos).toEqual([]);
      const c = await server();
      GenServer.link(a, c);
      GenServer.link(a, c);
      await crash(c);
      await sleep(platform, 1);
      expect(infos).toHaveLength(1);
    }),
  );

  it(
    'takes a ring, and a chain of twenty thousand, as a whole',
    inWorld(async ({ runtime, server }) => {
      const ring = await Promise.all([server(), server(), server()]);
      ring.forEach((ref, at) => GenServer.link(ref, ring[(at + 1) % 3] as GenServerRef));
      await crash(ring[0]);
      expect(runtime.processes.size).toBe(0);
      const chain = await Promise.all(Array.from({ length: 20_000 }, () => server()));
      for (let at = 1; at < chain.length; at++) {
        GenServer.link(chain[at - 1] as GenServerRef, chain[at] as GenServerRef);
      }
      kill(runtime, chain[0] as GenServerRef);
      expect(runtime.processes.size).toBe(0);
    }),
  );
});

describe('A name', () => {
  it(
    'is free by the time anybody hears that its owner has ended',
    inWorld(async ({ platform, runtime, server }) => {
      const seen: boolean[] = [];
      GenServer.onLifecycleEvent(({ type }) => {
        if (type === 'terminated') seen.push(Registry.isRegistered('n'));
      });
      const [first, second] = [await server(), await server()];
      Registry.register('n', first);
      Registry.register('n', first);
      expect(() => Registry.register('n', second)).toThrow('to be free');
      kill(runtime, first);
      expect(Registry.whereis('n')).toBeUndefined();
      Registry.register('n', second);
      await crash(second);
      await sleep(platform, 1);
      expect(seen).toEqual([false, false]);
    }),
  );

  it(
    'goes to no process that has ended, nor to one elsewhere: it would never be free again',
    inWorld(async ({ server }) => {
      const ref = await server();
      await GenServer.stop(ref);
      expect(() => Registry.register('n', ref)).toThrow('to be running');
      const away = { id: 'genserver_9', nodeId: 'far@host:1' } as unknown as GenServerRef;
      expect(() => Registry.register('n', away)).toThrow('GlobalRegistry');
      expect(Registry.getNames()).toEqual([]);
      expect(() => Registry.lookup('n')).toThrow('none is registered');
    }),
  );

  it(
    'is taken once when two start under it at the same time',
    inWorld(async ({ runtime }) => {
      const start = () =>
        GenServer.start(
          { init: () => null, handleCall: () => [null, null], handleCast: () => null },
          { name: 'n' },
        );
      const outcomes = (await Promise.allSettled([start(), start()])).map(({ status }) => status);
      expect(outcomes).toEqual(['fulfilled', 'rejected']);
      expect(runtime.processes.size).toBe(1);
    }),
  );
});

describe('A timer', () => {
  it(
    'goes with the process that it leads to, and is never set for one that is gone',
    inWorld(async ({ platform, runtime, infos, server }) => {
      const [a, b] = [await server(), await server()];
      await sleep(platform, 5000);
      const timers = [GenServer.sendAfter(a, 'x', 50), GenServer.sendAfter(b, 'y', 50)] as const;
      kill(runtime, a);
      const late = GenServer.sendAfter(a, 'z', 50);
      expect(GenServer.cancelTimer(timers[0])).toBe(false);
      expect(GenServer.cancelTimer(late)).toBe(false);
      await sleep(platform, 60);
      expect(infos).toEqual(['y']);
      expect(GenServer.cancelTimer(timers[1])).toBe(false);
      expect(platform.nextDeadlineMs).toBeUndefined();
    }),
  );

  it.each([-1, NaN, Infinity, '5'])('is refused a delay of %j', (delayMs) =>
    inWorld(async ({ platform, server }) => {
      const ref = await server();
      await sleep(platform, 5000);
      expect(() => GenServer.sendAfter(ref, 1, delayMs as number)).toThrow('delayMs');
      expect(platform.nextDeadlineMs).toBeUndefined();
    })(),
  );
});

describe('A lifecycle handler', () => {
  it(
    'that throws is logged and changes nothing',
    inWorld(async ({ platform, server }) => {
      const seen: string[] = [];
      GenServer.onLifecycleEvent(() => {
        throw new Error('mine');
      });
      const unsubscribe = GenServer.onLifecycleEvent(({ type }) => seen.push(type));
      await GenServer.stop(await server());
      unsubscribe();
      await server();
      expect(seen).toEqual(['started', 'terminated']);
      expect(platform.logged).toHaveLength(3);
      expect(() => GenServer.onLifecycleEvent(7 as never)).toThrow('a function');
    }),
  );
});
