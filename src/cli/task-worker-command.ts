import { deferred } from '../base/deferred.js';
import { createNodePlatform } from '../platform/node-platform.js';
import {
  EnhancedWorkerClient,
  type EnhancedWorkerClientOptions,
  type WorkerProgress,
} from '../tasks.js';
import type { CommandProcess } from './command-process.js';
import { obey } from './task-command.js';
import { startAdvice } from './start-advice.js';
import { TaskJournal } from './task-journal.js';
import { tokenOf } from './task-token.js';
import {
  parseTaskWorkerArguments,
  type TaskWorkerFlags,
  taskWorkerHelpText,
} from './task-worker-arguments.js';
import { loadTaskModule } from './task-worker-module.js';

/** Runs a worker until it has stopped, and gives the exit code. Never rejects. */
export function taskWorkerCommand(
  args: readonly string[],
  surroundings: CommandProcess,
): Promise<number> {
  const command = {
    name: 'task-worker',
    parse: parseTaskWorkerArguments,
    help: taskWorkerHelpText,
    run: runWorker,
  };
  return obey(command, args, surroundings);
}

async function runWorker(flags: TaskWorkerFlags, surroundings: CommandProcess): Promise<number> {
  const { clock } = createNodePlatform();
  const wallMs = (): number => clock.wallMs();
  const journal = new TaskJournal({ ...surroundings, ...flags, name: 'task-worker', wallMs });
  const end = deferred<string>();
  surroundings.onEnd((because) => end.resolve(because), clock);
  const tally = new Tally(journal);
  try {
    const options = await optionsOf(flags, surroundings, journal);
    const worker = new EnhancedWorkerClient({
      ...options,
      onProgress: (progress) => tally.count(progress),
    });
    let isEnding = false;
    // It may wait for its coordinator for as long as it likes, and be told to end meanwhile.
    const started = worker.start().then(() => {
      if (isEnding) return;
      const { workerId } = worker;
      const types = flags.types.join(', ');
      const event = { event: 'ready', worker: workerId, pid: process.pid };
      journal.tell(event, `ready: ${workerId} takes ${types}`);
    });
    const because = await Promise.race([end.promise, started.then(() => end.promise)]);
    isEnding = true;
    journal.tell({ event: 'draining', because }, `stopping: ${because}`);
    await worker.stop();
    journal.tell({ event: 'stopped', ...tally.sums() }, `stopped: ${tally.sentence()}`);
    return 0;
  } catch (error) {
    const { message, code } = startAdvice(error);
    journal.failed(message, code);
    return 1;
  } finally {
    journal.end();
  }
}

async function optionsOf(
  flags: TaskWorkerFlags,
  { env }: CommandProcess,
  { logger }: TaskJournal,
): Promise<EnhancedWorkerClientOptions> {
  const { master, module, types, concurrency, name, timeoutMs, memoryMb, work, drainMs } = flags;
  const { serviceType, allowCodeExecution, allowInstallScripts } = flags;
  const token = tokenOf(flags, env);
  return {
    logger,
    taskTypes: types,
    allowCodeExecution,
    allowInstallScripts,
    stopOnSigterm: false,
    limits: {
      ...(timeoutMs === undefined ? {} : { timeoutMs }),
      ...(memoryMb === undefined ? {} : { memoryMb }),
    },
    ...(module === undefined ? {} : { execute: await loadTaskModule(module) }),
    ...(master === undefined ? {} : { masterUrl: master }),
    ...(serviceType === undefined ? {} : { serviceType }),
    ...(concurrency === undefined ? {} : { concurrency }),
    ...(name === undefined ? {} : { workerId: name }),
    ...(work === undefined ? {} : { workingDirectory: work }),
    ...(drainMs === undefined ? {} : { drainMs }),
    ...(token === undefined ? {} : { token }),
  };
}

/** Counts what became of tasks, and tells each. */
class Tally {
  readonly #journal: TaskJournal;
  readonly #sums = { running: 0, completed: 0, failed: 0, lost: 0 };

  constructor(journal: TaskJournal) {
    this.#journal = journal;
  }

  count({ kind, taskId, attempt, error }: WorkerProgress): void {
    const sums = this.#sums;
    switch (kind) {
      case 'started':
        sums.running++;
        break;
      case 'completed':
      case 'failed':
        sums.running--;
        sums[kind]++;
        break;
      case 'refused':
      case 'given up':
        sums.running--;
        sums.lost++;
        break;
    }
    const fields = { kind, task: taskId, attempt, ...(error === undefined ? {} : { error }) };
    this.#journal.progress({ event: 'task', ...fields }, this.sentence());
  }

  sums(): Readonly<Record<string, number>> {
    return { ...this.#sums };
  }

  sentence(): string {
    const { running, completed, failed, lost } = this.#sums;
    return `${running} running, ${completed} completed, ${failed} failed, ${lost} lost to others`;
  }
}
