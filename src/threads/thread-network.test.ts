import { afterEach, describe, expect, it } from 'vitest';
import { NodeId } from '../base/node-id.js';
import { CLUSTER, type ClusterService } from '../cluster/cluster.js';
import { GenServer } from '../otp/facades.js';
import { createNodePlatform } from '../platform/node-platform.js';
import { setCurrentRuntime } from '../runtime/current.js';
import { Runtime } from '../runtime/runtime.js';
import { THREAD_HOST, type ThreadHost } from './thread-host.js';

const module = new URL('./testing/node.ts', import.meta.url);
const ignore = (): void => undefined;
const log = { debug: ignore, info: ignore, warn: ignore, error: ignore };
const clusterSecret = 'known to all of them';
const running: ThreadHost[] = [];

afterEach(async () => {
  for (const host of running.splice(0).reverse()) await host.stopCluster();
});

describe('a thread node of a host that listens on the network', () => {
  it('is found there by every other node, behind the secret of its host', async () => {
    const [main, outside] = [node(), node()];
    await main.host.startCluster({ nodeName: 'main', port: 0, clusterSecret });
    const seeds = [main.cluster.node.self.nodeId];
    await outside.host.startCluster({ nodeName: 'outside', port: 0, clusterSecret, seeds });
    const met = up(outside.cluster, 'worker');
    const thread = await main.host.start(module, { name: 'worker', args: { name: 'one' } });
    expect(NodeId.getHost(thread.nodeId)).toBe('127.0.0.1');
    expect(await met).toBe(thread.nodeId);
    const ref = await outside.cluster.node.spawner.spawn(thread.nodeId, OBSERVER);
    expect(NodeId.getName(ref.nodeId!)).toBe('worker');
    const lost = Promise.all([down(main.cluster), down(outside.cluster)]);
    await thread.terminate();
    expect(await lost).toEqual(['connection_refused', 'connection_refused']);
  });

  it('that crashes is lost to those who know it from the network', async () => {
    const [main, outside] = [node(), node()];
    await main.host.startCluster({ nodeName: 'main', port: 0, clusterSecret });
    const thread = await main.host.start(module, { name: 'worker' });
    const met = up(outside.cluster, 'worker');
    const seeds = [main.cluster.node.self.nodeId];
    await outside.host.startCluster({ nodeName: 'outside', port: 0, clusterSecret, seeds });
    await met;
    const ref = await outside.cluster.node.spawner.spawn(thread.nodeId, OBSERVER);
    const lost = Promise.all([down(main.cluster), down(outside.cluster)]);
    setCurrentRuntime(outside.runtime);
    GenServer.cast(ref, 'throw');
    expect(await lost).toEqual(['connection_refused', 'connection_refused']);
    expect((await thread.exited).reason).toBe('crashed');
    expect(outside.cluster.node.connectedNodes().map(({ id }) => id)).toEqual(seeds);
  });

  it('may have a listener of its own where its host has none', async () => {
    const [main, outside] = [node(), node()];
    const listen = { port: 0, clusterSecret };
    const thread = await main.host.start(module, { name: 'worker', listen });
    expect(main.cluster.node.isConnected(thread.nodeId)).toBe(true);
    const met = up(outside.cluster, 'worker');
    const seeds = [thread.nodeId];
    await outside.host.startCluster({ nodeName: 'outside', port: 0, clusterSecret, seeds });
    expect(await met).toBe(thread.nodeId);
  });
});

const OBSERVER = {
  behavior: 'observer',
  args: [],
  name: undefined,
  registration: 'none',
  timeoutMs: 5000,
} as const;

function node() {
  const runtime = new Runtime(createNodePlatform({ log }));
  const host = runtime.use(THREAD_HOST);
  running.push(host);
  return { runtime, host, cluster: runtime.use(CLUSTER) };
}

function up(cluster: ClusterService, name: string): Promise<NodeId> {
  return new Promise((resolve) => {
    cluster.onNodeUp(({ id }) => {
      if (NodeId.getName(id) === name) resolve(id);
    });
  });
}

function down(cluster: ClusterService): Promise<string> {
  return new Promise((resolve) => {
    cluster.onNodeDown((_nodeId, reason) => resolve(reason));
  });
}
