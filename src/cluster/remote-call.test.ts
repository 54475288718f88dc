import { describe, expect, it } from 'vitest';
import { startServer, stopServer } from '../otp/gen-server.js';
import type { AnyBehavior } from '../otp/behavior.js';
import type { Context } from '../otp/context.js';
import type { Address } from '../runtime/address.js';
import { RemoteCall } from './remote-call.js';
import { HoldingTransport } from './testing/holding-transport.js';
import { counter, inCluster, type TestNode } from './testing/cluster-world.js';

describe('RemoteCall', () => {
  it(
    'answers as any call does, and its errors name the node',
    inCluster(2, async ({ nodes, pass }) => {
      const [here, there] = nodes as [TestNode, TestNode];
      const ref = await startServer(there.runtime, counter, { args: [5] });
      from(here).cast(ref, 2);
      expect(await from(here).call<number>(ref, 'get')).toBe(7);
      const where = { serverId: ref.id, nodeId: there.id };
      const stuck = await startServer(there.runtime, counter);
      await expect(from(here).call(stuck, 'hang', { timeout: 50 })).rejects.toMatchObject({
        code: 'ERR_REMOTE_CALL_TIMEOUT',
        ...where,
        serverId: stuck.id,
        timeoutMs: 50,
        cause: { code: 'ERR_CALL_TIMEOUT' },
      });
      await expect(from(here).call(ref, 'boom')).rejects.toThrow(new RangeError('boom'));
      await expect(from(here).call(ref, 'get')).rejects.toMatchObject({
        code: 'ERR_REMOTE_SERVER_NOT_RUNNING',
        ...where,
      });
      from(here).cast(ref, 1);
      const pending = from(here).call(stuck, 'get', { timeout: Infinity });
      pending.catch(() => undefined);
      await there.cluster.stop();
      await pass(10);
      const unreachable = { code: 'ERR_NODE_NOT_REACHABLE', nodeId: there.id };
      await expect(pending).rejects.toMatchObject(unreachable);
      await expect(from(here).call(ref, 'get')).rejects.toMatchObject(unreachable);
    }),
  );

  it(
    'leaves the errors alone that the handler met on its own errands',
    inCluster(2, async ({ nodes }) => {
      const [here, there] = nodes as [TestNode, TestNode];
      const gone = await startServer(there.runtime, counter);
      await stopServer(there.runtime, gone);
      const errand = async (_message: unknown, state: unknown, context: Context) =>
        [await context.call(gone, 'get'), state] as const;
      const ref = await startServer(there.runtime, { ...counter, handleCall: errand });
      await expect(from(here).call(ref, 'go')).rejects.toMatchObject({
        code: 'ERR_SERVER_NOT_RUNNING',
        serverId: gone.id,
      });
    }),
  );

  it(
    'takes a ref of its own node that says so',
    inCluster(1, async ({ nodes }) => {
      const [here] = nodes as [TestNode];
      const ref = await startServer(here.runtime, counter);
      expect(await from(here).call(ref, 'get')).toBe(0);
      await stopServer(here.runtime, ref);
      expect(() => from(here).cast(ref, 1)).toThrow(`running on ${here.id}`);
    }),
  );

  it(
    'says what was expected of it',
    inCluster(2, async ({ nodes }) => {
      const [here, there] = nodes as [TestNode, TestNode];
      const ref = await startServer(there.runtime, counter);
      const bad = { code: 'ERR_INVALID_OPTION' };
      const refused = async (to: unknown, options: unknown, message: string): Promise<void> => {
        const outcome = from(here).call(to as Address, 'get', options as object);
        await expect(outcome).rejects.toMatchObject(bad);
        await expect(outcome).rejects.toThrow(message);
      };
      await refused(undefined, {}, 'the ref to be what start gave back');
      await refused({ id: ref.id }, {}, "the ref's nodeId to be the name of a node");
      await refused({ ...ref, nodeId: 'nowhere' }, {}, 'got "nowhere"');
      await refused(ref, { timeout: -1 }, 'timeout to be milliseconds');
      await refused(ref, { signal: 5 }, 'signal to be an AbortSignal');
      expect(() => from(here).cast({ id: ref.id }, 1)).toThrow("the ref's nodeId");
      await expect(from(here).call(ref, () => 1)).rejects.toMatchObject({
        code: 'ERR_MESSAGE_SERIALIZATION',
      });
      await here.cluster.stop();
      await expect(from(here).call(ref, 'get')).rejects.toMatchObject({
        code: 'ERR_CLUSTER_NOT_STARTED',
      });
    }),
  );
});

