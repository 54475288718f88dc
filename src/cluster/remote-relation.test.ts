import { describe, expect, it } from 'vitest';
import type { AnyBehavior } from '../otp/behavior.js';
import { startServer, stopServer } from '../otp/gen-server.js';
import type { Address } from '../runtime/address.js';
import { RemoteLink } from './remote-link.js';
import { RemoteMonitor } from './remote-monitor.js';
import { HoldingTransport } from './testing/holding-transport.js';
import { type ClusterWorld, counter, inCluster, type TestNode } from './testing/cluster-world.js';

describe('RemoteMonitor', () => {
  it(
    'is in place once it resolves, and tells one DOWN',
    inCluster(2, async ({ nodes, pass }) => {
      const [here, there] = nodes as [TestNode, TestNode];
      const { ref: watcher, told } = await startWatcher(here);
      const target = await startServer(there.runtime, counter);
      const monitor = await monitors(here).monitor(watcher, target);
      expect(monitor).toMatchObject({ monitoredRef: target, watcherId: watcher.id });
      expect(there.runtime.processes.get(target.id)?.watchers?.size).toBe(1);
      await stopServer(there.runtime, target, 'shutdown');
      await pass(10);
      expect(told).toEqual([{ type: 'shutdown' }]);
      expect(await monitors(here).demonitor(monitor)).toBe(false);
    }),
  );

  it(
    'tells at once of a target that does not run',
    inCluster(2, async ({ nodes, pass }) => {
      const [here, there] = nodes as [TestNode, TestNode];
      const { ref: watcher, told } = await startWatcher(here);
      const target = await startServer(there.runtime, counter);
      await stopServer(there.runtime, target);
      await monitors(here).monitor(watcher, target);
      await pass(0);
      expect(told).toEqual([{ type: 'noproc' }]);
    }),
  );

  it(
    'is given up when it is not confirmed in time, and then tells nothing',
    inCluster(1, async (world) => {
      const { here, there, watcher, target, told, release } = await silentTarget(world);
      await expect(monitors(here).monitor(watcher, target, { timeout: 50 })).rejects.toMatchObject({
        code: 'ERR_REMOTE_MONITOR_TIMEOUT',
        serverId: target.id,
        nodeId: there.id,
        timeoutMs: 50,
      });
      release();
      await world.pass(10);
      await stopServer(there.runtime, target);
      await world.pass(10);
      expect(told).toEqual([]);
      expect(here.runtime.monitors.size).toBe(0);
      expect(here.runtime.deadlines.size).toBe(0);
    }),
  );

  it(
    'waits out a broken link',
    inCluster(1, async (world) => {
      const { here, there, watcher, target, told, release } = await silentTarget(world);
      const monitoring = monitors(here).monitor(watcher, target);
      // What was held back is sent on links that are gone by then.
      world.sever(here, there);
      release();
      await monitoring;
      expect(here.cluster.node.isConnected(there.id)).toBe(true);
      await stopServer(there.runtime, target);
      await world.pass(10);
      expect(told).toEqual([{ type: 'normal' }]);
    }),
  );

  it(
    'resolves when the node is lost meanwhile, and tells that',
    inCluster(1, async (world) => {
      const { here, there, watcher, target, told } = await silentTarget(world);
      const monitoring = monitors(here).monitor(watcher, target, { timeout: Infinity });
      await there.cluster.stop();
      await monitoring;
      await world.pass(10);
      expect(told).toEqual([{ type: 'noconnection' }]);
    }),
  );

  it(
    'leaves nothing that hangs when its own node leaves',
    inCluster(1, async (world) => {
      const { here, watcher, target, told } = await silentTarget(world);
      const monitoring = monitors(here).monitor(watcher, target, { timeout: Infinity });
      await here.cluster.stop();
      await monitoring;
      await world.pass(10);
      expect(told).toEqual([{ type: 'noconnection' }]);
      await expect(monitors(here).monitor(watcher, target)).rejects.toMatchObject({
        code: 'ERR_CLUSTER_NOT_STARTED',
      });
    }),
  );

  it(
    'says what was expected of it, and watches nothing then',
    inCluster(2, async ({ nodes, pass }) => {
      const [here, there] = nodes as [TestNode, TestNode];
      const { ref: watcher, told } = await startWatcher(here);
      const target = await startServer(there.runtime, counter);
      const refused = async (asked: Promise<unknown>, message: string): Promise<void> => {
        await expect(asked).rejects.toThrow(message);
      };
      const { monitor, demonitor } = monitors(here);
      await refused(monitor(target, watcher), 'the watcher to be the ref of a process of this');
      await refused(monitor(undefined as never, target), 'the ref to be what start gave back');
      await refused(monitor(watcher, { id: target.id }), "the ref's nodeId");
      await refused(monitor(watcher, target, { timeout: NaN }), 'timeout to be milliseconds');
      await refused(monitor({ id: 'genserver_0' }, target), 'to be running');
      await refused(demonitor({} as never), 'what monitor gave back');
      await there.cluster.stop();
      await pass(10);
      await refused(monitors(here).monitor(watcher, target), 'to be connected');
      await pass(10);
      expect(told).toEqual([]);
      expect(here.runtime.monitors.size).toBe(0);
    }),
  );
});

