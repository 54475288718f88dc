import type { Logger } from 'winston';
import { deferred } from '../base/deferred.js';
import { describe, toError } from '../base/errors.js';
import { checkDelayMs, checkFunction } from '../otp/option.js';
import type { Timer } from '../platform/platform.js';
import { here } from '../runtime/default-runtime.js';
import type { BonjourPlace } from '../cluster/discovery-responder.js';
import { type TaskLog, taskLog } from './log.js';
import type { AssignTask, Try } from './protocol.js';
import { BASIC_LINK } from './socket-link-dialect.js';
import { SocketWorkerLink } from './socket-worker-link.js';
import type { WorkerLink } from './worker-link.js';

/** How a worker is started. All of it is checked before anything starts. */
export interface WorkerClientOptions<T, R> {
  /** Does a batch and gives its results. A rejection sends the batch back, to be tried again. */
  readonly processTasks: (tasks: T[]) => R[] | Promise<R[]>;
  /** Such as `http://127.0.0.1:4000`; found by Bonjour when it is missing. */
  readonly masterUrl?: string;
  /** `eventbus` by default. */
  readonly serviceType?: string;
  /** How long to look for a master; 10,000 by default. */
  readonly discoveryTimeoutMs?: number;
  readonly bonjour?: BonjourPlace;
  readonly token?: string;
  readonly workerId?: string;
  readonly logger?: Logger;
  /** Goes on asking when there are no more tasks; false by default, and the worker ends then. */
  readonly keepWaiting?: boolean;
  /** The pause before it asks again; 1000 by default. */
  readonly waitMs?: number;
  /** A batch that takes longer is given back as failed; 600,000 by default. */
  readonly processTimeoutMs?: number;
}

/** Takes batches from a {@link TaskDistributor}, one at a time, until there are no more. */
export class WorkerClient<T, R = T> {
  /** Resolves when the worker has ended, by itself or by `stop`. */
  readonly ended: Promise<void>;
  readonly #options: WorkerClientOptions<T, R>;
  readonly #log: TaskLog;
  readonly #link: WorkerLink;
  readonly #end = deferred<void>();
  #current: Try | undefined;
  #waiting: Timer | undefined;
  #stopping: Promise<void> | undefined;

  /** Throws InvalidOptionError. */
  constructor(options: WorkerClientOptions<T, R>) {
    checkFunction('processTasks', options.processTasks);
    for (const name of ['discoveryTimeoutMs', 'waitMs', 'processTimeoutMs'] as const) {
      if (options[name] !== undefined) checkDelayMs(name, options[name]);
    }
    this.#options = options;
    this.#log = taskLog(options.logger, 'worker.log');
    this.ended = this.#end.promise;
    this.#link = new SocketWorkerLink(
      { ...options, log: this.#log },
      {
        onTask: (assignment) => void this.#work(assignment),
        onNoTask: () => this.#noMore(),
        // After a reconnection nobody knows of what was asked before.
        onTasksAvailable: () => this.#ask(),
        onLost: ({ taskId }) => {
          this.#log.warn(`batch ${taskId} was given to another worker; its results will not count`);
        },
      },
      BASIC_LINK,
    );
  }

  /** What the master knows it as. */
  get workerId(): string {
    return this.#link.workerId;
  }

  /** Resolves when it is connected. Rejects when no master is found in time, or it refuses. */
  async start(): Promise<void> {
    try {
      await this.#link.open();
    } catch (error) {
      this.#log.error(toError(error).message);
      await this.stop();
      throw error;
    }
    this.#ask();
  }

  /** Takes nothing more, waits until its last results are acknowledged, and leaves. */
  stop(): Promise<void> {
    this.#stopping ??= this.#stop();
    return this.#stopping;
  }

  async #stop(): Promise<void> {
    this.#waiting?.cancel();
    await this.#link.close();
    this.#log.info('worker stopped');
    this.#log.close();
    this.#end.resolve();
  }

  #ask(): void {
    if (this.#stopping === undefined && this.#current === undefined) this.#link.request();
  }

  #noMore(): void {
    if (this.#stopping !== undefined) return;
    if (this.#options.keepWaiting !== true) {
      this.#log.info('there are no more tasks');
      void this.stop();
      return;
    }
    this.#waiting?.cancel();
    const ask = (): void => this.#ask();
    this.#waiting = here().platform.timers.after(this.#options.waitMs ?? 1000, ask);
  }

  async #work({ task, attempt }: AssignTask): Promise<void> {
    const { taskId } = task;
    const current = { taskId, attempt };
    this.#current = current;
    const outcome = await this.#process((task['items'] ?? []) as T[]);
    // Nobody waits for the receipt: it is kept until it is there, and the next batch may come.
    const told =
      'results' in outcome
        ? this.#link.report({
            event: 'taskCompleted',
            message: { ...current, result: outcome.results },
          })
        : this.#link.report({ event: 'taskFailed', message: { ...current, error: outcome.error } });
    void told.then(({ accepted, reason = '' }) => {
      if (!accepted) this.#log.warn(`the results of batch ${taskId} do not count: ${reason}`);
    });
    this.#current = undefined;
    this.#ask();
  }

  async #process(tasks: T[]): Promise<{ results: R[] } | { error: string }> {
    const { processTasks, processTimeoutMs = 600_000 } = this.#options;
    const late = deferred<never>();
    const giveUp = (): void => {
      late.reject(new Error(`processTasks was not done within ${processTimeoutMs} ms`));
    };
    const timer = here().platform.timers.after(processTimeoutMs, giveUp);
    try {
      const results: unknown = await Promise.race([processTasks(tasks), late.promise]);
      if (Array.isArray(results)) return { results: results as R[] };
      return { error: `processTasks gave ${describe(results)}, not an array of results` };
    } catch (error) {
      const { message } = toError(error);
      this.#log.error(`a batch of ${tasks.length} tasks failed: ${message}`);
      return { error: message };
    } finally {
      timer.cancel();
    }
  }
}
