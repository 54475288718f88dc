import { describe, expect, it } from 'vitest';
import { VirtualPlatform } from '../platform/virtual-platform.js';
import { Runtime } from '../runtime/runtime.js';
import { namedTls, nodeTls, strangerTls } from '../transport/testing/certificates.js';
import { until } from '../transport/testing/real-ends.js';
import { CLUSTER } from './cluster.js';
import type { ClusterOptions } from './cluster-config.js';
import { type TcpNode, met, pester, tcpNode } from './testing/tcp-cluster.js';

const start = (options: Partial<ClusterOptions>): Promise<void> =>
  new Runtime(new VirtualPlatform()).use(CLUSTER).start({ nodeName: 'open', port: 0, ...options });

describe('a node that others could reach', () => {
  it('does not start without a secret, and says what to do', async () => {
    await expect(start({ host: '0.0.0.0' })).rejects.toThrow(
      "The cluster can't start: at 0.0.0.0 anybody could join and run code here; give all nodes " +
        'one { clusterSecret }, or { tls } with a { ca }, or listen on 127.0.0.1, ' +
        'or say { allowUnauthenticated: true } on a network that you trust entirely',
    );
  });

  it('does not start where any authority of the system may say who joins', async () => {
    const { cert, key } = nodeTls();
    for (const tls of [
      { cert, key },
      { cert, key, mutual: true },
    ]) {
      await expect(start({ host: '0.0.0.0', tls })).rejects.toThrow('{ tls } with a { ca }');
    }
    const oneSided = { ...nodeTls(), mutual: false };
    await expect(start({ host: '::', tls: oneSided })).rejects.toThrow('{ clusterSecret }');
  });
});

describe('nodes with TLS and a secret', () => {
  const clusterSecret = 'known to the two';

  it('meet, and answer each other', async () => {
    const [one, other] = await two({ tls: nodeTls() }, { tls: nodeTls() });
    await met(one, other);
    const calls = await pester(other, one);
    await until(() => calls.answered > 20);
    await calls.stop();
    expect(calls.failures).toEqual([]);
    await Promise.all([one.cluster.stop(), other.cluster.stop()]);
  });

  it.each([
    ['has no certificate', {}],
    ['has one of another authority', { tls: strangerTls() }],
    ['dials another name than the certificate bears', { tls: { ...nodeTls(), serverName: 'x' } }],
    ['has another secret', { tls: namedTls(), clusterSecret: 'another' }],
  ])('do not let in one that %s, and say so', async (_, theirs) => {
    const [node, stranger] = await two({ tls: nodeTls() }, theirs);
    await until(() => [...node.lines, ...stranger.lines].some(({ message }) => SAID.test(message)));
    expect(node.cluster.node.connectedNodes()).toEqual([]);
    expect(stranger.cluster.node.connectedNodes()).toEqual([]);
    await Promise.all([node.cluster.stop(), stranger.cluster.stop()]);
  });

  async function two(
    own: Partial<ClusterOptions>,
    theirs: Partial<ClusterOptions>,
  ): Promise<[TcpNode, TcpNode]> {
    const one = await tcpNode({ nodeName: 'one', clusterSecret, ...own });
    const seeds = [one.id];
    const other = await tcpNode({ nodeName: 'other', seeds, clusterSecret, ...theirs });
    return [one, other];
  }
});

const SAID = /not authenticated|no TLS that is valid/;
