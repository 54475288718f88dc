import { expect, test } from 'vitest';
import { crash, simulate, simulationMatchers } from '../../sim/index.js';

expect.extend(simulationMatchers);

const cluster = {
  module: new URL('../models/task-cluster.ts', import.meta.url),
  nodes: 4,
  durationMs: 40_000,
};

test('no task is lost and none is completed twice, whatever befalls the cluster', async () => {
  await expect({ ...cluster, faults: 'swarm' as const }).toSurvive(15);
});

const outage = [crash(0, { atMs: 6000, restartAfterMs: 2000 })];

test('a coordinator that comes back goes on with every task it acknowledged', async () => {
  const report = await simulate({ ...cluster, faults: outage });
  expect(report).toHoldInvariants();
  expect(report.told('over')).toHaveLength(1);
});

test('the invariant catches a coordinator that keeps its tasks in memory', async () => {
  const report = await simulate({ ...cluster, faults: outage, settings: 'forgetful' });
  expect(report.violation?.checker).toBe('no task is lost');
});

test('the same seed gives the same run in both lanes', async () => {
  await expect({ ...cluster, faults: outage, seed: 5 }).toReplay();
});
