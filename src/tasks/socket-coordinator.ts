import type { StandardSchemaV1 } from '@standard-schema/spec';
import { toError } from '../base/errors.js';
import { checkFunction } from '../otp/option.js';
import { here } from '../runtime/default-runtime.js';
import { CoordinatorFront } from './coordinator-front.js';
import type { BonjourPlace } from '../cluster/discovery-responder.js';
import { announceCoordinator } from './discovery.js';
import { openHttpDoor } from './http-door.js';
import { LedgerDesk } from './ledger-desk.js';
import { type TaskLog, taskLog } from './log.js';
import { OpenParts } from './open-parts.js';
import type { TaskSource } from './replenishing.js';
import {
  checkPort,
  type CoordinatorOptions,
  type CoordinatorSettings,
  coordinatorSettings,
  openStore,
  type StoreOption,
} from './socket-options.js';
import { openSocketServer } from './socket-server.js';
import { WorkerSession } from './socket-session.js';
import type { TaskDesk } from './task-desk.js';
import type { NewTask, Task, TaskSettings, TypedTask } from './task.js';

/**
 * Hands tasks to enhanced workers and keeps them until they are done.
 *
 * Every change is stored before anybody is told of it: a coordinator that is killed goes on with
 * every task when it is started again. A task may be tried more than once; one result of it counts.
 */
export class CoordinatorTaskDistributor<T extends TypedTask = NewTask, R = unknown> {
  readonly #options: CoordinatorTaskDistributorOptions<T, R>;
  readonly #settings: CoordinatorSettings;
  readonly #httpPort: number | false;
  readonly #log: TaskLog;
  readonly #parts = new OpenParts();
  #desk: LedgerDesk | undefined;
  #ports: CoordinatorPorts | undefined;

  /** Throws InvalidOptionError, or TokenRequiredError for an address that needs a token. */
  constructor(options: CoordinatorTaskDistributorOptions<T, R> = {}) {
    for (const name of ['onResult', 'onFailure', 'taskGenerator'] as const) {
      if (options[name] !== undefined) checkFunction(name, options[name]);
    }
    const { httpPort = 5000 } = options;
    this.#options = options;
    this.#settings = coordinatorSettings(options);
    this.#httpPort = httpPort === false ? false : checkPort('httpPort', httpPort);
    this.#log = taskLog(options.logger, 'coordinator.log');
  }

  /** How tasks are added and looked at; once it has started. */
  get desk(): TaskDesk {
    if (this.#desk !== undefined) return this.#desk;
    throw new Error('The coordinator has no desk yet: await start() first');
  }

  /** Where it listens; once it has started. */
  get port(): number | undefined {
    return this.#ports?.port;
  }

  /** Where the page and the HTTP interface are; once it has started, unless it has none. */
  get httpPort(): number | undefined {
    return this.#ports?.httpPort;
  }

  /** Resolves once workers and requests are let in. When it rejects, nothing is left open. */
  async start(): Promise<void> {
    await this.#parts.open(() => this.#open());
    this.#log.info(`coordinator listens for workers at ${this.#settings.host}:${this.port}`);
    if (this.httpPort !== undefined) {
      this.#log.info(`coordinator listens for requests at ${this.#settings.host}:${this.httpPort}`);
    }
  }

  /** Lets go of everything; workers keep what they have, and come back when it starts again. */
  async stop(): Promise<void> {
    await this.#parts.close();
    this.#ports = undefined;
    this.#log.close();
  }

  /** Takes a task; see {@link TaskDesk.add}. */
  addTask(task: T, settings?: TaskSettings): Promise<{ readonly taskId: string }> {
    return this.desk.add(task as NewTask & T, settings);
  }

  async #open(): Promise<void> {
    const { platform } = here();
    const { host, token, port, messageBytesMax } = this.#settings;
    const log = this.#log;
    const { onResult, store: place = { path: defaultStorePath(port) } } = this.#options;
    const store = await openStore(place, { platform, keepsUntold: onResult !== undefined });
    const { taskSchema, resultSchema } = this.#options;
    const desk = new LedgerDesk(
      { platform, store, log, schemas: { task: taskSchema, result: resultSchema } },
      this.#settings.ledger,
    );
    this.#parts.add(() => desk.close());
    await desk.open();
    this.#desk = desk;
    const front = new CoordinatorFront(desk, {
      ...this.#options,
      ...this.#settings,
      platform,
      log,
    });
    this.#parts.add(() => front.close());
    front.tellUntold();
    const { timers } = platform;
    const listening = { host, token, port, messageBytesMax, log, timers };
    const sockets = await openSocketServer(listening, (socket) =>
      front.welcome(new WorkerSession(front.sessionWorld, socket)),
    );
    this.#parts.add(() => sockets.close());
    this.#ports = { port: sockets.port, httpPort: await this.#openHttp(desk) };
    this.#announce(sockets.port);
  }

