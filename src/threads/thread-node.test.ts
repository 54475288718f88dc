import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { NodeId } from '../base/node-id.js';
import type { NodeDownReason } from '../cluster/membership-event.js';
import { RemoteSpawn } from '../cluster/remote-start.js';
import type { GenServerRef } from '../otp/behavior.js';
import { GenServer } from '../otp/facades.js';
import { createNodePlatform } from '../platform/node-platform.js';
import { setCurrentRuntime } from '../runtime/current.js';
import { Runtime } from '../runtime/runtime.js';
import { MemoryNetwork } from '../transport/memory.js';
import { Cluster } from './cluster.js';
import { ThreadModuleError, ThreadStartError } from './thread-error.js';
import { startThreadNode } from './thread-node.js';
import type { ThreadNode } from './thread-options.js';

const module = new URL('./testing/node.ts', import.meta.url);
const ignore = (): void => undefined;
const log = { debug: ignore, info: ignore, warn: ignore, error: ignore };
const platform = createNodePlatform({ log });

beforeEach(() => setCurrentRuntime(new Runtime(platform)));
afterEach(() => Cluster.stop());

describe('a thread node', () => {
  it('joins a host that was no node, runs what it is asked to, and knows its options', async () => {
    const env = { FAULTLINE_TEST: 'yes' };
    const node = await startThreadNode(module, { name: 'worker1', env, args: { name: 'one' } });
    expect(Cluster.getLocalNodeId()).toBe('main@thread:1');
    expect(node.nodeId).toBe('worker1@thread:2');
    expect(Cluster.getConnectedNodes().map(({ id }) => id)).toEqual([node.nodeId]);
    const observer = await observerOn(node);
    expect(await GenServer.call(observer, 'env')).toBe('yes');
    GenServer.cast(observer, 'add');
    expect(await GenServer.call(observer, 'count')).toBe(1);
  });

  it('meets the other threads of its host without the help of anybody', async () => {
    const [first, second] = await Promise.all([startThreadNode(module), startThreadNode(module)]);
    const third = await startThreadNode(module);
    const [a, b] = [await observerOn(first), await observerOn(second)];
    expect(await GenServer.call(a, { up: second.nodeId })).toBe(second.nodeId);
    expect(await GenServer.call(a, { up: third.nodeId })).toBe(third.nodeId);
    expect(await GenServer.call(b, { up: third.nodeId })).toBe(third.nodeId);
  });

  it('that crashes is lost to all others at once, and can be started again', async () => {
    const [first, second] = await Promise.all([
      startThreadNode(module, { name: 'first' }),
      startThreadNode(module, { name: 'second' }),
    ]);
    const [a, b] = [await observerOn(first), await observerOn(second)];
    await GenServer.call(a, { up: second.nodeId });
    const seen = [lossOf(second), GenServer.call(a, { down: second.nodeId }, QUICKLY)];
    GenServer.cast(b, 'throw');
    expect(await Promise.all(seen)).toEqual(['connection_refused', 'connection_refused']);
    const { reason, error } = await second.exited;
    expect([reason, error?.message]).toEqual(['crashed', 'nobody catches this']);
    const again = await startThreadNode(module, { name: 'second' });
    expect(again.nodeId).toBe(second.nodeId);
    expect(await GenServer.call(a, { up: again.nodeId })).toBe(again.nodeId);
  });

  it('that exits or is terminated is lost as well', async () => {
    const [first, second] = await Promise.all([startThreadNode(module), startThreadNode(module)]);
    const losses = [lossOf(first), lossOf(second)];
    GenServer.cast(await observerOn(first), 'exit');
    await second.terminate();
    expect(await Promise.all(losses)).toEqual(['connection_refused', 'connection_refused']);
    expect(await first.exited).toEqual({ reason: 'crashed', exitCode: 7 });
    expect(await second.exited).toEqual({ reason: 'terminated', exitCode: 1 });
  });

  it('that is stopped answers what it was asked before, and leaves', async () => {
    const node = await startThreadNode(module);
    const loss = lossOf(node);
    const observer = await observerOn(node);
    for (let casts = 0; casts < 1000; casts++) GenServer.cast(observer, 'add');
    const count = GenServer.call(observer, 'count');
    const stopping = [node.stop(), node.stop()];
    expect(await count).toBe(1000);
    await Promise.all(stopping);
    expect(await loss).toBe('graceful_shutdown');
    expect(await node.exited).toEqual({ reason: 'stopped', exitCode: 0 });
  });

  it('is stopped with the cluster of its host', async () => {
    const nodes = await Promise.all([startThreadNode(module), startThreadNode(module)]);
    await Cluster.stop();
    const exits = await Promise.all(nodes.map(({ exited }) => exited));
    expect(exits.map(({ reason }) => reason)).toEqual(['stopped', 'stopped']);
  });
});