describe('RemoteLink', () => {
  it(
    'is in place once it resolves, and carries the end of either',
    inCluster(2, async ({ nodes, pass }) => {
      const [here, there] = nodes as [TestNode, TestNode];
      const own = await startServer(here.runtime, counter);
      const other = await startServer(there.runtime, counter);
      expect(await links(here).link(other, own)).toMatchObject({ ref1: other, ref2: own });
      expect(there.runtime.links.of(other.id)).toEqual([own]);
      here.runtime.processes.get(own.id)?.exit({ error: new Error('gone') });
      await pass(10);
      expect(there.runtime.isRunning(other)).toBe(false);
    }),
  );

  it(
    'is untied again, and then carries nothing',
    inCluster(2, async ({ nodes, pass }) => {
      const [here, there] = nodes as [TestNode, TestNode];
      const own = await startServer(here.runtime, counter);
      const other = await startServer(there.runtime, counter);
      await links(here).unlink(await links(here).link(own, other));
      await pass(10);
      there.runtime.processes.get(other.id)?.exit({ error: new Error('gone') });
      await pass(10);
      expect(here.runtime.isRunning(own)).toBe(true);
    }),
  );

  it(
    'to a server that does not run ends this one, or tells it when it traps exits',
    inCluster(2, async ({ nodes, pass }) => {
      const [here, there] = nodes as [TestNode, TestNode];
      const { ref: trapping, told } = await startWatcher(here, { trapExit: true });
      const own = await startServer(here.runtime, counter);
      const gone = await startServer(there.runtime, counter);
      await stopServer(there.runtime, gone);
      await Promise.all([links(here).link(own, gone), links(here).link(trapping, gone)]);
      await pass(0);
      expect(here.runtime.isRunning(own)).toBe(false);
      expect(told).toEqual(['noproc']);
    }),
  );

  it(
    'is given up when it is not confirmed in time, unless it was there before',
    inCluster(1, async (world) => {
      const { here, there, hold, release } = await holdingPair(world);
      const own = await startServer(here.runtime, counter);
      const fresh = await startServer(there.runtime, counter);
      const known = await startServer(there.runtime, counter);
      await links(here).link(own, known);
      hold();
      for (const other of [fresh, known]) {
        await expect(links(here).link(own, other, { timeout: 50 })).rejects.toMatchObject({
          code: 'ERR_REMOTE_LINK_TIMEOUT',
          serverId: other.id,
          nodeId: there.id,
          timeoutMs: 50,
        });
      }
      release();
      await world.pass(10);
      expect(here.runtime.links.of(own.id)).toEqual([known]);
      expect(there.runtime.links.of(fresh.id)).toEqual([]);
      expect(there.runtime.links.of(known.id)).toEqual([own]);
    }),
  );

  it(
    'says what was expected of it, and ties nothing then',
    inCluster(2, async ({ nodes, pass }) => {
      const [here, there] = nodes as [TestNode, TestNode];
      const own = await startServer(here.runtime, counter);
      const other = await startServer(there.runtime, counter);
      const refused = async (asked: Promise<unknown>, message: string): Promise<void> => {
        await expect(asked).rejects.toThrow(message);
      };
      const { link, unlink } = links(here);
      await refused(link(other, other), 'one of the two refs to be the ref of a process of this');
      await refused(link(own, undefined as never), 'the ref to be what start gave back');
      await refused(link(own, { id: own.id }), "the ref's nodeId");
      await refused(link(own, other, { timeout: '5' as never }), 'timeout to be milliseconds');
      await refused(link({ id: 'genserver_0' }, other), 'to be running');
      await refused(unlink(undefined as never), 'the ref');
      await there.cluster.stop();
      await pass(10);
      await refused(links(here).link(own, other), 'to be connected');
      expect(here.runtime.isRunning(own)).toBe(true);
      expect(here.runtime.links.of(own.id)).toEqual([]);
    }),
  );
});

function monitors({ runtime }: TestNode): typeof RemoteMonitor {
  runtime.enter(undefined);
  return RemoteMonitor;
}

function links({ runtime }: TestNode): typeof RemoteLink {
  runtime.enter(undefined);
  return RemoteLink;
}

/** A server that notes the reason of every DOWN and EXIT that it is told. */
async function startWatcher(
  { runtime }: TestNode,
  options?: { trapExit: boolean },
): Promise<{ ref: Address; told: unknown[] }> {
  const told: unknown[] = [];
  const watcher: AnyBehavior = {
    ...counter,
    handleInfo: ({ reason }: { reason: unknown }, state: unknown) => {
      told.push(reason);
      return state;
    },
  };
  return { ref: await startServer(runtime, watcher, options), told };
}

/** A server to watch from the first node, on a node whose frames are held back by now. */
async function silentTarget(world: ClusterWorld) {
  const pair = await holdingPair(world);
  const { ref: watcher, told } = await startWatcher(pair.here);
  const target = await startServer(pair.there.runtime, counter);
  pair.hold();
  return { ...pair, watcher, told, target };
}

/** The first node, and another one whose frames, and so its answers, can be held back. */
async function holdingPair({ nodes, network, join, pass }: ClusterWorld) {
  const transport = new HoldingTransport(network.transport('127.0.0.1:2'));
  const there = await join(2, { transport });
  await pass(100);
  return {
    here: nodes[0]!,
    there,
    hold: () => transport.hold(),
    release: () => transport.release(),
  };
}
