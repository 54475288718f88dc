// What a coordinator owes to each of its workers, and to those that are no good ones.
import { connect } from 'node:net';
import { afterEach, describe, expect, it } from 'vitest';
import type { AssignTask, ProvideTasks, Receipt } from './protocol.js';
import { CoordinatorTaskDistributor } from './socket-coordinator.js';
import { TaskDistributor } from './socket-distributor.js';
import { contractWorker } from './testing/contract-worker.js';
import { openCoordinator, type Opened, openWorker } from './testing/open-coordinator.js';
import { quietLogger } from './testing/quiet-logger.js';

const open: Opened = [];
afterEach(async () => {
  for (const each of open.splice(0).reverse()) await each.close();
});

describe('a worker that asks', () => {
  it('gets a task that comes while it is about to hear that there is none', async () => {
    const world = await openCoordinator(open, {
      taskGenerator: async () => {
        // Somebody else adds one, and the generator itself knows of nothing.
        if (world.coordinator.desk.counts().completed < ROUNDS) {
          await world.coordinator.addTask({ taskType: 'build' });
        }
        return [];
      },
      sourcePauseMs: 0,
    });
    const asking = await openWorker(open, world);
    for (let round = 0; round < ROUNDS; round++) {
      asking.send('requestTask');
      const { event, message } = await asking.nextOf('assignTask', 'noTask');
      expect(event).toBe('assignTask');
      const { taskId } = (message as AssignTask).task;
      await asking.ask('taskCompleted', { taskId, result: 1 });
    }
  });

  it('is told that there is nothing when nobody can know, and of what comes later', async () => {
    const world = await openCoordinator(open);
    const { desk } = world.coordinator;
    const asking = await openWorker(open, world);
    const assign = Object.getOwnPropertyDescriptor(Object.getPrototypeOf(desk), 'assign');
    Object.defineProperty(desk, 'assign', {
      configurable: true,
      value: () => Promise.reject(new Error('the store is full')),
    });
    asking.send('requestTask');
    await asking.next('noTask');
    expect(world.lines.some((line) => line.includes('the store is full'))).toBe(true);
    Object.defineProperty(desk, 'assign', assign as PropertyDescriptor);
    await world.coordinator.addTask({ taskType: 'build' });
    await asking.next('tasksAvailable');
  });

  it('has its result counted over a new connection if nobody else got the task', async () => {
    const world = await openCoordinator(open);
    const { taskId } = await world.coordinator.addTask({ taskType: 'build' });
    const first = await openWorker(open, world);
    first.send('requestTask');
    await first.next('assignTask');
    first.close();
    const again = await openWorker(open, world);
    // The loss of the first connection may take its time.
    for (;;) {
      const receipt = await again.ask<Receipt>('taskCompleted', { taskId, result: 'found' });
      if (receipt.accepted) break;
    }
    expect(world.results).toEqual([`${taskId}: found`]);
  });

  it('cannot answer for a task that another one has', async () => {
    const world = await openCoordinator(open);
    const { taskId } = await world.coordinator.addTask({ taskType: 'build' });
    const [holder, other] = [await openWorker(open, world), await openWorker(open, world)];
    holder.send('requestTask');
    await holder.next('assignTask');
    const receipt = await other.ask<Receipt>('taskCompleted', { taskId, result: 'guessed' });
    expect(receipt).toMatchObject({ accepted: false });
    expect(world.coordinator.desk.get(taskId)).toMatchObject({ state: 'assigned' });
  });

  it('answers its batches in the order in which it got them', async () => {
    const handled: string[][] = [];
    const left = ['a', 'b', 'c', 'd'];
    const distributor = new TaskDistributor<string, string>({
      port: 0,
      enableBonjour: false,
      batchSize: 2,
      logger: quietLogger().logger,
      getTasks: () => left.splice(0),
      handleResults: (results) => handled.push(results),
    });
    await distributor.start();
    open.push({ close: () => distributor.stop() });
    const bare = await contractWorker(distributor.port ?? 0);
    open.push(bare);
    bare.send('requestTasks');
    bare.send('requestTasks');
    for (let batch = 0; batch < 2; batch++) await bare.next<ProvideTasks>('provideTasks');
    for (const results of [['a!', 'b!'], ['c!']]) {
      expect(await bare.ask('taskResults', { results })).toEqual({ accepted: true });
    }
    expect(handled).toEqual([['a!', 'b!'], ['c!']]);
    const done = distributor.desk.list().tasks.map(({ taskId }) => distributor.desk.get(taskId));
    expect(done.map((task) => task?.result)).toEqual([['a!', 'b!'], ['c!']]);
  });

  it('hears that it was replaced by another one of its name', async () => {
    const world = await openCoordinator(open);
    const first = await openWorker(open, world, { workerId: 'anna' });
    const second = await openWorker(open, world, { workerId: 'anna' });
    await first.next('replaced');
    first.close();
    await world.coordinator.addTask({ taskType: 'build' });
    second.send('requestTask');
    expect(await second.next('assignTask')).toMatchObject({ attempt: 1 });
    expect(second.waiting('replaced')).toEqual([]);
  });
});

