// The programs of the texts about pools and schedulers, run as they are printed.
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import type { RunningPrograms } from '../src/examples/testing/running-programs.js';
import { isThere, printedOutputs, printedPrograms } from './printed/printed-text.js';
import { buildTexts } from './printed/program-texts.js';

const GUIDE = '001_86013fd68628ad38.txt';
const POOL = '002_159522a4c9c55226.txt';

/** The whole programs, as files that say what they are. */
function texts(): Readonly<Record<string, string>> {
  const guide = printedPrograms(GUIDE);
  const [counting, pool, exercise, scheduler] = [0, 19, 20, 21].map((at) => guide[at] ?? '');
  const [onePool] = printedPrograms(POOL);
  const named = { counting, pool, exercise, scheduler, onePool };
  return Object.fromEntries(Object.entries(named).map(([name, text = '']) => [`${name}.ts`, text]));
}

const hasTexts = isThere(GUIDE) && isThere(POOL);

describe.skipIf(!hasTexts)('the printed programs (skipped without ../shared/seeds)', () => {
  let programs: RunningPrograms;
  beforeAll(async () => {
    programs = await buildTexts(texts());
  });
  afterEach(() => programs.killAll());
  afterAll(() => programs.end());

  it('a pool in one process prints what the text says that it prints', async () => {
    const pool = programs.run('onePool');
    expect(await pool.ended).toEqual({ code: 0, signal: null });
    // The turn goes on where it was when the pool shrinks: to worker 1, where the text says 0.
    const anyTurn = (text: string): string => text.replaceAll(/(small-.* worker) \d/g, '$1');
    expect(pool.out.match(/small-.* worker \d/g)?.map((line) => line.at(-1))).toEqual([
      '1',
      '0',
      '1',
    ]);
    expect(anyTurn(pool.out)).toBe(anyTurn(printedOutputs(POOL)[0] ?? ''));
  });

  it('a pool over three processes moves the workers of a killed one', async () => {
    const coordinator = programs.run('pool', ['coordinator', '0']);
    const [, seed = ''] = await coordinator.shows(/Node started: (\S+)/);
    const workers = ['worker1', 'worker2'].map((name) => programs.run('pool', [name, '0', seed]));
    for (const worker of workers) await worker.shows(/Worker node ready/);
    await coordinator.next(/\[TASK\] task-1\b/);
    const [distribution] = await coordinator.shows(/Worker distribution:\n(?: {2}.* workers\n)+/);
    expect(distribution.match(/: 2 workers/g)).toHaveLength(3);
    workers[0]?.kill('SIGKILL');
    await coordinator.next(
      /\[POOL\] Node worker1@\S+ failed, affected workers: worker-2, worker-5/,
    );
    for (const worker of ['worker-2', 'worker-5']) {
      await coordinator.shows(new RegExp(`\\[POOL\\] Worker ${worker} migrated: worker1@`));
    }
    await coordinator.next(/\[TASK\] task-\d/);
    for (const program of [workers[1], coordinator]) {
      program?.kill('SIGINT');
      expect(await program?.ended).toEqual({ code: 0, signal: null });
    }
  });

  it('a scheduler hears of the executors of another process', async () => {
    const scheduler = programs.run('scheduler', ['scheduler', '0']);
    const [, seed = ''] = await scheduler.shows(/Scheduler node started: (\S+)/);
    const executors = programs.run('scheduler', ['executor', 'executor1', '0', seed]);
    await executors.shows(/Started 3 executors\n.*connected to scheduler/);
    for (const number of [1, 2, 3]) {
      await scheduler.shows(new RegExp(`Executor ready: executor1-executor-${number}\n`));
    }
    await scheduler.shows(/\[Scheduler\] Scheduled: task-1\n/);
    executors.kill('SIGINT');
    expect(await executors.ended).toEqual({ code: 0, signal: null });
    await scheduler.shows(/Executor gone: executor1-executor-1\n/);
    scheduler.kill('SIGINT');
    expect(await scheduler.ended).toEqual({ code: 0, signal: null });
  });

  it.each([
    { name: 'counting', words: [] },
    { name: 'exercise', words: ['scheduler'] },
    { name: 'exercise', words: ['executor', 'executor1', '0'] },
  ])('$name $words ends at once and has nothing to say', async ({ name, words }) => {
    const program = programs.run(name, words);
    expect(await program.ended).toEqual({ code: 0, signal: null });
    expect(program.out).toBe('');
  });

  it('the scheduler says how it is called', async () => {
    const program = programs.run('scheduler');
    expect(await program.ended).toEqual({ code: 0, signal: null });
    expect(program.out).toMatch(/^Usage:\n/);
  });
});
