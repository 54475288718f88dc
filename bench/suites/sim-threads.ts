import { once } from 'node:events';
import { Worker } from 'node:worker_threads';
import type { Figure, Suite } from '../figure.js';
import { median } from '../median.js';
import { cluster, runCluster } from './simulated-cluster.js';

/** What it takes to give each simulated node a thread of its own. */
export const simThreadsSuite: Suite = async () => {
  const bare = await bareThreads(BARE_THREADS);
  const before = rssMiB();
  const starts = startFigure(await startTimes(), bare.startMs);
  return [starts, await memoryFigure(before + NODES * bare.eachMiB)];
};

/** From asking for a thread until its node can take a turn; none of them has run before. */
async function startTimes(): Promise<number[]> {
  const scenario = cluster({ nodes: STARTS, kill: 0, durationMs: 10 });
  const { threads } = await runCluster('worker', scenario);
  return threads.map(({ startMs }) => startMs);
}

function startFigure(times: readonly number[], bareMs: number): Figure {
  const value = median(times);
  return {
    path: 'start of a node, median',
    unit: 'ms',
    value,
    bare: { path: 'a bare thread', value: bareMs },
    ratio: bareMs / value,
    goals: [{ of: 'value', below: 60 }],
    note: `${times.length} starts`,
  };
}

/** The most that this whole process takes while the nodes find each other and work. */
async function memoryFigure(bareMiB: number): Promise<Figure> {
  let most = 0;
  const look = (): void => void (most = Math.max(most, rssMiB()));
  const scenario = cluster({ nodes: NODES, kill: 2, durationMs: MEMORY_RUN_MS });
  const { events } = await runCluster('worker', scenario, { kinds: [], reached: look });
  return {
    path: `memory of ${NODES} nodes in threads, the whole process`,
    unit: 'MiB',
    value: most,
    bare: { path: `${NODES} bare threads`, value: bareMiB },
    ratio: bareMiB / most,
    goals: [{ of: 'value', below: 1536 }],
    note: `the most seen in ${events} events`,
  };
}

interface BareThreads {
  readonly startMs: number;
  readonly eachMiB: number;
}

async function bareThreads(count: number): Promise<BareThreads> {
  const before = rssMiB();
  const [threads, times]: [Worker[], number[]] = [[], []];
  for (let n = 0; n < count; n++) {
    const startedMs = performance.now();
    const thread = new Worker(WAITING, { eval: true, execArgv: [], env: {} });
    await once(thread, 'message');
    times.push(performance.now() - startedMs);
    threads.push(thread);
  }
  const eachMiB = (rssMiB() - before) / count;
  await Promise.all(threads.map((thread) => thread.terminate()));
  return { startMs: median(times), eachMiB };
}

function rssMiB(): number {
  return process.memoryUsage.rss() / 2 ** 20;
}

const WAITING = `
  const { parentPort } = require('node:worker_threads');
  parentPort.on('message', () => undefined);
  parentPort.postMessage('ready');`;
const BARE_THREADS = 20;
const STARTS = 25;
const NODES = 100;
// All have joined by then, and their children run.
const MEMORY_RUN_MS = 5000;
