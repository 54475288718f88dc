// What workers give back and what becomes of it when it cannot be sent.
import { afterEach, describe, expect, it } from 'vitest';
import { deferred } from '../base/deferred.js';
import type { WorkerProgress } from './enhanced-worker-options.js';
import { EnhancedWorkerClient } from './enhanced-worker.js';
import type { TaskCompleted } from './protocol.js';
import { TaskDistributor } from './socket-distributor.js';
import { WorkerClient } from './socket-worker-client.js';
import { bareMaster } from './testing/bare-master.js';
import { quietLogger } from './testing/quiet-logger.js';
import { taskWorlds } from './testing/task-world.js';

const world = taskWorlds();
const open: { close(): unknown }[] = [];
afterEach(async () => {
  for (const each of open.splice(0).reverse()) await each.close();
});

const UNSENDABLE: readonly (readonly [name: string, make: () => unknown, why: string])[] = [
  ['a bigint', () => ({ total: 10n }), 'BigInt'],
  ['what contains itself', circular, 'it contains itself, or is nested too deeply'],
  ['what is 20,000 deep', deep, 'it contains itself, or is nested too deeply'],
];

describe('a result that cannot be sent', () => {
  it.each(UNSENDABLE)('fails its try and nothing else: %s', async (_name, make, why) => {
    const here = await world({ retriesMax: 1 });
    const told: WorkerProgress[] = [];
    await here.worker({
      execute: ({ taskId }) => (taskId === 'wrong' ? make() : 'fine'),
      onProgress: (progress) => told.push(progress),
    });
    await here.coordinator.addTask({ taskId: 'wrong', taskType: 'build' });
    await here.coordinator.addTask({ taskId: 'next', taskType: 'build' });
    await here.reaches('next', 'completed');
    const { error, attempt } = await here.reaches('wrong', 'deadLetter');
    expect(error).toContain('what it gave cannot be sent');
    expect(error).toContain(why);
    expect(attempt).toBe(2);
    const kinds = told.filter(({ taskId }) => taskId === 'wrong').map(({ kind }) => kind);
    expect(kinds.slice(0, 3)).toEqual(['started', 'failed', 'started']);
  });

  it.each(UNSENDABLE)('fails its batch, and the next one is done: %s', async (_n, make, why) => {
    const lists = [['wrong', 'fine'], []];
    const failed = deferred<string>();
    const handled: unknown[] = [];
    const master = new TaskDistributor<string, unknown>({
      port: 0,
      enableBonjour: false,
      logger: quietLogger().logger,
      batchSize: 1,
      retriesMax: 0,
      getTasks: () => lists.shift() ?? [],
      handleResults: (results) => handled.push(...results),
      onFailure: ({ error }) => failed.resolve(error),
    });
    await master.start();
    open.push({ close: () => master.stop() });
    const worker = new WorkerClient<string, unknown>({
      masterUrl: `http://127.0.0.1:${master.port}`,
      logger: quietLogger().logger,
      processTasks: (tasks) => tasks.map((task) => (task === 'wrong' ? make() : task)),
    });
    open.push({ close: () => worker.stop() });
    await worker.start();
    await worker.ended;
    expect(await failed.promise).toContain(why);
    expect(handled).toEqual(['fine']);
  });
});

describe('a result that is larger than the coordinator takes', () => {
  const large: readonly (readonly [string, () => unknown])[] = [
    ['a text', () => 'x'.repeat(BYTES_MAX)],
    ['a text of few but wide characters', () => '€'.repeat(BYTES_MAX / 2)],
    ['bytes', () => Buffer.alloc(BYTES_MAX + 1)],
  ];

  it.each(large)('fails its try, and the connection stays: %s', async (_name, make) => {
    const here = await world({ retriesMax: 0, messageBytesMax: BYTES_MAX });
    const { logger, lines } = quietLogger();
    await here.worker({
      logger,
      execute: ({ taskId }) => (taskId === 'large' ? make() : 'x'.repeat(BYTES_MAX / 2)),
    });
    await here.coordinator.addTask({ taskId: 'large', taskType: 'build' });
    await here.coordinator.addTask({ taskId: 'next', taskType: 'build' });
    const { error } = await here.reaches('large', 'deadLetter');
    expect(error).toContain(`the coordinator takes ${BYTES_MAX} in one message`);
    await here.reaches('next', 'completed');
    expect(lines.filter((line) => line.includes('connected to'))).toHaveLength(1);
  });
});

describe('reports that were kept while there was no connection', () => {
  it('bring a worker no more tasks than it takes', async () => {
    const asked: unknown[] = [];
    const handed = ['a', 'b'];
    const master = await bareMaster((socket, count) => {
      socket.on('requestTask', () => {
        if (count > 1) asked.push('request');
        const taskId = handed.shift();
        if (taskId === undefined) return;
        const task = { taskId, taskType: 'build' };
        socket.emit('assignTask', { task, attempt: 1, leaseMs: 60_000 });
      });
      socket.on('taskCompleted', ({ wantsNext }: TaskCompleted, acknowledge: () => void) => {
        if (count > 1) {
          if (wantsNext === true) asked.push('report');
          acknowledge();
        } else if (master.heard('taskCompleted').length === 2) {
          // Not acknowledged: both are to be sent again.
          socket.conn.close();
        }
      });
    });
    open.push(master);
    const worker = new EnhancedWorkerClient({
      masterUrl: master.url,
      taskTypes: ['build'],
      concurrency: 2,
      logger: quietLogger().logger,
      execute: () => 'done',
    });
    open.push({ close: () => worker.stop({ drainMs: 0 }) });
    await worker.start();
    await master.hears('taskCompleted', 4);
    await master.hears('requestTask', 4);
    expect(asked).toEqual(['request', 'request']);
  });
});

function circular(): unknown {
  const value: { self?: unknown } = {};
  value.self = value;
  return value;
}

function deep(): unknown {
  let value: unknown = 0;
  for (let depth = 0; depth < 20_000; depth++) value = [value];
  return value;
}

const BYTES_MAX = 2 ** 17;
