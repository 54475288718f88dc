// Workers of ours and masters that know the bare contract alone, or not even that.
import { afterEach, describe, expect, it } from 'vitest';
import { EnhancedWorkerClient } from './enhanced-worker.js';
import { WorkerClient } from './socket-worker-client.js';
import { type BareMaster, bareMaster, type Socket } from './testing/bare-master.js';
import { quietLogger } from './testing/quiet-logger.js';

const open: { close(): unknown }[] = [];
afterEach(async () => {
  for (const each of open.splice(0).reverse()) await each.close();
});

async function master(welcome: (socket: Socket) => void): Promise<BareMaster> {
  const made = await bareMaster(welcome);
  open.push(made);
  return made;
}

/** A started worker for `build`, and what it logs. */
async function enhanced({ url }: BareMaster): Promise<readonly string[]> {
  const { logger, lines } = quietLogger();
  const worker = new EnhancedWorkerClient({
    masterUrl: url,
    taskTypes: ['build'],
    logger,
    execute: () => 'done',
  });
  open.push({ close: () => worker.stop() });
  await worker.start();
  return lines;
}

describe('a worker of tasks', () => {
  it('says its types once they are known, and no others before', async () => {
    const there = await master(() => undefined);
    await enhanced(there);
    await there.hears('requestTask');
    expect(there.heard('registerCapabilities')).toEqual([{ taskTypes: ['build'] }]);
    expect(there.heard('notifyReady')).toEqual([{ taskTypes: ['build'] }]);
  });

  it.each([
    ['assignTask'],
    ['assignTask', null],
    ['assignTask', 'task'],
    ['assignTask', {}],
    ['assignTask', { task: { taskType: 'build' } }],
    ['assignTask', { task: { taskId: 7 } }],
    ['assignTask', { task: { taskId: 'a' }, attempt: 'first' }],
    ['assignTask', { task: { taskId: 'a' }, attempt: 1 }],
    ['taskCancelled'],
    ['taskCancelled', { taskId: 7 }],
  ])('logs %s with %j, and takes the next task', async (event, ...message) => {
    const there = await master((socket) => {
      socket.once('requestTask', () => {
        socket.emit(event, ...message);
        socket.emit('assignTask', { task: { taskId: 'next', taskType: 'build' } });
      });
    });
    const lines = await enhanced(there);
    const [completed] = await there.hears('taskCompleted');
    expect(completed).toMatchObject({ taskId: 'next', result: 'done' });
    const ignored = lines.filter((line) =>
      line.includes(`${event} of the coordinator was ignored`),
    );
    expect(ignored).toHaveLength(1);
  });

  it.each([[], [null], ['nothing'], [{ message: 7 }]])(
    'takes a noTask with %j for one',
    async (...message) => {
      const there = await master((socket) => {
        socket.once('requestTask', () => {
          socket.emit('noTask', ...message);
          socket.emit('tasksAvailable');
        });
      });
      await enhanced(there);
      await there.hears('requestTask', 2);
    },
  );

  it('reads any acknowledgement, and any answer to its renewals', async () => {
    const there = await master((socket) => {
      socket.on('renewLeases', (_message, answer: (renewal?: unknown) => void) => {
        answer({ lost: [null, { taskId: 7 }] });
      });
      socket.on('taskCompleted', (_message, acknowledge: (receipt?: unknown) => void) => {
        acknowledge();
      });
      socket.once('requestTask', () => {
        const task = { taskId: 'a', taskType: 'build' };
        socket.emit('assignTask', { task, attempt: 1, leaseMs: 60_000 });
      });
    });
    const lines = await enhanced(there);
    await there.hears('requestTask', 2);
    expect(lines.filter((line) => line.includes('does not count'))).toEqual([]);
  });
});

describe('a worker of batches', () => {
  it('answers a batch without a name with its results alone', async () => {
    const batches = [[1, 2], [3]];
    const there = await master((socket) => {
      socket.on('requestTasks', () => {
        const tasks = batches.shift();
        if (tasks === undefined) socket.emit('noMoreTasks');
        else socket.emit('provideTasks', { tasks });
      });
    });
    const { worker } = batchWorker(there);
    await worker.start();
    await worker.ended;
    expect(there.heard('taskResults')).toEqual([{ results: [2, 4] }, { results: [6] }]);
  });

  it.each([
    ['provideTasks'],
    ['provideTasks', {}],
    ['provideTasks', { tasks: 'many' }],
    ['provideTasks', { tasks: [1], batchId: 7 }],
    ['provideTasks', { tasks: [1], batchId: 'a', attempt: 1, leaseMs: 'long' }],
    ['taskCancelled', []],
  ])('logs %s with %j, and does the next batch', async (event, ...message) => {
    const there = await master((socket) => {
      socket.once('requestTasks', () => {
        socket.emit(event, ...message);
        socket.emit('provideTasks', { tasks: [1] });
        socket.once('taskResults', () => socket.emit('noMoreTasks', {}));
      });
    });
    const { worker, lines } = batchWorker(there);
    await worker.start();
    await worker.ended;
    expect(there.heard('taskResults')).toEqual([{ results: [2] }]);
    expect(lines.join('\n')).toContain(`${event} of the coordinator was ignored: Expected`);
  });
});

function batchWorker({ url }: BareMaster): {
  worker: WorkerClient<number>;
  lines: readonly string[];
} {
  const { logger, lines } = quietLogger();
  const processTasks = (tasks: number[]): number[] => tasks.map((task) => task * 2);
  const worker = new WorkerClient<number>({ masterUrl: url, processTasks, logger });
  open.push({ close: () => worker.stop() });
  return { worker, lines };
}
