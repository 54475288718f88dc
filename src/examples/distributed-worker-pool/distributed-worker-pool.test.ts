// Real processes on real sockets, as their command line starts them.
import { afterAll, beforeAll, expect, it } from 'vitest';
import { RunningPrograms } from '../testing/running-programs.js';

let programs: RunningPrograms;
beforeAll(async () => {
  const program = new URL('./distributed-worker-pool.ts', import.meta.url);
  programs = await RunningPrograms.build([program]);
});
afterAll(() => programs.end());

it('a pool that runs by itself goes on when a worker node is killed', async () => {
  const coordinator = programs.run('distributed-worker-pool', ['coordinator', '0']);
  const [, seed = ''] = await coordinator.shows(/Node started: (\S+)/);
  const worker1 = programs.run('distributed-worker-pool', ['worker1', '0', seed]);
  const worker2 = programs.run('distributed-worker-pool', ['worker2', '0', seed]);
  await coordinator.shows(/Worker pool started with 6 workers\nWorker distribution:\n/);
  for (const name of ['coordinator', 'worker1', 'worker2']) {
    await coordinator.shows(new RegExp(`  ${name}@\\S+: 2 workers\n`));
  }
  await coordinator.next(/\[TASK\] task-1(?:: Processed: DATA \d+| failed: Random)/);
  worker1.kill('SIGKILL');
  await coordinator.next(/\[CLUSTER\] Node left: worker1@\S+ \(\w+\)/);
  await coordinator.shows(/\[POOL\] Node worker1@\S+ failed, affected workers: worker-2, worker-5/);
  await coordinator.shows(/\[POOL\] Worker worker-2 migrated: worker1@\S+ → \S+/);
  await coordinator.next(/\[TASK\] task-2(?:: Processed: DATA \d+| failed: Random)/);
  worker2.kill('SIGINT');
  await worker2.shows(/Shutting down worker node\.\.\./);
  coordinator.kill('SIGINT');
  expect(await coordinator.ended).toEqual({ code: 0, signal: null });
});
