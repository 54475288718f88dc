import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { deferred } from '../base/deferred.js';
import type { ProvideTasks, Receipt } from './protocol.js';
import {
  type BatchFailure,
  TaskDistributor,
  type TaskDistributorOptions,
} from './socket-distributor.js';
import { WorkerClient, type WorkerClientOptions } from './socket-worker-client.js';
import { contractWorker } from './testing/contract-worker.js';
import { quietLogger } from './testing/quiet-logger.js';

const open: { close(): unknown }[] = [];
afterEach(async () => {
  for (const each of open.splice(0).reverse()) await each.close();
});

interface World {
  readonly distributor: TaskDistributor<number, string>;
  readonly handled: string[];
  readonly failures: BatchFailure<number>[];
}

async function distributor(
  options: Partial<TaskDistributorOptions<number, string>> = {},
): Promise<World> {
  const handled: string[] = [];
  const failures: BatchFailure<number>[] = [];
  const made = new TaskDistributor<number, string>({
    port: 0,
    enableBonjour: false,
    logger: quietLogger().logger,
    getTasks: () => [1, 2, 3, 4, 5, 6, 7],
    handleResults: (results) => handled.push(...results),
    onFailure: (failure) => failures.push(failure),
    backoffMs: 1,
    ...options,
  });
  await made.start();
  open.push({ close: () => made.stop() });
  return { distributor: made, handled, failures };
}

function client(
  { distributor: { port } }: World,
  options: Partial<WorkerClientOptions<number, string>> = {},
): WorkerClient<number, string> {
  const made = new WorkerClient<number, string>({
    masterUrl: `http://127.0.0.1:${port}`,
    processTasks: (tasks) => tasks.map((task) => `${task} done`),
    logger: quietLogger().logger,
    ...options,
  });
  open.push({ close: () => made.stop() });
  return made;
}

const ALL = [1, 2, 3, 4, 5, 6, 7].map((n) => `${n} done`);

describe('a task distributor', () => {
  it('hands a list out in batches, and its workers end when there is no more', async () => {
    const world = await distributor();
    const sizes: number[] = [];
    const worker = client(world, {
      processTasks: (tasks) => {
        sizes.push(tasks.length);
        return tasks.map((task) => `${task} done`);
      },
    });
    await worker.start();
    await worker.ended;
    expect(sizes).toEqual([5, 2]);
    expect(world.handled).toEqual(ALL);
  });

  it('asks for tasks when the queue is empty, and again after a rejection', async () => {
    const lists: (number[] | Error)[] = [[1, 2], new Error('no network'), [3], []];
    const world = await distributor({
      sourcePauseMs: 5,
      getTasks: async () => {
        const list = lists.shift() ?? [];
        if (list instanceof Error) throw list;
        return list;
      },
    });
    const worker = client(world);
    await worker.start();
    await worker.ended;
    expect(world.handled).toEqual(['1 done', '2 done', '3 done']);
  });

  it('gives the batch of a worker that disconnects to another one', async () => {
    const world = await distributor();
    const leaver = await contractWorker(world.distributor.port ?? 0);
    open.push(leaver);
    leaver.send('requestTasks');
    const { tasks } = await leaver.next<ProvideTasks>('provideTasks');
    expect(tasks).toEqual([1, 2, 3, 4, 5]);
    // It waits until the others' batches are done, as they may come back.
    const worker = client(world);
    await worker.start();
    leaver.close();
    await worker.ended;
    expect([...world.handled].sort()).toEqual(ALL);
  });

  it('gets the result of a worker that had no connection when it was ready', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'faultline-tasks-'));
    open.push({ close: () => rm(folder, { recursive: true }) });
    const store = { path: folder };
    const world = await distributor({ getTasks: () => [1], store });
    const begun = deferred<void>();
    const release = deferred<string[]>();
    let runs = 0;
    const worker = client(world, {
      processTasks: () => {
        runs += 1;
        begun.resolve();
        return release.promise;
      },
    });
    await worker.start();
    await begun.promise;
    const { port = 0 } = world.distributor;
    await world.distributor.stop();
    release.resolve(['1 done']);
    const next = await distributor({ port, getTasks: () => [], store });
    await worker.ended;
    expect([runs, world.handled, next.handled]).toEqual([1, [], ['1 done']]);
  });

  it('takes the batch from a worker that hangs, and refuses its late results', async () => {
    const world = await distributor({ getTasks: () => [1], leaseMs: 60 });
    const hung = await contractWorker(world.distributor.port ?? 0, {
      workerId: 'hung',
      renews: true,
    });
    open.push(hung);
    hung.send('requestTasks');
    const { batchId, attempt } = await hung.next<ProvideTasks>('provideTasks');
    const worker = client(world);
    await worker.start();
    await worker.ended;
    expect(world.handled).toEqual(['1 done']);
    const late = await hung.ask<Receipt>('taskResults', { results: ['late'], batchId, attempt });
    expect(late.accepted).toBe(false);
    expect(world.handled).toEqual(['1 done']);
  });

  it('tries a failed batch again, and tells what became of it in the end', async () => {
    const world = await distributor({ getTasks: () => [1, 2], retriesMax: 1 });
    let tries = 0;
    const worker = client(world, {
      processTasks: () => {
        tries += 1;
        throw new Error('no');
      },
    });
    await worker.start();
    await worker.ended;
    expect(tries).toBe(2);
    expect(world.failures).toEqual([{ tasks: [1, 2], error: 'no' }]);
  });

  it('completes a batch with fewer results, and tells that some are missing', async () => {
    const world = await distributor({ getTasks: () => [1, 2, 3] });
    const worker = client(world, { processTasks: () => ['only one'] });
    await worker.start();
    await worker.ended;
    expect(world.handled).toEqual(['only one']);
    expect(world.failures).toEqual([{ tasks: [1, 2, 3], error: '1 results came for 3 tasks' }]);
  });

  it('speaks with workers that know the bare contract alone', async () => {
    const world = await distributor({ getTasks: () => [1] });
    const bare = await contractWorker(world.distributor.port ?? 0);
    open.push(bare);
    bare.send('requestTasks');
    await bare.next('provideTasks');
    bare.send('taskResults', { results: ['1 done'] });
    bare.send('taskResults', { results: ['1 done'] });
    bare.send('requestTasks');
    expect(await bare.next('noMoreTasks')).toEqual({});
    expect(world.handled).toEqual(['1 done']);
  });
});
