import type { RestartIntensity } from '../../src/otp/supervision/restart-window.js';

/** The simplest right version of a restart window: it remembers everything and counts. */
export class RestartBudget {
  readonly #limit: RestartIntensity;
  readonly #restartsAtMs: number[] = [];

  constructor(limit: RestartIntensity) {
    this.#limit = limit;
  }

  /** Whether one more restart at `nowMs` keeps every window within the limit; if so, counts it. */
  spend(nowMs: number): boolean {
    const recent = this.#restartsAtMs.filter((atMs) => nowMs - atMs <= this.#limit.withinMs);
    if (recent.length >= this.#limit.maxRestarts) return false;
    this.#restartsAtMs.push(nowMs);
    return true;
  }
}
