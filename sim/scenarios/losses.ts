import type { Fault, Operation } from '../plan.js';
import type { ChildSetting } from '../workloads/counters-settings.js';
import { type Scene, type Story, earlyDeath, operation, others, shuffled } from './story.js';

/** 2: as a new version is rolled out. */
export const rollingRestart: Story = {
  name: 'rolling-restart',
  line: 'every node but the first leaves and comes back, one after another',
  nodesMin: 3,
  lengths: { faultsMs: 24_000 },
  happening: (scene) => {
    const { draws, fromMs, untilMs } = scene;
    const order = shuffled(draws, others(scene), 'roll');
    const everyMs = (untilMs - fromMs) / order.length;
    const faults = order.map((node, at): Fault => {
      const atMs = Math.floor(fromMs + at * everyMs);
      const restartAfterMs = draws.between(100, Math.floor(everyMs / 2), 'away', node);
      const kind = draws.pick(['leave', 'leave', 'crash'], 'how', node);
      return kind === 'leave'
        ? { kind, node, atMs, restartAfterMs }
        : { kind, node, atMs, restartAfterMs };
    });
    return { faults };
  },
};

/** 9: the death is over before it could be noticed. */
export const quickRestart: Story = {
  name: 'quick-restart',
  line: 'nodes crash and are back under the same id before anybody gave them up',
  nodesMin: 2,
  happening: (scene) => {
    const { draws, fromMs, untilMs, detectionMs } = scene;
    const count = draws.between(1, Math.min(3, scene.nodeIds.length - 1), 'count');
    const faults = shuffled(draws, others(scene), 'crash').slice(0, count);
    return {
      faults: faults.map((node) => ({
        kind: 'crash',
        node,
        atMs: draws.between(fromMs, untilMs - detectionMs, 'at', node),
        restartAfterMs: draws.between(5, Math.floor(detectionMs / 2), 'away', node),
      })),
    };
  },
};

/** 10: the supervisor's own node is lost at some message of a start, a restart or a shutdown. */
export const ownerLoss: Story = {
  name: 'owner-loss',
  line: 'the node of the supervisor dies amid the messages of a start, a restart or a shutdown',
  nodesMin: 2,
  happening: (scene) => {
    const { draws, nodeIds, childIds, fromMs } = scene;
    const phase = draws.pick(['start', 'restart', 'shutdown'], 'phase');
    const what = draws.pick(MOMENTS[phase], 'moment');
    // The nth child of a start: of a restart it is the first one that starts anew.
    const nth = phase === 'start' ? draws.between(1, childIds.length, 'nth') : 1;
    const startsBefore = phase === 'restart' && what === 'child_start' ? childIds.length : 0;
    const crash: Fault = {
      kind: 'crash',
      node: 0,
      after: { event: 'observed', what, node: 0, nth: nth + startsBefore },
      mode: draws.pick(['closes', 'silent'], 'mode'),
      // To every other node it says something in one turn, at the latest when its heart beats.
      afterOutputs: draws.between(0, nodeIds.length - 2, 'k'),
    };
    return { faults: [crash], operations: cueOf(scene, phase, fromMs) };
  },
};

/** The owner's node leaves on its own terms, and so does one of the hosts. */
export const handOver: Story = {
  name: 'hand-over',
  line: 'the node of the supervisor and one of its hosts leave, and what they have goes to others',
  nodesMin: 5,
  happening: (scene) => {
    const { draws, nodeIds, fromMs } = scene;
    const [host = 1] = shuffled(draws, [...nodeIds.keys()].slice(1), 'host');
    const leaving = scene.options.takeover === true ? [0, host] : [host];
    const faults = leaving.map((node): Fault => {
      // One after the other, at once, or amid what the first one began.
      const atMs = fromMs + draws.pick([0, 5, 40, 2000], 'after', node);
      return { kind: 'leave', node, atMs: atMs + draws.between(0, 20, 'at', node) };
    });
    return { faults };
  },
};

