import { deferred, type Deferred } from '../base/deferred.js';
import { toError } from '../base/errors.js';
import { type TaskLog, taskLog } from './log.js';

/** What a worker is between a start and the end that follows it. */
export interface WorkerShift {
  readonly workerId: string;
  /** Closed when the shift is over. */
  readonly log: TaskLog;
  /** Resolves when it is at work. A `close` meanwhile makes it resolve or reject soon. */
  open(): Promise<void>;
  /** Takes nothing more, finishes what it has, `drainMs` at the most, and leaves. */
  close(drainMs: number): Promise<void>;
  /** Makes a `close` under way wait no longer. */
  hurry(): void;
}

/** How a shift ends itself. */
export interface ShiftHost {
  stop(): Promise<void>;
  /** Nothing can be done any more, as `error` says. */
  fail(error: Error): void;
}

/** What is the same in every shift of a worker, but for the name that it gets with the first. */
export interface LifeSettings {
  readonly logger?: Parameters<typeof taskLog>[0];
  /** For whoever stops without a word about it. */
  readonly drainMs: number;
  readonly workerId?: string;
}

/** The shifts of a worker with these settings. */
export function workerLife<Settings extends LifeSettings>(
  settings: Settings,
  make: (settings: Settings, log: TaskLog, host: ShiftHost) => WorkerShift,
): WorkerLife {
  const { logger, drainMs } = settings;
  const next: MakeShift = (host, workerId) => {
    const named = workerId === undefined ? settings : { ...settings, workerId };
    return make(named, taskLog(logger, 'worker.log'), host);
  };
  return new WorkerLife(next, { drainMs });
}

/** Makes the next shift, under a name that it had before. */
type MakeShift = (host: ShiftHost, workerId?: string) => WorkerShift;

/** The shifts of a worker, one after the other: whoever has stopped may start again. */
export class WorkerLife {
  readonly #make: MakeShift;
  readonly #drainMs: number;
  #run: Run;

  /** `drainMs` is for whoever stops without a word about it. */
  constructor(make: MakeShift, { drainMs }: { readonly drainMs: number }) {
    this.#make = make;
    this.#drainMs = drainMs;
    this.#run = new Run(this.#make, { drainMs });
  }

  get workerId(): string {
    return this.#run.shift.workerId;
  }

  /** Of the present shift, or the last one. */
  get ended(): Promise<void> {
    return this.#run.ended;
  }

  /** Gives the promise of the first call until it is stopped. */
  start(): Promise<void> {
    const former = this.#run;
    if (former.isEnding) {
      const after = former.stop();
      this.#run = new Run(this.#make, {
        drainMs: this.#drainMs,
        after,
        workerId: former.shift.workerId,
      });
    }
    return this.#run.start();
  }

  stop(drainMs?: number): Promise<void> {
    return this.#run.stop(drainMs);
  }
}

interface RunOptions {
  readonly drainMs: number;
  /** The end of the shift before. */
  readonly after?: Promise<void>;
  readonly workerId?: string;
}

class Run implements ShiftHost {
  readonly shift: WorkerShift;
  readonly ended: Promise<void>;
  readonly #options: RunOptions;
  readonly #end: Deferred<void> = deferred();
  #starting: Promise<void> | undefined;
  #stopping: Promise<void> | undefined;
  #failure: Error | undefined;

  constructor(make: MakeShift, options: RunOptions) {
    this.#options = options;
    this.ended = this.#end.promise;
    // Whoever looks at it hears of a failure; a program that does not is not to end by it.
    this.ended.catch(() => undefined);
    this.shift = make(this, options.workerId);
  }

  get isEnding(): boolean {
    return this.#stopping !== undefined;
  }

  start(): Promise<void> {
    this.#starting ??= this.#start();
    return this.#starting;
  }

  stop(drainMs = this.#options.drainMs): Promise<void> {
    this.#stopping ??= this.#stop(drainMs);
    return this.#stopping;
  }

  fail(error: Error): void {
    this.#failure ??= error;
    this.shift.log.error(error.message);
    void this.stop(0);
    this.shift.hurry();
  }

  async #start(): Promise<void> {
    const { after } = this.#options;
    try {
      if (after !== undefined) await after;
      if (!this.isEnding) await this.shift.open();
    } catch (error) {
      if (this.isEnding) {
        // Whoever stops it does not care that it did not start.
        this.shift.log.debug(`stopped before it had started: ${toError(error).message}`);
        return;
      }
      await this.stop(0);
      throw error;
    }
  }

  async #stop(drainMs: number): Promise<void> {
    const { log } = this.shift;
    try {
      await this.shift.close(drainMs);
    } catch (error) {
      log.error(`not all was left in order: ${toError(error).message}`);
    }
    if (this.#starting !== undefined) log.info('worker stopped');
    log.close();
    if (this.#failure === undefined) this.#end.resolve();
    else this.#end.reject(this.#failure);
  }
}
