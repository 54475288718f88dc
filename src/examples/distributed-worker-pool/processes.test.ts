// Real processes on real sockets, driven as their users would.
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { hasTerminals, type RunningProgram, RunningPrograms } from '../testing/running-programs.js';

let programs: RunningPrograms;
beforeAll(async () => {
  programs = await RunningPrograms.build(
    ['supervisor-node', 'worker-node'].map((name) => new URL(`./${name}.ts`, import.meta.url)),
  );
});
afterEach(() => programs.killAll());
afterAll(() => programs.end());

interface Pool {
  readonly supervisor: RunningProgram;
  readonly worker1: RunningProgram;
  readonly worker2: RunningProgram;
}

/** A supervisor and two worker nodes that know each other, with four workers on them. */
async function pool(): Promise<Pool> {
  const supervisor = programs.run('supervisor-node', ['0']);
  const [, seed = ''] = await supervisor.shows(/node started: (\S+)/);
  const [worker1, worker2] = (['worker1', 'worker2'] as const).map((name) =>
    programs.run('worker-node', [name, '0', seed.replace('127.0.0.1', 'localhost')]),
  ) as [RunningProgram, RunningProgram];
  for (const name of ['worker1', 'worker2']) await supervisor.shows(new RegExp(`joined: ${name}`));
  await worker1.shows(/joined: worker2/);
  for (const number of [1, 2, 3, 4]) {
    await supervisor.type('/add-worker', new RegExp(`Added worker_${number} on \\S+\n`));
  }
  return { supervisor, worker1, worker2 };
}

/** Where the workers are, by the supervisor's table. */
async function placement(supervisor: RunningProgram): Promise<Record<string, string>> {
  const [table] = await supervisor.type('/workers', / {2}worker .*\n(?: {2}worker_.*\n){4}/);
  const rows = [...table.matchAll(/(worker_\d+) +(\w+)@/g)];
  return Object.fromEntries(rows.map(([, id = '', node = '']) => [id, node]));
}

/** The ids of the tasks that have results, once there are as many. */
async function results(supervisor: RunningProgram, count: number): Promise<string[]> {
  await supervisor.askUntil('/stats', {
    answered: /Tasks\n[^]*Results\n[^]*twice.*\nWorkers\n[^]*on \S+ +\d+\n/,
    wanted: new RegExp(`pending +0\n[^]*done +${count}\n[^]*total +${count}\n`),
  });
  const [text] = await supervisor.type('/results 1000', new RegExp(`(?:  task-.*\n){${count}}`));
  return [...text.matchAll(/ {2}(task-\d+) /g)].map(([, id = '']) => id);
}

