import type { Delay, Fault } from '../plan.js';
import { type Scene, shuffled } from '../scenarios/story.js';
import { type FaultDrawer, spanOf } from './node-faults.js';

export const drawPartitions: FaultDrawer = (scene) => {
  const count = scene.draws.between(1, 2, 'partition', 'count');
  return Array.from({ length: count }, (_, n) => partition(scene, n));
};

/** The n-th partition of a run, in two or three groups. */
export function partition(scene: Scene, n: number): Fault {
  const { draws, nodeIds } = scene;
  const groupsMax = draws.pick([2, 2, 3], 'partition', 'groups', n);
  const groups: number[][] = Array.from({ length: groupsMax }, () => []);
  const order = shuffledBy(scene, 'partition', n);
  // The first ones see to it that no group is empty.
  order.forEach((node, at) => {
    const group = at < groupsMax ? at : draws.between(0, groupsMax - 1, 'partition', 'of', n, node);
    groups[group]?.push(node);
  });
  const sorted = groups.filter((group) => group.length > 0).map((group) => group.sort(ascending));
  if (nodeIds.length < 2)
    return { kind: 'partition', groups: [[0]], ...spanOf(scene, 'partition', n) };
  return { kind: 'partition', groups: sorted, ...spanOf(scene, 'partition', n) };
}

export const drawOneWays: FaultDrawer = (scene) => {
  const count = scene.draws.between(1, 2, 'one-way', 'count');
  return Array.from({ length: count }, (_, n): Fault => {
    const [from, to] = sides(scene, 'one-way', n);
    return { kind: 'one-way', from, to, ...spanOf(scene, 'one-way', n) };
  });
};

export const drawCuts: FaultDrawer = (scene) => {
  const { draws, nodeIds } = scene;
  const nodes = [...nodeIds.keys()];
  const pairs = nodes.flatMap((left) =>
    nodes.slice(left + 1).map((right) => [left, right] as const),
  );
  const cut = pairs.filter(([left, right]) => draws.between(0, 2, 'cut', left, right) === 0);
  return cut.length === 0 ? [] : [{ kind: 'cut', pairs: cut, ...spanOf(scene, 'cut', 0) }];
};

/** Heartbeats alone: whatever else a link has taken either arrives or breaks it. */
export const drawFrameLoss: FaultDrawer = (scene) => {
  const { draws } = scene;
  const probability = draws.pick([0.2, 0.5, 0.9, 1], 'frame-loss', 'probability');
  const fault = { kind: 'frame-loss' as const, frames: ['heartbeat'], probability };
  const span = spanOf(scene, 'frame-loss', 0);
  if (draws.between(0, 2, 'frame-loss', 'everywhere') === 0) return [{ ...fault, ...span }];
  const [from, to] = sides(scene, 'frame-loss', 0);
  return [{ ...fault, from, to, ...span }];
};

export const drawLatencies: FaultDrawer = (scene) => {
  const { draws } = scene;
  const delay = delayOf(scene);
  const fault = { kind: 'latency' as const, delay, ...spanOf(scene, 'latency', 0) };
  if (draws.between(0, 1, 'latency', 'everywhere') === 0) return [fault];
  const [from, to] = sides(scene, 'latency', 0);
  return [{ ...fault, from, to }];
};

/** Links of some nodes get stuck one by one, and come free in another order. */
export const drawClogs: FaultDrawer = (scene) => {
  const { draws, nodeIds } = scene;
  const links = [...nodeIds.keys()].flatMap((from) =>
    [...nodeIds.keys()].filter((to) => to !== from).map((to) => [from, to] as const),
  );
  const stuck = links.filter(([from, to]) => draws.between(0, 3, 'clog', from, to) === 0);
  return stuck.map(([from, to]): Fault => {
    return { kind: 'clog', from, to, ...spanOf(scene, 'clog', from * nodeIds.length + to) };
  });
};

export const drawFlaps: FaultDrawer = (scene) => {
  const { draws, detectionMs } = scene;
  const [left, right] = shuffledBy(scene, 'flap', 0);
  if (left === undefined || right === undefined) return [];
  const upMs = draws.between(10, detectionMs, 'flap', 'up');
  const downMs = draws.between(10, 2 * detectionMs, 'flap', 'down');
  const { atMs } = spanOf(scene, 'flap', 0);
  const forMs = scene.untilMs - atMs;
  return [{ kind: 'flap', between: [left, right], upMs, downMs, atMs, forMs }];
};

/** Not for links that are said to be TCP: what it does to them no product has promised to bear. */
export const drawDatagrams: FaultDrawer = (scene) => {
  const { draws } = scene;
  const share = (what: string) => draws.between(0, 10, 'datagram', what) / 100;
  const [drop, duplicate] = [share('drop'), share('duplicate')];
  const [reorder, corrupt] = [share('reorder'), share('corrupt')];
  const span = spanOf(scene, 'datagram', 0);
  return [{ kind: 'datagram', drop, duplicate, reorder, corrupt, ...span }];
};

function delayOf({ draws, detectionMs }: Scene): Delay {
  const ms = draws.pick([1, 20, 100, 400], 'latency', 'ms');
  const kind = draws.pick(['constant', 'uniform', 'exponential', 'bimodal'], 'latency', 'kind');
  switch (kind) {
    case 'constant':
      return { kind, ms };
    case 'uniform':
      return { kind, minMs: 0, maxMs: 2 * ms };
    case 'exponential':
      return { kind, meanMs: ms };
    case 'bimodal':
      return { kind, fastMs: 0, slowMs: Math.min(10 * ms, detectionMs), slowShare: 0.1 };
  }
}

function sides(scene: Scene, kind: string, n: number): readonly [number[], number[]] {
  const order = shuffledBy(scene, kind, n);
  const cut = scene.draws.between(1, Math.max(1, order.length - 1), kind, 'cut', n);
  return [order.slice(0, cut).sort(ascending), order.slice(cut).sort(ascending)];
}

function shuffledBy({ draws, nodeIds }: Scene, kind: string, n: number): number[] {
  return shuffled(draws, [...nodeIds.keys()], `${kind} ${n}`);
}

function ascending(left: number, right: number): number {
  return left - right;
}
