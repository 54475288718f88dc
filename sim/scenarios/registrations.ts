import type { Fault } from '../plan.js';
import { type Story, coreOf, operation, shuffled } from './story.js';

/** Who loses a name is told to end: one that takes no notice is killed. */
export const stubbornLoser: Story = {
  name: 'stubborn-loser',
  line: 'both sides of a partition register one name, and whoever loses it does not end by itself',
  nodesMin: 2,
  happening: (scene) => {
    const { draws, nodeIds, fromMs, detectionMs } = scene;
    const all = shuffled(draws, [...nodeIds.keys()], 'sides');
    const size = draws.between(1, all.length - 1, 'side');
    const groups = [all.slice(0, size), all.slice(size)];
    const atMs = fromMs + draws.between(0, 1000, 'split');
    const forMs = draws.between(detectionMs + 2000, 2 * detectionMs + 2000, 'split for');
    const operations = groups.map(([node = 0], side) => {
      const whenMs = atMs + draws.between(0, forMs - 100, 'register', side);
      return operation(node, whenMs, { kind: 'register', name: 'the one', isStubborn: true });
    });
    return { faults: [{ kind: 'partition', groups, atMs, forMs }], operations };
  },
};

/** A second partition, along another line, begins before the first one is over. */
export const overlappingPartitions: Story = {
  name: 'overlapping-partitions',
  line: 'a second partition begins before the first is over, and names are registered all along',
  nodesMin: 4,
  happening: (scene) => {
    const { draws, nodeIds, fromMs, untilMs } = scene;
    const everyMs = Math.floor((untilMs - fromMs) / 6);
    const faults = [0, 1, 2].map((at): Fault => {
      const all = shuffled(draws, [...nodeIds.keys()], `sides ${at}`);
      const size = draws.between(1, all.length - 1, 'side', at);
      const groups = [all.slice(0, size), all.slice(size)];
      // Each one outlasts the beginning of the next, and some are gone before they are noticed.
      const atMs = fromMs + at * everyMs + draws.between(0, 500, 'split', at);
      const forMs = everyMs + draws.between(600, 2 * everyMs, 'split for', at);
      return { kind: 'partition', groups, atMs, forMs };
    });
    const operations = nodeIds.flatMap((_, node) =>
      [0, 1, 2].map((n) => {
        const name = `name-${draws.between(1, 3, 'name', node, n)}`;
        const atMs = draws.between(fromMs, untilMs, 'register', node, n);
        return operation(node, atMs, { kind: 'register', name });
      }),
    );
    return { faults, operations };
  },
};

/** Whoever had the name is gone, and never gave it back. */
export const nameOfTheGone: Story = {
  name: 'name-of-the-gone',
  line: 'a node dies with a name, which others are refused until it is given up, and then get',
  nodesMin: 3,
  happening: (scene) => {
    const { draws, nodeIds, fromMs, detectionMs, heartbeat } = scene;
    const [owner, heir] = coreOf(scene, nodeIds.length).filter((node) => node !== 0);
    const atMs = fromMs + draws.between(500, 1500, 'at');
    const noticedMs = atMs + detectionMs + 2 * heartbeat.intervalMs;
    const claim = { kind: 'register', name: 'the one' } as const;
    return {
      faults: [{ kind: 'crash', node: owner as number, atMs, mode: 'silent' }],
      operations: [
        operation(owner as number, fromMs, claim),
        operation(heir as number, atMs + draws.between(10, 1000, 'early'), claim),
        operation(heir as number, noticedMs, claim),
      ],
    };
  },
};
