// A coordinator with its HTTP side, workers, and programs in processes of their own.
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { deferred } from '../base/deferred.js';
import { InvalidOptionError } from '../otp/option.js';
import type { EnhancedWorkerClientOptions } from './enhanced-worker-options.js';
import { EnhancedWorkerClient } from './enhanced-worker.js';
import { quietLogger } from './testing/quiet-logger.js';
import { taskWorlds } from './testing/task-world.js';

const world = taskWorlds();

describe('a task that is added over HTTP', () => {
  it('is installed, run, and completed with what its program gave', async () => {
    const here = await world();
    await here.project('shop', {
      'package.json': '{ "main": "main.ts" }',
      'main.ts': `import { total } from './total.js';
        export default (args: readonly string[], task: { options: { tax: number } }) => {
          console.log('adding', args.length);
          return total(args.map(Number)) * task.options.tax;
        };`,
      'total.ts': 'export const total = (all: number[]) => all.reduce((sum, n) => sum + n, 0);',
    });
    await here.worker();
    const { taskId } = await here.add('shop', { args: ['1', '2'], additionalOptions: { tax: 2 } });
    await here.reaches(taskId, 'completed');
    expect(here.states(taskId)).toEqual([
      ...['pending', 'assigned', 'installing', 'installed', 'running', 'completed'],
    ]);
    expect(here.results).toEqual([
      {
        taskId,
        attempt: 1,
        workerId: expect.any(String) as string,
        result: { output: 6, logs: 'adding 2\n', durationMs: expect.any(Number) as number },
      },
    ]);
    // The same files are not written again.
    const again = await here.add('shop', { args: ['3'], additionalOptions: { tax: 1 } });
    const { result } = await here.reaches(again.taskId, 'completed');
    expect(result).toMatchObject({ output: 3 });
    expect(await readdir(join(here.folder, 'work', 'projects'))).toHaveLength(1);
  });

  it('fails when it cannot be installed, and is never completed', async () => {
    const here = await world({ retriesMax: 1 });
    await here.project('shop', {
      'package.json': '{ "dependencies": { "nowhere": "file:nowhere.tgz" } }',
      'index.js': 'export default () => 1;',
    });
    await here.worker();
    const { taskId } = await here.add('shop');
    const { error } = await here.reaches(taskId, 'deadLetter');
    expect(error).toContain('the installation failed: Dependencies were not installed');
    expect(here.states(taskId)).not.toContain('completed');
    expect(here.states(taskId).filter((state) => state === 'installing')).toHaveLength(2);
    expect(here.results).toEqual([]);
    expect(here.failures.map(({ task }) => task.taskId)).toEqual([taskId]);
  });

  it('fails with the words and the last output of its program, then is tried again', async () => {
    const here = await world({ retriesMax: 0 });
    await here.project('shop', {
      'index.js': `console.log('so far so good'); throw new Error('no such shop');`,
    });
    await here.worker({ limits: { timeoutMs: 10_000 } });
    const { taskId } = await here.add('shop');
    const { error } = await here.reaches(taskId, 'deadLetter');
    expect(error).toContain('Error: no such shop');
    expect(error).toContain('so far so good');
  });

  it('is killed after its own time or the worker’s, whichever is over first', async () => {
    const here = await world({ retriesMax: 0 });
    await here.project('shop', { 'index.js': 'setInterval(() => {}, 1000);' });
    await here.worker({ concurrency: 2, limits: { timeoutMs: 700 } });
    const short = await here.add('shop', { timeout: 300 });
    const long = await here.add('shop', { timeout: 60_000 });
    expect((await here.reaches(short.taskId, 'deadLetter')).error).toContain('its 300 ms');
    expect((await here.reaches(long.taskId, 'deadLetter')).error).toContain('its 700 ms');
  });

  it('is refused under a name that is a path, by anybody who ships it', async () => {
    const here = await world({ retriesMax: 0 });
    const { status, error: refusal } = await here.add('../secret');
    expect([status, refusal]).toEqual([400, expect.stringContaining('a name and no path')]);
    await here.worker();
    for (const wrong of [
      { projectName: '../secret', files: { 'a.js': '' }, entryPoint: 'a.js' },
      { files: { '../a.js': '' }, entryPoint: '../a.js' },
      { files: { 'a.js': '' }, entryPoint: 'a.js', workingDirectory: '/etc' },
      { type: 'shell', files: { 'a.js': '' }, entryPoint: 'a.js' },
    ]) {
      const task = { taskType: 'build', type: 'executeCode', ...wrong };
      const { taskId } = await here.coordinator.addTask(task);
      const { error } = await here.reaches(taskId, 'deadLetter');
      expect(error).toMatch(/Expected (?:the name|the path|entryPoint|type|workingDirectory)/);
    }
    expect(here.results).toEqual([]);
  });
});

