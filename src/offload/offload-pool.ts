import { createRequire } from 'node:module';
import { availableParallelism } from 'node:os';
import type { Piscina } from 'piscina';
import { unreachable } from '../base/assert.js';
import { Deque } from '../base/deque.js';
import { toError } from '../base/errors.js';
import { checkArray, checkCount, checkDelayMs, checkName, checkSignal } from '../otp/option.js';
import type { Platform } from '../platform/platform.js';
import { OffloadModuleError, OffloadQueueFullError, OffloadTaskError } from './offload-error.js';
import { OffloadTask } from './offload-task.js';
import { threadFile } from './thread-file.js';
import { type ThreadOutcome, type ThreadTask, errorOf } from './thread-task.js';
import { importable, modulePath } from './user-module.js';

/** The bounds of a pool. */
export interface OffloadOptions {
  /** Threads that run tasks at a time, one each; as many as the machine has cores by default. */
  readonly maxThreads?: number;
  /** Tasks that may wait for a thread; 1000 by default. One more is refused. */
  readonly maxQueue?: number;
  /** How long a thread without a task is kept; 1000 ms by default. It never holds the process. */
  readonly idleTimeoutMs?: number;
  /** Flags of Node for the threads; none by default, whatever this process was started with. */
  readonly execArgv?: readonly string[];
}

/** What may be told with a task. */
export interface OffloadRunOptions {
  /** Ends the task when it is aborted, in the middle of its work if need be. */
  readonly signal?: AbortSignal;
  /** Milliseconds from now until the task is ended, waiting included; no limit by default. */
  readonly timeoutMs?: number;
  /** What moves to the thread instead of being copied: buffers in `args`, ports. */
  readonly transfer?: readonly (ArrayBuffer | import('node:worker_threads').MessagePort)[];
}

/**
 * Threads for work that would hold up an event loop. They start when there are tasks, and the
 * number of tasks that run or wait is bounded.
 */
export class OffloadPool {
  readonly #platform: Pick<Platform, 'timers' | 'log'>;
  readonly #limits: Required<OffloadOptions>;
  readonly #waiting = new Deque<OffloadTask>();
  readonly #running = new Set<OffloadTask>();
  #threads: Promise<Piscina<ThreadTask, ThreadOutcome>> | undefined;

