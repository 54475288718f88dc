// Real processes on real sockets, driven as their users would.
import { afterAll, beforeAll, expect, it } from 'vitest';
import { RunningPrograms } from '../testing/running-programs.js';
import { completedBatch, runExecutors, runScheduler } from '../testing/running-scheduler.js';

let programs: RunningPrograms;
beforeAll(async () => {
  programs = await RunningPrograms.build([new URL('./task-scheduler.ts', import.meta.url)]);
});
afterAll(() => programs.end());

it('what a killed executor node had begun is completed, as another attempt', async () => {
  const running = runScheduler(programs, ['0'], 'executors');
  const [, seed = ''] = await running.shows(/node started: (\S+)/);
  await running.type('/demo off', /Test tasks are off/);
  const [victim, other] = await runExecutors(programs, seed);
  for (let ready = 0; ready < 6; ready++) await running.next(/Executor ready: /);
  await running.type('/batch 12 500', /Scheduled: task-\d+ to task-\d+/);
  await victim.shows(/Executing task: batch/);
  victim.kill('SIGKILL');
  await running.next(/Executor gone: executor1-executor-\d/);
  await running.shows(/Reassigning task task-\d+/);
  const rows = await completedBatch(running, 12);
  expect(rows).toHaveLength(12);
  expect(rows.every(({ status }) => status === 'completed')).toBe(true);
  expect(rows.flatMap(({ attempts }) => attempts)).toContain('1 lost');
  await running.type('/stats', /"executor1@[^]*"lost": [1-3]/);
  other.kill('SIGINT');
  await other.shows(/Shutting down executor node\.\.\./);
  expect(await other.ended).toEqual({ code: 0, signal: null });
  running.press('/quit\n');
  expect(await running.ended).toEqual({ code: 0, signal: null });
});
