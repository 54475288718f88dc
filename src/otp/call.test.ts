import { describe, expect, it } from 'vitest';
import { runVirtual, sleep } from '../platform/run-virtual.js';
import type { VirtualPlatform } from '../platform/virtual-platform.js';
import { setCurrentRuntime } from '../runtime/current.js';
import type { MailboxBound } from '../runtime/mailbox.js';
import { Runtime } from '../runtime/runtime.js';
import type { AnyBehavior } from './behavior.js';
import type { Context } from './context.js';
import { GenServer } from './facades.js';

interface World {
  readonly platform: VirtualPlatform;
  readonly runtime: Runtime;
  /** What the server handled, calls and casts alike. */
  readonly handled: unknown[];
  /** Each message takes it 100 ms. */
  slow(mailbox?: MailboxBound): Promise<{ id: string }>;
}

function inWorld(body: (world: World) => Promise<void>) {
  return () =>
    runVirtual(async (platform) => {
      const runtime = new Runtime(platform);
      setCurrentRuntime(runtime);
      const handled: unknown[] = [];
      const handle = async (message: unknown): Promise<void> => {
        handled.push(message);
        await sleep(platform, 100);
      };
      const behavior: AnyBehavior = {
        init: () => null,
        handleCall: (message: unknown) => handle(message).then(() => [message, null]),
        handleCast: handle,
      };
      const slow = (mailbox?: MailboxBound) =>
        GenServer.start(behavior, mailbox === undefined ? {} : { mailbox });
      await body({ platform, runtime, handled, slow });
    });
}

describe('A call', () => {
  it(
    'keeps the order in which one sender sent calls and casts',
    inWorld(async ({ handled, slow }) => {
      const ref = await slow();
      GenServer.cast(ref, 1);
      const second = GenServer.call(ref, 2);
      GenServer.cast(ref, 3);
      await Promise.all([second, GenServer.call(ref, 4)]);
      expect(handled).toEqual([1, 2, 3, 4]);
    }),
  );

  it(
    'rejects with the reason of its signal: aborted before, it is never sent',
    inWorld(async ({ platform, runtime, handled, slow }) => {
      const ref = await slow();
      const signal = AbortSignal.abort(new Error('changed my mind'));
      await expect(GenServer.call(ref, 1, { signal })).rejects.toThrow('changed my mind');
      await sleep(platform, 500);
      expect(handled).toEqual([]);
      expect(runtime.deadlines.size).toBe(0);
    }),
  );

  it(
    'is not run when it was aborted in the mailbox, and its reply is dropped when later',
    inWorld(async ({ platform, runtime, handled, slow }) => {
      const ref = await slow();
      const [first, second] = [new AbortController(), new AbortController()];
      const outcomes = Promise.allSettled([
        GenServer.call(ref, 1, { signal: first.signal }),
        GenServer.call(ref, 2, { signal: second.signal }),
        GenServer.call(ref, 3),
      ]);
      await sleep(platform, 50);
      first.abort(new Error('one'));
      second.abort(new Error('two'));
      expect(await outcomes).toEqual([
        { status: 'rejected', reason: new Error('one') },
        { status: 'rejected', reason: new Error('two') },
        { status: 'fulfilled', value: 3 },
      ]);
      first.abort();
      expect(handled).toEqual([1, 3]);
      expect(runtime.lateReplyCount).toBe(1);
      expect(runtime.deadlines.size).toBe(0);
    }),
  );

  it(
    'waits for ever with an infinite timeout, and may be given no time at all',
    inWorld(async ({ platform, runtime, slow }) => {
      const ref = await slow();
      const calls = Array.from({ length: 100 }, (_, n) =>
        GenServer.call(ref, n, { timeout: Infinity }),
      );
      await Promise.all(calls);
      expect(platform.clock.nowMs()).toBe(10_000);
      expect(runtime.deadlines.size).toBe(0);
      await expect(GenServer.call(ref, 0, { timeout: 0 })).rejects.toMatchObject({ timeoutMs: 0 });
    }),
  );

  it.each([-1, NaN, '5'])('rejects a timeout of %j and sends nothing', (timeout) =>
    inWorld(async ({ platform, handled, slow }) => {
      const call = GenServer.call(await slow(), 1, { timeout: timeout as number });
      await expect(call).rejects.toMatchObject({ code: 'ERR_INVALID_OPTION', option: 'timeout' });
      await sleep(platform, 10);
      expect(handled).toEqual([]);
    })(),
  );

  it(
    'rejects what is no ref or no signal',
    inWorld(async ({ slow }) => {
      const invalid = { code: 'ERR_INVALID_OPTION' };
      for (const ref of [undefined, null, 'genserver_1', {}]) {
        await expect(GenServer.call(ref as never, 1)).rejects.toMatchObject(invalid);
        await expect(GenServer.stop(ref as never)).rejects.toMatchObject(invalid);
        expect(() => GenServer.cast(ref as never, 1 as never)).toThrow('the ref');
      }
      const call = GenServer.call(await slow(), 1, { signal: {} as AbortSignal });
      await expect(call).rejects.toMatchObject(invalid);
    }),
  );

  it(
    'of a server that has ended fails at once, and so does a cast',
    inWorld(async ({ platform, slow }) => {
      const ref = await slow();
      await GenServer.stop(ref);
      const code = 'ERR_SERVER_NOT_RUNNING';
      await expect(GenServer.call(ref, 1)).rejects.toMatchObject({ code });
      expect(() => GenServer.cast(ref, 1 as never)).toThrow(expect.objectContaining({ code }));
      expect(platform.clock.nowMs()).toBe(0);
    }),
  );
});

