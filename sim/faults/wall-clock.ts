import type { WallChange } from '../turn.js';

/**
 * The wall clock of a machine. It may go wrong, and a process that starts there later finds it as
 * wrong as it is; virtual time itself is always right.
 */
export class WallClock {
  #aheadMs = 0;
  #driftPpm = 0;
  #sinceMs = 0;

  constructor(readonly epochMs: number) {}

  get driftPpm(): number {
    return this.#driftPpm;
  }

  /** What the clock says at this virtual time, less that time. */
  offsetMs(nowMs: number): number {
    return this.epochMs + this.#aheadAt(nowMs);
  }

  adjust({ jumpMs = 0, driftPpm = this.#driftPpm }: WallChange, nowMs: number): void {
    this.#aheadMs = this.#aheadAt(nowMs) + jumpMs;
    this.#sinceMs = nowMs;
    this.#driftPpm = driftPpm;
  }

  #aheadAt(nowMs: number): number {
    return this.#aheadMs + ((nowMs - this.#sinceMs) * this.#driftPpm) / 1e6;
  }
}
