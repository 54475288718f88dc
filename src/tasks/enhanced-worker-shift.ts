import { toError } from '../base/errors.js';
import { createNodePlatform } from '../platform/node-platform.js';
import type { Timer } from '../platform/platform.js';
import { Drain, receiptMs } from './drain.js';
import type { WorkerProgress, WorkerSettings } from './enhanced-worker-options.js';
import {
  installShipped,
  type ProjectHost,
  runShipped,
  timeLimitMs,
} from './enhanced-worker-project.js';
import { sigtermWatch } from './enhanced-worker-signal.js';
import { checkTrust } from './enhanced-worker-trust.js';
import type { TaskLog } from './log.js';
import { ProjectFolders } from './project-folder.js';
import type { AssignTask, Try } from './protocol.js';
import { SocketWorkerLink } from './socket-worker-link.js';
import type { Task } from './task.js';
import { within } from './time-limit.js';
import type { ShiftHost, WorkerShift } from './worker-life.js';
import type { WorkerLink, WorkerReport } from './worker-link.js';

/** Takes tasks, one at a time or a few, until it is told to close. */
export class EnhancedShift<T extends object, R> implements WorkerShift {
  readonly log: TaskLog;
  readonly #settings: WorkerSettings<T, R>;
  readonly #host: ShiftHost;
  readonly #platform = createNodePlatform();
  readonly #link: WorkerLink;
  readonly #running = new Map<string, Running>();
  readonly #drain = new Drain(this.#platform.timers, () => this.#running.size === 0);
  readonly #onSigterm = (): Promise<void> => this.#host.stop();
  #projects: ProjectHost | undefined;
  /** Tasks that came while it had as many as it takes: a connection broke at the wrong moment. */
  readonly #waiting: AssignTask[] = [];
  /** Requests that are not answered yet. */
  #asked = 0;
  #state: 'new' | 'open' | 'closing' = 'new';
  #again: Timer | undefined;

  constructor(settings: WorkerSettings<T, R>, log: TaskLog, host: ShiftHost) {
    this.#settings = settings;
    this.log = log;
    this.#host = host;
    this.#link = this.#newLink();
  }

  get workerId(): string {
    return this.#link.workerId;
  }