describe('a pool of three processes', () => {
  it('moves the workers of a killed node, and loses and doubles no result', async () => {
    const { supervisor, worker1 } = await pool();
    expect(await placement(supervisor)).toEqual({
      worker_1: 'supervisor',
      worker_2: 'worker1',
      worker_3: 'worker2',
      worker_4: 'supervisor',
    });
    await supervisor.type('/batch 20', /Submitted task-1 to task-20/);
    worker1.kill('SIGKILL');
    await supervisor.next(/\[POOL\] worker_2 migrated: worker1@\S+ -> \S+/);
    const ids = Array.from({ length: 20 }, (_, at) => `task-${at + 1}`);
    expect((await results(supervisor, 20)).sort()).toEqual(ids.sort());
    const nodes = Object.values(await placement(supervisor));
    expect(nodes).toHaveLength(4);
    expect(nodes).not.toContain('worker1');
    await supervisor.type('/stats', /given out again +1\n/);
  });

  it('moves the workers of a node that Ctrl-C ends, and restarts one that crashed', async () => {
    const { supervisor, worker1, worker2 } = await pool();
    await worker1.type('/workers', / {2}worker_2 /);
    await worker1.type('/crash worker_1', /No worker worker_1 on this node; it has worker_2/);
    await worker1.type('/slow worker_2', /Told worker_2 to work at half its speed/);
    await worker1.askUntil('/workers', { answered: /worker_2 .*\n/, wanted: / 0.5x / });
    await worker1.type('/crash worker_2', /Told worker_2 to crash/);
    await supervisor.next(/\[POOL\] worker_2 restarted on/);
    worker2.kill('SIGINT');
    expect(await worker2.ended).toEqual({ code: 0, signal: null });
    await supervisor.next(/\[POOL\] worker_3 migrated: worker2@\S+ -> \S+/);
    const nodes = Object.values(await placement(supervisor));
    expect(nodes).toHaveLength(4);
    expect(nodes).not.toContain('worker2');
    await supervisor.type('/quit', /Stopping the workers/);
    expect(await supervisor.ended).toEqual({ code: 0, signal: null });
    await worker1.type('/workers', /No task queue can be reached/);
    worker1.press('/quit\n');
    expect(await worker1.ended).toEqual({ code: 0, signal: null });
  });

  it.skipIf(!hasTerminals())('has a line editor with completion, history and Ctrl-C', async () => {
    const supervisor = programs.run('supervisor-node', ['0'], { terminal: true });
    await supervisor.shows(/supervisor> /);
    supervisor.press('/ad');
    await supervisor.next(/\/ad/);
    supervisor.press('\t');
    await supervisor.next(/d-worker/);
    supervisor.press('\r');
    await supervisor.next(/Added worker_1 on supervisor@/);
    await supervisor.next(/supervisor> /);
    supervisor.press('\u001B[A');
    await supervisor.next(/add-worker/);
    supervisor.press('\r');
    await supervisor.next(/Added worker_2 on supervisor@/);
    supervisor.press('/remove-worker worker_2\u007F1\r');
    await supervisor.next(/Removed worker_1/);
    supervisor.press('/nods\r');
    await supervisor.next(/Unknown command \/nods \(did you mean \/nodes\?\)/);
    supervisor.press('\u0003');
    await supervisor.next(/Stopping the workers/);
    expect(await supervisor.ended).toMatchObject({ code: 0 });
  });

  it.skipIf(!hasTerminals())('moves the workers of a node whose user presses Ctrl-C', async () => {
    const supervisor = programs.run('supervisor-node', ['0']);
    const [, seed = ''] = await supervisor.shows(/node started: (\S+)/);
    const worker = programs.run('worker-node', ['worker1', '0', seed], { terminal: true });
    await supervisor.shows(/joined: worker1/);
    await worker.shows(/worker1> /);
    await supervisor.type('/add-worker', /Added worker_1 on supervisor@/);
    await supervisor.type('/add-worker', /Added worker_2 on worker1@/);
    // The queue knows the worker once that has asked for work.
    await worker.askUntil('/workers', {
      answered: /worker_2 .*|No workers on/,
      wanted: /worker_2/,
    });
    await supervisor.type('/batch 20', /Submitted task-1 to task-20/);
    worker.press('/slow w');
    await worker.next(/slow w/);
    worker.press('\t');
    await worker.next(/orker_2/);
    worker.press('\r');
    await worker.next(/Told worker_2 to work at half its speed/);
    worker.press('\u0003');
    await worker.next(/Leaving the cluster \(Ctrl-C\)/);
    expect(await worker.ended).toMatchObject({ code: 0 });
    await supervisor.next(/\[POOL\] worker_2 migrated: worker1@\S+ -> supervisor@/);
    expect(new Set(await results(supervisor, 20)).size).toBe(20);
  });
});

describe('a program of the pool', () => {
  it('says whose queue counts when it meets another supervisor node', async () => {
    const supervisors = ['0', '0'].map((port) => programs.run('supervisor-node', [port]));
    const seeds: string[] = [];
    for (const each of supervisors) seeds.push((await each.shows(/node started: (\S+)/))[1] ?? '');
    programs.run('worker-node', ['worker1', '0', ...seeds]);
    const lost = supervisors.map((each) => each.shows(/task-queue is that of (\S+) from now on/));
    const [, winner = ''] = await Promise.any(lost);
    await Promise.all(
      supervisors.map((each) => each.type('/submit it', /Submitted task-[12]: it/)),
    );
    const told = supervisors.map(({ out }) => out.includes('task-queue is that of'));
    expect(told).toEqual(seeds.map((seed) => seed !== winner));
    for (const each of supervisors) each.kill('SIGKILL');
    await Promise.allSettled(lost);
  });

  it('says in one line why it cannot start', async () => {
    const first = programs.run('supervisor-node', ['0']);
    const [, seed = '', port = ''] = await first.shows(/node started: (\S+:(\d+))/);
    const second = programs.run('supervisor-node', [port]);
    expect(await second.ended).toEqual({ code: 1, signal: null });
    expect(second.out).toMatch(/^supervisor: .*port \d+ is taken[^\n]*\n$/);
    const wrong = programs.run('worker-node', ['worker1', 'port', seed]);
    expect(await wrong.ended).toEqual({ code: 1, signal: null });
    expect(wrong.out).toBe('worker: expected a port from 0 to 65535, got port\n');
  });
});
