import { mkdtempSync, rmSync } from 'node:fs';
import { mkdir, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach } from 'vitest';
import { deferred } from '../../base/deferred.js';
import type { EnhancedWorkerClientOptions } from '../enhanced-worker-options.js';
import { EnhancedWorkerClient } from '../enhanced-worker.js';
import {
  CoordinatorTaskDistributor,
  type CoordinatorTaskDistributorOptions,
  type TaskFailure,
  type TaskResult,
} from '../socket-coordinator.js';
import type { TaskDetail, TaskStep } from '../task-desk.js';
import type { TaskState } from '../task.js';
import { quietLogger } from './quiet-logger.js';

export interface Added {
  readonly status: number;
  readonly taskId: string;
  readonly error?: string;
}

/** A coordinator with the projects of its folder, a file each. */
export class TaskWorld {
  readonly results: TaskResult[] = [];
  readonly failures: TaskFailure[] = [];
  readonly folder = mkdtempSync(join(tmpdir(), 'faultline-enhanced-'));
  readonly coordinator: CoordinatorTaskDistributor;
  readonly #token: string | undefined;
  readonly #workers: EnhancedWorkerClient[] = [];

  private constructor(options: CoordinatorTaskDistributorOptions) {
    this.#token = options.token;
    this.coordinator = new CoordinatorTaskDistributor({
      port: 0,
      httpPort: 0,
      enableBonjour: false,
      store: 'memory',
      backoffMs: 10,
      logger: quietLogger().logger,
      taskFolderPath: join(this.folder, 'projects'),
      onResult: (told) => this.results.push(...told),
      onFailure: (failure) => this.failures.push(failure),
      ...options,
    });
  }

  static async start(options: CoordinatorTaskDistributorOptions = {}): Promise<TaskWorld> {
    const world = new TaskWorld(options);
    await world.coordinator.start();
    return world;
  }

  get url(): string {
    return `http://127.0.0.1:${this.coordinator.port}`;
  }

  async project(name: string, files: Readonly<Record<string, string>>): Promise<void> {
    const folder = join(this.folder, 'projects', name);
    await mkdir(folder, { recursive: true });
    for (const [file, text] of Object.entries(files)) await writeFile(join(folder, file), text);
  }

  /** Adds a task as a stranger would: over HTTP. */
  async add(projectName: string, options: Readonly<Record<string, unknown>> = {}): Promise<Added> {
    const answer = await fetch(`http://127.0.0.1:${this.coordinator.httpPort}/addTask`, {
      method: 'POST',
      headers: this.#token === undefined ? {} : { authorization: `Bearer ${this.#token}` },
      body: JSON.stringify({ projectName, options: { taskType: 'build', ...options } }),
    });
    return { status: answer.status, ...((await answer.json()) as Omit<Added, 'status'>) };
  }

  /** A task as soon as it has come to this state. */
  async reaches(taskId: string, state: TaskState): Promise<TaskDetail> {
    const { desk } = this.coordinator;
    const reached = deferred<TaskDetail>();
    const look = (): void => {
      const task = desk.get(taskId);
      if (task?.state === state) reached.resolve(task);
    };
    const end = desk.subscribe(look);
    look();
    try {
      return await reached.promise;
    } finally {
      end();
    }
  }

  states(taskId: string): string[] {
    const steps = this.coordinator.desk.history(taskId) as readonly TaskStep[];
    return steps.map(({ state }) => state);
  }

  /** A worker for `build`, which ends with the world. */
  async worker(options: Partial<EnhancedWorkerClientOptions> = {}): Promise<EnhancedWorkerClient> {
    const made = new EnhancedWorkerClient({
      masterUrl: this.url,
      taskTypes: ['build'],
      workingDirectory: join(this.folder, 'work'),
      logger: quietLogger().logger,
      ...options,
    });
    this.#workers.push(made);
    await made.start();
    return made;
  }

  async close(): Promise<void> {
    for (const worker of this.#workers) await worker.stop({ drainMs: 0 });
    await this.coordinator.stop();
    rmSync(this.folder, { recursive: true, force: true });
  }
}

/** What starts the worlds of a test file; each ends with the test that started it. */
export function taskWorlds(): (options?: CoordinatorTaskDistributorOptions) => Promise<TaskWorld> {
  const started: TaskWorld[] = [];
  afterEach(async () => {
    for (const world of started.splice(0)) await world.close();
  });
  return async (options) => {
    const world = await TaskWorld.start(options);
    started.push(world);
    return world;
  };
}
