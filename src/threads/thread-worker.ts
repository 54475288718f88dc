import { type MessagePort, Worker, type WorkerOptions } from 'node:worker_threads';
import { unreachable } from '../base/assert.js';
import { deferred } from '../base/deferred.js';
import { toError } from '../base/errors.js';
import type { NodeId } from '../base/node-id.js';
import { errorOf } from '../offload/thread-task.js';
import type { Timers } from '../platform/platform.js';
import type { Address } from '../platform/transport.js';
import { ThreadModuleError, ThreadStartError } from './thread-error.js';
import type { FromThread, ToThread } from './thread-message.js';
import type { ThreadExit } from './thread-options.js';

/** The thread of one thread node, from the side of its host. */
export class ThreadWorker {
  readonly bound = deferred<NodeId>();
  readonly ready = deferred<void>();
  readonly exited: Promise<ThreadExit>;
  readonly threadId: number;
  readonly #worker: Worker;
  readonly #timers: Timers;
  readonly #subject: { readonly name: string; readonly module: string };
  #ending: 'stopped' | 'terminated' | undefined;
  #error: Error | undefined;
  #stopping: Promise<void> | undefined;

  /** Throws when what the thread is to be given cannot be copied. */
  constructor(
    timers: Timers,
    subject: { readonly name: string; readonly module: string },
    entry: string,
    options: WorkerOptions,
  ) {
    this.#timers = timers;
    this.#subject = subject;
    this.#worker = new Worker(new URL(entry), { ...options, name: subject.name });
    this.threadId = this.#worker.threadId;
    this.#worker.on('message', (message: FromThread) => this.#hear(message));
    this.#worker.on('error', (error: unknown) => (this.#error = toError(error)));
    this.exited = new Promise((resolve) => {
      this.#worker.once('exit', (exitCode) => resolve(this.#exit(exitCode)));
    });
    // Whoever waits for it hears of it all the same.
    for (const { promise } of [this.bound, this.ready]) promise.catch(() => undefined);
  }

  introduce(address: Address, port: MessagePort): void {
    this.#say({ kind: 'port', address, port }, [port]);
  }

  join(): void {
    this.#say({ kind: 'join' });
  }

  /** `ask` tells the thread to stop; when it cannot, the thread is told past the cluster. */
  stop(timeoutMs: number, ask: () => boolean): Promise<void> {
    this.#stopping ??= this.#stop(timeoutMs, ask);
    return this.#stopping;
  }

  async terminate(): Promise<void> {
    this.#ending ??= 'terminated';
    await this.#worker.terminate();
    await this.exited;
  }

  /** It is not to become a node any more. */
  fail(reason: string): void {
    this.#fail(new ThreadStartError(this.#subject.name, reason));
  }

  #fail(error: Error): void {
    this.bound.reject(error);
    this.ready.reject(error);
  }

  async #stop(timeoutMs: number, ask: () => boolean): Promise<void> {
    this.#ending ??= 'stopped';
    if (!ask()) this.#say({ kind: 'stop' });
    const giveUp = (): void => {
      this.#ending = 'terminated';
      void this.#worker.terminate();
    };
    const timer = this.#timers.after(timeoutMs, giveUp, { keepAlive: true });
    await this.exited;
    timer.cancel();
  }

  #say(message: ToThread, transfer: readonly MessagePort[] = []): void {
    this.#worker.postMessage(message, transfer);
  }

  #hear(message: FromThread): void {
    switch (message.kind) {
      case 'bound':
        return this.bound.resolve(message.nodeId);
      case 'ready':
        return this.ready.resolve();
      case 'failed': {
        const [cause, { name, module }] = [errorOf(message.error), this.#subject];
        const failed =
          message.stage === 'module'
            ? new ThreadModuleError(module, cause.message, { cause })
            : new ThreadStartError(name, `${WHAT_FAILED[message.stage]}: ${cause.message}`, {
                cause,
              });
        return this.#fail(failed);
      }
      default:
        return unreachable(message);
    }
  }

  /** Why nothing became of it, or can become of it any more. */
  get gone(): ThreadStartError {
    const error = this.#error;
    const why = error === undefined ? '' : `: ${error.message}`;
    const options = error === undefined ? {} : { cause: error };
    return new ThreadStartError(this.#subject.name, `its thread ended${why}`, options);
  }

  #exit(exitCode: number): ThreadExit {
    const error = this.#error;
    this.#fail(this.gone);
    if (this.#ending === 'terminated') return { reason: 'terminated', exitCode };
    if (error !== undefined) return { reason: 'crashed', exitCode, error };
    return { reason: this.#ending ?? 'crashed', exitCode };
  }
}

const WHAT_FAILED = { join: 'it could not join', setup: 'its setup failed' } as const;
