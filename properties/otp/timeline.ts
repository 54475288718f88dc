import { Heap } from '../../src/base/heap.js';

/** Something due at a moment of virtual time. */
interface Due {
  readonly atMs: number;
  readonly order: number;
  cancelled: boolean;
  run(): void;
}

/** Virtual time. What is due at one moment runs in the order it was asked for. */
export class Timeline {
  readonly #due = new Heap<Due>((a, b) =>
    a.atMs === b.atMs ? a.order < b.order : a.atMs < b.atMs,
  );
  #order = 0;
  #nowMs = 0;

  get nowMs(): number {
    return this.#nowMs;
  }

  /** When the next thing is due; `undefined` when nothing is. */
  get nextMs(): number | undefined {
    for (;;) {
      const due = this.#due.peek();
      if (due?.cancelled !== true) return due?.atMs;
      this.#due.pop();
    }
  }

  /** Runs after everything else that is due now. */
  post(run: () => void): void {
    this.after(0, run);
  }

  /** Returns what cancels it. */
  after(delayMs: number, run: () => void): () => void {
    const due = { atMs: this.#nowMs + delayMs, order: this.#order++, cancelled: false, run };
    this.#due.push(due);
    return () => {
      due.cancelled = true;
    };
  }

  /** Runs the next thing, moving time to it. */
  step(): void {
    if (this.nextMs === undefined) return;
    const due = this.#due.pop();
    if (due === undefined) return;
    this.#nowMs = due.atMs;
    due.run();
  }

  /** Runs all that is due until then. */
  advanceTo(untilMs: number): void {
    for (;;) {
      const nextMs = this.nextMs;
      if (nextMs === undefined || nextMs > untilMs) break;
      this.step();
    }
    this.#nowMs = Math.max(this.#nowMs, untilMs);
  }
}
