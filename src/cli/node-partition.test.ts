// A network that falls apart, between processes on machines of their own.
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { NetworkSpaces } from './testing/network-spaces.js';
import { type RunningNode, RunningNodes } from './testing/running-nodes.js';

const network = await NetworkSpaces.open(3);
let nodes: RunningNodes;
beforeAll(async () => {
  nodes = await RunningNodes.build();
});
afterEach(() => nodes.killAll());
afterAll(async () => {
  await nodes.end();
  await network?.close();
});

// Linux, where users may make namespaces, as on most machines and in few containers.
describe.skipIf(network === undefined)('a partition (needs network namespaces)', () => {
  it('parts the nodes, each side goes on, and they are one cluster after it', async () => {
    const [a, b, c] = await three();
    const ids = await Promise.all([a, b, c].map((node) => node.ready()));
    await network?.cutOff(2);
    const silent = { event: 'node_down', reason: 'heartbeat_timeout' };
    await Promise.all([a, b].map((node) => node.until(1, { ...silent, node: ids[2] })));
    await c.until(2, silent);
    await network?.heal(2);
    await Promise.all([a, b].map((node) => node.until(2, { event: 'node_up', node: ids[2] })));
    await c.until(4, { event: 'node_up' });
    expect(events(a)).toEqual(events(b));
    expect(events(a)).toEqual({ node_up: 3, node_down: 1 });
    expect(events(c)).toEqual({ node_up: 4, node_down: 2 });
  });

  it('that is over before silence counts is none', async () => {
    const [a, b, c] = await three(15_000);
    await network?.cutOff(2);
    // A node that joins takes longer than an interval, and c hears nothing of it yet.
    const seed = await a.ready();
    const late = nodes.node('late', { ...place(0), seed, port: 4371 });
    await late.until(2, { event: 'node_up' });
    await network?.heal(2);
    await c.until(3, { event: 'node_up' });
    expect([a, b, c].flatMap((node) => node.told({ event: 'node_down' }))).toEqual([]);
  });
});

/** Three nodes on three machines that know each other. */
async function three(lossMs = 1000): Promise<[RunningNode, RunningNode, RunningNode]> {
  const first = nodes.node('a', { ...place(0), lossMs });
  const seed = await first.ready();
  const rest = [1, 2].map((at) => nodes.node('abc'.charAt(at), { ...place(at), lossMs, seed }));
  const all = [first, ...rest] as [RunningNode, RunningNode, RunningNode];
  await Promise.all(all.map((node) => node.until(2, { event: 'node_up' })));
  return all;
}

function place(at: number) {
  return { host: network?.host(at) ?? '', port: 4370, within: network?.within(at) ?? [] };
}

function events(node: RunningNode): Record<string, number> {
  const count = (event: string): number => node.told({ event }).length;
  return { node_up: count('node_up'), node_down: count('node_down') };
}