  /** Throws InvalidOptionError. */
  constructor(platform: Pick<Platform, 'timers' | 'log'>, options: OffloadOptions = {}) {
    const { maxThreads = availableParallelism(), maxQueue = 1000, idleTimeoutMs = 1000 } = options;
    const { execArgv = [] } = options;
    checkArray('execArgv', execArgv);
    this.#platform = platform;
    this.#limits = {
      maxThreads: checkCount('maxThreads', maxThreads, 1),
      maxQueue: checkCount('maxQueue', maxQueue, 0),
      idleTimeoutMs: checkDelayMs('idleTimeoutMs', idleTimeoutMs),
      execArgv,
    };
  }

  /**
   * Calls the export `name` of `module` in a thread and resolves to what it returns. `module` is a
   * URL or a path, of JavaScript or TypeScript; arguments and result are copied, so they are what
   * `structuredClone` takes. Tasks begin in the order they were handed in. A module stays loaded
   * in a thread while that lives, and not longer: it is no place for state.
   *
   * Rejects with OffloadQueueFullError, OffloadAbortedError, OffloadTimeoutError,
   * OffloadTaskError, OffloadModuleError. An aborted task is ended with its thread: what it had
   * begun outside of it stays half done.
   */
  async run<Result>(
    module: string | URL,
    name: string,
    args: readonly unknown[] = [],
    options: OffloadRunOptions = {},
  ): Promise<Result> {
    checkName('the name of the function', name);
    checkArray('args', args);
    if (options.signal !== undefined) checkSignal(options.signal);
    if (options.timeoutMs !== undefined) checkDelayMs('timeoutMs', options.timeoutMs);
    const { maxThreads, maxQueue } = this.#limits;
    if (this.#running.size >= maxThreads && this.#waiting.length >= maxQueue) {
      throw new OffloadQueueFullError(maxQueue);
    }
    const task = new OffloadTask(this.#platform.timers, modulePath(module), name, args, options);
    if (!task.isOver) this.#waiting.push(task);
    this.#next();
    try {
      return (await task.outcome) as Result;
    } finally {
      if (!task.hasBegun) this.#waiting.retain((other) => other !== task);
    }
  }

  /** Tasks that run, and that wait for a thread. */
  get load(): { readonly running: number; readonly waiting: number } {
    return { running: this.#running.size, waiting: this.#waiting.length };
  }

  /**
   * Aborts every task and ends the threads. The pool can be used again: threads start anew. A pool
   * that is idle need not be closed for a program to end.
   */
  async close(): Promise<void> {
    const threads = this.#threads;
    this.#threads = undefined;
    const closed = new Error('the pool was closed');
    for (const task of [...this.#running, ...this.#waiting]) task.abort(closed);
    await (await threads)?.destroy();
  }

  /** Resolves once no task runs or waits, and ends the threads then. */
  async drain(): Promise<void> {
    while (this.#running.size > 0 || this.#waiting.length > 0) {
      await Promise.allSettled([...this.#running, ...this.#waiting].map(({ outcome }) => outcome));
    }
    await this.close();
  }

  // The pool below is handed no more than it has threads for: it forgets who waits for a thread
  // when the last one is ended by an abort.
  #next(): void {
    while (this.#running.size < this.#limits.maxThreads) {
      const task = this.#waiting.shift();
      if (task === undefined) return;
      if (task.isOver) continue;
      task.hasBegun = true;
      this.#running.add(task);
      void this.#perform(task).finally(() => {
        this.#running.delete(task);
        this.#next();
      });
    }
  }

  async #perform(task: OffloadTask): Promise<void> {
    const { path, name, args, transfer, signal } = task;
    try {
      const [href, threads] = await Promise.all([
        importable(path).catch((error: unknown) => {
          throw new OffloadModuleError(path, toError(error).message, { cause: error });
        }),
        (this.#threads ??= this.#open()),
      ]);
      const options = { signal, transferList: [...transfer] };
      task.settle(valueOf(task, await threads.run({ href, name, args }, options)));
    } catch (error) {
      const isOurs = error instanceof OffloadModuleError || error instanceof OffloadTaskError;
      task.fail(isOurs ? error : new OffloadTaskError(task.label, error));
    }
  }

  async #open(): Promise<Piscina<ThreadTask, ThreadOutcome>> {
    const filename = await threadFile();
    // Loaded by those who use it, and by nobody else: it takes longer than all the rest.
    const piscina = createRequire(import.meta.url)('piscina') as typeof import('piscina');
    const threads = new piscina.Piscina<ThreadTask, ThreadOutcome>({
      filename,
      minThreads: 0,
      maxThreads: this.#limits.maxThreads,
      maxQueue: this.#limits.maxThreads,
      idleTimeout: this.#limits.idleTimeoutMs,
      // What a task leaves to run after it, runs.
      atomics: 'disabled',
      recordTiming: false,
      execArgv: [...this.#limits.execArgv],
    });
    threads.on('error', (error: unknown) => this.#threadFailed(threads, error));
    return threads;
  }

  // Nobody would ever come for the tasks that wait below when the last thread died on its way up.
  #threadFailed({ queueSize, threads }: Piscina<ThreadTask, ThreadOutcome>, error: unknown): void {
    this.#platform.log.error('a thread without a task failed', { error });
    if (queueSize === 0 || threads.length > 0) return;
    for (const task of this.#running) task.end(new OffloadTaskError(task.label, error));
  }
}

function valueOf({ label, path, name }: OffloadTask, outcome: ThreadOutcome): unknown {
  switch (outcome.kind) {
    case 'returned':
      return outcome.value;
    case 'threw':
      throw new OffloadTaskError(label, errorOf(outcome.error));
    case 'unloadable': {
      const cause = errorOf(outcome.error);
      throw new OffloadModuleError(path, cause.message, { cause });
    }
    case 'nameless':
      throw new OffloadModuleError(path, `it exports no function ${name}`);
    default:
      return unreachable(outcome);
  }
}