/** 12: the loss takes the child in the middle, and those after it are elsewhere. */
export const middleOfThree: Story = {
  name: 'middle-of-three',
  line: 'five children in order on three nodes, and the node of the third one dies',
  nodesMin: 3,
  nodesMax: 3,
  childCount: 5,
  settings: ({ nodeIds, childIds }) => {
    const homes = [0, 1, undefined, 0, 1];
    const children = childIds.map((id, at): ChildSetting => {
      const home = homes[at];
      const selector = home === undefined ? 'last' : { node: nodeIds[home] as string };
      return { id, restart: 'permanent', selector };
    });
    return { strategy: 'rest_for_one', children };
  },
  happening: (scene) => ({ faults: [earlyDeath(scene, 2)] }),
};

/** What begins the phase; a start begins by itself. */
function cueOf(
  { draws, childIds }: Scene,
  phase: keyof typeof MOMENTS,
  fromMs: number,
): Operation[] {
  const atMs = fromMs + draws.between(0, 2000, 'cue');
  if (phase === 'start') return [];
  if (phase === 'shutdown') return [operation(0, atMs, { kind: 'stop' })];
  const child = childIds[draws.between(0, childIds.length - 1, 'child')] as string;
  return [operation(0, atMs, { kind: 'cast', child, op: CRASH_OP, end: 'crash' })];
}

/** 13: the start is given up, and the child comes to life all the same. */
export const ghostSpawn: Story = {
  name: 'ghost-spawn',
  line: 'children start elsewhere so slowly that their supervisor has given up those starts',
  nodesMin: 3,
  // The supervisor waits ten seconds for the answer to a start, and then starts again.
  lengths: { faultsMs: 4000, convergeMs: 36_000 },
  happening: (scene) => {
    const { draws, fromMs, childIds } = scene;
    const node = draws.pick(others(scene) as [number, ...number[]], 'node');
    const atMs = fromMs + draws.between(100, 1000, 'at');
    const takesMs = draws.between(9000, 14_000, 'takes');
    const slow = { kind: 'inits', times: 1, takesMs, fails: false } as const;
    const hosts = scene.nodeIds.keys();
    const operations = [...hosts].flatMap((host) =>
      childIds.map((child) => operation(host, fromMs, { ...slow, child })),
    );
    return { faults: [{ kind: 'crash', node, atMs, mode: 'closes' }], operations };
  },
};

/** 16: the members change while something else is under way. */
export const joinAndLeave: Story = {
  name: 'join-and-leave',
  line: 'a node joins while children move, and another one leaves while a partition heals',
  nodesMin: 4,
  settings: ({ nodeIds }) => ({ late: [nodeIds.length - 1] }),
  happening: (scene) => {
    const { draws, nodeIds, fromMs, untilMs } = scene;
    const joiner = nodeIds.length - 1;
    const [dying, leaving, ...rest] = shuffled(draws, others(scene).slice(0, -1), 'roles');
    const crashMs = fromMs + draws.between(0, 1000, 'crash');
    const joinMs = crashMs + draws.pick([0, 2, 10, 3000, 4000], 'join') + draws.between(0, 20, 'j');
    const splitMs = joinMs + 1000;
    const healMs = draws.between(splitMs + 1000, untilMs, 'heal');
    // With takeover the first node has a role like any other.
    const staying = scene.options.takeover === true ? rest : [0, ...rest];
    const groups = [staying, [leaving as number]];
    const leaveMs = healMs + draws.between(-200, 200, 'leave');
    return {
      faults: [
        { kind: 'crash', node: dying as number, atMs: crashMs },
        { kind: 'partition', groups, atMs: splitMs, forMs: healMs - splitMs },
        { kind: 'leave', node: leaving as number, atMs: leaveMs },
      ],
      operations: [operation(joiner, joinMs, { kind: 'join' })],
    };
  },
};

// What a phase begins with at the supervisor's node.
const MOMENTS = {
  start: ['child_start'],
  restart: ['child_ended', 'child_start'],
  shutdown: ['supervisor_stopping', 'child_stop'],
} as const satisfies Readonly<Record<string, readonly [string, ...string[]]>>;
const CRASH_OP = 1_000_000;
