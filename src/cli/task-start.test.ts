// How coordinators and workers begin, or say why they do not.
import { fileURLToPath } from 'node:url';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { RunningTasks } from './testing/running-tasks.js';

let tasks: RunningTasks;
beforeAll(async () => {
  tasks = await RunningTasks.build();
});
afterEach(() => tasks.killAll());
afterAll(() => tasks.end());

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
      [['task-worker', '--module', './nothing.ts'], '--module: there is no file'],
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

  it('end at once when they are told to while they wait for a coordinator', async () => {
    const waiting = tasks.run(['task-worker', '--json', '--master', 'http://127.0.0.1:1']);
    const [line] = await waiting.until(1, { event: 'log' });
    expect(line?.['message']).toContain('tries again: connect ECONNREFUSED 127.0.0.1:1');
    waiting.kill('SIGINT');
    expect(await waiting.ended).toEqual({ code: 0, signal: null });
  });
});
