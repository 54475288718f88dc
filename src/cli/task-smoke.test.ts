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
    const hanging = await tasks.worker(coordinator);
    await addTasks(coordinator, [{ taskId: 'slow', additionalOptions: { forMs: 400 } }]);
    await hanging.until(1, { event: 'task', kind: 'started' });
    hanging.kill('SIGSTOP');
    const other = await tasks.worker(coordinator);
    await other.until(1, { event: 'task', kind: 'completed' });
    hanging.kill('SIGCONT');
    await hanging.untilAny([
      { event: 'task', kind: 'refused' },
      { event: 'task', kind: 'given up' },
    ]);
    const { attempt, history } = await taskOf(coordinator, 'slow');
    expect(attempt).toBe(2);
    expect(history.map(({ state }) => state)).toContain('completed');
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

describe('the commands', () => {
  it('say what is wrong with how they are called, with code 2', async () => {
    for (const [words, message] of [
      [['coordinator', '--stroe', 'x'], 'coordinator: unknown flag --stroe: did you mean --store?'],
      [['task-worker', '--concurrency', '0'], 'task-worker: --concurrency expects a whole number'],
    ] as const) {
      const wrong = tasks.run(words);
      expect(await wrong.ended).toEqual({ code: 2, signal: null });
      expect(wrong.err).toContain(`faultline ${message}`);
    }
    const help = tasks.run(['coordinator', '--help']);
    expect(await help.ended).toEqual({ code: 0, signal: null });
    expect(help.out).toContain('--http-port PORT');
  });

  it('say what to do when they cannot start, with code 1', async () => {
    const { port } = await tasks.coordinator();
    const memory = ['coordinator', '--memory', '--no-bonjour', '--http-port', '0'];
    for (const [words, message] of [
      [[...memory, '--port', `${port}`], `port ${port} is taken; choose another one with --port`],
      [[...memory, '--port', '0', '--host', '0.0.0.0'], 'Expected a token to listen at 0.0.0.0'],
      [['task-worker', '--module', './nothing.ts'], '--module: there is no file'],
      [['task-worker', '--master', 'http://192.0.2.1:1'], 'Expected a coordinator on loopback'],
    ] as const) {
      const wrong = tasks.run(words);
      expect(await wrong.ended).toEqual({ code: 1, signal: null });
      expect(wrong.err).toContain(message);
    }
  });
});

const TASKS = Number(process.env['FAULTLINE_TASKS'] ?? 2000);
