// How workers start, stop, start again, and end on their own account.
import { type AddressInfo, createServer } from 'node:net';
import { afterEach, describe, expect, it } from 'vitest';
import { deferred } from '../base/deferred.js';
import { InvalidOptionError } from '../otp/option.js';
import { createNodePlatform } from '../platform/node-platform.js';
import { quietPlace } from '../platform/testing/multicast.js';
import { EnhancedWorkerClient } from './enhanced-worker.js';
import { TaskDistributor } from './socket-distributor.js';
import { WorkerClient, type WorkerClientOptions } from './socket-worker-client.js';
import { type BareMaster, bareMaster } from './testing/bare-master.js';
import { type QuietLogger, quietLogger } from './testing/quiet-logger.js';
import { taskWorlds } from './testing/task-world.js';
import { WorkerRefusedError, WorkerReplacedError } from './worker-error.js';

const { clock } = createNodePlatform();
const world = taskWorlds();
const open: { close(): unknown }[] = [];
afterEach(async () => {
  for (const each of open.splice(0).reverse()) await each.close();
});

async function silentMaster(): Promise<BareMaster> {
  const made = await bareMaster(() => undefined);
  open.push(made);
  return made;
}

/** One of each kind; neither ends by itself. */
const KINDS: readonly Kind[] = [
  { kind: 'a worker of batches', request: 'requestTasks', make: patientWorker },
  { kind: 'a worker of tasks', request: 'requestTask', make: taskWorker },
];

interface Kind {
  readonly kind: string;
  readonly request: string;
  make(masterUrl: string, log?: QuietLogger): WorkerClient<number> | EnhancedWorkerClient;
}

describe.each(KINDS)('$kind', ({ request, make }) => {
  it('connects once, however often it is started', async () => {
    const master = await silentMaster();
    const worker = make(master.url);
    const first = worker.start();
    expect(worker.start()).toBe(first);
    await first;
    await worker.start();
    expect(master.connections()).toBe(1);
  });

  it('asks for work again when it is started after a stop, as the same worker', async () => {
    const master = await silentMaster();
    const worker = make(master.url);
    await worker.start();
    const { workerId } = worker;
    await worker.stop();
    await worker.ended;
    const again = worker.start();
    expect(worker.start()).toBe(again);
    await again;
    await master.hears(request, 2);
    expect(worker.workerId).toBe(workerId);
    expect(master.heard('disconnect')).toEqual(['client namespace disconnect']);
  });

  it('begins anew when it is started while it stops', async () => {
    const master = await silentMaster();
    const worker = make(master.url);
    await worker.start();
    const stopped = worker.stop();
    await worker.start();
    await stopped;
    expect(master.connections()).toBe(2);
    expect(master.heard('disconnect')).toHaveLength(1);
  });

  it('starts after a stop that came too early', async () => {
    const master = await silentMaster();
    const worker = make(master.url);
    await worker.stop();
    await worker.ended;
    await worker.start();
    await master.hears(request);
    expect(master.connections()).toBe(1);
  });

  it('ends altogether when it is stopped before it has reached its master', async () => {
    const worker = make(`http://127.0.0.1:${await freePort()}`);
    const started = worker.start();
    await worker.stop();
    await started;
    await worker.ended;
  });

  it('waits before it connects again to a master that closes each connection', async () => {
    const atMs: number[] = [];
    const master = await bareMaster((socket) => {
      atMs.push(clock.nowMs());
      socket.disconnect(true);
    });
    open.push(master);
    await make(master.url).start();
    await master.hears('connection', 4);
    const pausesMs = atMs.slice(1).map((ms, index) => ms - (atMs[index] ?? 0));
    // A timer may be a millisecond early by another clock.
    expect(pausesMs.map((ms, index) => ms > 99 * 2 ** index)).toEqual([true, true, true]);
  });

  it('ends, and does not come back, when another one has its id', async () => {
    const master = await bareMaster((socket) => {
      socket.emit('replaced');
      socket.disconnect(true);
    });
    open.push(master);
    const log = quietLogger();
    const worker = make(master.url, log);
    await worker.start();
    await expect(worker.ended).rejects.toThrow(WorkerReplacedError);
    expect(log.lines.join('\n')).toContain(`the id of this one, ${worker.workerId}`);
    await worker.stop();
    expect(master.connections()).toBe(1);
  });

  it('ends when its master does not let it in again', async () => {
    const master = await bareMaster((socket) => {
      socket.nsp.use((_socket, next) => next(new Error('not any more')));
      socket.disconnect(true);
    });
    open.push(master);
    const worker = make(master.url);
    await worker.start();
    await expect(worker.ended).rejects.toThrow(WorkerRefusedError);
    await expect(worker.ended).rejects.toThrow('refused this worker: not any more');
  });

  it.each(['127.0.0.1:4000', 'localhost:4000', '//127.0.0.1:4000', 'http://', 7])(
    'is not made with %j as its master',
    (masterUrl) => {
      const wrong = (): unknown => make(masterUrl as string);
      expect(wrong).toThrow(InvalidOptionError);
      expect(wrong).toThrow('Expected masterUrl to be a URL such as http://127.0.0.1:4000');
    },
  );
});

