// A coordinator with its HTTP side, workers, and programs in processes of their own.
import { mkdtempSync, rmSync } from 'node:fs';
import { mkdir, readdir, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { deferred } from '../base/deferred.js';
import { InvalidOptionError } from '../otp/option.js';
import type { EnhancedWorkerClientOptions } from './enhanced-worker-options.js';
import { CodeExecutionRefusedError } from './enhanced-worker-trust.js';
import { EnhancedWorkerClient } from './enhanced-worker.js';
import {
  CoordinatorTaskDistributor,
  type CoordinatorTaskDistributorOptions,
  type TaskFailure,
  type TaskResult,
} from './socket-coordinator.js';
import type { TaskDetail, TaskStep } from './task-desk.js';
import type { TaskState } from './task.js';
import { quietLogger } from './testing/quiet-logger.js';

const opened: (() => unknown)[] = [];
afterEach(async () => {
  for (const close of opened.splice(0).reverse()) await close();
});

interface Added {
  readonly status: number;
  readonly taskId: string;
  readonly error?: string;
}

/** A coordinator with the projects of its folder, a file each. */
class World {
  readonly results: TaskResult[] = [];
  readonly failures: TaskFailure[] = [];
  readonly folder = mkdtempSync(join(tmpdir(), 'faultline-enhanced-'));
  readonly coordinator: CoordinatorTaskDistributor;

  constructor(options: CoordinatorTaskDistributorOptions = {}) {
    this.coordinator = new CoordinatorTaskDistributor({
      port: 0,
      httpPort: 0,
      enableBonjour: false,
      store: 'memory',
      backoffMs: 10,
      logger: quietLogger().logger,
      taskFolderPath: join(this.folder, 'projects'),
      onResult: (told) => this.results.push(...told),
      onFailure: (failure) => this.failures.push(failure),
      ...options,
    });
  }

  get url(): string {
    return `http://127.0.0.1:${this.coordinator.port}`;
  }

  async project(name: string, files: Readonly<Record<string, string>>): Promise<void> {
    const folder = join(this.folder, 'projects', name);
    await mkdir(folder, { recursive: true });
    for (const [file, text] of Object.entries(files)) await writeFile(join(folder, file), text);
  }

  /** Adds a task as a stranger would: over HTTP. */
  async add(projectName: string, options: Readonly<Record<string, unknown>> = {}): Promise<Added> {
    const answer = await fetch(`http://127.0.0.1:${this.coordinator.httpPort}/addTask`, {
      method: 'POST',
      body: JSON.stringify({ projectName, options: { taskType: 'build', ...options } }),
    });
    return { status: answer.status, ...((await answer.json()) as Omit<Added, 'status'>) };
  }

  /** A task as soon as it has come to this state. */
  reaches(taskId: string, state: TaskState): Promise<TaskDetail> {
    const { desk } = this.coordinator;
    const reached = deferred<void>();
    const look = (): void => {
      if (desk.get(taskId)?.state === state) reached.resolve();
    };
    const end = desk.subscribe(look);
    look();
    return reached.promise.then(() => {
      end();
      return desk.get(taskId)!;
    });
  }

  states(taskId: string): string[] {
    const steps = this.coordinator.desk.history(taskId) as readonly TaskStep[];
    return steps.map(({ state }) => state);
  }
}

async function world(options: CoordinatorTaskDistributorOptions = {}): Promise<World> {
  const made = new World(options);
  await made.coordinator.start();
  opened.push(async () => {
    await made.coordinator.stop();
    rmSync(made.folder, { recursive: true, force: true });
  });
  return made;
}

async function worker(
  { url, folder }: World,
  options: Partial<EnhancedWorkerClientOptions> = {},
): Promise<EnhancedWorkerClient> {
  const made = new EnhancedWorkerClient({
    masterUrl: url,
    taskTypes: ['build'],
    workingDirectory: join(folder, 'work'),
    logger: quietLogger().logger,
    ...options,
  });
  opened.push(() => made.stop({ drainMs: 0 }));
  await made.start();
  return made;
}

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
    await worker(here);
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
      'package.json': '{ "dependencies": { "nowhere": "1.0.0" } }',
      'index.js': 'export default () => 1;',
    });
    await worker(here);
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
    await worker(here, { limits: { timeoutMs: 10_000 } });
    const { taskId } = await here.add('shop');
    const { error } = await here.reaches(taskId, 'deadLetter');
    expect(error).toContain('Error: no such shop');
    expect(error).toContain('so far so good');
  });

  it('is killed after its own time or the worker’s, whichever is over first', async () => {
    const here = await world({ retriesMax: 0 });
    await here.project('shop', { 'index.js': 'setInterval(() => {}, 1000);' });
    await worker(here, { concurrency: 2, limits: { timeoutMs: 700 } });
    const short = await here.add('shop', { timeout: 300 });
    const long = await here.add('shop', { timeout: 60_000 });
    expect((await here.reaches(short.taskId, 'deadLetter')).error).toContain('its 300 ms');
    expect((await here.reaches(long.taskId, 'deadLetter')).error).toContain('its 700 ms');
  });

  it('is refused under a name that is a path, by anybody who ships it', async () => {
    const here = await world({ retriesMax: 0 });
    const { status, error: refusal } = await here.add('../secret');
    expect([status, refusal]).toEqual([400, expect.stringContaining('a name and no path')]);
    await worker(here);
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
    await worker(here, {
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
    await worker(here, {
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
    await worker(here, {
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
    const stopping = await worker(here, { execute: () => gate.promise });
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
    const slow = await worker(here, { execute: () => new Promise(() => undefined) });
    await here.coordinator.addTask({ taskId: 'a', taskType: 'build' });
    await here.reaches('a', 'running');
    await slow.stop({ drainMs: 0 });
    await worker(here, { execute: () => 'elsewhere' });
    expect(await here.reaches('a', 'completed')).toMatchObject({ attempt: 2, result: 'elsewhere' });
  });
});

describe('a worker that could run code of others', () => {
  it.each([
    [{}, 'the { token } that both share and { allowCodeExecution: true }'],
    [{ token: 'x' }, 'give { allowCodeExecution: true }'],
    [{ allowCodeExecution: true }, 'give the { token } that both share'],
  ])('does not start with %j for a coordinator elsewhere', async (options, missing) => {
    const { logger } = quietLogger();
    const masterUrl = 'http://192.0.2.1:4000';
    const made = new EnhancedWorkerClient({ masterUrl, taskTypes: ['a'], logger, ...options });
    const starting = made.start();
    await expect(starting).rejects.toThrow(CodeExecutionRefusedError);
    await expect(starting).rejects.toThrow(missing);
  });

  it('is not let in with a wrong token', async () => {
    const here = await world({ token: 's3cret' });
    await expect(worker(here, { token: 'guess' })).rejects.toThrow('the token of this coordinator');
    await expect(worker(here)).rejects.toThrow('refused this worker');
    expect(here.coordinator.desk.workers()).toEqual([]);
    await worker(here, { token: 's3cret' });
    expect(here.coordinator.desk.workers()).toHaveLength(1);
  });

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
