import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { TaskDetail, TaskPage } from '../../tasks.js';
import { type RunningNode, RunningNodes } from './running-nodes.js';

/** A coordinator in a process of its own; it is found at the same ports when it is run again. */
export interface RunningCoordinator {
  readonly node: RunningNode;
  readonly port: number;
  readonly httpPort: number;
}

/** Coordinators and workers in processes of their own, with one store. */
export class RunningTasks {
  readonly #nodes: RunningNodes;
  #folder = mkdtempSync(join(tmpdir(), 'faultline-tasks-'));

  private constructor(nodes: RunningNodes) {
    this.#nodes = nodes;
  }

  static async build(): Promise<RunningTasks> {
    return new RunningTasks(await RunningNodes.build());
  }

  /** The folder of every coordinator. */
  get store(): string {
    return join(this.#folder, 'store');
  }

  run(words: readonly string[]): RunningNode {
    return this.#nodes.run(words);
  }

  async coordinator(
    ports: { readonly port: number; readonly httpPort: number } = { port: 0, httpPort: 0 },
    words: readonly string[] = [],
  ): Promise<RunningCoordinator> {
    const node = this.run([
      ...['coordinator', '--json', '--no-bonjour', '--store', this.store],
      ...['--port', `${ports.port}`, '--http-port', `${ports.httpPort}`, ...words],
    ]);
    const [ready] = await node.until(1, { event: 'ready' });
    const { port, httpPort } = ready as unknown as RunningCoordinator;
    return { node, port, httpPort };
  }

  async worker(
    { port }: Pick<RunningCoordinator, 'port'>,
    words: readonly string[] = [],
  ): Promise<RunningNode> {
    const node = this.run([
      ...['task-worker', '--json', '--master', `http://127.0.0.1:${port}`],
      ...['--module', fileURLToPath(new URL('task-module.ts', import.meta.url)), ...words],
    ]);
    await node.until(1, { event: 'ready' });
    return node;
  }

  /** Kills what runs still, and forgets what was stored. */
  async killAll(): Promise<void> {
    await this.#nodes.killAll();
    rmSync(this.#folder, { recursive: true, force: true });
    this.#folder = mkdtempSync(join(tmpdir(), 'faultline-tasks-'));
  }

  async end(): Promise<void> {
    await this.#nodes.end();
    rmSync(this.#folder, { recursive: true, force: true });
  }
}

type Web = Pick<RunningCoordinator, 'httpPort'>;

/** Adds tasks over HTTP and gives their ids. */
export async function addTasks(
  { httpPort }: Web,
  options: readonly Readonly<Record<string, unknown>>[],
): Promise<readonly string[]> {
  const body = options.map((each) => {
    return { projectName: 'work', options: { taskType: 'build', ...each } };
  });
  const answer = await fetch(`http://127.0.0.1:${httpPort}/addTasks`, {
    method: 'POST',
    body: JSON.stringify(body),
  });
  const { addedTasks, failedTasks } = (await answer.json()) as Record<string, string[]>;
  if (failedTasks?.length !== 0) throw new Error(JSON.stringify(failedTasks?.slice(0, 3)));
  return addedTasks ?? [];
}

export async function taskOf({ httpPort }: Web, taskId: string): Promise<SeenTask> {
  const answer = await fetch(`http://127.0.0.1:${httpPort}/tasks/${taskId}`);
  return (await answer.json()) as SeenTask;
}

export interface SeenTask extends TaskDetail {
  readonly history: readonly { readonly state: string }[];
}

/** The ids of all tasks in this state. */
export async function tasksIn({ httpPort }: Web, state: string): Promise<string[]> {
  const ids: string[] = [];
  let after = '';
  for (;;) {
    const query = `state=${state}&limit=1000${after === '' ? '' : `&after=${after}`}`;
    const answer = await fetch(`http://127.0.0.1:${httpPort}/tasks?${query}`);
    const { tasks, next } = (await answer.json()) as TaskPage;
    ids.push(...tasks.map(({ taskId }) => taskId));
    if (next === undefined) return ids;
    after = next;
  }
}

/** Resolves once `count` tasks are completed. */
export async function untilCompleted({ httpPort }: Web, count: number): Promise<void> {
  const answer = await fetch(`http://127.0.0.1:${httpPort}/events`);
  let rest = '';
  // What is completed when the stream begins, and every completion from then on.
  let completed: number | undefined;
  const body = (answer.body as ReadableStream<Uint8Array>).pipeThrough(new TextDecoderStream());
  for await (const text of body) {
    const lines = (rest + text).split('\n');
    rest = lines.pop() ?? '';
    for (const line of lines.filter((each) => each.startsWith('data: '))) {
      const { counts, state } = JSON.parse(line.slice('data: '.length)) as Told;
      completed ??= counts?.completed ?? 0;
      if (state === 'completed') completed++;
      if (completed >= count) return;
    }
  }
  throw new Error(`the coordinator ended with ${completed ?? 0} of ${count} tasks completed`);
}

interface Told {
  readonly state?: string;
  readonly counts?: { readonly completed: number };
}
