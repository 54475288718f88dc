import { describe, toError } from '../base/errors.js';
import type { Timer } from '../platform/platform.js';
import { here } from '../runtime/default-runtime.js';
import { Drain, receiptMs } from './drain.js';
import type { TaskLog } from './log.js';
import type { AssignTask, Try } from './protocol.js';
import { BASIC_LINK } from './socket-link-dialect.js';
import { SocketWorkerLink } from './socket-worker-link.js';
import { within } from './time-limit.js';
import type { ShiftHost, WorkerShift } from './worker-life.js';
import type { WorkerLink, WorkerLinkOptions, WorkerReport } from './worker-link.js';

export interface BatchShiftOptions<T, R> extends Omit<WorkerLinkOptions, 'log'> {
  readonly processTasks: (tasks: T[]) => R[] | Promise<R[]>;
  readonly keepWaiting: boolean;
  /** The pause before it asks again. */
  readonly waitMs: number;
  readonly processTimeoutMs: number;
}

/** Takes batches, one at a time, until there are no more. */
export class BatchShift<T, R> implements WorkerShift {
  readonly log: TaskLog;
  readonly #options: BatchShiftOptions<T, R>;
  readonly #host: ShiftHost;
  readonly #link: WorkerLink;
  /** Batches under way: one, unless the master gives more than it was asked for. */
  readonly #current = new Set<Try>();
  readonly #drain = new Drain(here().platform.timers, () => this.#current.size === 0);
  #waiting: Timer | undefined;
  #isClosing = false;
  /** What is still done then counts no more. */
  #isOver = false;

  constructor(options: BatchShiftOptions<T, R>, log: TaskLog, host: ShiftHost) {
    this.#options = options;
    this.log = log;
    this.#host = host;
    this.#link = this.#newLink();
  }

  get workerId(): string {
    return this.#link.workerId;
  }

  async open(): Promise<void> {
    await this.#link.open();
    this.#ask();
  }

  async close(drainMs: number): Promise<void> {
    this.#isClosing = true;
    this.#waiting?.cancel();
    const isInTime = await this.#drain.wait(drainMs);
    this.#isOver = !isInTime;
    for (const held of this.#current) this.#link.release(held);
    await this.#link.close({ drainMs: receiptMs(isInTime, drainMs) });
  }

  hurry(): void {
    this.#drain.end();
  }

  #newLink(): WorkerLink {
    return new SocketWorkerLink(
      { ...this.#options, log: this.log },
      {
        onTask: (assignment) => void this.#work(assignment),
        onNoTask: () => this.#noMore(),
        // After a reconnection nobody knows of what was asked before.
        onTasksAvailable: () => this.#ask(),
        onLost: ({ taskId }) => {
          this.log.warn(`batch ${taskId} was given to another worker; its results will not count`);
        },
        onEnd: (error) => this.#host.fail(error),
      },
      BASIC_LINK,
    );
  }

  #ask(): void {
    if (!this.#isClosing && this.#current.size === 0) this.#link.request();
  }

  #noMore(): void {
    if (this.#isClosing) return;
    if (!this.#options.keepWaiting) {
      this.log.info('there are no more tasks');
      void this.#host.stop();
      return;
    }
    this.#waiting?.cancel();
    const ask = (): void => this.#ask();
    this.#waiting = here().platform.timers.after(this.#options.waitMs, ask);
  }

  async #work({ task, attempt }: AssignTask): Promise<void> {
    const held: Try = { taskId: task.taskId, attempt };
    if (this.#isClosing) {
      // Asked for before it stopped: the goodbye hands it on.
      this.#link.release(held);
      return;
    }
    this.#current.add(held);
    const report = await this.#outcome((task['items'] ?? []) as T[], held);
    this.#current.delete(held);
    if (this.#isOver) return;
    // Nobody waits for the receipt: it is kept until it is there, and the next batch may come.
    void this.#tell(report);
    if (this.#current.size === 0) this.#drain.end();
    this.#ask();
  }

  async #tell(report: WorkerReport): Promise<void> {
    if (report.event === 'taskFailed') this.log.error(`a batch failed: ${report.message.error}`);
    const { accepted, reason = '', unsent } = await this.#link.report(report);
    if (unsent !== undefined) this.log.error(`a batch failed: ${unsent}`);
    if (accepted) return;
    this.log.warn(`the results of batch ${report.message.taskId} do not count: ${reason}`);
  }

  async #outcome(tasks: T[], held: Try): Promise<WorkerReport> {
    try {
      const result = await this.#results(tasks);
      return { event: 'taskCompleted', message: { ...held, result } };
    } catch (thrown) {
      const { message: error } = toError(thrown);
      return { event: 'taskFailed', message: { ...held, error } };
    }
  }

  async #results(tasks: T[]): Promise<R[]> {
    const { processTasks, processTimeoutMs } = this.#options;
    const given = async (): Promise<unknown> => processTasks(tasks);
    const results = await within(given(), {
      timeoutMs: processTimeoutMs,
      timers: here().platform.timers,
      late: `processTasks was not done within ${processTimeoutMs} ms`,
    });
    if (Array.isArray(results)) return results as R[];
    throw new Error(`processTasks gave ${describe(results)}, not an array of results`);
  }
}
