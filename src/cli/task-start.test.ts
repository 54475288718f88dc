// How coordinators and workers begin, or say why they do not.
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { addTasks, RunningTasks } from './testing/running-tasks.js';

let tasks: RunningTasks;
const folder = mkdtempSync(join(tmpdir(), 'faultline-start-'));
beforeAll(async () => {
  tasks = await RunningTasks.build();
});
afterEach(() => tasks.killAll());
afterAll(async () => {
  rmSync(folder, { recursive: true, force: true });
  await tasks.end();
});

/** The path of a file that holds this. */
function file(name: string, text: string): string {
  const path = join(folder, name);
  writeFileSync(path, text);
  return path;
}

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
    const { port, node } = await tasks.coordinator(undefined, ['--token', 's3cret']);
    const pid = node.told({ event: 'ready' })[0]?.['pid'] as number;
    const master = ['--master', `http://127.0.0.1:${port}`];
    const own = ['--module', fileURLToPath(new URL('testing/task-module.ts', import.meta.url))];
    const memory = ['coordinator', '--memory', '--no-bonjour', '--http-port', '0'];
    const stored = ['coordinator', '--no-bonjour', '--port', '0', '--http-port', '0', '--store'];
    const wrong: (readonly [words: readonly string[], message: string])[] = [
      [[...memory, '--port', `${port}`], `port ${port} is taken; choose another one with --port`],
      [[...memory, '--host', '0.0.0.0'], 'give --token-file FILE, the same to every worker'],
      [[...stored, tasks.store], `but process ${pid} keeps its tasks there; stop that one first`],
      [[...stored, own[1] ?? ''], 'to be a folder to keep tasks in'],
      [[...stored, '/proc/faultline/tasks'], 'Expected /proc/faultline/tasks to be a folder to'],
      [['task-worker', '--module', './nothing.ts'], '--module: there is no file'],
      [
        ['task-worker', '--module', file('stuck.mjs', 'await new Promise(() => undefined);')],
        'stuck.mjs does not load: its top level waits for something that never comes',
      ],
      [['task-worker', '--master', 'http://192.0.2.1:1'], '--token-file FILE and --allow-code-ex'],
      [['task-worker', ...master, ...own], 'give the worker the same --token-file FILE'],
    ];
    // All at once: each takes longest to load.
    const runs = wrong.map(([words, message]) => ({ run: tasks.run(words), message }));
    for (const { run, message } of runs) {
      expect(await run.ended).toEqual({ code: 1, signal: null });
      expect(run.err).toContain(message);
      expect(run.err.trimEnd().split('\n')).toHaveLength(1);
    }
  });

  it('end with code 1 when another worker takes the place of theirs', async () => {
    const coordinator = await tasks.coordinator();
    const first = await tasks.worker(coordinator, ['--name', 'same']);
    const second = await tasks.worker(coordinator, ['--name', 'same']);
    expect(await first.ended).toEqual({ code: 1, signal: null });
    const [failed] = first.told({ event: 'failed', code: 'ERR_WORKER_REPLACED' });
    expect(failed?.['message']).toContain('give each worker a --name of its own, or none');
    second.kill('SIGTERM');
    expect(await second.ended).toEqual({ code: 0, signal: null });
  });

  it('warn of a folder of projects that is not there', async () => {
    const { node } = await tasks.coordinator(undefined, ['--projects', join(folder, 'nothing')]);
    const [line] = node.told({ event: 'log', level: 'warn' });
    expect(line?.['message']).toContain(`there is no folder ${join(folder, 'nothing')}`);
  });

  it('end at once when they are told to while their module loads', async () => {
    const text = `console.error('loading'); await new Promise((end) => setInterval(end, 1e8));`;
    const words = ['task-worker', '--master', 'http://127.0.0.1:1', '--module'];
    const loading = tasks.run([...words, file('loading.mjs', text)]);
    await loading.untilPrinted('loading');
    loading.kill('SIGTERM');
    expect(await loading.ended).toEqual({ code: 0, signal: null });
    expect(loading.out).toMatch(/ stopping: SIGTERM\n.* stopped: 0 running, 0 completed/);
  });

  it('end when a task holds up its worker for longer than it may run', async () => {
    const coordinator = await tasks.coordinator(undefined, ['--lease', '1s']);
    const text = 'export default ({ options }) => { while (options?.blocks) continue; };';
    const words = ['--timeout', '200ms', '--module', file('blocks.mjs', text)];
    const blocked = await tasks.worker(coordinator, words);
    await addTasks(coordinator, [{ taskId: 'endless', additionalOptions: { blocks: true } }]);
    await blocked.until(1, { event: 'task', kind: 'started' });
    blocked.kill('SIGTERM');
    expect(await blocked.ended).toEqual({ code: null, signal: 'SIGKILL' });
    const [failed] = blocked.told({ event: 'failed', code: 'ERR_TASK_BLOCKED' });
    expect(failed?.['message']).toContain('held up this worker for longer than its 200 ms');
  });

  it('say which port it is when a worker asks at the other one', async () => {
    const { httpPort } = await tasks.coordinator();
    const worker = tasks.run([
      ...['task-worker', '--json', '--master', `http://127.0.0.1:${httpPort}`],
      ...['--module', file('one.mjs', 'export default () => 1;')],
    ]);
    const [line] = await worker.until(1, { event: 'log', level: 'warn' });
    expect(line?.['message']).toContain('--port of the coordinator, not --http-port');
  });

  it('end at once when they are told to while they wait for a coordinator', async () => {
    const waiting = tasks.run(['task-worker', '--json', '--master', 'http://127.0.0.1:1']);
    const [line] = await waiting.until(1, { event: 'log' });
    expect(line?.['message']).toContain('tries again: connect ECONNREFUSED 127.0.0.1:1');
    waiting.kill('SIGINT');
    expect(await waiting.ended).toEqual({ code: 0, signal: null });
  });
});