describe('a coordinator that is stopped', () => {
  it('waits for nobody who is amid a request', async () => {
    const world = await openCoordinator(open);
    const half = connect(world.coordinator.port ?? 0, '127.0.0.1');
    open.push({ close: () => half.destroy() });
    const closed = new Promise((resolve) => half.once('close', resolve).on('error', () => 0));
    await new Promise<void>((resolve) => {
      half.write('GET / HTTP/1.1\r\nHost: x\r\n', () => resolve());
    });
    await world.coordinator.stop();
    await closed;
  });

  it.each(['coordinator', 'distributor'] as const)(
    'as a %s while it starts has stopped, and starts again',
    async (kind) => {
      const { logger, lines } = quietLogger();
      const settings = { port: 0, enableBonjour: false, logger, store: 'memory' } as const;
      const made =
        kind === 'coordinator'
          ? new CoordinatorTaskDistributor({ ...settings, httpPort: 0 })
          : new TaskDistributor({ ...settings, getTasks: () => [], handleResults: () => 0 });
      open.push({ close: () => made.stop() });
      const starting = made.start();
      await Promise.all([made.stop(), made.stop()]);
      await starting;
      expect(made.port).toBeUndefined();
      expect(made.desk.isReady()).toBe(false);
      await made.start();
      expect(made.port).toBeGreaterThan(0);
      expect(made.desk.isReady()).toBe(true);
      await expect(made.start()).rejects.toThrow('It has started already; stop() it first');
      expect(lines.filter((line) => line.includes('listens')).length).toBeGreaterThan(1);
    },
  );
});

describe('a task', () => {
  it('may be told by an interface of the caller', async () => {
    interface BuildTask {
      readonly taskId: string;
      readonly taskType: 'build';
      readonly target: string;
    }
    const coordinator = new CoordinatorTaskDistributor<BuildTask, number>({
      port: 0,
      httpPort: false,
      enableBonjour: false,
      store: 'memory',
      logger: quietLogger().logger,
      taskGenerator: (): BuildTask[] => [],
      onResult: (results) => results.map(({ result }) => result + 1),
    });
    await coordinator.start();
    open.push({ close: () => coordinator.stop() });
    await coordinator.addTask({ taskId: 'one', taskType: 'build', target: 'x' });
    expect(coordinator.desk.get('one')?.task).toMatchObject({ target: 'x' });
  });

  it('that can be neither sent nor stored is refused by the name of the field', async () => {
    const { coordinator } = await openCoordinator(open);
    const circle: Record<string, unknown> = {};
    circle['self'] = { circle };
    let deep: unknown[] = [];
    for (let level = 0; level < 20_000; level++) deep = [deep];
    const cases: readonly [unknown, RegExp][] = [
      [{ after: [1, 2n] }, /^Expected v\.after\.1 to be something that JSON carries, got 2n/],
      [{ on: () => 0 }, /^Expected v\.on to be something that JSON carries, got /],
      [Symbol('x'), /^Expected v to be something that JSON carries, got /],
      [circle, /^Expected v\.self\.circle to be something that does not hold itself, got /],
      [deep, /^Expected v\.0\.0.* to be at most 200 levels deep, got /],
    ];
    for (const [v, words] of cases) {
      const adding = coordinator.addTask({ taskType: 'build', v });
      await expect(adding).rejects.toMatchObject({ code: 'ERR_INVALID_TASK' });
      await expect(adding).rejects.toThrow(words);
    }
    expect(coordinator.desk.list().tasks).toEqual([]);
    const good = { date: new Date(5), bytes: Buffer.from([1]), twice: [circle['x'], circle['x']] };
    await coordinator.addTask({ taskType: 'build', good });
    expect(coordinator.desk.counts().pending).toBe(1);
  });
});

const ROUNDS = 20;
