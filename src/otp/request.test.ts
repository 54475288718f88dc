import { describe, expectTypeOf, it } from 'vitest';
import type { CallResult, GenServerBehavior, GenServerRef } from './behavior.js';
import type { Context } from './context.js';
import { GenServer } from './facades.js';
import type { From } from './from.js';
import type { ReplyOf, Request } from './request.js';

interface Get extends Request<number> {
  readonly type: 'get';
}
interface Rename extends Request<{ readonly before: string }> {
  readonly type: 'rename';
  readonly to: string;
}
interface Tag extends Request<null> {
  readonly type: 'tag';
  readonly tags: string[];
}
type Ask = Get | Rename | Tag;

declare const account: GenServerRef<unknown, Ask, 'reset'>;

// Compiled, never run: what counts is whether these lines mean what they say.
describe('The types of a call', () => {
  it('give each message of a behaviour the reply that it names', () => {
    const story = async () => {
      expectTypeOf(await GenServer.call(account, { type: 'get' })).toEqualTypeOf<number>();
      expectTypeOf(await GenServer.call(account, { type: 'rename', to: 'x' })).toEqualTypeOf<{
        readonly before: string;
      }>();
      expectTypeOf(
        await GenServer.call(account, { type: 'tag', tags: ['a', 'b'] }, { timeout: 5 }),
      ).toEqualTypeOf<null>();
      const get: Get = { type: 'get' };
      expectTypeOf(await GenServer.call(account, get)).toEqualTypeOf<number>();
      const mixed: GenServerRef<unknown, Get | { type: 'legacy' }> = { id: 'genserver_1' };
      expectTypeOf(await GenServer.call(mixed, { type: 'get' })).toEqualTypeOf<number>();
      expectTypeOf(await GenServer.call(mixed, { type: 'legacy' })).toBeUnknown();
      const either = get as Get | Tag;
      expectTypeOf(await GenServer.call(account, either)).toEqualTypeOf<number | null>();
    };
    expectTypeOf(story).returns.resolves.toBeVoid();
  });

  it('are the same through the context of a handler', () => {
    const story = async (context: Context, untyped: GenServerRef) => {
      expectTypeOf(await context.call(account, { type: 'get' })).toEqualTypeOf<number>();
      expectTypeOf(await context.call(untyped, { type: 'get' })).toBeUnknown();
      expectTypeOf(await context.call<string>(account, 'any')).toEqualTypeOf<string>();
      // @ts-expect-error -- no such type of message
      void context.call(account, { type: 'drop' });
    };
    expectTypeOf(story).returns.resolves.toBeVoid();
  });

  it('refuse a message that the behaviour does not know', () => {
    const story = () => {
      // @ts-expect-error -- no such type of message
      void GenServer.call(account, { type: 'drop' });
      // @ts-expect-error -- `to` is missing
      void GenServer.call(account, { type: 'rename' });
      // @ts-expect-error -- `to` is a string
      void GenServer.call(account, { type: 'rename', to: 1 });
      // @ts-expect-error -- a cast is no call
      void GenServer.call(account, 'reset');
      // @ts-expect-error -- a call is no cast
      GenServer.cast(account, { type: 'get' });
    };
    expectTypeOf(story).returns.toBeVoid();
  });

  it('make the reply of a behaviour the union of what its messages name', () => {
    expectTypeOf<ReplyOf<Get | Tag>>().toEqualTypeOf<number | null>();
    expectTypeOf<ReplyOf<'get'>>().toBeUnknown();
    expectTypeOf<ReplyOf<{ readonly type: 'get' }>>().toBeUnknown();
    const behavior: GenServerBehavior<number, Ask, never> = {
      init: () => 0,
      handleCall: (message, count) => {
        switch (message.type) {
          case 'get':
            return [count, count];
          case 'rename':
            return [{ before: message.to }, count];
          case 'tag':
            return [null, message.tags.length];
        }
      },
      handleCast: (_message, count) => count,
    };
    const wrong: GenServerBehavior<number, Get, never> = {
      init: () => 0,
      // @ts-expect-error -- a number is asked for
      handleCall: (_message, count) => ['none', count],
      handleCast: (_message, count) => count,
    };
    const story = async () => {
      const ref = await GenServer.start(behavior);
      expectTypeOf(await GenServer.call(ref, { type: 'get' })).toEqualTypeOf<number>();
      return wrong;
    };
    expectTypeOf(story).toBeFunction();
  });

  it('take the reply from the ref where messages name none', () => {
    type Message = { type: 'read'; key: string } | 'size';
    const story = async (
      ref: GenServerRef<Map<string, string>, Message, never, string | number>,
    ) => {
      expectTypeOf(await GenServer.call(ref, 'size')).toEqualTypeOf<string | number>();
      // @ts-expect-error -- neither message has a `kee`
      void GenServer.call(ref, { type: 'read', key: 'a', kee: 'b' });
      // @ts-expect-error -- no such message
      void GenServer.call(ref, 'length');
    };
    expectTypeOf(story).returns.resolves.toBeVoid();
  });

  it('let one or all four be named, and an untyped ref be asked anything', () => {
    const story = async (untyped: GenServerRef) => {
      expectTypeOf(await GenServer.call<string>(untyped, { any: 1 })).toEqualTypeOf<string>();
      expectTypeOf(await GenServer.call<string>(account, { any: 1 })).toEqualTypeOf<string>();
      const typed = untyped as GenServerRef<number, 'get', never, Date>;
      const date = await GenServer.call<number, 'get', never, Date>(typed, 'get');
      expectTypeOf(date).toEqualTypeOf<Date>();
      const named = await GenServer.call<unknown, Ask, 'reset', ReplyOf<Ask>>(account, {
        type: 'get',
      });
      expectTypeOf(named).toEqualTypeOf<number | { readonly before: string } | null>();
      expectTypeOf(await GenServer.call(untyped, 'get')).toBeUnknown();
      expectTypeOf((await GenServer.call(untyped, 'get')) as Date).toEqualTypeOf<Date>();
      GenServer.cast(untyped, { any: 1 });
    };
    expectTypeOf(story).toBeFunction();
  });

  it('follow a typed ref through starting, storing and forgetting its types', () => {
    const story = async () => {
      const ref = await GenServer.start({
        init: (first: number) => [first],
        handleCall: (_message: 'sum', all: number[]) => [all.length, all] as const,
        handleCast: (by: number, all: number[]) => [...all, by],
      });
      expectTypeOf(await GenServer.call(ref, 'sum')).toEqualTypeOf<number>();
      const untyped: GenServerRef = ref;
      const stored = new Map<string, GenServerRef>([['a', ref]]);
      return [untyped, stored];
    };
    expectTypeOf(story).toBeFunction();
  });

  it('accept a deferred reply in place of a reply, and hold the caller for it', () => {
    const handleCall = (
      message: 'later' | 'now',
      state: From[],
      context: Context,
    ): CallResult<string, From[]> =>
      message === 'later' && context.from !== undefined
        ? [GenServer.noReply, [...state, context.from]]
        : ['now', state];
    expectTypeOf(handleCall).returns.toEqualTypeOf<CallResult<string, From[]>>();
    const story = async () => {
      const ref = await GenServer.start({
        init: (): From[] => [],
        handleCall: (message: 'later' | 'now', state: From[]) =>
          message === 'now' ? ['now', state] : [GenServer.noReply, state],
        handleCast: (_message: never, state: From[]) => state,
      });
      expectTypeOf(await GenServer.call(ref, 'now')).toEqualTypeOf<string>();
    };
    expectTypeOf(story).toBeFunction();
  });
});