  async open(): Promise<void> {
    const { masterUrl, taskTypes, stopOnSigterm } = this.#settings;
    if (masterUrl !== undefined) this.#checkTrust(masterUrl);
    await this.#link.open();
    if (this.#state === 'closing') return;
    if (this.#link.masterUrl !== undefined) this.#checkTrust(this.#link.masterUrl);
    if (stopOnSigterm) sigtermWatch().add(this.#onSigterm);
    this.#link.register(taskTypes);
    this.#state = 'open';
    this.log.info(`worker ${this.workerId} takes ${taskTypes.join(', ')}`);
    this.#ask();
  }

  async close(drainMs: number): Promise<void> {
    this.#state = 'closing';
    this.#again?.cancel();
    const isInTime = await this.#drain.wait(drainMs);
    if (!isInTime) {
      for (const { attempt, controller } of this.#running.values()) {
        this.#link.release(attempt);
        controller.abort(new Error('the worker stops'));
      }
    }
    await this.#link.close({ drainMs: receiptMs(isInTime, drainMs) });
    sigtermWatch().remove(this.#onSigterm);
  }

  hurry(): void {
    this.#drain.end();
  }

  #checkTrust(masterUrl: string): void {
    const { execute, token, allowCodeExecution } = this.#settings;
    if (execute === undefined) checkTrust({ masterUrl, token, allowCodeExecution });
  }

  #newLink(): WorkerLink {
    return new SocketWorkerLink(
      { ...this.#settings, log: this.log },
      {
        onTask: (assignment) => this.#took(assignment),
        onNoTask: () => this.#heardOfNone(),
        onTasksAvailable: () => this.#ask(),
        onLost: (attempt) => this.#lost(attempt),
        // What was asked before is forgotten with the connection.
        onConnect: () => (this.#asked = 0),
        onEnd: (error) => this.#host.fail(error),
      },
    );
  }

  #ask(): void {
    // Whom it would have to trust is not known before it has started.
    if (this.#state !== 'open') return;
    this.#again?.cancel();
    while (this.#running.size + this.#asked < this.#settings.concurrency) {
      this.#asked++;
      this.#link.request();
    }
  }

  // A coordinator of ours says when there is something; others have to be asked.
  #heardOfNone(): void {
    this.#asked = Math.max(0, this.#asked - 1);
    if (this.#state === 'closing') return;
    this.#again?.cancel();
    this.#again = this.#platform.timers.after(ASK_AGAIN_MS, () => this.#ask());
  }

  #took(assignment: AssignTask): void {
    this.#asked = Math.max(0, this.#asked - 1);
    if (this.#running.size < this.#settings.concurrency) this.#begin(assignment);
    else this.#waiting.push(assignment);
  }

  #begin({ task, attempt }: AssignTask): void {
    const held: Try = { taskId: task.taskId, attempt };
    if (this.#state === 'closing') {
      // Asked for before it stopped: the goodbye hands it on.
      this.#link.release(held);
      return;
    }
    const running = { attempt: held, controller: new AbortController() };
    this.#running.get(task.taskId)?.controller.abort(new Error('a later try has come'));
    this.#running.set(task.taskId, running);
    this.#tell('started', held);
    void this.#perform(task, running);
  }

  #finished(running: Running): void {
    const { taskId } = running.attempt;
    if (this.#running.get(taskId) === running) this.#running.delete(taskId);
    if (this.#running.size === 0) this.#drain.end();
    const next = this.#waiting.shift();
    if (next !== undefined) this.#begin(next);
  }

  #lost(lost: Try): void {
    const index = this.#waiting.findIndex((waiting) => isSameTry(waitingTry(waiting), lost));
    if (index >= 0) this.#waiting.splice(index, 1);
    const running = this.#running.get(lost.taskId);
    if (running === undefined || !isSameTry(running.attempt, lost)) return;
    running.controller.abort(new Error('the task is not this worker’s any more'));
  }

  /** Never rejects: whatever happens to a task is told to the coordinator. */
  async #perform(task: Task, running: Running): Promise<void> {
    const { attempt, controller } = running;
    const report = await this.#outcome(task, running);
    this.#finished(running);
    const isLost = controller.signal.aborted;
    // Code may go on after its time was over: it is told to stop.
    if (report.event === 'taskFailed') controller.abort(new Error('the try has failed'));
    if (isLost) {
      this.#tell('given up', attempt, toError(controller.signal.reason).message);
      this.#ask();
      return;
    }
    // The next task need not wait for the receipt: the link keeps the report until it has come.
    await this.#conclude(this.#withRequest(report), attempt);
    this.#ask();
  }

  // The way of a report is the way of a request too.
  #withRequest(report: WorkerReport): WorkerReport {
    const isFull = this.#running.size + this.#asked >= this.#settings.concurrency;
    if (report.event !== 'taskCompleted' || isFull || this.#state !== 'open') return report;
    this.#asked++;
    return { event: 'taskCompleted', message: { ...report.message, wantsNext: true } };
  }

  async #outcome(task: Task, running: Running): Promise<WorkerReport> {
    const { attempt } = running;
    try {
      const result = await this.#result(task, running);
      return { event: 'taskCompleted', message: { ...attempt, result } };
    } catch (thrown) {
      if (thrown instanceof InstallationFailed) {
        const { message: error } = toError(thrown.cause);
        return { event: 'installationStatus', message: { ...attempt, status: 'failure', error } };
      }
      return { event: 'taskFailed', message: { ...attempt, error: errorText(toError(thrown)) } };
    }
  }

  #result(task: Task, { attempt, controller }: Running): Promise<unknown> {
    const { execute, limits } = this.#settings;
    if (execute === undefined) return this.#shippedResult(task, attempt, controller.signal);
    const timeoutMs = timeLimitMs(task, limits);
    // Most are over before anybody could have looked.
    const telling = this.#platform.timers.after(TELL_RUNNING_MS, () => {
      this.#report({ event: 'taskStatus', message: { ...attempt, status: 'running' } });
    });
    const { signal } = controller;
    const given = async (): Promise<unknown> => {
      return execute(task as T & Task, { attempt: attempt.attempt ?? 1, signal });
    };
    const { timers } = this.#platform;
    const late = `It ran longer than its ${timeoutMs} ms`;
    return within(given(), { timeoutMs, timers, late }).finally(() => telling.cancel());
  }

  async #shippedResult(task: Task, attempt: Try, signal: AbortSignal): Promise<unknown> {
    const host = this.#projectHost();
    const status = (phase: 'installing' | 'running'): void => {
      this.#report({ event: 'taskStatus', message: { ...attempt, status: phase } });
    };
    status('installing');
    const ready = await this.#installed(task, host);
    this.#report({ event: 'installationStatus', message: { ...attempt, status: 'success' } });
    signal.throwIfAborted();
    status('running');
    return runShipped(task, ready, { ...host, signal });
  }

  async #installed(task: Task, host: ProjectHost): ReturnType<typeof installShipped> {
    try {
      return await installShipped(task, host);
    } catch (error) {
      throw new InstallationFailed('not installed', { cause: error });
    }
  }

  #projectHost(): ProjectHost {
    const { limits } = this.#settings;
    const platform = this.#platform;
    this.#projects ??= {
      folders: new ProjectFolders({ ...this.#settings, timers: platform.timers }),
      limits,
      platform,
    };
    return this.#projects;
  }

  #report(report: WorkerReport): void {
    void this.#link.report(report);
  }

  async #conclude(report: WorkerReport, attempt: Try): Promise<void> {
    const { accepted, reason, unsent } = await this.#link.report(report);
    if (!accepted) {
      this.log.warn(`what came of ${attempt.taskId} does not count: ${reason ?? 'refused'}`);
      this.#tell('refused', attempt, reason);
    } else if (report.event === 'taskCompleted' && unsent === undefined) {
      this.#tell('completed', attempt);
    } else {
      const error = unsent ?? (report.message as { readonly error?: string }).error;
      this.log.warn(`${attempt.taskId} failed: ${error ?? 'no reason given'}`);
      this.#tell('failed', attempt, error);
    }
  }

  #tell(kind: WorkerProgress['kind'], { taskId, attempt = 1 }: Try, error?: string): void {
    const { onProgress } = this.#settings;
    if (onProgress === undefined) return;
    const failed = (thrown: unknown): void => {
      this.log.error(`onProgress failed: ${toError(thrown).message}`);
    };
    const progress = { kind, taskId, attempt, ...(error === undefined ? {} : { error }) };
    // It may be async as well: TypeScript lets any function pass for one that gives nothing.
    const given = async (): Promise<void> => onProgress(progress);
    given().catch(failed);
  }
}

/** A try under way. */
interface Running {
  readonly attempt: Try;
  readonly controller: AbortController;
}

/** Tells a failed installation from a failed run; `cause` says why. */
class InstallationFailed extends Error {}

function isSameTry(one: Try, other: Try): boolean {
  if (one.taskId !== other.taskId) return false;
  return other.attempt === undefined || one.attempt === other.attempt;
}

function waitingTry({ task, attempt }: AssignTask): Try {
  return { taskId: task.taskId, attempt };
}

// The end of what a program printed is the best clue to why it failed.
function errorText(error: Error & { readonly logs?: unknown }): string {
  const { message, logs } = error;
  const tail = typeof logs === 'string' ? logs.slice(-LOG_TAIL_LENGTH) : '';
  return tail === '' ? message : `${message}\n${tail}`;
}

const ASK_AGAIN_MS = 10_000;
const TELL_RUNNING_MS = 100;
const LOG_TAIL_LENGTH = 4000;
