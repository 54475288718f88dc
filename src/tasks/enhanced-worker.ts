import { type Deferred, deferred } from '../base/deferred.js';
import { toError } from '../base/errors.js';
import { createNodePlatform } from '../platform/node-platform.js';
import type { Timer, Timers } from '../platform/platform.js';
import {
  type EnhancedWorkerClientOptions,
  type WorkerProgress,
  workerSettings,
  type WorkerSettings,
} from './enhanced-worker-options.js';
import {
  installShipped,
  type ProjectHost,
  runShipped,
  timeLimitMs,
} from './enhanced-worker-project.js';
import { checkTrust } from './enhanced-worker-trust.js';
import { type TaskLog, taskLog } from './log.js';
import { ProjectFolders } from './project-folder.js';
import type { AssignTask, Receipt, Try } from './protocol.js';
import { SocketWorkerLink } from './socket-worker-link.js';
import type { Task } from './task.js';
import type { WorkerLink, WorkerReport } from './worker-link.js';

/**
 * A worker that takes tasks of its types, one at a time or a few, until it is stopped.
 *
 * A task is a project shipped as files, which is installed and run in a process of its own, or
 * whatever `execute` makes of it. Its lease is renewed while it runs; what came of it is kept until
 * the coordinator has acknowledged it, over broken connections too. A task may still be done twice,
 * by two workers that lost sight of the coordinator; one result counts.
 */
