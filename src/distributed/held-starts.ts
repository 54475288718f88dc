import type { Timer, Timers } from '../platform/platform.js';
import type { OwnerLeases } from './owner-leases.js';

/** What has to come before the start of an exclusive child. */
export interface StartConditions {
  readonly timers: Timers;
  readonly leases: Pick<OwnerLeases, 'waitMs'>;
  /** Calls back once everybody who might go on with the supervisor knows of its starts. */
  whenRecorded(done: () => void): void;
}

/**
 * Starts of exclusive children that have to wait: until the next owner would know of them, and
 * until nothing that was started before can act any more. The children after them wait with them.
 */
export class HeldStarts {
  readonly #conditions: StartConditions;
  readonly #held = new Map<number, Timer | undefined>();

  constructor(conditions: StartConditions) {
    this.#conditions = conditions;
  }

  /** Calls `go` when it may start, unless it is dropped before. */
  hold(childId: string, attempt: number, go: () => void): void {
    this.#held.set(attempt, undefined);
    this.#conditions.whenRecorded(() => this.#wait(childId, attempt, go));
  }

  /** Whether it was held; nothing was started then. */
  drop(attempt: number): boolean {
    this.#held.get(attempt)?.cancel();
    return this.#held.delete(attempt);
  }

  clear(): void {
    for (const attempt of [...this.#held.keys()]) this.drop(attempt);
  }

  #wait(childId: string, attempt: number, go: () => void): void {
    if (!this.#held.has(attempt)) return;
    const { leases, timers } = this.#conditions;
    const waitMs = leases.waitMs(childId);
    if (waitMs > 0) {
      const again = (): void => this.#wait(childId, attempt, go);
      this.#held.set(attempt, timers.after(waitMs, again));
      return;
    }
    this.#held.delete(attempt);
    go();
  }
}
