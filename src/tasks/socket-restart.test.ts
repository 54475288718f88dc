import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, describe, expect, it } from 'vitest';
import type { AssignTask } from './protocol.js';
import { CoordinatorTaskDistributor } from './socket-coordinator.js';
import { contractWorker } from './testing/contract-worker.js';
import type { CoordinatorQuestion } from './testing/coordinator-process.js';
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

/** Runs a program of `testing`; gives what it tells first, once it does. */
async function running<First>(program: string, ...args: string[]): Promise<[ChildProcess, First]> {
  const file = fileURLToPath(new URL(`./testing/${program}.ts`, import.meta.url));
  const child = fork(file, args, { execArgv: ['--import', 'tsx'] });
  open.push({ close: () => child.kill('SIGKILL') });
  const [first] = (await once(child, 'message')) as [First];
  return [child, first];
}

/** A coordinator in a process of its own. */
async function coordinatorProcess(path: string, at = 0) {
  const [child, port] = await running<number>('coordinator-process', String(at), path);
  return {
    port,
    ask: async <Answer>(question: CoordinatorQuestion) => {
      child.send(question);
      return ((await once(child, 'message')) as [Answer])[0];
    },
    kill: () => killed(child),
  };
}

async function killed(child: ChildProcess): Promise<void> {
  child.kill('SIGKILL');
  await once(child, 'exit');
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
    const second = new CoordinatorTaskDistributor({
      port: 0,
      httpPort: false,
      enableBonjour: false,
      store: { path },
      logger: quietLogger().logger,
      onResult: (told) => results.push(...told.map(({ result }) => String(result))),
    });
    await second.start();
    open.push({ close: () => second.stop() });
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

  it('has 10,000 tasks done once each, by four workers of which two are killed too', async () => {
    const path = await folder();
    const first = await coordinatorProcess(path);
    const added = await first.ask<string[]>({ add: 10_000 });
    const url = `http://127.0.0.1:${first.port}`;
    const workers = await Promise.all([1, 2, 3, 4].map(() => running('worker-process', url)));
    await first.ask({ untilCompleted: 1000 });
    await killed(workers[0]![0]);
    await first.ask({ untilCompleted: 3000 });
    await first.kill();
    const second = await coordinatorProcess(path, first.port);
    await second.ask({ untilCompleted: 6000 });
    await killed(workers[1]![0]);
    await second.ask({ untilCompleted: 10_000 });
    const completions = await second.ask<Record<string, number>>({ histories: true });
    expect(Object.keys(completions).sort()).toEqual([...added].sort());
    expect(new Set(Object.values(completions))).toEqual(new Set([1]));
  }, 60_000);
});
