import { type EnhancedWorkerClientOptions, workerSettings } from './enhanced-worker-options.js';
import { EnhancedShift } from './enhanced-worker-shift.js';
import type { Task } from './task.js';
import { type WorkerLife, workerLife } from './worker-life.js';

/**
 * A worker that takes tasks of its types, one at a time or a few, until it is stopped.
 *
 * A task is a project shipped as files, which is installed and run in a process of its own, or
 * whatever `execute` makes of it. Its lease is renewed while it runs; what came of it is kept until
 * the coordinator has acknowledged it, over broken connections too. A task may still be done twice,
 * by two workers that lost sight of the coordinator; one result counts.
 */
export class EnhancedWorkerClient<T extends object = Task, R = unknown> {
  readonly #life: WorkerLife;

  /** Throws InvalidOptionError. */
  constructor(options: EnhancedWorkerClientOptions<T, R>) {
    this.#life = workerLife(
      workerSettings(options),
      (settings, log, host) => new EnhancedShift<T, R>(settings, log, host),
    );
  }

  /** What the coordinator knows it as; the same when it is started again. */
  get workerId(): string {
    return this.#life.workerId;
  }

  /**
   * Resolves when it has stopped, on its own account or by `stop()`. Rejects when it cannot go on:
   * with WorkerReplacedError when another worker came under its id, with WorkerRefusedError when
   * the coordinator does not let it in again. After another `start` it is about that one.
   */
  get ended(): Promise<void> {
    return this.#life.ended;
  }

  /**
   * Finds the coordinator, connects and asks for tasks; resolves as well when it is stopped
   * meanwhile. Rejects when there is none or it refuses, and with CodeExecutionRefusedError when
   * this worker would have to run code that it may not. A second call gives the promise of the
   * first; a worker that has stopped begins anew.
   */
  start(): Promise<void> {
    return this.#life.start();
  }

  /**
   * Takes no more tasks, waits for those that run, `drainMs` at the most, and says goodbye; what is
   * not done then is given up and goes to another worker at once.
   */
  stop({ drainMs }: { readonly drainMs?: number } = {}): Promise<void> {
    return this.#life.stop(drainMs);
  }
}

export default EnhancedWorkerClient;