export class EnhancedWorkerClient<T extends object = Task, R = unknown> {
  /** Resolves when it has stopped, on its own account or by `stop()`. */
  readonly ended: Promise<void>;
  readonly #settings: WorkerSettings<T, R>;
  readonly #log: TaskLog;
  readonly #platform = createNodePlatform();
  readonly #running = new Map<string, Running>();
  readonly #end: Deferred<void> = deferred();
  #isSignalled = false;
  readonly #onSigterm = (): void => {
    // Whoever says it twice does not want to wait.
    if (this.#isSignalled) return this.#passSigtermOn();
    this.#isSignalled = true;
    void this.stop().then(() => this.#passSigtermOn());
  };
  #link: WorkerLink | undefined;
  #projects: ProjectHost | undefined;
  /** Tasks that came while it had as many as it takes: a connection broke at the wrong moment. */
  readonly #waiting: AssignTask[] = [];
  /** Requests that are not answered yet. */
  #asked = 0;
  #isStarted = false;
  #again: Timer | undefined;
  #stopping: Promise<void> | undefined;
  #idle: Deferred<void> | undefined;

  /** Throws InvalidOptionError. */
  constructor(options: EnhancedWorkerClientOptions<T, R>) {
    this.#settings = workerSettings(options);
    this.#log = taskLog(options.logger, 'worker.log');
    this.ended = this.#end.promise;
  }

  /** What it is known as, once it has started. */
  get workerId(): string | undefined {
    return this.#link?.workerId;
  }

  /**
   * Finds the coordinator, connects and asks for tasks. Rejects when there is none or it refuses,
   * and with CodeExecutionRefusedError when this worker would have to run code that it may not.
   */
  async start(): Promise<void> {
    const { masterUrl, taskTypes, stopOnSigterm } = this.#settings;
    if (masterUrl !== undefined) this.#checkTrust(masterUrl);
    const link = this.#newLink();
    this.#link = link;
    await link.open();
    if (this.#stopping !== undefined) return;
    try {
      if (link.masterUrl !== undefined) this.#checkTrust(link.masterUrl);
    } catch (error) {
      await link.close({ drainMs: 0 });
      throw error;
    }
    if (stopOnSigterm) process.on('SIGTERM', this.#onSigterm);
    link.register(taskTypes);
    this.#isStarted = true;
    this.#log.info(`worker ${link.workerId} takes ${taskTypes.join(', ')}`);
    this.#ask();
  }

  /**
   * Takes no more tasks, waits for those that run, `drainMs` at the most, and says goodbye; what is
   * not done then is given up and goes to another worker at once.
   */
  stop({ drainMs = this.#settings.drainMs }: { readonly drainMs?: number } = {}): Promise<void> {
    this.#stopping ??= this.#stop(drainMs);
    return this.#stopping;
  }

  async #stop(drainMs: number): Promise<void> {
    this.#again?.cancel();
    const isInTime = await this.#drained(drainMs);
    if (!isInTime) {
      for (const { attempt, controller } of this.#running.values()) {
        this.#link?.release(attempt);
        controller.abort(new Error('the worker stops'));
      }
    }
    await this.#link?.close({ drainMs: isInTime ? Math.max(drainMs, RECEIPT_MS) : RECEIPT_MS });
    this.#log.info('worker stopped');
    this.#log.close();
    process.off('SIGTERM', this.#onSigterm);
    this.#end.resolve();
  }

  // It kept the signal from ending the process; nobody else, such as another worker that still
  // drains, has asked for that.
  #passSigtermOn(): void {
    process.off('SIGTERM', this.#onSigterm);
    if (process.listenerCount('SIGTERM') === 0) process.kill(process.pid, 'SIGTERM');
  }

  /** False when tasks still run after `drainMs`. */
  async #drained(drainMs: number): Promise<boolean> {
    if (this.#running.size === 0) return true;
    const idle = deferred<void>();
    this.#idle = idle;
    const timer = this.#platform.timers.after(drainMs, () => idle.resolve(), { keepAlive: true });
    await idle.promise;
    timer.cancel();
    return this.#running.size === 0;
  }

  #checkTrust(masterUrl: string): void {
    const { execute, token, allowCodeExecution } = this.#settings;
    if (execute === undefined) checkTrust({ masterUrl, token, allowCodeExecution });
  }

  #newLink(): WorkerLink {
    return new SocketWorkerLink(
      { ...this.#settings, log: this.#log },
      {
        onTask: (assignment) => this.#took(assignment),
        onNoTask: () => this.#heardOfNone(),
        onTasksAvailable: () => this.#ask(),
        onLost: (attempt) => this.#lost(attempt),
        // What was asked before is forgotten with the connection.
        onConnect: () => (this.#asked = 0),
      },
    );
  }

  #ask(): void {
    // Whom it would have to trust is not known before it has started.
    if (this.#stopping !== undefined || !this.#isStarted) return;
    this.#again?.cancel();
    while (this.#running.size + this.#asked < this.#settings.concurrency) {
      this.#asked++;
      this.#link?.request();
    }
  }

  // A coordinator of ours says when there is something; others have to be asked.
  #heardOfNone(): void {
    this.#asked = Math.max(0, this.#asked - 1);
    if (this.#stopping !== undefined) return;
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
    if (this.#stopping !== undefined) {
      // Asked for before it stopped: the goodbye hands it on.
      this.#link?.release(held);
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
    if (this.#running.size === 0) this.#idle?.resolve();
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
    if (report.event !== 'taskCompleted' || isFull || this.#stopping !== undefined) return report;
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
    return within(timeoutMs, given(), this.#platform.timers).finally(() => telling.cancel());
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
    void this.#receipt(report);
  }

  async #conclude(report: WorkerReport, attempt: Try): Promise<void> {
    const { accepted, reason } = await this.#receipt(report);
    if (!accepted) {
      this.#log.warn(`what came of ${attempt.taskId} does not count: ${reason ?? 'refused'}`);
      this.#tell('refused', attempt, reason);
    } else if (report.event === 'taskCompleted') {
      this.#tell('completed', attempt);
    } else {
      const { error } = report.message as { readonly error?: string };
      this.#log.warn(`${attempt.taskId} failed: ${error ?? 'no reason given'}`);
      this.#tell('failed', attempt, error);
    }
  }

  async #receipt(report: WorkerReport): Promise<Receipt> {
    try {
      return (await this.#link?.report(report)) ?? NEVER_SENT;
    } catch (error) {
      // The link was closed before it heard of it: the lease runs out and the task runs elsewhere.
      return { accepted: false, reason: toError(error).message };
    }
  }

  #tell(kind: WorkerProgress['kind'], { taskId, attempt = 1 }: Try, error?: string): void {
    const { onProgress } = this.#settings;
    onProgress?.({ kind, taskId, attempt, ...(error === undefined ? {} : { error }) });
  }
}

export default EnhancedWorkerClient;

/** A try under way. */
interface Running {
  readonly attempt: Try;
  readonly controller: AbortController;
}

/** Tells a failed installation from a failed run; `cause` says why. */
class InstallationFailed extends Error {}

/** Rejects when the time is over; what goes on then is nobody's concern any more. */
async function within<R>(timeoutMs: number, given: Promise<R>, timers: Timers): Promise<R> {
  const over = deferred<never>();
  const timer = timers.after(timeoutMs, () => {
    over.reject(new Error(`It ran longer than its ${timeoutMs} ms`));
  });
  try {
    return await Promise.race([given, over.promise]);
  } finally {
    timer.cancel();
  }
}

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

const NEVER_SENT: Receipt = { accepted: false, reason: 'the worker never started' };
const ASK_AGAIN_MS = 10_000;
const TELL_RUNNING_MS = 100;
const RECEIPT_MS = 2000;
const LOG_TAIL_LENGTH = 4000;
