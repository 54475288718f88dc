import { describe, expect, it } from 'vitest';
import { runVirtual, sleep } from '../platform/run-virtual.js';
import type { VirtualPlatform } from '../platform/virtual-platform.js';
import { setCurrentRuntime } from '../runtime/current.js';
import { Runtime } from '../runtime/runtime.js';
import type { AnyBehavior } from './behavior.js';
import type { Context } from './context.js';
import { GenServer, Registry } from './facades.js';

function inWorld(body: (platform: VirtualPlatform, runtime: Runtime) => Promise<void>) {
  return () =>
    runVirtual(async (platform) => {
      const runtime = new Runtime(platform);
      setCurrentRuntime(runtime);
      await body(platform, runtime);
    });
}

const plain: AnyBehavior = {
  init: () => [] as unknown[],
  handleCall: (message: unknown, state: unknown) => [message, state],
  handleCast: (_message: unknown, state: unknown) => state,
};

const kill = (runtime: Runtime, ref: { id: string }): unknown =>
  runtime.router.send(ref, { kind: 'kill' });

describe('A server whose handler fails', () => {
  const boom = (): never => {
    throw new Error('boom');
  };
  const later = async (): Promise<never> => {
    await Promise.resolve();
    return boom();
  };
  it.each<[string, Partial<AnyBehavior>, 'call' | 'cast' | 'info']>([
    ['handleCall throws', { handleCall: boom }, 'call'],
    ['handleCall rejects', { handleCall: later }, 'call'],
    ['handleCast throws', { handleCast: boom }, 'cast'],
    ['handleCast rejects', { handleCast: later }, 'cast'],
    ['handleInfo throws', { handleInfo: boom }, 'info'],
    ['handleInfo rejects', { handleInfo: later }, 'info'],
  ])('ends with its error, last words said and names gone, when %s', (_, handler, via) =>
    inWorld(async (platform, runtime) => {
      const told: unknown[] = [];
      const events: string[] = [];
      GenServer.onLifecycleEvent(({ type }) => events.push(type));
      const terminate = (reason: unknown): void => void told.push(reason);
      const ref = await GenServer.start({ ...plain, ...handler, terminate }, { name: 'n' });
      if (via === 'call') await expect(GenServer.call(ref, 1)).rejects.toThrow('boom');
      if (via === 'cast') GenServer.cast(ref, 1);
      if (via === 'info') GenServer.sendAfter(ref, 1, 0);
      await sleep(platform, 1);
      expect(told).toEqual([{ error: new Error('boom') }]);
      expect(events).toEqual(['started', 'crashed', 'terminated']);
      expect(runtime.processes.size).toBe(0);
      expect(Registry.count()).toBe(0);
      expect(runtime.lateReplyCount).toBe(0);
    })(),
  );

  it.each([undefined, null, 7, 'reply', [1], [1, 2, 3], {}])(
    'ends when handleCall gives %j, which is no [reply, state]',
    (result) =>
      inWorld(async () => {
        const ref = await GenServer.start({ ...plain, handleCall: () => result as never });
        await expect(GenServer.call(ref, 1)).rejects.toMatchObject({ code: 'ERR_INVALID_RETURN' });
        expect(GenServer.isRunning(ref)).toBe(false);
      })(),
  );

  it(
    'fails the callers that wait behind the message, with the same error',
    inWorld(async (platform) => {
      const handleCall = async (): Promise<never> => {
        await sleep(platform, 10);
        throw new Error('boom');
      };
      const ref = await GenServer.start({ ...plain, handleCall });
      const outcomes = await Promise.allSettled([1, 2, 3].map((n) => GenServer.call(ref, n)));
      expect(outcomes).toEqual(Array(3).fill({ status: 'rejected', reason: new Error('boom') }));
    }),
  );

  it(
    'ends all the same when terminate throws, rejects or gives null',
    inWorld(async (platform, runtime) => {
      const fail = (): never => {
        throw new Error('no');
      };
      const endings = [() => null, () => Promise.reject(new Error('no')), fail];
      for (const terminate of endings) {
        const ref = await GenServer.start({ ...plain, terminate } as AnyBehavior);
        await GenServer.stop(ref);
        expect(runtime.processes.size).toBe(0);
      }
      expect(platform.logged.map(({ message }) => message)).toEqual(
        Array(2).fill('terminate failed; the process ends all the same'),
      );
    }),
  );
});

