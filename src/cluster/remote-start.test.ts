import { describe, expect, it } from 'vitest';
import type { NodeId } from '../base/node-id.js';
import { call } from '../otp/call.js';
import { NAMES } from '../otp/registry.js';
import { BEHAVIORS } from './behavior-registry.js';
import { GenServer } from './gen-server.js';
import { RemoteSpawn } from './remote-start.js';
import { counter, inCluster, type TestNode } from './testing/cluster-world.js';

describe('RemoteSpawn', () => {
  it(
    'starts a behaviour of the other node there, with arguments and a name',
    inCluster(2, async ({ nodes }) => {
      const [here, there] = nodes as [TestNode, TestNode];
      const spawned = await at(here).RemoteSpawn.spawn('counter', there.id, {
        args: [41],
        name: 'sum',
      });
      expect(spawned).toEqual({ serverId: expect.any(String) as string, nodeId: there.id });
      expect(there.runtime.use(NAMES).lookup('sum').id).toBe(spawned.serverId);
      const ref = { id: spawned.serverId, nodeId: spawned.nodeId };
      expect(await call(here.runtime, ref, 'get')).toBe(41);
    }),
  );

  it(
    'tells by its errors what went wrong, and leaves nothing there then',
    inCluster(2, async ({ nodes, pass }) => {
      const [here, there] = nodes as [TestNode, TestNode];
      const failing = {
        ...counter,
        init: (): never => {
          throw new RangeError('no disk');
        },
      };
      there.runtime.use(BEHAVIORS).register('failing', failing);
      const stuck = { ...counter, init: () => new Promise<never>(() => undefined) };
      there.runtime.use(BEHAVIORS).register('stuck', stuck);
      const { spawn } = at(here).RemoteSpawn;
      const what = { behaviorName: 'failing', nodeId: there.id };
      const failed = spawn('failing', there.id);
      await expect(failed).rejects.toMatchObject({ code: 'ERR_REMOTE_SPAWN_INIT', ...what });
      await expect(failed).rejects.toMatchObject({
        reason: 'no disk',
        cause: RangeError('no disk'),
      });
      const slow = at(here).RemoteSpawn.spawn('stuck', there.id, { initTimeout: 20 });
      await expect(slow).rejects.toMatchObject({ code: 'ERR_REMOTE_SPAWN_INIT' });
      await expect(at(here).RemoteSpawn.spawn('missing', there.id)).rejects.toMatchObject({
        code: 'ERR_BEHAVIOR_NOT_FOUND',
      });
      await at(here).RemoteSpawn.spawn('counter', here.id, { name: 'own', registration: 'global' });
      await pass(10);
      await at(here).RemoteSpawn.spawn('counter', there.id, { name: 'one' });
      for (const [name, registration] of [
        ['one', 'local'],
        ['own', 'global'],
      ] as const) {
        const taken = at(here).RemoteSpawn.spawn('counter', there.id, { name, registration });
        await expect(taken).rejects.toMatchObject({
          code: 'ERR_REMOTE_SPAWN_REGISTRATION',
          registeredName: name,
          nodeId: there.id,
        });
      }
      expect(there.runtime.processes.size).toBe(1);
      const never = at(here).RemoteSpawn.spawn('stuck', there.id, { timeout: 30 });
      await expect(never).rejects.toMatchObject({
        code: 'ERR_REMOTE_SPAWN_TIMEOUT',
        behaviorName: 'stuck',
        timeoutMs: 30,
      });
      await there.cluster.stop();
      await pass(10);
      await expect(at(here).RemoteSpawn.spawn('counter', there.id)).rejects.toMatchObject({
        code: 'ERR_NODE_NOT_REACHABLE',
      });
    }),
  );

  it(
    'says what was expected of it, and asks nobody then',
    inCluster(2, async ({ nodes, pass }) => {
      const [here, there] = nodes as [TestNode, TestNode];
      const refused = async (
        options: unknown,
        message: string,
        to: unknown = there.id,
        name: unknown = 'counter',
      ): Promise<void> => {
        const asked = at(here).RemoteSpawn.spawn(name as string, to as NodeId, options as object);
        await expect(asked).rejects.toThrow(message);
      };
      await refused({}, 'the name of a behavior to be a string', there.id, 5);
      await refused({}, 'Expected a node id like', 'somewhere');
      await refused({ args: 5 }, 'args to be an array');
      await refused({ name: '' }, 'name to be a string that is not empty');
      await refused({ registration: 'both' }, 'one of local, global, none');
      await refused({ timeout: -1 }, 'timeout to be milliseconds');
      await refused({ initTimeout: 'soon' }, 'initTimeout to be milliseconds');
      await refused({ args: [() => 1] }, 'args[0]');
      await pass(10);
      expect(there.runtime.processes.size).toBe(0);
    }),
  );
});

describe('GenServer.startRemote', () => {
  it(
    'gives the ref of a server of the other node',
    inCluster(2, async ({ nodes, pass }) => {
      const [here, there] = nodes as [TestNode, TestNode];
      const ref = await at(here).GenServer.startRemote('counter', {
        targetNode: there.id,
        args: [3],
        name: 'three',
        registration: 'global',
      });
      await pass(10);
      expect(here.cluster.node.registry.lookup('three')).toEqual(ref);
      expect(await at(here).GenServer.call<number>(ref, 'get')).toBe(3);
    }),
  );

  it(
    'says what was expected of it',
    inCluster(2, async ({ nodes }) => {
      const [here, there] = nodes as [TestNode, TestNode];
      const refused = async (options: unknown, message: string): Promise<void> => {
        const asked = at(here).GenServer.startRemote('counter', options as never);
        await expect(asked).rejects.toThrow(message);
      };
      await refused(undefined, 'the options of startRemote to be { targetNode, ... }');
      await refused({}, 'Expected a node id like');
      await refused({ targetNode: there.id, spawnTimeout: -1 }, 'spawnTimeout to be milliseconds');
      await here.cluster.stop();
      await refused({ targetNode: there.id }, 'call Cluster.start first');
    }),
  );
});

/** The facades as code on `node` uses them. */
function at({ runtime }: TestNode) {
  runtime.enter(undefined);
  return { GenServer, RemoteSpawn };
}