describe('a worker with code of its own', () => {
  it('does several tasks at a time, and no more than it takes', async () => {
    const here = await world();
    let most = 0;
    const running = new Set<string>();
    const gate = deferred<void>();
    await here.worker({
      concurrency: 3,
      execute: async ({ taskId }) => {
        running.add(taskId);
        most = Math.max(most, running.size);
        if (running.size === 3) gate.resolve();
        await gate.promise;
        running.delete(taskId);
        return `${taskId} done`;
      },
    });
    const ids = Array.from({ length: 40 }, (_, at) => `t${at}`);
    for (const taskId of ids) await here.coordinator.addTask({ taskId, taskType: 'build' });
    await Promise.all(ids.map((taskId) => here.reaches(taskId, 'completed')));
    expect(most).toBe(3);
    expect(here.results.map(({ result }) => result).sort()).toEqual(
      ids.map((taskId) => `${taskId} done`).sort(),
    );
  });

  it('hears that its task was cancelled or is another worker’s', async () => {
    const here = await world();
    const stopped = deferred<string>();
    await here.worker({
      execute: (_task, { signal }) =>
        new Promise((_resolve, reject) => {
          signal.addEventListener('abort', () => {
            reject(signal.reason as Error);
            stopped.resolve(String(signal.reason));
          });
        }),
    });
    await here.coordinator.addTask({ taskId: 'a', taskType: 'build' });
    await here.reaches('a', 'running');
    expect(await here.coordinator.desk.cancel('a')).toBe('cancelled');
    expect(await stopped.promise).toContain('not this worker’s any more');
    expect(here.results).toEqual([]);
  });

  it('does not hold a task for ever that never ends, and takes the next one', async () => {
    const here = await world({ retriesMax: 0 });
    const aborted: string[] = [];
    await here.worker({
      limits: { timeoutMs: 200 },
      execute: ({ taskId }, { signal }) => {
        signal.addEventListener('abort', () => aborted.push(taskId));
        return taskId === 'endless' ? new Promise(() => undefined) : 'done';
      },
    });
    await here.coordinator.addTask({ taskId: 'endless', taskType: 'build' });
    await here.coordinator.addTask({ taskId: 'next', taskType: 'build' });
    await here.reaches('next', 'completed');
    const { error } = await here.reaches('endless', 'deadLetter');
    expect(error).toContain('It ran longer than its 200 ms');
    expect(aborted).toEqual(['endless']);
  });

  it('finishes what it has and takes nothing more when it stops', async () => {
    const here = await world();
    const gate = deferred<string>();
    const stopping = await here.worker({ execute: () => gate.promise });
    for (const taskId of ['a', 'b']) {
      await here.coordinator.addTask({ taskId, taskType: 'build' });
    }
    await here.reaches('a', 'running');
    const ended = stopping.stop();
    gate.resolve('done');
    await ended;
    await stopping.ended;
    expect(here.coordinator.desk.get('a')).toMatchObject({ state: 'completed', result: 'done' });
    expect(here.coordinator.desk.get('b')?.attempt).toBe(0);
  });

  it('hands on what it does not finish in time', async () => {
    const here = await world({ reconnectGraceMs: 0 });
    const slow = await here.worker({ execute: () => new Promise(() => undefined) });
    await here.coordinator.addTask({ taskId: 'a', taskType: 'build' });
    await here.reaches('a', 'running');
    await slow.stop({ drainMs: 0 });
    await here.worker({ execute: () => 'elsewhere' });
    expect(await here.reaches('a', 'completed')).toMatchObject({ attempt: 2, result: 'elsewhere' });
  });
});

describe('a worker', () => {
  it.each([
    [{ taskTypes: [] }, 'taskTypes'],
    [{ taskTypes: 'build' }, 'taskTypes'],
    [{ concurrency: 0 }, 'concurrency'],
    [{ execute: 7 }, 'execute'],
    [{ limits: { memoryMb: 1 } }, 'limits.memoryMb'],
    [{ workingDirectory: '' }, 'workingDirectory'],
  ])('is not made with %j', (options, field) => {
    const all = {
      taskTypes: ['a'],
      logger: quietLogger().logger,
      ...options,
    } as EnhancedWorkerClientOptions;
    expect(() => new EnhancedWorkerClient(all)).toThrow(InvalidOptionError);
    expect(() => new EnhancedWorkerClient(all)).toThrow(`Expected ${field} to be`);
  });
});
