import type { Fault } from '../plan.js';
import { drawFaults } from '../swarm/fault-drawers.js';
import { spanOf } from '../swarm/node-faults.js';
import { killFaults } from './kill.js';
import { type Scene, type Story, shuffled } from './story.js';
import { drawKills, victimsOf } from './victims.js';

/** Faults of the kinds that were asked for, their parameters drawn, besides the kills. */
export const asked: Story = {
  name: 'faults',
  line: 'the kinds of faults that were asked for, and everything about them drawn',
  happening: (scene) => {
    const { faults } = scene.options;
    const kinds = faults === undefined || faults === 'swarm' ? [] : faults;
    return { faults: [...askedKills(scene), ...drawFaults(scene, kinds)] };
  },
};

/** As many kills as were asked for. */
export function askedKills({ draws, options, nodeIds, times }: Scene): Fault[] {
  return killFaults(
    draws,
    drawKills(draws, victimsOf(nodeIds, options), options.kill, times),
    options,
  );
}

/** What was asked for by number: nodes that are cut off, and a share of all heartbeats. */
export function askedTroubles(scene: Scene): Fault[] {
  const { cutOff = 0, heartbeatLoss = 0 } = scene.options;
  const { fromMs: atMs, untilMs } = scene;
  const splits = cutOff === 0 ? [] : [cutOffFrom(scene, cutOff)];
  if (heartbeatLoss === 0) return splits;
  const forMs = untilMs - atMs;
  const frames = ['heartbeat'];
  return [...splits, { kind: 'frame-loss', frames, probability: heartbeatLoss, atMs, forMs }];
}

/** So many nodes on one side, whichever they are, and at least one on the other. */
function cutOffFrom(scene: Scene, count: number): Fault {
  const { draws, nodeIds } = scene;
  const all = shuffled(draws, [...nodeIds.keys()], 'cut off');
  const size = Math.min(count, nodeIds.length - 1);
  const inOrder = (left: number, right: number): number => left - right;
  const groups = [all.slice(0, size).sort(inOrder), all.slice(size).sort(inOrder)];
  return { kind: 'partition', groups, ...spanOf(scene, 'partition', ASKED) };
}

// Apart from the partitions of a swarm.
const ASKED = 1000;