describe('a thread node that cannot start', () => {
  it('says what is wrong with its module', async () => {
    const cases = [
      ['./testing/nothing.ts', 'Could not resolve'],
      ['../offload/testing/broken.ts', 'this module does not load'],
      ['../offload/testing/doubled.ts', 'it exports neither of them'],
    ];
    for (const [name = '', why = ''] of cases) {
      const failed = await rejection(startThreadNode(new URL(name, import.meta.url)));
      expect(failed).toBeInstanceOf(ThreadModuleError);
      expect(failed.message).toContain(why);
    }
  });

  it('says that its setup failed, or took too long', async () => {
    const failed = await rejection(startThreadNode(module, { args: { fails: true } }));
    expect(failed).toBeInstanceOf(ThreadStartError);
    expect(failed.message).toContain('its setup failed: this setup fails');
    expect(failed.cause).toMatchObject({ name: 'RangeError' });
    const args = { hangs: true };
    const late = await rejection(startThreadNode(module, { args, startTimeoutMs: 1 }));
    expect(late.message).toContain('not joined within 1 ms');
    expect(Cluster.getConnectedNodeCount()).toBe(0);
  });

  it('says what its options lack', async () => {
    const args = { call: () => 1 };
    expect(await rejection(startThreadNode(module, { args }))).toBeInstanceOf(ThreadStartError);
    const twice = [1, 2].map(() => startThreadNode(module, { name: 'same' }));
    const outcomes = await Promise.allSettled(twice);
    expect(outcomes.map(({ status }) => status)).toEqual(['fulfilled', 'rejected']);
    expect((outcomes[1] as PromiseRejectedResult).reason).toMatchObject({ nodeName: 'same' });
    const misnamed = await rejection(startThreadNode(module, { name: 'no name' }));
    expect(misnamed.message).toContain('no name');
  });

  it('says that its host brought a transport of its own', async () => {
    const transport = new MemoryNetwork(platform).transport('127.0.0.1:1');
    await Cluster.start({ nodeName: 'main', port: 1, transport });
    const failed = await rejection(startThreadNode(module));
    expect(failed.message).toContain('with a { transport } of its own');
  });
});

// Long before silence alone would tell.
const QUICKLY = { timeout: 4000 };

type Observer = GenServerRef<any, any, any, any>;

async function observerOn({ nodeId }: ThreadNode): Promise<Observer> {
  const { serverId } = await RemoteSpawn.spawn('observer', nodeId);
  return { id: serverId, nodeId: NodeId.parse(nodeId) } as Observer;
}

function lossOf(node: ThreadNode): Promise<NodeDownReason> {
  return new Promise((resolve) => {
    Cluster.onNodeDown((nodeId, reason) => {
      if (nodeId === node.nodeId) resolve(reason);
    });
  });
}

async function rejection(promise: Promise<unknown>): Promise<Error> {
  return promise.then(
    () => new Error('it was expected to fail'),
    (error: unknown) => error as Error,
  );
}
