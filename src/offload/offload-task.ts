import { basename } from 'node:path';
import { deferred } from '../base/deferred.js';
import type { Timer, Timers } from '../platform/platform.js';
import { OffloadAbortedError, OffloadTimeoutError } from './offload-error.js';
import type { OffloadRunOptions } from './offload-pool.js';

/** One task from when it is handed in until it is over, which happens once. */
export class OffloadTask {
  /** What messages call it. */
  readonly label: string;
  readonly transfer: NonNullable<OffloadRunOptions['transfer']>;
  /** Whether it was handed to a thread. */
  hasBegun = false;
  isOver = false;
  readonly #outcome = deferred<unknown>();
  readonly #ending = new AbortController();
  readonly #given: AbortSignal | undefined;
  readonly #timer: Timer | undefined;

  constructor(
    timers: Timers,
    readonly path: string,
    readonly name: string,
    readonly args: readonly unknown[],
    { signal, timeoutMs, transfer = [] }: OffloadRunOptions,
  ) {
    this.label = `${name} of ${basename(path)}`;
    this.transfer = transfer;
    this.#given = signal;
    if (signal?.aborted === true) {
      this.abort(signal.reason);
      return;
    }
    signal?.addEventListener('abort', this.#onAbort);
    if (timeoutMs === undefined) return;
    const expire = (): void => this.end(new OffloadTimeoutError(this.label, timeoutMs));
    this.#timer = timers.after(timeoutMs, expire, { keepAlive: true });
  }

  get outcome(): Promise<unknown> {
    return this.#outcome.promise;
  }

  /** Aborted when the task is given up: ends the thread that it runs in. */
  get signal(): AbortSignal {
    return this.#ending.signal;
  }

  settle(value: unknown): void {
    if (this.#finish()) this.#outcome.resolve(value);
  }

  fail(error: unknown): void {
    if (this.#finish()) this.#outcome.reject(error);
  }

  abort(reason: unknown): void {
    this.end(new OffloadAbortedError(this.label, reason));
  }

  readonly #onAbort = (): void => this.abort(this.#given?.reason);

  /** Gives the task up for `error`, wherever it is. */
  end(error: Error): void {
    if (this.isOver) return;
    this.fail(error);
    this.#ending.abort(error);
  }

  #finish(): boolean {
    if (this.isOver) return false;
    this.isOver = true;
    this.#timer?.cancel();
    this.#given?.removeEventListener('abort', this.#onAbort);
    return true;
  }
}
