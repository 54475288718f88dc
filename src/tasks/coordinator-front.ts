import { toError } from '../base/errors.js';
import type { Log, Platform, Timer } from '../platform/platform.js';
import { type DeskChange, type LedgerDesk, loserOf } from './ledger-desk.js';
import { LEDGER_DEFAULTS, type LedgerOptions } from './ledger-options.js';
import type { Claim } from './ledger.js';
import { Replenishing, type TaskSource } from './replenishing.js';
import { InvalidTaskError, TaskExistsError } from './task-error.js';
import type { TaskRecord } from './task-record.js';
import { CANCELLED, type NewTask, type Task, type TypedTask } from './task.js';

/** What the front asks of a connection to a worker. */
export interface FrontSession {
  readonly workerId: string;
  readonly isIdle: boolean;
  wake(taskType?: string): void;
  tellLost(claim: Claim): void;
  replace(): void;
}

/** Between the desk of a coordinator and its workers: who is there, and who has to be told what. */
export class CoordinatorFront<R> {
  readonly #desk: LedgerDesk;
  readonly #options: FrontOptions<R>;
  readonly #sessions = new Map<string, FrontSession>();
  readonly #source: Replenishing<TypedTask> | undefined;
  readonly #unsubscribe: readonly (() => void)[];
  #again: Timer | undefined;

  constructor(desk: LedgerDesk, options: FrontOptions<R>) {
    const { taskGenerator, sourceName = 'taskGenerator', sourcePauseMs, platform, log } = options;
    this.#desk = desk;
    this.#options = options;
    this.#source =
      taskGenerator === undefined
        ? undefined
        : new Replenishing(taskGenerator, (tasks) => this.#addAll(tasks), {
            name: sourceName,
            pauseMs: sourcePauseMs,
            clock: platform.clock,
            log,
          });
    this.#unsubscribe = [
      desk.onChange((change) => this.#changed(change)),
      desk.onDue(() => this.wakeAll()),
    ];
  }

  /** What every session needs. */
  get sessionWorld() {
    const { log, silentLeaseMs, reconnectGraceMs, ledger } = this.#options;
    return {
      desk: this.#desk,
      log,
      silentLeaseMs,
      reconnectGraceMs,
      leaseMs: ledger.leaseMs ?? LEDGER_DEFAULTS.leaseMs,
      refill: () => this.#refill(),
      left: (session: FrontSession) => {
        const { workerId } = session;
        if (this.#sessions.get(workerId) === session) this.#sessions.delete(workerId);
      },
    };
  }

  /** The source was asked last and had nothing, and nothing is under way. */
  get isDrained(): boolean {
    const { completed: _completed, deadLetter: _deadLetter, ...open } = this.#desk.counts();
    return this.#source?.isDry !== false && Object.values(open).every((count) => count === 0);
  }

  /** A worker has connected; if it was connected, that is over. */
  welcome(session: FrontSession): void {
    this.#sessions.get(session.workerId)?.replace();
    this.#sessions.set(session.workerId, session);
  }

  close(): void {
    this.#again?.cancel();
    for (const unsubscribe of this.#unsubscribe) unsubscribe();
  }

  async #refill(): Promise<number> {
    if (this.#source === undefined) return 0;
    const added = await this.#source.refill();
    // Workers that heard of nothing wait to be told.
    if (added === 0) {
      this.#again ??= this.#options.platform.timers.after(this.#source.waitMs(), () => {
        this.#again = undefined;
        const isWanted = [...this.#sessions.values()].some(({ isIdle }) => isIdle);
        if (isWanted) void this.#refill().then(() => this.#options.refilled?.());
      });
    }
    return added;
  }

  async #addAll(tasks: readonly TypedTask[]): Promise<number> {
    const outcomes = await Promise.allSettled(tasks.map((task) => this.#desk.add(task as NewTask)));
    for (const outcome of outcomes) {
      if (outcome.status === 'fulfilled' || outcome.reason instanceof TaskExistsError) continue;
      const { message } = toError(outcome.reason);
      this.#options.log.error(
        `a task of ${this.#options.sourceName ?? 'taskGenerator'} was not added: ${message}`,
      );
      if (!(outcome.reason instanceof InvalidTaskError)) break;
    }
    return outcomes.filter(({ status }) => status === 'fulfilled').length;
  }

  #changed(changed: DeskChange): void {
    const { step, record } = changed;
    const { task } = record;
    const loser = loserOf(changed);
    if (loser !== undefined) {
      this.#options.log.warn(`${task.taskId} was taken from ${loser.workerId}: ${step.reason}`);
      this.#sessions.get(loser.workerId)?.tellLost(loser);
    }
    if (step.state === 'pending') this.wakeAll(task.taskType);
    const { onFailure } = this.#options;
    if (step.state === 'completed') this.#tellResult(record);
    if (step.state === 'deadLetter') {
      const { reason: error = '' } = step;
      const { log } = this.#options;
      if (error === CANCELLED) log.info(`${task.taskId} was cancelled`);
      else log.error(`${task.taskId} is a dead letter: ${error}`);
      this.#tell('onFailure', () => onFailure?.({ task, error }));
    }
  }

  /** Tells the results that no former life of the coordinator has told to the end. */
  tellUntold(): void {
    for (const record of this.#desk.untold()) this.#tellResult(record);
  }

  #tellResult(record: Readonly<TaskRecord>): void {
    const { onResult } = this.#options;
    if (onResult === undefined) return;
    const { task, result, workerId = '', attempt } = record;
    const told = { taskId: task.taskId, result: result as R, workerId, attempt };
    this.#tell('onResult', async () => {
      await onResult([told]);
      this.#desk.told(record);
    });
  }

  /** Lets every worker that waits ask again. */
  wakeAll(taskType?: string): void {
    for (const session of this.#sessions.values()) session.wake(taskType);
  }

  // A caller's mistake costs no task.
  #tell(name: string, tell: () => unknown): void {
    void (async () => tell())().catch((error: unknown) => {
      this.#options.log.error(`${name} failed: ${toError(error).message}`);
    });
  }
}

export interface FrontOptions<R> {
  readonly taskGenerator?: TaskSource<TypedTask>;
  readonly onResult?: (results: FrontResult<R>[]) => unknown;
  readonly onFailure?: (failure: { readonly task: Task; readonly error: string }) => unknown;
  readonly sourceName?: string;
  readonly sourcePauseMs: number;
  readonly silentLeaseMs: number;
  readonly reconnectGraceMs: number;
  /** Told when the source was asked again since workers wait. */
  readonly refilled?: () => void;
  readonly ledger: LedgerOptions;
  readonly platform: Pick<Platform, 'clock' | 'timers'>;
  readonly log: Log;
}

interface FrontResult<R> {
  readonly taskId: string;
  readonly result: R;
  readonly workerId: string;
  readonly attempt: number;
}
