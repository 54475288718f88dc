/**
 * What the monotonic clock of one life of a node says, in milliseconds, and when it will say what.
 * It runs as fast as virtual time unless it is told to run too fast or too slowly.
 */
export class NodeTime {
  #sinceUs: number;
  #sinceMs: number;
  #rate = 1;

  /** Every life begins with the right time. */
  constructor(nowUs: number) {
    this.#sinceUs = nowUs;
    this.#sinceMs = nowUs / 1000;
  }

  get ratePpm(): number {
    return Math.round((this.#rate - 1) * 1e6);
  }

  /** From now on it gains so many microseconds each second. */
  run(ratePpm: number, nowUs: number): void {
    this.#sinceMs = this.atMs(nowUs);
    this.#sinceUs = nowUs;
    this.#rate = 1 + ratePpm / 1e6;
  }

  /** What it says at a time of the world. */
  atMs(worldUs: number): number {
    // What never went wrong is exactly right.
    if (this.#rate === 1 && this.#sinceMs === this.#sinceUs / 1000) return worldUs / 1000;
    return this.#sinceMs + ((worldUs - this.#sinceUs) / 1000) * this.#rate;
  }

  /** The first whole microsecond of the world at which it says `dueMs` or more. */
  reachedUs(dueMs: number): number {
    let atUs = Math.ceil(this.#sinceUs + ((dueMs - this.#sinceMs) * 1000) / this.#rate);
    // Rounding may stop just short of the deadline, or go beyond it.
    while (this.atMs(atUs - 1) >= dueMs) atUs -= 1;
    while (this.atMs(atUs) < dueMs) atUs += 1;
    return atUs;
  }
}
