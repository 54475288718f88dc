import { deferred, type Deferred } from '../base/deferred.js';
import type { Timers } from '../platform/platform.js';

/** The wait of a worker that stops for what it still has to do. */
export class Drain {
  readonly #timers: Timers;
  readonly #isDone: () => boolean;
  #waiting: Deferred<void> | undefined;

  constructor(timers: Timers, isDone: () => boolean) {
    this.#timers = timers;
    this.#isDone = isDone;
  }

  /** False when it is not done after `drainMs`, or when the wait was ended before. */
  async wait(drainMs: number): Promise<boolean> {
    if (this.#isDone()) return true;
    const waiting = deferred<void>();
    this.#waiting = waiting;
    const timer = this.#timers.after(drainMs, () => waiting.resolve(), { keepAlive: true });
    await waiting.promise;
    timer.cancel();
    return this.#isDone();
  }

  /** Lets whoever waits go on. */
  end(): void {
    this.#waiting?.resolve();
  }
}

/** How long to wait for the receipts of what was done: briefly, when time is up as it is. */
export function receiptMs(isInTime: boolean, drainMs: number): number {
  return isInTime ? Math.max(drainMs, RECEIPT_MS) : RECEIPT_MS;
}

const RECEIPT_MS = 2000;
