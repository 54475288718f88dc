import type { Fault } from '../plan.js';
import { type Story, operation, others, shuffled } from './story.js';

/** 6: one side believes the other one dead, which hears everything. */
export const oneWayHeartbeats: Story = {
  name: 'one-way-heartbeats',
  line: 'the heartbeats of one node get lost on the way to some others, and nothing else does',
  nodesMin: 2,
  happening: ({ draws, nodeIds, fromMs, untilMs }) => {
    const [from, ...rest] = shuffled(draws, [...nodeIds.keys()], 'who');
    const to = rest.slice(0, draws.between(1, rest.length, 'to'));
    const atMs = fromMs + draws.between(0, 2000, 'at');
    const forMs = draws.between(2000, untilMs - atMs, 'for');
    const frames = { frames: ['heartbeat'], probability: 1, from: [from as number], to };
    return { faults: [{ kind: 'frame-loss', atMs, forMs, ...frames }] };
  },
};

/** 7: longer than it takes to be given up, and then it goes on as if nothing had been. */
export const longPause: Story = {
  name: 'long-pause',
  line: 'a node stands still for 1.5 times as long as it takes to be given up, and goes on',
  nodesMin: 2,
  happening: ({ draws, nodeIds, fromMs, detectionMs }) => ({
    faults: [
      {
        kind: 'pause',
        node: draws.between(0, nodeIds.length - 1, 'node'),
        atMs: fromMs + draws.between(0, 2000, 'at'),
        forMs: 1.5 * detectionMs,
      },
    ],
  }),
};

/** 8: up and down by turns, in and out of what is noticed. */
export const flappingLink: Story = {
  name: 'flapping-link',
  line: 'the way between two nodes goes and comes by turns',
  nodesMin: 2,
  happening: ({ draws, nodeIds, fromMs, untilMs }) => {
    const [one, other] = shuffled(draws, [...nodeIds.keys()], 'between');
    return {
      faults: [
        {
          kind: 'flap',
          between: [one as number, other as number],
          upMs: draws.between(50, 3000, 'up'),
          downMs: draws.between(50, 5000, 'down'),
          atMs: fromMs,
          forMs: untilMs - fromMs,
        },
      ],
    };
  },
};

/** 15: links get stuck one after another, and come free in another order. */
export const swizzleClog: Story = {
  name: 'swizzle-clog',
  line: 'the links of some nodes get stuck one by one, and come free in another order',
  nodesMin: 3,
  happening: (scene) => {
    const { draws, nodeIds, fromMs, untilMs } = scene;
    const all = [...nodeIds.keys()];
    const chosen = shuffled(draws, all, 'chosen').slice(0, draws.between(1, all.length, 'count'));
    const middleMs = Math.floor((fromMs + untilMs) / 2);
    const faults = chosen.flatMap((node) => {
      const atMs = draws.between(fromMs, middleMs, 'clog', node);
      const forMs = draws.between(middleMs, untilMs, 'unclog', node) - atMs;
      const peers = all.filter((peer) => peer !== node);
      return peers.flatMap((peer): Fault[] => [
        { kind: 'clog', from: node, to: peer, atMs, forMs },
        { kind: 'clog', from: peer, to: node, atMs, forMs },
      ]);
    });
    return { faults };
  },
};

/** 18: more comes in than gets done, and what waits fills the buffers. */
export const slowNode: Story = {
  name: 'slow-node',
  line: 'a node is slow, and what is sent to it fills the buffers of its links',
  nodesMin: 2,
  loadEveryMs: 60,
  extras: () => ({ bufferBytes: 16 * 1024 }),
  happening: (scene) => {
    const { draws, childIds, nodeIds, fromMs, untilMs } = scene;
    const node = draws.pick(others(scene) as [number, ...number[]], 'node');
    const turnMs = draws.between(5, 40, 'turn');
    const operations = Array.from({ length: FLOOD }, (_, at) => {
      const child = childIds[draws.between(0, childIds.length - 1, 'flood', at)] as string;
      const from = draws.between(0, nodeIds.length - 1, 'flood from', at);
      const atMs = draws.between(fromMs, untilMs, 'flood at', at);
      const kind = draws.pick(['call', 'cast'], 'flood kind', at);
      return operation(from, atMs, { kind, child, op: FLOOD_OP + at, paddingBytes: 8 * 1024 });
    });
    return {
      faults: [{ kind: 'slow', node, turnMs, atMs: fromMs, forMs: untilMs - fromMs }],
      operations,
    };
  },
};

/** 20: strangers send what is no frame, or no frame for this moment, to everybody. */
export const hostileFrames: Story = {
  name: 'hostile-frames',
  line: 'strangers have no secret, a wrong one, or send bad frames; nobody else may notice',
  nodesMin: 2,
  settings: () => ({ secret: SECRETS[0] }),
  happening: ({ draws, nodeIds, fromMs, untilMs }) => ({
    operations: Array.from({ length: HOSTILE }, (_, at) => {
      const node = draws.between(0, nodeIds.length - 1, 'from', at);
      const to = nodeIds[draws.between(0, nodeIds.length - 1, 'to', at)] as string;
      const atMs = draws.between(fromMs, untilMs, 'at', at);
      // Every one of the oversized frames is 16 MiB.
      const frame = at === 0 ? 'oversized' : draws.pick(['noise', 'torn', 'unasked'], 'frame', at);
      const secret = at === 0 ? SECRETS[0] : draws.pick([...SECRETS, undefined], 'secret', at);
      const known = secret === undefined ? {} : { secret };
      return operation(node, atMs, { kind: 'hostile', to, frame, ...known });
    }),
  }),
};

const FLOOD = 400;
const FLOOD_OP = 2_000_000;
const HOSTILE = 30;
// That of the cluster, and one that somebody else may have.
const SECRETS = ['a secret of friends', 'another secret'] as const;
