import { Worker } from 'node:worker_threads';
import type { RunConfig } from '../run-config.js';
import type { KeepObserved, RunFollower } from '../run-follower.js';
import type { RunResult } from '../run.js';
import { TurnOverrunError } from './lane.js';
import {
  type InprocData,
  type InprocOutcome,
  type InprocReply,
  type InprocRequest,
} from './thread-data.js';
import { TurnMarks } from './turn-marks.js';

export interface InprocRunOptions {
  readonly checkers: readonly string[];
  /** All by default. */
  readonly keepObserved?: KeepObserved | undefined;
  readonly follower?: RunFollower | undefined;
  /** Ends the run early; it resolves all the same. */
  readonly signal?: AbortSignal | undefined;
}

/**
 * A warm thread for runs in the in-process lane, with a watchdog on this side of it.
 *
 * It takes one run at a time. An idle one does not hold the process alive.
 */
export class InprocRunner {
  readonly #worker: Worker;
  readonly #marks = new TurnMarks();
  #runs = 0;

  /** `threadText` is the bundled text of `lanes/inproc-thread`. */
  constructor(threadText: string) {
    const workerData: InprocData = { marks: this.#marks.shared };
    this.#worker = new Worker(threadText, { eval: true, workerData, execArgv: [], env: {} });
    this.#worker.unref();
  }

  get runs(): number {
    return this.#runs;
  }

  /** Rejects with {@link TurnOverrunError}, or what broke; the runner is of no use then. */
  async run(
    config: RunConfig,
    bundle: string,
    { checkers, keepObserved = true, follower, signal }: InprocRunOptions,
  ): Promise<RunResult> {
    this.#runs += 1;
    this.#worker.ref();
    const abort = (): void => void (this.#marks.isAborted = true);
    this.#marks.isAborted = signal?.aborted === true;
    signal?.addEventListener('abort', abort);
    const followed = follower?.kinds;
    const request: InprocRequest = { config, bundle, checkers, keepObserved, followed };
    try {
      const outcome = await this.#ask(request, follower);
      if (outcome.kind === 'broken') throw outcome.error;
      return outcome.result;
    } catch (error) {
      await this.close();
      throw error;
    } finally {
      signal?.removeEventListener('abort', abort);
      this.#worker.unref();
    }
  }

  async close(): Promise<void> {
    await this.#worker.terminate();
  }

  #ask(request: InprocRequest, follower: RunFollower | undefined): Promise<InprocOutcome> {
    return new Promise((resolve, reject) => {
      const stopWatching = this.#watch(request.config, fail);
      const worker = this.#worker;
      function fail(error: unknown): void {
        settle();
        reject(error);
      }
      function hear(reply: InprocReply): void {
        if (reply.kind === 'observed') return follower?.observed?.(reply.observed);
        if (reply.kind === 'reached') return follower?.reached?.(reply.nowUs);
        settle();
        resolve(reply);
      }
      function end(): void {
        fail(new Error('the thread of the in-process lane ended'));
      }
      function settle(): void {
        stopWatching();
        worker.off('message', hear).off('error', fail).off('exit', end);
      }
      worker.on('message', hear).on('error', fail).on('exit', end);
      worker.postMessage(request);
    });
  }

  // A loop, be it of microtasks, never lets its own thread look at a clock.
  #watch(
    { nodes, turnBudgetMs }: RunConfig,
    overrun: (error: TurnOverrunError) => void,
  ): () => void {
    let seen: number | undefined;
    let looks = 0;
    const timer = setInterval(() => {
      const running = this.#marks.running();
      looks = running !== undefined && running.turn === seen ? looks + 1 : 0;
      seen = running?.turn;
      if (running === undefined || looks < LOOKS_PER_BUDGET) return;
      const { id } = nodes[running.node] as RunConfig['nodes'][number];
      overrun(new TurnOverrunError(running, id, turnBudgetMs));
    }, turnBudgetMs / LOOKS_PER_BUDGET);
    return () => clearInterval(timer);
  }
}

const LOOKS_PER_BUDGET = 8;