describe('a worker that looks for its master', () => {
  it('ends at once when it is stopped meanwhile', async () => {
    const bonjour = await quietPlace();
    const worker = new WorkerClient<number>({
      bonjour,
      processTasks: (tasks) => tasks,
      discoveryTimeoutMs: 600_000,
      logger: quietLogger().logger,
    });
    const started = worker.start();
    await worker.stop();
    await started;
    await worker.ended;
  });
});

describe('two workers with one id', () => {
  it('do not fight: the later one stays, and has the tasks', async () => {
    const here = await world();
    const given = deferred<string>();
    const first = await here.worker({
      workerId: 'same',
      execute: (_task, { signal }) =>
        new Promise(() => {
          signal.addEventListener('abort', () => given.resolve('given up'));
        }),
    });
    await here.coordinator.addTask({ taskId: 'a', taskType: 'build' });
    await here.reaches('a', 'running');
    await here.worker({ workerId: 'same', execute: () => 'done' });
    await expect(first.ended).rejects.toThrow(WorkerReplacedError);
    expect(await given.promise).toBe('given up');
    expect(await here.reaches('a', 'completed')).toMatchObject({ result: 'done' });
  });
});

describe('a worker that cannot start', () => {
  it('has ended, and may be started again', async () => {
    const here = await world({ token: 'a token of this test' });
    const worker = taskWorker(here.url);
    await expect(worker.start()).rejects.toThrow(WorkerRefusedError);
    await worker.ended;
    await expect(worker.start()).rejects.toThrow(WorkerRefusedError);
  });
});

describe('a worker of batches that is stopped at work', () => {
  it('finishes its batch, and its results count', async () => {
    const { master, handled } = await distributor();
    const [begun, gate] = [deferred<void>(), deferred<void>()];
    const worker = batchWorker(master, {
      processTasks: async (tasks) => {
        begun.resolve();
        await gate.promise;
        return tasks;
      },
    });
    await worker.start();
    await begun.promise;
    const stopped = worker.stop();
    gate.resolve();
    await stopped;
    expect(handled).toEqual([1]);
  });

  it('leaves its batch to another one when it takes too long', async () => {
    const { master, handled } = await distributor();
    const [begun, gate] = [deferred<void>(), deferred<number[]>()];
    const slow = batchWorker(master, {
      drainMs: 0,
      processTasks: () => {
        begun.resolve();
        return gate.promise;
      },
    });
    await slow.start();
    await begun.promise;
    await slow.stop();
    gate.resolve([7]);
    const quick = batchWorker(master, {});
    await quick.start();
    await quick.ended;
    expect(handled).toEqual([1]);
  });
});

describe('what a worker tells its program', () => {
  const failing: readonly (readonly [how: string, onProgress: () => void])[] = [
    ['throws', thrown],
    ['rejects', async () => thrown()],
  ];

  it.each(failing)('may fail: onProgress %s', async (_how, onProgress) => {
    const here = await world();
    const { logger, lines } = quietLogger();
    await here.worker({ logger, onProgress, execute: () => 'done' });
    await here.coordinator.addTask({ taskId: 'a', taskType: 'build' });
    await here.coordinator.addTask({ taskId: 'b', taskType: 'build' });
    await here.reaches('b', 'completed');
    expect(lines).toContain('error: onProgress failed: no thanks');
  });
});

describe('workers of one process', () => {
  it('listen to SIGTERM once for all of them, and not when they have stopped', async () => {
    const master = await silentMaster();
    const before = process.listenerCount('SIGTERM');
    const workers = Array.from({ length: 12 }, () => taskWorker(master.url));
    for (const worker of workers) await worker.start();
    expect(process.listenerCount('SIGTERM')).toBe(before + 1);
    for (const worker of workers) await worker.stop();
    expect(process.listenerCount('SIGTERM')).toBe(before);
  });
});

function taskWorker(masterUrl: string, { logger } = quietLogger()): EnhancedWorkerClient {
  const made = new EnhancedWorkerClient({
    masterUrl,
    taskTypes: ['build'],
    logger,
    execute: () => 'done',
  });
  open.push({ close: () => made.stop() });
  return made;
}

function patientWorker(masterUrl: string, { logger } = quietLogger()): WorkerClient<number> {
  return batchWorker(masterUrl, { logger, keepWaiting: true });
}

function batchWorker(
  masterUrl: string,
  options: Partial<WorkerClientOptions<number, number>>,
): WorkerClient<number, number> {
  const made = new WorkerClient<number, number>({
    masterUrl,
    processTasks: (tasks) => tasks,
    logger: quietLogger().logger,
    ...options,
  });
  open.push({ close: () => made.stop() });
  return made;
}

/** Hands out one batch of one task. */
async function distributor(): Promise<{ master: string; handled: number[] }> {
  const lists = [[1]];
  const handled: number[] = [];
  const made = new TaskDistributor<number, number>({
    port: 0,
    enableBonjour: false,
    logger: quietLogger().logger,
    getTasks: () => lists.shift() ?? [],
    handleResults: (results) => handled.push(...results),
  });
  await made.start();
  open.push({ close: () => made.stop() });
  return { master: `http://127.0.0.1:${made.port}`, handled };
}

/** Where nobody listens. */
async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return port;
}

function thrown(): never {
  throw new Error('no thanks');
}
