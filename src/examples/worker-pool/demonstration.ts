import { GenServer } from '../../index.js';
import { plainCrew, supervisedCrew } from './crew.js';
import { poolBehavior, type PoolRef } from './pool.js';
import { endSuddenly } from './sudden-end.js';
import type { WorkerRef } from './worker.js';

/** Takes a line of output. */
export type Say = (line: string) => void;

export type DemonstrationName = keyof typeof DEMONSTRATIONS;

/** Tasks one by one, then side by side, then with a smaller pool: by turns. */
async function roundRobin(say: Say): Promise<void> {
  const pool = await GenServer.start(poolBehavior({ crew: plainCrew }));
  say('Submitting tasks...\n');
  await oneByOne(pool, ['task-1', 'task-2', 'task-3', 'task-4', 'task-5'], say);
  say('\nSubmitting tasks in parallel...\n');
  await sideBySide(pool, ['parallel-1', 'parallel-2', 'parallel-3', 'parallel-4'], say);
  say('\nScaling pool to 2 workers...');
  GenServer.cast(pool, { type: 'scale', count: 2 });
  say('\nSubmitting with smaller pool...\n');
  await oneByOne(pool, ['small-pool-1', 'small-pool-2', 'small-pool-3'], say);
  await GenServer.stop(pool);
  say('\nPool stopped');
}

/** A worker is killed in the middle of its task: another one does it, and a fresh one comes. */
async function supervised(say: Say): Promise<void> {
  const crew = await supervisedCrew();
  const pool = await GenServer.start(poolBehavior({ crew: () => crew }));
  say('Killing worker 0 in the middle of its task...\n');
  const [victim] = crew.workers() as readonly [WorkerRef];
  const results = sideBySide(pool, ['task-1', 'task-2', 'task-3', 'task-4'], say);
  await GenServer.call(pool, { type: 'get_stats' });
  await endSuddenly(victim);
  await results;
  const { workerCount, totalTasks } = await GenServer.call(pool, { type: 'get_stats' });
  say(`\n${workerCount} workers, ${totalTasks} tasks done`);
  await GenServer.stop(pool);
  say('Pool stopped');
}

/** Each task goes to the worker with the least to do. */
async function leastLoaded(say: Say): Promise<void> {
  const pool = await GenServer.start(poolBehavior({ crew: plainCrew, balance: 'least_loaded' }));
  say('Six tasks at once for four workers...\n');
  const tasks = ['task-1', 'task-2', 'task-3', 'task-4', 'task-5', 'task-6'];
  await sideBySide(pool, tasks, say);
  say('\nScaling pool to 5 workers: the new one has done the least...\n');
  GenServer.cast(pool, { type: 'scale', count: 5 });
  await oneByOne(pool, ['task-7', 'task-8'], say);
  await GenServer.stop(pool);
  say('\nPool stopped');
}

export const DEMONSTRATIONS = {
  'round-robin': roundRobin,
  supervised,
  'least-loaded': leastLoaded,
} as const satisfies Record<string, (say: Say) => Promise<void>>;

async function oneByOne(pool: PoolRef, tasks: readonly string[], say: Say): Promise<void> {
  for (const task of tasks) {
    const { result } = await GenServer.call(pool, { type: 'submit', task });
    say(`Result: ${result}`);
  }
}

async function sideBySide(pool: PoolRef, tasks: readonly string[], say: Say): Promise<void> {
  const submitted = tasks.map((task) => GenServer.call(pool, { type: 'submit', task }));
  for (const { result } of await Promise.all(submitted)) say(`Result: ${result}`);
}