describe('A call to another node', () => {
  it(
    'that is aborted ends at once, and is not begun if it still waits there',
    inCluster(2, async ({ nodes, platform, pass }) => {
      const [here, there] = nodes as [TestNode, TestNode];
      const { begun, ref } = await startSlow(there);
      const first = from(here).call(ref, 'first');
      const abort = new AbortController();
      const second = from(here).call(ref, 'second', { signal: abort.signal, timeout: Infinity });
      const third = from(here).call(ref, 'third');
      await pass(10);
      const reason = new Error('changed my mind');
      const abortedMs = platform.clock.nowMs();
      abort.abort(reason);
      await expect(second).rejects.toBe(reason);
      expect(platform.clock.nowMs()).toBe(abortedMs);
      await Promise.all([first, third]);
      expect(begun).toEqual(['first', 'third']);
      expect(nodes.map(({ cluster }) => cluster.node.pending)).toEqual(NOTHING_PENDING);
      expect(here.runtime.lateReplyCount).toBe(0);
    }),
  );

  it(
    'that is aborted while it runs has its reply dropped, and the server lives on',
    inCluster(2, async ({ nodes, pass }) => {
      const [here, there] = nodes as [TestNode, TestNode];
      const { begun, ref } = await startSlow(there);
      const abort = new AbortController();
      const running = from(here).call(ref, 'running', { signal: abort.signal });
      await pass(10);
      abort.abort();
      await expect(running).rejects.toMatchObject({ name: 'AbortError' });
      expect(await from(here).call(ref, 'next')).toBe('next');
      expect(begun).toEqual(['running', 'next']);
      expect(nodes.map(({ cluster }) => cluster.node.pending)).toEqual(NOTHING_PENDING);
    }),
  );

  it(
    'with a signal that was aborted before is never sent',
    inCluster(2, async ({ nodes, pass }) => {
      const [here, there] = nodes as [TestNode, TestNode];
      const { begun, ref } = await startSlow(there);
      const signal = AbortSignal.abort('too late');
      await expect(from(here).call(ref, 'x', { signal })).rejects.toBe('too late');
      await pass(10);
      expect(begun).toEqual([]);
    }),
  );

  it.each([-1, 0, 1])(
    'carries what is left of its time, whatever the clocks say (%i h apart)',
    (apartHours) =>
      inCluster(1, async ({ platform, network, join, pass }) => {
        const { clock } = platform;
        const apartMs = apartHours * 3_600_000;
        const there = await join(2, {
          clock: {
            nowMs: () => clock.nowMs() + 4_000_000 + apartMs,
            wallMs: () => clock.wallMs() + apartMs,
          },
        });
        const transport = new HoldingTransport(network.transport('127.0.0.1:3'));
        const here = await join(3, { transport });
        await pass(100);
        const { begun, ref } = await startSlow(there);
        const first = from(here).call(ref, 'first');
        const late = from(here).call(ref, 'late', { timeout: SLOW_MS / 2 });
        const inTime = from(here).call(ref, 'in time', { timeout: 3 * SLOW_MS });
        await pass(10);
        // Nobody tells the server that the second one was given up.
        transport.hold();
        await expect(late).rejects.toMatchObject({ code: 'ERR_REMOTE_CALL_TIMEOUT' });
        expect(await Promise.all([first, inTime])).toEqual(['first', 'in time']);
        expect(begun).toEqual(['first', 'in time']);
      })(),
  );
});

/** RemoteCall as code on `node` uses it. */
function from({ runtime }: TestNode): typeof RemoteCall {
  runtime.enter(undefined);
  return RemoteCall;
}

/** A server that takes {@link SLOW_MS} for each call, and notes which it begins. */
async function startSlow(node: TestNode): Promise<{ begun: string[]; ref: Address }> {
  const begun: string[] = [];
  const slow: AnyBehavior = {
    ...counter,
    handleCall: async (message: string, state: unknown) => {
      begun.push(message);
      await new Promise<void>((resolve) => {
        node.runtime.platform.timers.after(SLOW_MS, resolve);
      });
      return [message, state];
    },
  };
  return { begun, ref: await startServer(node.runtime, slow) };
}

const SLOW_MS = 200;
const NOTHING_PENDING = [
  { asked: 0, serving: 0 },
  { asked: 0, serving: 0 },
];