describe('A killed server', () => {
  it(
    'says no last words, fails its caller, and has a context that refuses everything',
    inWorld(async (platform, runtime) => {
      const log: unknown[] = [];
      const other = await GenServer.start(plain);
      const handleCall = async (
        _m: unknown,
        state: unknown,
        context: Context,
      ): Promise<unknown> => {
        const monitor = context.monitor(other);
        await sleep(platform, 10);
        for (const act of [
          () => context.cast(other, 1),
          () => context.sendAfter(1, 1),
          () => context.monitor(other),
          () => context.demonitor(monitor),
          () => context.link(other),
          () => context.unlink(other),
          () => context.stop(),
        ]) {
          expect(act).toThrow('The process was killed');
        }
        await expect(context.call(other, 1)).rejects.toMatchObject({ code: 'ERR_PROCESS_KILLED' });
        log.push('refused');
        return ['late', state];
      };
      const terminate = (): unknown => log.push('terminated');
      const ref = await GenServer.start({ ...plain, handleCall, terminate } as AnyBehavior);
      const outcome = expect(GenServer.call(ref, 1)).rejects.toMatchObject({
        code: 'ERR_SERVER_NOT_RUNNING',
      });
      await sleep(platform, 5);
      kill(runtime, ref);
      await outcome;
      expect(platform.clock.nowMs()).toBe(5);
      await sleep(platform, 10);
      expect(log).toEqual(['refused']);
      expect(runtime.lateReplyCount).toBe(1);
      expect(runtime.monitors.size).toBe(0);
    }),
  );
});

describe('A server that is being started', () => {
  it(
    'leaves nothing behind when it is killed meanwhile, and tells nobody that it ended',
    inWorld(async (platform, runtime) => {
      const events: string[] = [];
      GenServer.onLifecycleEvent(({ type }) => events.push(type));
      const init = async (): Promise<unknown> => await sleep(platform, 100);
      const starting = GenServer.start({ ...plain, init }, { name: 'n' });
      const outcome = expect(starting).rejects.toMatchObject({
        code: 'ERR_INITIALIZATION',
        cause: { code: 'ERR_PROCESS_KILLED' },
      });
      const call = expect(GenServer.call(Registry.lookup('n'), 1)).rejects.toThrow('running');
      await sleep(platform, 10);
      kill(runtime, Registry.lookup('n'));
      await Promise.all([outcome, call]);
      await sleep(platform, 200);
      expect(events).toEqual([]);
      expect(runtime.processes.size + runtime.deadlines.size + Registry.count()).toBe(0);
    }),
  );

  it(
    'ends after its init when it is stopped meanwhile, and handles what was sent before',
    inWorld(async (platform) => {
      const log: unknown[] = [];
      const init = async (): Promise<unknown> => {
        await sleep(platform, 100);
        return log.push('init');
      };
      const behavior = {
        ...plain,
        init,
        handleCast: (message: unknown) => log.push(message),
        terminate: (reason: unknown) => void log.push(reason),
      };
      const starting = GenServer.start(behavior, { name: 'n' });
      const ref = Registry.lookup('n');
      expect(GenServer.isRunning(ref)).toBe(false);
      GenServer.cast(ref, 'cast');
      const stopping = GenServer.stop(ref, 'shutdown');
      await starting;
      await stopping;
      expect(log).toEqual(['init', 'cast', 'shutdown']);
    }),
  );
});

describe('Stopping a server', () => {
  it(
    'is one end, however many ask for it',
    inWorld(async (platform) => {
      const log: unknown[] = [];
      const terminate = async (reason: unknown): Promise<void> => {
        log.push(reason);
        await sleep(platform, 50);
      };
      const ref = await GenServer.start({ ...plain, terminate });
      const stops = [GenServer.stop(ref), GenServer.stop(ref, 'shutdown')];
      await sleep(platform, 10);
      await Promise.all([...stops, GenServer.stop(ref)]);
      await GenServer.stop(ref);
      expect(log).toEqual(['normal']);
      expect(platform.clock.nowMs()).toBe(50);
    }),
  );

  it(
    'may be asked for and awaited by its own handler',
    inWorld(async (platform, runtime) => {
      const behavior = {
        ...plain,
        handleCall: async (message: unknown, state: unknown, context: Context) => {
          if (message === 'await') await GenServer.stop(context.self);
          await sleep(platform, 10);
          if (message === 'after') context.stop('shutdown');
          return [message, state] as const;
        },
      };
      for (const message of ['await', 'after']) {
        const ref = await GenServer.start(behavior);
        expect(await GenServer.call(ref, message)).toBe(message);
        await sleep(platform, 1);
        expect(runtime.processes.size).toBe(0);
      }
    }),
  );
});

describe('GenServer.self', () => {
  it(
    'is known in every handler before its first await, also after a late crash',
    inWorld(async (platform) => {
      const seen: string[] = [];
      const note = (): void => void seen.push(GenServer.self().id);
      const ref = await GenServer.start({
        init: note,
        handleCall: async () => {
          note();
          await sleep(platform, 1);
          expect(() => GenServer.self()).toThrow('handler');
          throw new Error('boom');
        },
        handleCast: note,
        handleInfo: note,
        terminate: note,
      });
      GenServer.cast(ref, 1);
      GenServer.sendAfter(ref, 1, 0);
      await sleep(platform, 1);
      await expect(GenServer.call(ref, 1)).rejects.toThrow('boom');
      await sleep(platform, 1);
      expect(seen).toEqual(Array(5).fill(ref.id));
      expect(() => GenServer.self()).toThrow('handler');
    }),
  );
});