describe('A bounded mailbox', () => {
  it(
    'refuses the newest to its sender',
    inWorld(async ({ runtime, handled, slow }) => {
      const ref = await slow({ max: 2, onFull: 'reject' });
      const calls = [0, 1, 2, 3].map((n) => GenServer.call(ref, n));
      const outcomes = (await Promise.allSettled(calls)).map(({ status }) => status);
      expect(outcomes).toEqual(['fulfilled', 'fulfilled', 'rejected', 'rejected']);
      await expect(calls[3]).rejects.toMatchObject({ code: 'ERR_MAILBOX_FULL' });
      expect(handled).toEqual([0, 1]);
      expect(runtime.processes.get(ref.id)?.mailbox.refusedCount).toBe(2);
    }),
  );

  it.each([
    ['dropNewest', ['a', 'b', 1]],
    ['dropOldest', ['a', 3, 'c']],
  ] as const)('drops by %s, fails the call that it dropped, and counts', (onFull, left) =>
    inWorld(async ({ platform, runtime, handled, slow }) => {
      const ref = await slow({ max: 2, onFull });
      GenServer.cast(ref, 'a' as never);
      await sleep(platform, 10);
      GenServer.cast(ref, 'b' as never);
      const outcomes = Promise.allSettled([1, 2, 3].map((n) => GenServer.call(ref, n)));
      GenServer.cast(ref, 'c' as never);
      await outcomes;
      await sleep(platform, 200);
      expect(handled).toEqual(left);
      expect(runtime.processes.get(ref.id)?.mailbox.refusedCount).toBe(3);
      const kept = (await outcomes).filter(({ status }) => status === 'fulfilled').length;
      expect(kept).toBe(1);
    })(),
  );

  it(
    'always takes a stop and a DOWN, and they take no place away',
    inWorld(async ({ platform, handled, slow }) => {
      const ref = await slow({ max: 1, onFull: 'reject' });
      const other = await slow();
      GenServer.cast(ref, 1 as never);
      await sleep(platform, 10);
      GenServer.monitor(ref, other);
      await GenServer.stop(other);
      GenServer.cast(ref, 2 as never);
      expect(() => GenServer.cast(ref, 3 as never)).toThrow('full');
      await GenServer.stop(ref);
      expect(handled).toEqual([1, 2]);
    }),
  );
});

describe('A cycle of calls', () => {
  type Hop = { to: { id: string }; then?: Hop } | undefined;

  const relay = (platform: VirtualPlatform): AnyBehavior => ({
    init: () => null,
    handleCall: async (hop: Hop, state: unknown, context: Context) => {
      await sleep(platform, 5);
      if (hop === undefined) return ['end', state];
      return [await context.call(hop.to, hop.then), state];
    },
    handleCast: async (hop: Hop, state: unknown, context: Context) => {
      if (hop !== undefined) await context.call(hop.to, hop.then);
      return state;
    },
  });

  it(
    'is named at once, after awaits too, and does not end those who answer',
    inWorld(async ({ platform }) => {
      const [a, b, c] = [
        await GenServer.start(relay(platform)),
        await GenServer.start(relay(platform)),
        await GenServer.start(relay(platform)),
      ];
      const hops: Hop = { to: b, then: { to: c, then: { to: a } } };
      await expect(GenServer.call(a, hops)).rejects.toMatchObject({
        chain: [a.id, b.id, c.id, a.id],
      });
      expect(platform.clock.nowMs()).toBe(15);
      const own = await GenServer.start(relay(platform));
      await expect(GenServer.call(own, { to: own })).rejects.toMatchObject({
        chain: [own.id, own.id],
      });
    }),
  );

  it(
    'is none when the same server is asked twice in a row, or after it was answered',
    inWorld(async ({ platform }) => {
      const b = await GenServer.start(relay(platform));
      const caller = await GenServer.start({
        init: () => null,
        handleCall: async (_message: unknown, state: null, context: Context) => {
          const replies = [await context.call(b, undefined), await context.call(b, undefined)];
          return [replies, state] as const;
        },
        handleCast: (_message: unknown, state: null) => state,
      });
      expect(await GenServer.call(caller, 1)).toEqual(['end', 'end']);
      const background: unknown[] = [];
      const lazy = await GenServer.start({
        init: () => null,
        handleCall: (_message: unknown, state: null, context: Context) => {
          const work = sleep(platform, 50).then(() => context.call(asker, 'ping'));
          void work.then((reply) => background.push(reply));
          return ['soon', state] as const;
        },
        handleCast: (_message: unknown, state: null) => state,
      });
      const asker: { id: string } = await GenServer.start({
        init: () => null,
        handleCall: async (message: unknown, state: null, context: Context) => [
          message === 'ask' ? await context.call(lazy, 1) : 'pong',
          state,
        ],
        handleCast: (_message: unknown, state: null) => state,
      } as AnyBehavior);
      expect(await GenServer.call(asker, 'ask')).toBe('soon');
      await sleep(platform, 60);
      expect(background).toEqual(['pong']);
    }),
  );
});
