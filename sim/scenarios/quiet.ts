import { drawKills, victimsOf } from './victims.js';
import { type Story, operation } from './story.js';

/** 11: one crash less than the limit, as many, or one more. */
export const intensityLimit: Story = {
  name: 'intensity-limit',
  line: 'children crash up to the limit of restarts, one less or one more, and a clock jumps',
  settings: () => ({ restartIntensity: { maxRestarts: LIMIT, withinMs: 5000 } }),
  happening: ({ draws, nodeIds, childIds, fromMs }) => {
    const crashes = LIMIT + draws.between(-1, 1, 'crashes');
    const operations = Array.from({ length: crashes }, (_, at) => {
      const child = childIds[draws.between(0, childIds.length - 1, 'child', at)] as string;
      const node = draws.between(0, nodeIds.length - 1, 'node', at);
      const atMs = fromMs + 1000 * at + draws.between(0, 500, 'at', at);
      return operation(node, atMs, { kind: 'cast', child, op: END_OP + at, end: 'crash' });
    });
    const jumpMs = draws.pick([-3_600_000, -10_000, 10_000, 3_600_000], 'jump');
    const atMs = fromMs + draws.between(500, 3000, 'jump at');
    return { faults: [{ kind: 'clock', node: 0, jumpMs, atMs }], operations };
  },
};

/** 17: every failed start is one restart of its own. */
export const failingInit: Story = {
  name: 'failing-init',
  line: 'a child crashes, and its next starts fail before one succeeds',
  settings: ({ draws, nodeIds, childIds }) => {
    const home = { node: nodeIds[draws.between(0, nodeIds.length - 1, 'home')] as string };
    return {
      children: childIds.map((id, at) => {
        const restart = 'permanent' as const;
        return at === 0 ? { id, restart, selector: home } : { id, restart };
      }),
    };
  },
  happening: ({ draws, nodeIds, childIds, fromMs }) => {
    const child = childIds[0] as string;
    const node = draws.between(0, nodeIds.length - 1, 'home');
    const crash = { kind: 'cast', child, op: END_OP, end: 'crash' } as const;
    const times = draws.between(1, 8, 'times');
    const takesMs = draws.pick([0, 1, 200], 'takes');
    const fails = { kind: 'inits', child, times, takesMs, fails: true } as const;
    return { operations: [operation(node, fromMs, fails), operation(0, fromMs + 500, crash)] };
  },
};

/** 21: everything takes equally long, so that all that can meet does. */
export const zeroJitter: Story = {
  name: 'zero-jitter',
  line: 'nodes are killed where every frame takes exactly as long as any other',
  nodesMin: 3,
  extras: (draws) => {
    const ms = draws.pick([0, 1, 5], 'latency');
    return { latencyMs: { min: ms, max: ms } };
  },
  happening: ({ draws, nodeIds, options, times }) => {
    const count = Math.min(options.kill, nodeIds.length - 1);
    const kills = drawKills(draws, victimsOf(nodeIds, options), count, times);
    return {
      faults: kills.map(({ node, atMs, mode }) => ({ kind: 'crash' as const, node, atMs, mode })),
    };
  },
};

/** 22: where nothing happens to a cluster, nothing happens in it. */
export const quietDay: Story = {
  name: 'quiet-day',
  line: 'ten minutes without a fault: nobody comes, nobody goes, nothing restarts',
  lengths: { faultsMs: 1000, convergeMs: 1000, windowMs: 600_000 },
  loadEveryMs: 500,
  happening: () => ({}),
};

const LIMIT = 3;
const END_OP = 1_000_000;
