import { describe } from '../base/errors.js';
import { checkFunction } from '../otp/option.js';
import { here } from '../runtime/default-runtime.js';
import { CoordinatorFront } from './coordinator-front.js';
import { LedgerDesk } from './ledger-desk.js';
import { type TaskLog, taskLog } from './log.js';
import { OpenParts } from './open-parts.js';
import type { TaskSource } from './replenishing.js';
import { batchDialect } from './socket-batches.js';
import { announced } from './socket-coordinator.js';
import {
  type CoordinatorOptions,
  type CoordinatorSettings,
  coordinatorSettings,
  openStore,
  type StoreOption,
} from './socket-options.js';
import { openSocketServer } from './socket-server.js';
import { WorkerSession } from './socket-session.js';
import { SteadySource } from './steady-source.js';
import type { TaskDesk } from './task-desk.js';
import { BATCH_TYPE, type NewTask } from './task.js';

export interface TaskDistributorOptions<T, R = T> extends CoordinatorOptions {
  /**
   * Called whenever a worker asks and no tasks are left. It has no more when it gives none, or when
   * it gives the same list over and over (a hundred times, or ten thousand tasks of it).
   */
  readonly getTasks: TaskSource<T>;
  /**
   * Told the results of each batch once as long as the process lives. With a folder as `store`, a
   * batch whose results were told as the process ended, or were rejected here, is told again when
   * the next distributor starts.
   */
  readonly handleResults: (results: R[]) => unknown;
  /** Told what became of tasks that were not all answered. */
  readonly onFailure?: (failure: BatchFailure<T>) => unknown;
  /** `'memory'` by default: `getTasks` is where tasks are kept. */
  readonly store?: StoreOption;
}

/** A batch that is not tried again. */
export interface BatchFailure<T> {
  /** The batch. */
  readonly tasks: T[];
  readonly error: string;
}

/**
 * Hands tasks out in batches. A batch is given to another worker when its own is lost, hangs or
 * fails; the results of a batch are handled once.
 */
export class TaskDistributor<T, R = T> {
  readonly #options: TaskDistributorOptions<T, R>;
  readonly #settings: CoordinatorSettings;
  readonly #log: TaskLog;
  readonly #parts = new OpenParts();
  #desk: LedgerDesk | undefined;
  #port: number | undefined;

  /** Throws InvalidOptionError, or TokenRequiredError for an address that needs a token. */
  constructor(options: TaskDistributorOptions<T, R>) {
    checkFunction('getTasks', options.getTasks);
    checkFunction('handleResults', options.handleResults);
    if (options.onFailure !== undefined) checkFunction('onFailure', options.onFailure);
    this.#options = options;
    this.#settings = coordinatorSettings(options);
    this.#log = taskLog(options.logger, 'task-distributor.log');
  }

  /** Where it listens; once it has started. */
  get port(): number | undefined {
    return this.#port;
  }

  /** The batches, each as one task; once it has started. */
  get desk(): TaskDesk {
    if (this.#desk !== undefined) return this.#desk;
    throw new Error('The distributor has no desk yet: await start() first');
  }

  /** Resolves once workers are let in. When it rejects, nothing is left open. */
  async start(): Promise<void> {
    await this.#parts.open(() => this.#open());
    this.#log.info(`task distributor listens at ${this.#settings.host}:${this.#port}`);
  }

  /** Lets go of everything. Batches that are out are kept as its store keeps them. */
  async stop(): Promise<void> {
    await this.#parts.close();
    this.#port = undefined;
    this.#log.close();
  }

  async #open(): Promise<void> {
    const { platform } = here();
    const log = this.#log;
    const { host, token, port, messageBytesMax, enableBonjour, ledger } = this.#settings;
    const place = this.#options.store ?? 'memory';
    const store = await openStore(place, { platform, keepsUntold: true });
    const desk = new LedgerDesk({ platform, store, log }, ledger);
    this.#parts.add(() => desk.close());
    await desk.open();
    this.#desk = desk;
    const front = this.#front(desk);
    this.#parts.add(() => front.close());
    front.tellUntold();
    // Workers wait for what others have: it may come back.
    this.#parts.add(desk.onChange(() => front.isDrained && front.wakeAll()));
    const dialect = batchDialect(() => front.isDrained);
    const { timers } = platform;
    const listening = { host, token, port, messageBytesMax, log, timers };
    const sockets = await openSocketServer(listening, (socket) =>
      front.welcome(new WorkerSession(front.sessionWorld, socket, dialect)),
    );
    this.#parts.add(() => sockets.close());
    this.#port = sockets.port;
    const service = enableBonjour ? announced(this.#settings, sockets.port, log) : undefined;
    if (service !== undefined) this.#parts.add(() => service.close());
  }

  #front(desk: LedgerDesk): CoordinatorFront<R[]> {
    const { getTasks, handleResults } = this.#options;
    const source = new SteadySource(getTasks, this.#log);
    const front: CoordinatorFront<R[]> = new CoordinatorFront<R[]>(desk, {
      ...this.#settings,
      platform: here().platform,
      log: this.#log,
      sourceName: 'getTasks',
      taskGenerator: async () => this.#batches(await source.next()),
      refilled: () => front.wakeAll(),
      onResult: async (told) => {
        for (const { taskId, result } of told) {
          await handleResults(result);
          const tasks = itemsOf<T>(desk.get(taskId)?.task);
          if (result.length >= tasks.length) continue;
          const error = `${result.length} results came for ${tasks.length} tasks`;
          this.#failed({ tasks, error });
        }
      },
      onFailure: ({ task, error }) => this.#failed({ tasks: itemsOf<T>(task), error }),
    });
    return front;
  }

  #batches(tasks: readonly T[]): NewTask[] {
    const { batchSize } = this.#settings;
    return Array.from({ length: Math.ceil(tasks.length / batchSize) }, (_, at) => ({
      taskType: BATCH_TYPE,
      items: tasks.slice(at * batchSize, (at + 1) * batchSize),
    }));
  }

  #failed(failure: BatchFailure<T>): unknown {
    if (this.#options.onFailure !== undefined) return this.#options.onFailure(failure);
    this.#log.warn(`${failure.error}: ${failure.tasks.map(describe).join('; ')}`);
    return undefined;
  }
}

function itemsOf<T>(task: NewTask | undefined): T[] {
  return (task?.['items'] ?? []) as T[];
}
