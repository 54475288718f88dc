import { type Deferred, deferred } from '../base/deferred.js';
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
import { TaskTally } from './task-tally.js';
import { tokenOf } from './task-token.js';
import {
  parseTaskWorkerArguments,
  type TaskWorkerFlags,
  taskWorkerHelpText,
} from './task-worker-arguments.js';
import { loadTaskModule } from './task-worker-module.js';
import { startWatchdog } from './task-worker-watchdog.js';

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
  const { clock, timers } = createNodePlatform();
  const wallMs = (): number => clock.wallMs();
  const journal = new TaskJournal({ ...surroundings, ...flags, name: 'task-worker', wallMs });
  const end = deferred<string>();
  surroundings.onEnd((because) => end.resolve(because), clock);
  const tally = new TaskTally({ concurrency: flags.concurrency ?? 1 });
  const { module, timeoutMs = TIMEOUT_MS, json } = flags;
  try {
    if (module !== undefined) startWatchdog({ timeoutMs, json }, timers);
    // A module may load for as long as it likes, and the worker be told to end meanwhile.
    const options = await Promise.race([optionsOf(flags, surroundings, journal), end.promise]);
    const worker = typeof options === 'string' ? undefined : workerOf(options, tally, journal);
    const because = await (worker === undefined ? end.promise : work(worker, flags, end, journal));
    journal.tell({ event: 'draining', because }, `stopping: ${because}`);
    tally.stopping();
    await worker?.stop();
    tally.stopped();
    journal.tell({ event: 'stopped', ...tally.sums }, `stopped: ${tally.sentence}`);
    return 0;
  } catch (error) {
    const { message, code } = startAdvice(error);
    journal.failed(message, code);
    return 1;
  } finally {
    journal.end();
  }
}

function workerOf(
  options: EnhancedWorkerClientOptions,
  tally: TaskTally,
  journal: TaskJournal,
): EnhancedWorkerClient {
  const onProgress = (progress: WorkerProgress): void => {
    const { kind, taskId, attempt, error } = progress;
    tally.count(progress);
    const fields = { kind, task: taskId, attempt, ...(error === undefined ? {} : { error }) };
    journal.progress({ event: 'task', ...fields }, tally.sentence);
  };
  return new EnhancedWorkerClient({ ...options, onProgress });
}

/** Resolves with why it is to end; rejects when it cannot start, or cannot go on. */
async function work(
  worker: EnhancedWorkerClient,
  { types }: TaskWorkerFlags,
  end: Deferred<string>,
  journal: TaskJournal,
): Promise<string> {
  let isEnding = false;
  // It may wait for its coordinator for as long as it likes, and be told to end meanwhile.
  const started = worker.start().then(() => {
    if (isEnding) return;
    const { workerId } = worker;
    const event = { event: 'ready', worker: workerId, pid: process.pid };
    journal.tell(event, `ready: ${workerId} takes ${types.join(', ')}`);
  });
  const ended = started.then(() => worker.ended).then(() => 'it has ended');
  const because = await Promise.race([end.promise, ended]);
  isEnding = true;
  return because;
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

/** Of a task, where nothing else is said. */
const TIMEOUT_MS = 600_000;
