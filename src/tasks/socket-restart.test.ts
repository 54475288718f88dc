import type { ChildProcess } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import type { AssignTask } from './protocol.js';
import { CoordinatorTaskDistributor, type TaskResult } from './socket-coordinator.js';
import { contractWorker } from './testing/contract-worker.js';
import { type CoordinatorProcess, forked, forkedCoordinator, killed } from './testing/forked.js';
import { quietLogger } from './testing/quiet-logger.js';

const open: { close(): unknown }[] = [];
afterEach(async () => {
  for (const each of open.splice(0).reverse()) await each.close();
});

async function folder(): Promise<string> {
  const path = await mkdtemp(join(tmpdir(), 'faultline-tasks-'));
  open.push({ close: () => rm(path, { recursive: true }) });
  return path;
}

async function coordinatorProcess(
  path: string,
  options: { readonly port?: number; readonly isFrail?: boolean } = {},
): Promise<CoordinatorProcess> {
  const made = await forkedCoordinator(path, options);
  open.push({ close: made.kill });
  return made;
}

async function workerProcess(url: string): Promise<ChildProcess> {
  const [child] = await forked('worker-process', url);
  open.push({ close: () => killed(child) });
  return child;
}

/** A coordinator in this process. */
async function coordinator(
  path: string,
  onResult: (results: TaskResult[]) => unknown,
): Promise<CoordinatorTaskDistributor> {
  const made = new CoordinatorTaskDistributor({
    port: 0,
    httpPort: false,
    enableBonjour: false,
    store: { path },
    logger: quietLogger().logger,
    onResult,
  });
  await made.start();
  open.push({ close: () => made.stop() });
  return made;
}

describe('a coordinator that is killed', () => {
  it('goes on with every task that it acknowledged, and takes what workers kept', async () => {
    const path = await folder();
    const first = await coordinatorProcess(path);
    const added = await first.ask<string[]>({ add: 200 });
    const worker = await contractWorker(first.port, { workerId: 'w', renews: true });
    open.push(worker);
    worker.send('registerCapabilities', { taskTypes: ['*'] });
    const handed: AssignTask[] = [];
    for (let n = 0; n < 3; n++) {
      worker.send('requestTask');
      handed.push(await worker.next<AssignTask>('assignTask'));
    }
    const [one, two] = handed.map(({ task: { taskId }, attempt }) => ({ taskId, attempt }));
    await worker.ask('taskCompleted', { ...one, result: 'done before' });
    await first.kill();
    worker.close();

    const results: string[] = [];
    const second = await coordinator(path, (told) => {
      results.push(...told.map(({ result }) => String(result)));
    });
    expect(second.desk.counts()).toMatchObject({ completed: 1, assigned: 2, pending: 197 });
    const again = await contractWorker(second.port ?? 0, { workerId: 'w', renews: true });
    open.push(again);
    // Kept by the worker until it is acknowledged; the third never reached it.
    await again.ask('renewLeases', { tries: [two] });
    expect(await again.ask('taskCompleted', { ...two, result: 'done meanwhile' })).toEqual({
      accepted: true,
    });
    expect(results).toEqual(['done meanwhile']);
    expect(second.desk.counts()).toMatchObject({ completed: 2, assigned: 0, pending: 198 });
    const known = new Set(added);
    const page = second.desk.list({ limit: 1000 }).tasks;
    expect(page.filter(({ taskId }) => known.has(taskId))).toHaveLength(200);
  });

  it('tells a result again that it was killed with, until it is taken', async () => {
    const path = await folder();
    const frail = await coordinatorProcess(path, { isFrail: true });
    const [taskId = ''] = await frail.ask<string[]>({ add: 1 });
    const worker = await contractWorker(frail.port, { workerId: 'w', renews: true });
    open.push(worker);
    worker.send('registerCapabilities', { taskTypes: ['*'] });
    worker.send('requestTask');
    await worker.next('assignTask');
    worker.send('taskCompleted', { taskId, attempt: 1, result: 'done' });
    await frail.ended;
    worker.close();

    const told: unknown[] = [];
    const refusing = await coordinator(path, (results) => {
      told.push('refused');
      throw new Error(`no room for ${results.length}`);
    });
    await refusing.stop();
    const taking = await coordinator(path, (results) => told.push(...results));
    await taking.stop();
    const result = { taskId, attempt: 1, workerId: 'w', result: 'done' };
    expect(told).toEqual(['refused', result]);
    await coordinator(path, (results) => told.push(...results));
    expect(told).toHaveLength(2);
  });

  it('has 10,000 tasks done once each, by four workers of which two are killed too', async () => {
    const path = await folder();
    const first = await coordinatorProcess(path);
    const added = await first.ask<string[]>({ add: 10_000 });
    const url = `http://127.0.0.1:${first.port}`;
    const workers = await Promise.all([1, 2, 3, 4].map(() => workerProcess(url)));
    await first.ask({ untilCompleted: 1000 });
    await killed(workers[0]!);
    await first.ask({ untilCompleted: 3000 });
    await first.kill();
    const second = await coordinatorProcess(path, { port: first.port });
    await second.ask({ untilCompleted: 6000 });
    await killed(workers[1]!);
    await second.ask({ untilCompleted: 10_000 });
    const completions = await second.ask<Record<string, number>>({ histories: true });
    expect(Object.keys(completions).sort()).toEqual([...added].sort());
    expect(new Set(Object.values(completions))).toEqual(new Set([1]));
  }, 60_000);
});
