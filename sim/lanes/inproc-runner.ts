import { Worker } from 'node:worker_threads';
import type { RunConfig } from '../run-config.js';
import type { RunFollower } from '../run-follower.js';
import type { RunResult } from '../run.js';
import { TurnOverrunError } from './lane.js';
import {
  type InprocData,
  type InprocOutcome,
  type InprocReply,
  type InprocRequest,
  MARK_ABORT,
  MARK_NODE,
  MARK_TURN,
  MARK_WORDS,
  NOBODY,
} from './thread-data.js';

export interface InprocRunOptions {
  readonly checkers: readonly string[];
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
  readonly #marks = new Int32Array(new SharedArrayBuffer(MARK_WORDS * 4));
  #runs = 0;

  /** `threadText` is the bundled text of `lanes/inproc-thread`. */
  constructor(threadText: string) {
    this.#marks[MARK_NODE] = NOBODY;
    const workerData: InprocData = { marks: this.#marks };
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
    { checkers, follower, signal }: InprocRunOptions,
  ): Promise<RunResult> {
    this.#runs += 1;
    this.#worker.ref();
    const abort = (): void => void Atomics.store(this.#marks, MARK_ABORT, 1);
    Atomics.store(this.#marks, MARK_ABORT, signal?.aborted === true ? 1 : 0);
    signal?.addEventListener('abort', abort);
    const request: InprocRequest = { config, bundle, checkers, followed: follower?.kinds };
    try {
      const outcome = await this.#ask(request, config.turnBudgetMs, follower);
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

  #ask(
    request: InprocRequest,
    turnBudgetMs: number,
    follower: RunFollower | undefined,
  ): Promise<InprocOutcome> {
    return new Promise((resolve, reject) => {
      const stopWatching = this.#watch(turnBudgetMs, fail);
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

  // A loop of microtasks never lets its own thread look at a clock.
  #watch(turnBudgetMs: number, overrun: (error: TurnOverrunError) => void): () => void {
    let seen = -1;
    let looks = 0;
    const timer = setInterval(() => {
      const turn = Atomics.load(this.#marks, MARK_TURN);
      const node = Atomics.load(this.#marks, MARK_NODE);
      looks = node !== NOBODY && turn === seen ? looks + 1 : 0;
      seen = turn;
      if (looks >= LOOKS_PER_BUDGET) overrun(new TurnOverrunError(node, turn, turnBudgetMs));
    }, turnBudgetMs / LOOKS_PER_BUDGET);
    return () => clearInterval(timer);
  }
}

const LOOKS_PER_BUDGET = 4;
