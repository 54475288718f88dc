import { type Scene, type Story, coreOf, operation, shuffled } from './story.js';

/** 3: two of five nodes on one side, three on the other; the supervisor is on either. */
export const splitHeal: Story = {
  name: 'split-heal',
  line: 'two nodes and the rest lose sight of each other for a while, then meet again',
  nodesMin: 5,
  happening: (scene) => ({ faults: [split(scene, sidesOf(scene, 2))] }),
};

/** 4: neither side is the larger one. */
export const evenSplit: Story = {
  name: 'even-split',
  line: 'two halves of the cluster lose sight of each other, then meet again',
  nodesMin: 4,
  happening: (scene) => ({
    faults: [split(scene, sidesOf(scene, Math.floor(scene.nodeIds.length / 2)))],
  }),
};

/** 5: A reaches B, B reaches C, and A does not reach C. */
export const bridge: Story = {
  name: 'bridge',
  line: 'two sides are cut from each other, and one node in between reaches both',
  nodesMin: 3,
  happening: (scene) => {
    const { draws, nodeIds } = scene;
    const all = shuffled(draws, [...nodeIds.keys()], 'sides');
    const rest = all.slice(1);
    const pairs = pairsOf(rest.slice(0, rest.length >> 1), rest.slice(rest.length >> 1));
    return { faults: [{ kind: 'cut', pairs, ...spanOf(scene) }] };
  },
};

/** 14: both sides of a partition give one name to a process of theirs. */
export const nameConflict: Story = {
  name: 'name-conflict',
  line: 'both sides of a partition register the same name, and meet again',
  nodesMin: 2,
  happening: (scene) => {
    const { draws } = scene;
    const sides = sidesOf(scene, draws.between(1, scene.nodeIds.length - 1, 'side'));
    const fault = split(scene, sides);
    const operations = sides.flatMap((side, at) => {
      // Late enough that each side has given up the other, or so early that neither has.
      const plusMs = draws.between(0, fault.forMs, 'register', at);
      const node = draws.pick(side as [number, ...number[]], 'registrar', at);
      return [operation(node, fault.atMs + plusMs, { kind: 'register', name: 'the one' })];
    });
    return { faults: [fault], operations };
  },
};

/** 14, with three sides: they meet all at once, or pair by pair in some order. */
export const threeWayMerge: Story = {
  name: 'three-way-merge',
  line: 'three sides register the same name, and meet all at once or pair by pair in any order',
  nodesMin: 3,
  happening: (scene) => {
    const { draws, detectionMs, untilMs } = scene;
    const sides = threeSides(scene);
    const { atMs } = spanOf(scene);
    const metAtOnce = draws.pick([true, false, false, false], 'at once');
    const lastMs = Math.max(1, untilMs - atMs);
    const firstMs = Math.min(draws.between(detectionMs, 2 * detectionMs, 'first'), lastMs);
    const faults = shuffled(draws, [0, 1, 2], 'pair').map((pair, place) => {
      const forMs = metAtOnce ? lastMs : firstMs + Math.floor(((lastMs - firstMs) * place) / 2);
      const [left = [], right = []] = sides.filter((_, side) => side !== pair);
      return { kind: 'cut' as const, pairs: pairsOf(left, right), atMs, forMs };
    });
    const operations = sides.map((side, at) => {
      const node = draws.pick(side as [number, ...number[]], 'registrar', at);
      const whenMs = atMs + draws.between(0, firstMs, 'register', at);
      return operation(node, whenMs, { kind: 'register', name: 'the one' });
    });
    return { faults, operations };
  },
};

/** 19: who is outside the core is never reached again. */
export const outsideTheCore: Story = {
  name: 'outside-the-core',
  line: 'after a partition only a core of the nodes meets again, the others are lost for good',
  nodesMin: 3,
  happening: (scene) => {
    const { draws, nodeIds } = scene;
    const size = draws.between(2, nodeIds.length - 1, 'core');
    const core = coreOf(scene, size);
    const sides = sidesOf(scene, draws.between(1, nodeIds.length - 1, 'side'));
    return { faults: [split(scene, sides)], core };
  },
};

function split(scene: Scene, groups: readonly (readonly number[])[]) {
  return { kind: 'partition' as const, groups, ...spanOf(scene) };
}

/** The nodes as two groups, `count` in the first. */
function sidesOf({ draws, nodeIds }: Scene, count: number): readonly (readonly number[])[] {
  const all = shuffled(draws, [...nodeIds.keys()], 'sides');
  const inOrder = (left: number, right: number): number => left - right;
  return [all.slice(0, count).sort(inOrder), all.slice(count).sort(inOrder)];
}

/** The nodes as three groups, none of them empty. */
function threeSides({ draws, nodeIds }: Scene): readonly (readonly number[])[] {
  const all = shuffled(draws, [...nodeIds.keys()], 'sides');
  const first = draws.between(1, all.length - 2, 'first side');
  const second = draws.between(first + 1, all.length - 1, 'second side');
  return [all.slice(0, first), all.slice(first, second), all.slice(second)];
}

function pairsOf(left: readonly number[], right: readonly number[]) {
  return left.flatMap((one) => right.map((other) => [one, other] as const));
}

/** Now and then too short to be noticed. */
function spanOf({ draws, fromMs, untilMs, detectionMs }: Scene) {
  const atMs = fromMs + draws.between(0, 2000, 'split');
  const wantedMs = draws.between(Math.floor(detectionMs / 2), 3 * detectionMs, 'split for');
  return { atMs, forMs: Math.max(1, Math.min(wantedMs, untilMs - atMs)) };
}
