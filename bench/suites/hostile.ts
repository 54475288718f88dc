import { memoryUsage } from 'node:process';
import { seededRandom } from '../../src/platform/random.js';
import { randomFrames } from '../../src/transport/testing/hostile-bytes.js';
import { rawDial } from '../../src/transport/testing/raw-dial.js';
import { type TcpNode, met, pester, tcpNode } from '../../src/cluster/testing/tcp-cluster.js';
import type { ClusterOptions } from '../../src/cluster/cluster-config.js';
import type { Figure, Suite } from '../figure.js';

/** A million drawn frames from strangers, to a node that a friend calls all the time. */
export const hostileSuite: Suite = async () => [
  ...(await siege('with a secret', { clusterSecret: 'known to the two' })),
  ...(await siege('without a secret', {})),
];

async function siege(title: string, options: Partial<ClusterOptions>): Promise<Figure[]> {
  const node = await tcpNode({ nodeName: 'node', ...options });
  const friend = await tcpNode({ nodeName: 'friend', seeds: [node.id], ...options });
  await met(node, friend);
  const calls = await pester(friend, node);
  gc?.();
  const beforeBytes = heldBytes();
  const startMs = performance.now();
  const { peakBytes, lines } = await flood(node);
  const tookMs = performance.now() - startMs;
  await calls.stop();
  gc?.();
  const heldAfterBytes = heldBytes() - beforeBytes;
  await Promise.all([friend.cluster.stop(), node.cluster.stop()]);
  const path = `frames of strangers, node ${title}`;
  const told = `${FRAMES} over ${FRAMES / FRAMES_BY_DIAL} connections, ${lines} lines of log`;
  const answered = `${calls.answered} calls of the friend answered, ${calls.failures.length} not`;
  return [
    { path, value: (FRAMES / tookMs) * 1000, unit: '/s', note: told },
    {
      path: `${path}: the longest call of its friend`,
      value: calls.failures.length > 0 ? Infinity : calls.longestMs,
      unit: 'ms',
      goals: [{ of: 'value', below: 1000 }],
      note: answered,
    },
    {
      path: `${path}: memory at the most, of both sides and with garbage`,
      value: (peakBytes - beforeBytes) / 2 ** 20,
      unit: 'MiB',
      goals: [{ of: 'value', below: 256 }],
    },
    {
      path: `${path}: memory that is kept`,
      value: heldAfterBytes / 2 ** 20,
      unit: 'MiB',
      goals: [{ of: 'value', below: 32 }],
    },
  ];
}

async function flood(node: TcpNode): Promise<{ peakBytes: number; lines: number }> {
  const random = seededRandom(1);
  let [left, peakBytes, lines] = [FRAMES / FRAMES_BY_DIAL, 0, 0];
  const attacker = async (): Promise<void> => {
    while (left-- > 0) {
      const { ended } = await rawDial(node.address, randomFrames(random, FRAMES_BY_DIAL));
      await ended;
      peakBytes = Math.max(peakBytes, heldBytes());
      // What a real log would have written away.
      lines += node.lines.splice(0).length;
    }
  };
  await Promise.all(Array.from({ length: ATTACKERS }, attacker));
  return { peakBytes, lines };
}

function heldBytes(): number {
  const { heapUsed, external } = memoryUsage();
  return heapUsed + external;
}

const FRAMES = 500_000;
const FRAMES_BY_DIAL = 50;
const ATTACKERS = 16;
