/**
 * When frames arrive. Those that come at once, as the parts of one read do, have one time between
 * them: reading the clock costs as much as most else that is done for a frame.
 */
export class ArrivalClock {
  readonly #read: () => number;
  #readMs: number | undefined;

  /** `read` gives what the clock of the node says. */
  constructor(read: () => number) {
    this.#read = read;
  }

  /** The time, at most as old as the code that runs now up to its next continuation. */
  nowMs(): number {
    if (this.#readMs !== undefined) return this.#readMs;
    void SETTLED.then(this.#forget);
    return (this.#readMs = this.#read());
  }

  readonly #forget = (): void => {
    this.#readMs = undefined;
  };
}

const SETTLED = Promise.resolve();
