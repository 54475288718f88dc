import { describe, expect, it } from 'vitest';
import { runVirtual, sleep } from '../platform/run-virtual.js';
import type { VirtualPlatform } from '../platform/virtual-platform.js';
import { setCurrentRuntime } from '../runtime/current.js';
import { Runtime } from '../runtime/runtime.js';
import type { AnyBehavior, GenServerRef } from './behavior.js';
import type { Context } from './context.js';
import { GenServer } from './facades.js';
import type { From } from './from.js';

/** Answers `ask` when it is told, the oldest first; `now` within the handler, before its end. */
const clerk: AnyBehavior = {
  init: (): From[] => [],
  handleCall: (message: string, waiting: From[], context: Context) => {
    const from = context.from as From;
    if (message === 'ask') return [GenServer.noReply, [...waiting, from]];
    if (message === 'now') {
      GenServer.reply(from, 1);
      return [GenServer.noReply, waiting];
    }
    return [waiting.map((one) => one.waiting), waiting];
  },
  handleCast: (message: unknown, [first, ...rest]: From[]) => {
    if (message === 'boom') throw new Error('boom');
    GenServer.reply(first as From, message);
    return rest;
  },
};

interface World {
  readonly platform: VirtualPlatform;
  readonly runtime: Runtime;
  readonly ref: GenServerRef;
}

function withClerk(body: (world: World) => Promise<void>) {
  return () =>
    runVirtual(async (platform) => {
      const runtime = new Runtime(platform);
      setCurrentRuntime(runtime);
      await body({ platform, runtime, ref: await GenServer.start(clerk) });
    });
}

describe('A deferred reply', () => {
  it(
    'answers each caller from a later message, and the server is free in between',
    withClerk(async ({ runtime, ref }) => {
      const [first, second] = [GenServer.call(ref, 'ask'), GenServer.call(ref, 'ask')];
      expect(await GenServer.call(ref, 'who')).toEqual([true, true]);
      GenServer.cast(ref, 'one');
      GenServer.cast(ref, GenServer.replyError(new Error('no')));
      expect(await first).toBe('one');
      await expect(second).rejects.toThrow('no');
      expect(GenServer.isRunning(ref)).toBe(true);
      expect(runtime.lateReplyCount).toBe(0);
      expect(runtime.deadlines.size).toBe(0);
    }),
  );

  it(
    'may come before the handler is done',
    withClerk(async ({ runtime, ref }) => {
      expect(await GenServer.call(ref, 'now')).toBe(1);
      await GenServer.stop(ref);
      expect(runtime.lateReplyCount).toBe(0);
    }),
  );

  it(
    'is taken once: what comes second, or after the timeout, is dropped and counted',
    withClerk(async ({ platform, runtime }) => {
      let from: From | undefined;
      const ref = await GenServer.start({
        ...clerk,
        handleCall: async (_message: unknown, state: unknown, context: Context) => {
          await sleep(platform, 1);
          from = context.from;
          return [GenServer.noReply, state];
        },
      });
      const call = GenServer.call(ref, 'ask');
      await sleep(platform, 5);
      expect([1, 2].map((value) => GenServer.reply(from as From, value))).toEqual([true, false]);
      expect(await call).toBe(1);
      const tooLate = GenServer.call(ref, 'ask', { timeout: 50 });
      await expect(tooLate).rejects.toMatchObject({ code: 'ERR_CALL_TIMEOUT' });
      expect(GenServer.reply(from as From, 3)).toBe(false);
      expect(runtime.lateReplyCount).toBe(2);
    }),
  );

  it(
    'that never came rejects its caller when the server crashes or stops',
    withClerk(async ({ runtime, ref }) => {
      const outcomes = Promise.allSettled([
        GenServer.call(ref, 'ask'),
        GenServer.call(ref, 'ask', { timeout: Infinity }),
      ]);
      GenServer.cast(ref, 'boom');
      expect(await outcomes).toEqual([
        { status: 'rejected', reason: new Error('boom') },
        { status: 'rejected', reason: new Error('boom') },
      ]);
      const other = await GenServer.start(clerk);
      const call = GenServer.call(other, 'ask');
      const [outcome] = await Promise.allSettled([call, GenServer.stop(other)]);
      expect(outcome).toMatchObject({ reason: { code: 'ERR_SERVER_NOT_RUNNING' } });
      expect(runtime.deadlines.size).toBe(0);
    }),
  );

  it(
    'reaches the callers that still wait among many that gave up',
    withClerk(async ({ platform, runtime, ref }) => {
      const calls = Array.from({ length: 1000 }, () =>
        GenServer.call(ref, 'ask', { timeout: 10 }).catch(() => 'gave up'),
      );
      const patient = GenServer.call(ref, 'ask');
      expect(new Set(await Promise.all(calls))).toEqual(new Set(['gave up']));
      const later = Array.from({ length: 1000 }, () => GenServer.call(ref, 'ask'));
      await sleep(platform, 1);
      for (let n = 0; n <= 2000; n++) GenServer.cast(ref, n);
      expect(await patient).toBe(1000);
      expect((await Promise.all(later)).at(-1)).toBe(2000);
      expect(runtime.lateReplyCount).toBe(1000);
    }),
  );

  it(
    'has a caller only while a call is handled, and refuses what is no reply',
    withClerk(async ({ ref }) => {
      const seen: unknown[] = [];
      const other = await GenServer.start({
        ...clerk,
        handleCast: (_message: unknown, state: unknown, context: Context) => {
          seen.push(context.from);
          return state;
        },
        handleCall: (_message: unknown, state: unknown, context: Context) => {
          seen.push(context.from === context.from);
          try {
            GenServer.reply(context.from as From, GenServer.noReply);
          } catch (error) {
            seen.push(error);
          }
          return ['done', state];
        },
      });
      GenServer.cast(other, 1);
      await GenServer.call(other, 1);
      expect(seen).toEqual([
        undefined,
        true,
        expect.objectContaining({ code: 'ERR_INVALID_OPTION', option: 'the reply' }),
      ]);
      expect(() => GenServer.reply({} as never, 1)).toThrow('context.from');
      await GenServer.stop(ref);
    }),
  );
});
