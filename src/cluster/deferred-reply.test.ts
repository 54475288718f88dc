import { describe, expect, it } from 'vitest';
import { type AnyBehavior, NO_REPLY, ReplyError } from '../otp/behavior.js';
import { call } from '../otp/call.js';
import type { Context } from '../otp/context.js';
import { type From, reply } from '../otp/from.js';
import { startServer, stopServer } from '../otp/gen-server.js';
import { inCluster } from './testing/cluster-world.js';

describe('A deferred reply to another node', () => {
  it(
    'arrives once, as a value or an error, and is dropped after the timeout',
    inCluster(2, async ({ nodes, pass }) => {
      const [here, there] = [nodes[0]!, nodes[1]!];
      const asked: From[] = [];
      const ref = await startServer(there.runtime, holding(asked));
      const value = call(here.runtime, ref, 'a');
      const error = call(here.runtime, ref, 'b');
      const late = call(here.runtime, ref, 'c', { timeout: 50 });
      error.catch(() => undefined);
      await expect(late).rejects.toMatchObject({ code: 'ERR_CALL_TIMEOUT' });
      await pass(10);
      expect(asked.map(({ waiting }) => waiting)).toEqual([true, true, false]);
      const refused = new ReplyError(new RangeError('no'));
      const taken = asked.map((from, n) => reply(from, n === 0 ? { n } : refused));
      expect(taken).toEqual([true, true, false]);
      expect(reply(asked[0]!, 'again')).toBe(false);
      expect(await value).toEqual({ n: 0 });
      await expect(error).rejects.toThrow(new RangeError('no'));
      expect(there.runtime.lateReplyCount).toBe(2);
    }),
  );

  it(
    'rejects the caller when the server ends first',
    inCluster(2, async ({ nodes, pass }) => {
      const [here, there] = [nodes[0]!, nodes[1]!];
      const ref = await startServer(there.runtime, holding([]));
      const [outcome] = await Promise.allSettled([
        call(here.runtime, ref, 'a', { timeout: Infinity }),
        pass(10).then(() => stopServer(there.runtime, ref)),
      ]);
      expect(outcome).toMatchObject({ reason: { code: 'ERR_SERVER_NOT_RUNNING' } });
    }),
  );
});

/** Never answers by itself; puts who asks into `asked`. */
function holding(asked: From[]): AnyBehavior {
  return {
    init: () => null,
    handleCall: (_message: unknown, state: null, context: Context) => {
      asked.push(context.from as From);
      return [NO_REPLY, state];
    },
    handleCast: () => null,
  };
}
