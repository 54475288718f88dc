import { describe, expect, it } from 'vitest';
import { runVirtual, sleep } from '../../platform/run-virtual.js';
import type { VirtualPlatform } from '../../platform/virtual-platform.js';
import { setCurrentRuntime } from '../../runtime/current.js';
import { Runtime } from '../../runtime/runtime.js';
import type { ChildSpec } from '../child-spec.js';
import { GenServer } from '../facades.js';
import { Supervisor } from './supervisor.js';

interface World {
  readonly platform: VirtualPlatform;
  readonly runtime: Runtime;
  readonly log: string[];
  /** A child that logs its starts and ends; a call `boom` crashes it, `done` ends it normally. */
  worker(id: string, extra?: Partial<ChildSpec> & { terminateMs?: number }): ChildSpec;
  ref(id: string): { id: string };
}

function inWorld(body: (world: World) => Promise<void>) {
  return () =>
    runVirtual(async (platform) => {
      const runtime = new Runtime(platform);
      setCurrentRuntime(runtime);
      const log: string[] = [];
      const refs = new Map<string, { id: string }>();
      const worker: World['worker'] = (id, { terminateMs = 0, ...extra } = {}) => ({
        id,
        start: async () => {
          const ref = await GenServer.start({
            init: () => log.push(`+${id}`),
            handleCall: () => {
              throw new Error('boom');
            },
            handleCast: (_message, state: number) => state,
            terminate: async () => {
              if (terminateMs > 0) await sleep(platform, terminateMs);
              log.push(`-${id}`);
            },
          });
          refs.set(id, ref);
          return ref;
        },
        ...extra,
      });
      const ref = (id: string) => refs.get(id) as { id: string };
      await body({ platform, runtime, log, worker, ref });
    });
}

async function crash(world: World, id: string): Promise<void> {
  await GenServer.call(world.ref(id), 'boom' as never).catch(() => undefined);
  await sleep(world.platform, 1000);
}

