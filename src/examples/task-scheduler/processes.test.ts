// Real processes on real sockets, driven as their users would.
import { afterAll, afterEach, beforeAll, expect, it } from 'vitest';
import { RunningPrograms } from '../testing/running-programs.js';
import { completedBatch, runExecutors, runScheduler } from '../testing/running-scheduler.js';

let programs: RunningPrograms;
beforeAll(async () => {
  programs = await RunningPrograms.build([new URL('./task-scheduler.ts', import.meta.url)]);
});
afterEach(() => programs.killAll());
afterAll(() => programs.end());

it('a hundred tasks are completed although the scheduler is killed in the middle', async () => {
  const first = runScheduler(programs, ['0'], 'killed');
  const [, seed = '', port = ''] = await first.shows(/node started: (\S+:(\d+))/);
  await first.type('/demo off', /Test tasks are off/);
  await runExecutors(programs, seed.replace('127.0.0.1', 'localhost'));
  for (let ready = 0; ready < 6; ready++) await first.next(/Executor ready: /);
  await first.type('/batch 100 20', /Scheduled: task-\d+ to task-\d+/);
  for (let done = 0; done < 20; done++) await first.next(/Task task-\d+ completed by /);
  first.kill('SIGKILL');
  await first.ended;
  const done = first.out.match(/completed by/g)?.length ?? 0;
  expect(done).toBeLessThan(100);
  const second = runScheduler(programs, [port], 'killed');
  await second.type('/demo off', /Test tasks are off/);
  const rows = await completedBatch(second, 100);
  expect(new Set(rows.map(({ name }) => name)).size).toBe(100);
  for (const { status, attempts } of rows) {
    expect(status).toBe('completed');
    // Numbered from 1 on, each with an end of its own, and one of them did it.
    expect(attempts.map((told) => parseInt(told, 10))).toEqual(attempts.map((_, at) => at + 1));
    expect(attempts.filter((told) => told.endsWith(' completed')).length).toBeGreaterThan(0);
    expect(attempts.filter((told) => told.endsWith(' running'))).toEqual([]);
  }
});

it('a second scheduler does not touch the tasks of the first', async () => {
  const first = runScheduler(programs, ['0'], 'shared');
  await first.shows(/Tasks are kept in /);
  const second = runScheduler(programs, ['0'], 'shared');
  expect(await second.ended).toEqual({ code: 1, signal: null });
  expect(second.out).toMatch(/^task-scheduler: \S+shared is in use by process \d+; [^\n]+\n$/);
});

it('shows how it is called when it is called otherwise', async () => {
  const running = programs.run('task-scheduler', ['shceduler']);
  expect(await running.ended).toEqual({ code: 1, signal: null });
  expect(running.out).toMatch(/expected scheduler or executor, got shceduler\n\nUsage:/);
});
