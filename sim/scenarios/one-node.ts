import { type Story, earlyDeath } from './story.js';

/**
 * Six permanent children on the last of three nodes, and that node dies. The selector is a function
 * that always takes the last node, so all six come back on the second one. A supervisor that
 * charges itself, or starts, more than once for this would exceed the default limits.
 */
export const sixOnOneNode: Story = {
  name: 'six-on-one-node',
  line: 'the one node that has all six permanent children dies, with the default limits',
  nodesMin: 3,
  nodesMax: 3,
  childCount: 6,
  settings: () => ({
    strategy: 'one_for_one',
    selector: 'last',
    restartIntensity: { maxRestarts: 3, withinMs: 5000 },
  }),
  happening: (scene) => ({ faults: [earlyDeath(scene, 2)] }),
};