describe('Supervisor', () => {
  it(
    'starts in order and stops in reverse',
    inWorld(async ({ worker, log, runtime }) => {
      const sup = await Supervisor.start({ children: [worker('a'), worker('b'), worker('c')] });
      expect(Supervisor.getChildren(sup).map((child) => child.id)).toEqual(['a', 'b', 'c']);
      await Supervisor.stop(sup);
      expect(log).toEqual(['+a', '+b', '+c', '-c', '-b', '-a']);
      expect(runtime.processes.size).toBe(0);
      expect(Supervisor.isRunning(sup)).toBe(false);
    }),
  );

  it(
    'restarts the suffix under rest_for_one',
    inWorld(async (world) => {
      const { worker, log } = world;
      const children = [worker('a'), worker('b'), worker('c')];
      const sup = await Supervisor.start({ strategy: 'rest_for_one', children });
      log.length = 0;
      await crash(world, 'b');
      expect(log).toEqual(['-b', '-c', '+b', '+c']);
      expect(Supervisor.getChild(sup, 'c')?.restartCount).toBe(1);
    }),
  );

  it(
    'leaves exactly three children after one crash under one_for_all with a slow terminate',
    inWorld(async (world) => {
      const { worker, runtime } = world;
      const slow = { terminateMs: 80 };
      const children = [worker('a', slow), worker('b', slow), worker('c', slow)];
      const sup = await Supervisor.start({ strategy: 'one_for_all', children });
      await crash(world, 'b');
      expect(runtime.processes.size).toBe(4);
      expect(Supervisor.getChildren(sup).every((child) => child.ref !== undefined)).toBe(true);
      for (const id of ['a', 'b', 'c']) await Supervisor.terminateChild(sup, id);
      await sleep(world.platform, 1000);
      expect(runtime.processes.size).toBe(1);
    }),
  );

  it(
    'ends when the limit is exceeded, and says so afterwards',
    inWorld(async (world) => {
      const { worker, runtime } = world;
      const restartIntensity = { maxRestarts: 1, withinMs: 60_000 };
      const sup = await Supervisor.start({
        children: [worker('a'), worker('b')],
        restartIntensity,
      });
      await crash(world, 'a');
      expect(Supervisor.isRunning(sup)).toBe(true);
      await crash(world, 'a');
      expect(Supervisor.isRunning(sup)).toBe(false);
      expect(runtime.processes.size).toBe(0);
      await expect(Supervisor.startChild(sup, worker('c'))).rejects.toMatchObject({
        code: 'ERR_MAX_RESTARTS_EXCEEDED',
        maxRestarts: 1,
      });
    }),
  );

  it(
    'escalates to the supervisor above it',
    inWorld(async (world) => {
      const { worker, log } = world;
      const inner: ChildSpec = {
        id: 'inner',
        start: () =>
          Supervisor.start({
            children: [worker('x')],
            restartIntensity: { maxRestarts: 0, withinMs: 1000 },
          }),
      };
      const sup = await Supervisor.start({ children: [worker('a'), inner] });
      await crash(world, 'x');
      expect(log).toEqual(['+a', '+x', '-x', '+x']);
      expect(Supervisor.getChild(sup, 'inner')?.restartCount).toBe(1);
      await Supervisor.stop(sup);
      expect(world.runtime.processes.size).toBe(0);
    }),
  );

  it(
    'kills a child that overruns its shutdown timeout',
    inWorld(async (world) => {
      const { worker, platform, runtime } = world;
      const child = worker('a', { terminateMs: 10_000, shutdownTimeout: 50 });
      const sup = await Supervisor.start({ children: [child] });
      await Supervisor.stop(sup);
      expect(platform.clock.nowMs()).toBe(50);
      expect(runtime.processes.size).toBe(0);
    }),
  );

  it(
    'unwinds in reverse when a child fails to start',
    inWorld(async (world) => {
      const { worker, log, runtime } = world;
      const bad: ChildSpec = { id: 'bad', start: () => Promise.reject(new Error('no luck')) };
      await expect(
        Supervisor.start({ children: [worker('a'), worker('b'), bad, worker('d')], name: 'top' }),
      ).rejects.toMatchObject({ code: 'ERR_CHILD_START', childId: 'bad' });
      expect(log).toEqual(['+a', '+b', '-b', '-a']);
      expect(runtime.processes.size).toBe(0);
    }),
  );

  it(
    'takes its children with it when it is killed',
    inWorld(async (world) => {
      const { worker, runtime } = world;
      const sup = await Supervisor.start({ children: [worker('a'), worker('b')] });
      runtime.router.send(sup, { kind: 'kill' });
      await sleep(world.platform, 10);
      expect(runtime.processes.size).toBe(0);
    }),
  );

  it(
    'pauses longer before each restart that follows others, if it is told to',
    inWorld(async (world) => {
      const { worker, platform, log } = world;
      const sup = await Supervisor.start({
        children: [worker('a')],
        restartIntensity: { maxRestarts: 10, withinMs: 60_000 },
        restartBackoff: { initialMs: 100, maxMs: 150 },
      });
      const waits: number[] = [];
      for (let crashes = 0; crashes < 4; crashes++) {
        await GenServer.call(world.ref('a'), 'boom' as never).catch(() => undefined);
        const fromMs = platform.clock.nowMs();
        const starts = log.length;
        while (log.length === starts) await sleep(platform, 1);
        waits.push(platform.clock.nowMs() - fromMs);
      }
      expect(waits.map((wait) => (wait <= 1 ? 0 : wait))).toEqual([0, 100, 150, 150]);
      await GenServer.call(world.ref('a'), 'boom' as never).catch(() => undefined);
      await sleep(platform, 10);
      expect(Supervisor.getChild(sup, 'a')).toMatchObject({ ref: undefined, status: 'restarting' });
      await Supervisor.stop(sup);
      expect(world.runtime.processes.size).toBe(0);
    }),
  );

  it(
    'refuses a backoff that makes no sense',
    inWorld(async () => {
      const restartBackoff = { initialMs: 10, maxMs: 20, factor: 0.5 };
      await expect(Supervisor.start({ restartBackoff })).rejects.toThrow(
        'Expected restartBackoff.factor to be a number, 1 or more, got 0.5',
      );
    }),
  );
});
