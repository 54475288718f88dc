import { describe, expect, it } from 'vitest';
import type { AnyBehavior } from '../otp/behavior.js';
import { call } from '../otp/call.js';
import { startServer, stopServer } from '../otp/gen-server.js';
import { monitor } from '../otp/monitor.js';
import { type TestNode, counter, inCluster } from './testing/cluster-world.js';

/** A server that notes what it is told about others. */
function watcher(seen: unknown[]): AnyBehavior {
  return {
    ...counter,
    handleInfo: (info: { reason: unknown }, state: unknown) => {
      seen.push(info.reason);
      return state;
    },
  };
}

describe('a link that breaks and comes back', () => {
  it(
    'keeps monitors, and tells each end once with its own reason',
    inCluster(2, async ({ nodes, sever, pass }) => {
      const [a, b] = nodes as [TestNode, TestNode];
      const seen: unknown[] = [];
      const self = await startServer(a.runtime, watcher(seen));
      const [during, after] = [
        await startServer(b.runtime, counter),
        await startServer(b.runtime, counter),
      ];
      monitor(a.runtime, self, during);
      monitor(a.runtime, self, after);
      await pass(10);
      sever(a, b);
      await pass(1);
      await stopServer(b.runtime, during, 'shutdown');
      await pass(1000);
      expect(seen).toEqual([{ type: 'shutdown' }]);
      await stopServer(b.runtime, after);
      await pass(1000);
      expect(seen).toEqual([{ type: 'shutdown' }, { type: 'normal' }]);
    }),
  );

  it(
    'keeps links: a normal end across it ends nobody, an abnormal one does',
    inCluster(2, async ({ nodes, sever, pass }) => {
      const [a, b] = nodes as [TestNode, TestNode];
      const here = await startServer(a.runtime, counter);
      const [well, badly] = [
        await startServer(b.runtime, counter),
        await startServer(b.runtime, counter),
      ];
      a.runtime.link(here.id, well);
      a.runtime.link(here.id, badly);
      await pass(10);
      sever(a, b);
      await pass(1);
      await stopServer(b.runtime, well);
      await pass(1000);
      expect(a.runtime.processes.get(here.id)?.alive).toBe(true);
      sever(a, b);
      await pass(1);
      await call(b.runtime, badly, 'boom').catch(() => undefined);
      await pass(1000);
      expect(a.runtime.processes.get(here.id)).toBeUndefined();
    }),
  );

  it(
    'does not bring back a link that was undone meanwhile',
    inCluster(2, async ({ nodes, sever, pass }) => {
      const [a, b] = nodes as [TestNode, TestNode];
      const here = await startServer(a.runtime, counter);
      const there = await startServer(b.runtime, counter);
      a.runtime.link(here.id, there);
      await pass(10);
      sever(a, b);
      await pass(1);
      a.runtime.unlink(here.id, there);
      await pass(1000);
      expect(b.runtime.links.countOf(there.id)).toBe(0);
      await call(b.runtime, there, 'boom').catch(() => undefined);
      await pass(1000);
      expect(a.runtime.processes.get(here.id)?.alive).toBe(true);
    }),
  );

  it(
    'fails the calls that were under way, runs none of them late, and forgets them',
    inCluster(2, async ({ nodes, sever, pass }) => {
      const [a, b] = nodes as [TestNode, TestNode];
      let handled = 0;
      const slow = await startServer(b.runtime, {
        ...counter,
        handleCall: (_message: unknown, state: number) => {
          handled += 1;
          return new Promise((resolve) => {
            b.runtime.platform.timers.after(500, () => resolve([0, state]));
          });
        },
      });
      const calls = [1, 2, 3].map((n) => call(a.runtime, slow, n).catch((error: unknown) => error));
      await pass(10);
      sever(a, b);
      for (const outcome of await Promise.all(calls)) {
        expect(outcome).toMatchObject({ code: 'ERR_NODE_NOT_REACHABLE', nodeId: b.id });
      }
      await pass(5000);
      expect(handled).toBe(1);
      expect(await call(a.runtime, slow, 4)).toBe(0);
      expect(b.cluster.node.pending.serving).toBe(0);
      expect(a.cluster.node.pending.asked).toBe(0);
    }),
  );

  it(
    'lets nobody think that a server stopped which is only out of reach',
    inCluster(2, async ({ nodes, sever, pass }) => {
      const [a, b] = nodes as [TestNode, TestNode];
      const ref = await startServer(b.runtime, counter);
      sever(a, b);
      await pass(0);
      await expect(stopServer(a.runtime, ref)).rejects.toMatchObject({
        code: 'ERR_NODE_NOT_REACHABLE',
      });
      await expect(call(a.runtime, ref, 'get')).rejects.toMatchObject({
        code: 'ERR_NODE_NOT_REACHABLE',
      });
      await pass(100);
      await stopServer(a.runtime, ref);
      expect(b.runtime.processes.get(ref.id)).toBeUndefined();
    }),
  );
});

