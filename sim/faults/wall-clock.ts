import type { ClockChange } from '../turn.js';

/**
 * The clocks of a machine. They may go wrong, and a process that starts there later finds them as
 * wrong as they are; virtual time itself is always right.
 */
export class WallClock {
  #aheadMs = 0;
  #driftPpm = 0;
  #ratePpm = 0;
  #sinceMs = 0;

  constructor(readonly epochMs: number) {}

  /** How much too fast the wall clock runs, by the monotonic one. */
  get driftPpm(): number {
    return this.#driftPpm;
  }

  /** How much too fast the monotonic clock runs. */
  get ratePpm(): number {
    return this.#ratePpm;
  }

  /** What the wall clock says at this virtual time, less that time. */
  offsetMs(nowMs: number): number {
    return this.epochMs + this.#aheadAt(nowMs);
  }

  adjust(change: ClockChange, nowMs: number): void {
    const { jumpMs = 0, driftPpm = this.#driftPpm, ratePpm = this.#ratePpm } = change;
    this.#aheadMs = this.#aheadAt(nowMs) + jumpMs;
    this.#sinceMs = nowMs;
    this.#driftPpm = driftPpm;
    this.#ratePpm = ratePpm;
  }

  #aheadAt(nowMs: number): number {
    const gain = this.#driftPpm / 1e6 + (this.#ratePpm / 1e6) * (1 + this.#driftPpm / 1e6);
    return this.#aheadMs + (nowMs - this.#sinceMs) * gain;
  }
}
