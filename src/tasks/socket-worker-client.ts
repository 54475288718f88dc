import type { Logger } from 'winston';
import { checkDelayMs, checkFunction } from '../otp/option.js';
import type { BonjourPlace } from '../cluster/discovery-responder.js';
import { BatchShift } from './batch-shift.js';
import { checkMasterUrl } from './master-url.js';
import { type WorkerLife, workerLife } from './worker-life.js';

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
  /** How long the batch under way may take when it stops; 30,000 by default. */
  readonly drainMs?: number;
}

/** Takes batches from a {@link TaskDistributor}, one at a time, until there are no more. */
export class WorkerClient<T, R = T> {
  readonly #life: WorkerLife;

  /** Throws InvalidOptionError. */
  constructor(options: WorkerClientOptions<T, R>) {
    checkFunction('processTasks', options.processTasks);
    checkMasterUrl(options.masterUrl);
    for (const name of ['discoveryTimeoutMs', 'waitMs', 'processTimeoutMs', 'drainMs'] as const) {
      if (options[name] !== undefined) checkDelayMs(name, options[name]);
    }
    const { keepWaiting = false, waitMs = 1000, processTimeoutMs = 600_000 } = options;
    const { drainMs = 30_000 } = options;
    this.#life = workerLife(
      { ...options, keepWaiting, waitMs, processTimeoutMs, drainMs },
      (settings, log, host) => new BatchShift(settings, log, host),
    );
  }

  /** What the master knows it as; the same when it is started again. */
  get workerId(): string {
    return this.#life.workerId;
  }

  /**
   * Resolves when the worker has ended, by itself or by `stop`. Rejects when it cannot go on: with
   * WorkerReplacedError when another worker came under its id, with WorkerRefusedError when the
   * master does not let it in again. After another `start` it is about that one.
   */
  get ended(): Promise<void> {
    return this.#life.ended;
  }

  /**
   * Resolves when it is connected, or stopped meanwhile. Rejects when no master is found in time,
   * or it refuses. A second call gives the promise of the first; a worker that has ended begins
   * anew.
   */
  start(): Promise<void> {
    return this.#life.start();
  }

  /**
   * Takes nothing more, waits for the batch under way, `drainMs` at the most, until its results are
   * acknowledged, and leaves; what is not done then goes to another worker.
   */
  stop({ drainMs }: { readonly drainMs?: number } = {}): Promise<void> {
    return this.#life.stop(drainMs);
  }
}
