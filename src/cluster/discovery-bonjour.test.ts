import { createSocket } from 'node:dgram';
import { afterEach, describe, expect, it } from 'vitest';
import { deferred } from '../base/deferred.js';
import { NodeId } from '../base/node-id.js';
import { createNodePlatform } from '../platform/node-platform.js';
import { multicastReturns, quietPlace } from '../platform/testing/multicast.js';
import { Runtime } from '../runtime/runtime.js';
import { CLUSTER, type ClusterService } from './cluster.js';
import { type BonjourOptions, bonjourDiscovery } from './discovery-bonjour.js';
import type { Discovery } from './discovery.js';

const platform = createNodePlatform();
const open: { close(): unknown }[] = [];
afterEach(async () => {
  for (const each of open.splice(0)) await each.close();
});

const place = await quietPlace();
const options = { clusterName: 'shop', ...place };
const hasMulticast = await multicastReturns(place);

function discovery(changes: Partial<BonjourOptions> = {}): Discovery {
  const made = bonjourDiscovery({ ...options, ...changes });
  open.push(made);
  return made;
}

/** A node that knows no other; it is at a port that is free. */
async function node(name: string, changes: Partial<BonjourOptions> = {}): Promise<ClusterService> {
  const cluster = new Runtime(platform).use(CLUSTER);
  open.push({ close: () => cluster.stop() });
  const found = bonjourDiscovery({ ...options, ...changes });
  await cluster.start({ nodeName: name, port: 0, discovery: found, reconnectBaseDelayMs: 100 });
  return cluster;
}

function meets(cluster: ClusterService, count: number): Promise<string[]> {
  const met = deferred<string[]>();
  const look = (): void => {
    const names = cluster.node.connectedNodes().map(({ id }) => NodeId.getName(id));
    if (names.length >= count) met.resolve(names.sort());
  };
  cluster.onNodeUp(look);
  look();
  return met.promise;
}

// Few containers let a packet to the group come back.
describe.skipIf(!hasMulticast)('nodes that announce themselves (needs multicast)', () => {
  it('find each other, several on one machine, and nobody of another cluster', async () => {
    const stranger = await node('stranger', { clusterName: 'bank' });
    const [a, b, c] = await Promise.all([node('a'), node('b'), node('c')]);
    expect(await meets(a, 2)).toEqual(['b', 'c']);
    expect(await meets(b, 2)).toEqual(['a', 'c']);
    expect(await meets(c, 2)).toEqual(['a', 'b']);
    expect(stranger.node.nodes()).toEqual([]);
  });

  it('tell their id, their cluster and their protocol, and are gone once closed', async () => {
    const [one, other] = [discovery(), discovery()];
    const self = NodeId.parse('a@db.example:4369');
    await one.announce?.(self);
    expect(await other.find()).toEqual([self]);
    // A node finds itself as well.
    expect(await one.find()).toEqual([self]);
    await one.close();
    expect(await other.find()).toEqual([]);
    expect(await one.find()).toEqual([]);
  });

  it('are not looked for on a port that another program keeps for itself', async () => {
    const taken = createSocket('udp4');
    await new Promise<void>((resolve) => taken.bind(0, '0.0.0.0', resolve));
    open.push(taken);
    const kept = discovery({ port: taken.address().port });
    await kept.announce?.(NodeId.parse('a@db.example:4369'));
    await expect(kept.find()).rejects.toMatchObject({ code: 'EADDRINUSE' });
    open.splice(open.indexOf(taken), 1);
    await new Promise<void>((resolve) => taken.close(resolve));
    expect(await kept.find()).toEqual(['a@db.example:4369']);
  });
});

describe('an announcement', () => {
  it('that was never made is closed without a socket', async () => {
    await discovery().close();
  });

  it('holds no id that is too long for it', () => {
    const host = Array.from({ length: 4 }, () => 'h'.repeat(60)).join('.');
    const self = NodeId.parse(`${'a'.repeat(60)}@${host}:4369`);
    expect(() => discovery().announce?.(self)).toThrow('Expected an id that fits');
  });

  it.each([
    [{ clusterName: '' }, 'Expected clusterName to be a letter, then letters, digits'],
    [{ clusterName: 'my shop' }, 'Expected clusterName to be a letter, then letters, digits'],
    [{ interface: 'eth0' }, 'Expected interface to be an IPv4 address of this machine'],
    [{ port: 0 }, 'Expected port to be a whole number from 1 to 65535'],
  ])('cannot be made with %j', (changes, message) => {
    expect(() => bonjourDiscovery({ ...options, ...changes })).toThrow(message);
  });
});
