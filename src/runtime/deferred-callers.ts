import type { ReplyTo } from './signal.js';

/**
 * The callers that a process has not answered when their message was done, oldest first.
 *
 * Those that timed out or were aborted are swept out now and then, so that what is kept stays in
 * proportion to what still waits.
 */
export class DeferredCallers {
  readonly #callers = new Set<ReplyTo>();
  #sweepAt = SWEEP_MIN;

  add(caller: ReplyTo): void {
    if (caller.settled) return;
    this.#callers.add(caller);
    if (this.#callers.size < this.#sweepAt) return;
    for (const kept of this.#callers) if (kept.settled) this.#callers.delete(kept);
    this.#sweepAt = Math.max(SWEEP_MIN, this.#callers.size * 2);
  }

  delete(caller: ReplyTo): void {
    this.#callers.delete(caller);
  }

  /** Those that still wait. */
  waiting(): ReplyTo[] {
    return [...this.#callers].filter((caller) => !caller.settled);
  }
}

const SWEEP_MIN = 64;
