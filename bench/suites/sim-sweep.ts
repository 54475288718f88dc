import type { Figure, Suite } from '../figure.js';
import { median } from '../median.js';
import { cluster, runCluster } from './simulated-cluster.js';

/** What this process takes while seed after seed runs in the in-process lane. */
export const simSweepSuite: Suite = async () => {
  const tookMiB: number[] = [];
  for (let seed = 1; seed <= RUNS; seed++) {
    await runCluster('inproc', cluster({ nodes: 5, kill: 2, seed }));
    tookMiB.push(process.memoryUsage.rss() / 2 ** 20);
  }
  const [early, late] = [tookMiB.slice(0, SHARE), tookMiB.slice(-SHARE)];
  const most: Figure = {
    path: `memory of ${RUNS} runs, the most`,
    unit: 'MiB',
    value: Math.max(...tookMiB),
  };
  const growth: Figure = {
    path: `memory of the last ${SHARE} runs by the first ${SHARE}`,
    unit: 'times',
    value: median(late) / median(early),
    goals: [{ of: 'value', below: 1.25 }],
    note: `${median(early).toFixed(0)} MiB and ${median(late).toFixed(0)} MiB`,
  };
  return [most, growth];
};

const RUNS = 1000;
// As many as one thread makes before a fresh one takes over.
const SHARE = 200;
