// Coordinators and workers as real processes, with real signals.
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import {
  addTasks,
  RunningTasks,
  taskOf,
  tasksIn,
  untilCompleted,
} from './testing/running-tasks.js';

let tasks: RunningTasks;
beforeAll(async () => {
  tasks = await RunningTasks.build();
});
afterEach(() => tasks.killAll());
afterAll(() => tasks.end());

const numbered = (count: number) =>
  Array.from({ length: count }, (_, at) => ({ taskId: `t${at}` }));

describe('tasks over processes', () => {
  it('are completed once each, though two workers and the coordinator are killed', async () => {
    const words = ['--lease', '2s'];
    const first = await tasks.coordinator(undefined, words);
    const startWorker = () => tasks.worker(first, ['--types', 'build', '--concurrency', '8']);
    const workers = await Promise.all([startWorker(), startWorker(), startWorker(), startWorker()]);
    const killed = (async () => {
      await untilCompleted(first, (1 * TASKS) / 8);
      workers[0]?.kill('SIGKILL');
      await untilCompleted(first, (2 * TASKS) / 8);
      workers[1]?.kill('SIGKILL');
      await untilCompleted(first, (3 * TASKS) / 8);
      first.node.kill('SIGKILL');
      await first.node.ended;
    })();
    const ids = await addTasks(first, numbered(TASKS));
    await killed;
    const second = await tasks.coordinator(first, words);
    const done = (await tasksIn(second, 'completed')).length;
    expect(done).toBeGreaterThan(0);
    expect(done).toBeLessThan(TASKS);
    await untilCompleted(second, TASKS);
    expect(new Set(await tasksIn(second, 'completed'))).toEqual(new Set(ids));
    for (const taskId of ids.slice(0, 100)) {
      const { history } = await taskOf(second, taskId);
      expect(history.filter(({ state }) => state === 'completed')).toHaveLength(1);
    }
    for (const end of [second.node, ...workers.slice(2)]) end.kill('SIGTERM');
    const ends = await Promise.all([second.node, ...workers.slice(2)].map((end) => end.ended));
    expect(ends.map(({ code }) => code)).toEqual([0, 0, 0]);
  });

  it('go elsewhere when a worker hangs, whose late result does not count', async () => {
    const coordinator = await tasks.coordinator(undefined, ['--lease', '1s']);
    const hanging = await tasks.worker(coordinator, ['--name', 'hanging']);
    await addTasks(coordinator, [{ taskId: 'slow', additionalOptions: { stopsAtTry: 1 } }]);
    await hanging.until(1, { event: 'task', kind: 'started' });
    const other = await tasks.worker(coordinator, ['--name', 'other']);
    await other.until(1, { event: 'task', kind: 'completed' });
    hanging.kill('SIGCONT');
    const late = 'try 1 of slow by hanging came too late: the task is completed at try 2';
    await hanging.until(1, { event: 'task', kind: 'refused', error: late });
    const message = `a result was refused: ${late}`;
    await coordinator.node.until(1, { event: 'log', level: 'warn', message });
    const { attempt, workerId, history } = await taskOf(coordinator, 'slow');
    expect([attempt, workerId]).toEqual([2, 'other']);
    expect(history.filter(({ state }) => state === 'completed')).toHaveLength(1);
    expect(await tasksIn(coordinator, 'completed')).toEqual(['slow']);
  });

  it('that run are finished when their worker is told to end, and no others begun', async () => {
    const coordinator = await tasks.coordinator();
    const worker = await tasks.worker(coordinator);
    const options = ['a', 'b'].map((taskId) => ({ taskId, additionalOptions: { forMs: 300 } }));
    await addTasks(coordinator, options);
    await worker.until(1, { event: 'task', kind: 'started' });
    worker.kill('SIGTERM');
    expect(await worker.ended).toEqual({ code: 0, signal: null });
    expect(worker.told({ event: 'stopped', completed: 1, running: 0 })).toHaveLength(1);
    expect(await tasksIn(coordinator, 'completed')).toEqual(['a']);
  });
});

const TASKS = Number(process.env['FAULTLINE_TASKS'] ?? 2000);