describe('a request of another node', () => {
  it(
    'is forgotten once its caller waits no more',
    inCluster(2, async ({ nodes, pass }) => {
      const [a, b] = nodes as [TestNode, TestNode];
      const ref = await startServer(b.runtime, counter);
      const calls = [1, 2].map(() => call(a.runtime, ref, 'hang', { timeout: 50 }));
      for (const outcome of calls) await expect(outcome).rejects.toThrow('within 50 ms');
      await pass(10);
      expect(b.cluster.node.pending.serving).toBe(0);
      expect(a.cluster.node.pending.asked).toBe(0);
    }),
  );

  it(
    'is forgotten when the process that it asked ends',
    inCluster(2, async ({ nodes, pass }) => {
      const [a, b] = nodes as [TestNode, TestNode];
      const ref = await startServer(b.runtime, counter);
      const calls = ['hang', 'get'].map((message) => call(a.runtime, ref, message));
      const outcomes = calls.map((outcome) =>
        outcome.catch((error: unknown) => (error as { code: string }).code),
      );
      await pass(10);
      b.runtime.processes.get(ref.id)?.finish('killed');
      expect(await Promise.all(outcomes)).toEqual(Array(2).fill('ERR_SERVER_NOT_RUNNING'));
      expect(b.cluster.node.pending.serving).toBe(0);
      expect(a.cluster.node.pending.asked).toBe(0);
    }),
  );
});

describe('what is too large to cross', () => {
  const huge = 'x'.repeat(17 * 2 ** 20);

  it(
    'is the error of its caller, and of nobody else',
    inCluster(2, async ({ nodes, errors }) => {
      const [a, b] = nodes as [TestNode, TestNode];
      const ref = await startServer(b.runtime, {
        ...counter,
        handleCall: (message: unknown, state: number) => [
          message === 'huge' ? huge : message,
          state,
        ],
      });
      const oversized = { code: 'ERR_FRAME', problem: 'oversized' };
      await expect(call(a.runtime, ref, huge)).rejects.toMatchObject(oversized);
      await expect(call(a.runtime, ref, 'huge')).rejects.toMatchObject(oversized);
      const request = {
        behavior: 'counter',
        args: [huge],
        registration: 'none',
        timeoutMs: 1000,
      } as const;
      await expect(a.cluster.node.spawner.spawn(b.id, request)).rejects.toMatchObject(oversized);
      expect(await call(a.runtime, ref, 'still here')).toBe('still here');
      expect(errors()).toEqual([]);
    }),
  );

  it(
    'keeps no end from being told',
    inCluster(2, async ({ nodes, pass }) => {
      const [a, b] = nodes as [TestNode, TestNode];
      const seen: unknown[] = [];
      const self = await startServer(a.runtime, watcher(seen));
      const ref = await startServer(b.runtime, counter);
      monitor(a.runtime, self, ref);
      await pass(10);
      b.runtime.processes.get(ref.id)?.exit({ error: new Error(`big ${huge}`) });
      await pass(10);
      expect(seen).toMatchObject([
        { type: 'error', message: expect.stringMatching(/^big x+$/) as string },
      ]);
    }),
  );
});

describe('a link whose buffer is full', () => {
  it(
    'has taken what it was given: monitors hold, and a stop waits for the end',
    inCluster(2, async ({ nodes, pass }) => {
      const [a, b] = nodes as [TestNode, TestNode];
      const seen: unknown[] = [];
      const self = await startServer(a.runtime, watcher(seen));
      const ref = await startServer(b.runtime, counter);
      a.runtime.router.send(ref, { kind: 'cast', message: new Uint8Array(2 ** 21) });
      monitor(a.runtime, self, ref);
      await pass(100);
      expect(seen).toEqual([]);
      a.runtime.router.send(ref, { kind: 'cast', message: new Uint8Array(2 ** 21) });
      await stopServer(a.runtime, ref);
      expect(b.runtime.processes.get(ref.id)).toBeUndefined();
      await pass(10);
      expect(seen).toEqual([{ type: 'normal' }]);
    }),
  );
});
