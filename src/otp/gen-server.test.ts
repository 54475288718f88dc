import { describe, expect, it } from 'vitest';
import { runVirtual, sleep } from '../platform/run-virtual.js';
import type { VirtualPlatform } from '../platform/virtual-platform.js';
import { setCurrentRuntime } from '../runtime/current.js';
import { Runtime } from '../runtime/runtime.js';
import type { GenServerBehavior } from './behavior.js';
import { GenServer, Registry } from './facades.js';

type CounterCall = 'get' | 'boom' | 'refuse' | { slowMs: number };

function counter(platform: VirtualPlatform, log: string[] = []) {
  return {
    init: (start = 0) => start as number,
    handleCall: async (message, count) => {
      if (message === 'boom') throw new Error('boom');
      if (message === 'refuse') return [GenServer.replyError(new Error('no')), count];
      if (typeof message === 'object') await sleep(platform, message.slowMs);
      return [count, count];
    },
    handleCast: (by, count) => count + by,
    terminate: (reason) => {
      log.push(typeof reason === 'string' ? reason : reason.error.message);
    },
  } satisfies GenServerBehavior<number, CounterCall, number, number>;
}

function inWorld(body: (platform: VirtualPlatform, runtime: Runtime) => Promise<void>) {
  return () =>
    runVirtual(async (platform) => {
      const runtime = new Runtime(platform);
      setCurrentRuntime(runtime);
      await body(platform, runtime);
    });
}

describe('GenServer', () => {
  it(
    'answers calls after the casts that were sent before',
    inWorld(async (platform) => {
      const ref = await GenServer.start(counter(platform));
      GenServer.cast(ref, 2);
      GenServer.cast(ref, 3);
      expect(await GenServer.call(ref, 'get')).toBe(5);
    }),
  );

  it(
    'rejects the caller with the error that ended the server',
    inWorld(async (platform) => {
      const log: string[] = [];
      const ref = await GenServer.start(counter(platform, log));
      await expect(GenServer.call(ref, 'boom')).rejects.toThrow('boom');
      expect(GenServer.isRunning(ref)).toBe(false);
      expect(log).toEqual(['boom']);
      await expect(GenServer.call(ref, 'get')).rejects.toMatchObject({
        code: 'ERR_SERVER_NOT_RUNNING',
      });
    }),
  );

  it(
    'lives on after replying with an error',
    inWorld(async (platform) => {
      const ref = await GenServer.start(counter(platform));
      await expect(GenServer.call(ref, 'refuse')).rejects.toThrow('no');
      expect(await GenServer.call(ref, 'get')).toBe(0);
    }),
  );

  it(
    'does not run a call that timed out in the mailbox',
    inWorld(async (platform, runtime) => {
      const ref = await GenServer.start(counter(platform));
      const slow = GenServer.call(ref, { slowMs: 100 });
      await expect(GenServer.call(ref, 'get', { timeout: 50 })).rejects.toMatchObject({
        code: 'ERR_CALL_TIMEOUT',
        timeoutMs: 50,
      });
      await slow;
      await GenServer.call(ref, 'get');
      expect(runtime.processes.get(ref.id)?.handledCount).toBe(2);
    }),
  );

  it(
    'leaves nothing behind when init fails or is too slow',
    inWorld(async (platform, runtime) => {
      const failing = { ...counter(platform), init: () => Promise.reject(new Error('no luck')) };
      await expect(GenServer.start(failing, { name: 'n' })).rejects.toMatchObject({
        code: 'ERR_INITIALIZATION',
        cause: { message: 'no luck' },
      });
      const slow = { ...counter(platform), init: () => sleep(platform, 10_000).then(() => 1) };
      await expect(GenServer.start(slow, { name: 'n', initTimeout: 20 })).rejects.toThrow('20 ms');
      expect(runtime.processes.size).toBe(0);
      expect(Registry.isRegistered('n')).toBe(false);
      expect(platform.clock.nowMs()).toBe(20);
    }),
  );

  it(
    'tells a monitor exactly once',
    inWorld(async (platform) => {
      const seen: unknown[] = [];
      const watcher = await GenServer.start({
        ...counter(platform),
        handleInfo: (info: unknown, state: number) => {
          seen.push(info);
          return state;
        },
      });
      const target = await GenServer.start(counter(platform));
      const ref = GenServer.monitor(watcher, target);
      await GenServer.stop(target, 'shutdown');
      GenServer.monitor(watcher, target);
      await GenServer.call(watcher, 'get');
      expect(seen).toEqual([
        { type: 'DOWN', monitorId: ref.monitorId, ref: target, reason: { type: 'shutdown' } },
        expect.objectContaining({ reason: { type: 'noproc' } }),
      ]);
    }),
  );

  it(
    'fails a cycle of calls at once and names it',
    inWorld(async () => {
      const relay: GenServerBehavior<null, { to: { id: string } | undefined; message: unknown }> = {
        init: () => null,
        handleCall: async ({ to, message }, state, context) =>
          to === undefined ? ['end', state] : [await context.call(to, message), state],
        handleCast: (_message, state) => state,
      };
      const a = await GenServer.start(relay);
      const b = await GenServer.start(relay);
      const message = { to: b, message: { to: a, message: { to: undefined, message: null } } };
      await expect(GenServer.call(a, message)).rejects.toMatchObject({
        code: 'ERR_CALL_CYCLE',
        chain: [a.id, b.id, a.id],
      });
    }),
  );

  it(
    'sends itself a message later, and not after its end',
    inWorld(async (platform, runtime) => {
      const ref = await GenServer.start(counter(platform));
      GenServer.sendAfter(ref, 5, 1000);
      const taken = GenServer.sendAfter(ref, 7, 1000);
      expect(GenServer.cancelTimer(taken)).toBe(true);
      await sleep(platform, 1001);
      expect(await GenServer.call(ref, 'get')).toBe(5);
      GenServer.sendAfter(ref, 5, 1000);
      await GenServer.stop(ref);
      expect(runtime.deadlines.size).toBe(0);
    }),
  );
});
