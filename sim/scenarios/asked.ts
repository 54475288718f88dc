import type { Fault } from '../plan.js';
import { drawFaults } from '../swarm/fault-drawers.js';
import { partition } from '../swarm/network-faults.js';
import { killFaults } from './kill.js';
import type { Scene, Story } from './story.js';
import { drawKills } from './victims.js';

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
  return killFaults(draws, drawKills(draws, nodeIds, options.kill, times), options);
}

/** What was asked for by number: partitions, and a share of all heartbeats. */
export function askedTroubles(scene: Scene): Fault[] {
  const { partitions = 0, heartbeatLoss = 0 } = scene.options;
  const { fromMs: atMs, untilMs } = scene;
  const splits = Array.from({ length: partitions }, (_, n) => partition(scene, ASKED + n));
  if (heartbeatLoss === 0) return splits;
  const forMs = untilMs - atMs;
  const frames = ['heartbeat'];
  return [...splits, { kind: 'frame-loss', frames, probability: heartbeatLoss, atMs, forMs }];
}

// Apart from the partitions of a swarm.
const ASKED = 1000;