  async #openHttp(desk: TaskDesk): Promise<number | undefined> {
    if (this.#httpPort === false) return undefined;
    const { host, token } = this.#settings;
    const { taskFolderPath } = this.#options;
    const options = { desk, host, port: this.#httpPort, token, taskFolderPath };
    const http = await openHttpDoor(options, { log: this.#log });
    this.#parts.add(() => http.close());
    return http.port;
  }

  #announce(port: number): void {
    if (!this.#settings.enableBonjour) return;
    const service = announced(this.#settings, port, this.#log);
    if (service !== undefined) this.#parts.add(() => service.close());
  }
}

export interface CoordinatorTaskDistributorOptions<
  T extends TypedTask = NewTask,
  R = unknown,
> extends CoordinatorOptions {
  /** 5000 by default, 0 for any free one, `false` for none. */
  readonly httpPort?: number | false;
  /** Where projects lie that are added by name over HTTP. */
  readonly taskFolderPath?: string;
  /**
   * Where tasks are kept: `{ path }` of a folder, or `'memory'`, which ends with the process. By
   * default a folder of its port's own in the working directory, `./.faultline/tasks-4000`. What is
   * acknowledged to anybody is stored first.
   */
  readonly store?: StoreOption;
  /**
   * Told each task's result when it is stored and before its worker hears of it: once as long as
   * the process lives. In a folder a result is noted until what this gave has resolved: one that
   * was under way as the process ended, within the last second too, or that this rejected, is told
   * again when the next coordinator with an `onResult` starts, before workers are let in. It stays
   * noted for as long as its task is remembered (`finishedMax`). In memory it may go untold.
   */
  readonly onResult?: (results: TaskResult<R>[]) => unknown;
  /** Told each task that became a dead letter, a cancelled one too. */
  readonly onFailure?: (failure: TaskFailure) => unknown;
  /** Asked for tasks when a worker asks and none is left for it. Known ids are passed over. */
  readonly taskGenerator?: TaskSource<T>;
  /** Looks at every task that is added; what it refuses is not added. */
  readonly taskSchema?: StandardSchemaV1;
  /** Looks at every result; a try whose result it refuses has failed. */
  readonly resultSchema?: StandardSchemaV1;
}

/** A result that counts, and who found it at which try. */
export interface TaskResult<R = unknown> {
  readonly taskId: string;
  readonly result: R;
  readonly workerId: string;
  readonly attempt: number;
}

/** A task that is not tried again, and why it failed last. */
export interface TaskFailure {
  readonly task: Task;
  readonly error: string;
}

/** Announces a coordinator; without multicast it is logged and goes on. */
export function announced(
  settings: {
    readonly serviceType: string;
    readonly host: string;
    readonly bonjour: BonjourPlace | undefined;
  },
  port: number,
  log: TaskLog,
): { close(): Promise<void> } | undefined {
  const { serviceType, host, bonjour } = settings;
  const failed = (error: unknown): void => {
    log.warn(`workers cannot find this coordinator by Bonjour: ${toError(error).message}`);
  };
  try {
    const place = bonjour === undefined ? {} : { place: bonjour };
    return announceCoordinator({ serviceType, host, port, ...place }, failed);
  } catch (error) {
    failed(error);
    return undefined;
  }
}

interface CoordinatorPorts {
  readonly port: number;
  readonly httpPort: number | undefined;
}

// Coordinators that are started from one folder are told apart by their ports.
function defaultStorePath(port: number): string {
  return `.faultline/tasks-${port}`;
}
