import type { NodeId } from '../base/node-id.js';
import type { Timer, Timers } from '../platform/platform.js';

/** A child whose owner may get out of reach. */
export interface Orphanable {
  /** The node of its supervisor. */
  readonly owner: NodeId;
  /** Milliseconds that it goes on without one; `Infinity`: for good. */
  readonly orphanTimeoutMs: number;
}

/**
 * The children whose owners are out of reach. Each is given up once its own time has passed, unless
 * the owner's node came back before.
 */
export class Orphans<Child extends Orphanable> {
  readonly #waiting = new Map<Child, Timer>();
  readonly #timers: Timers;
  readonly #giveUp: (child: Child) => void;

  constructor(timers: Timers, giveUp: (child: Child) => void) {
    this.#timers = timers;
    this.#giveUp = giveUp;
  }

  /** The owner of these is out of reach from now on. */
  add(children: Iterable<Child>): void {
    for (const child of children) {
      if (this.#waiting.has(child) || child.orphanTimeoutMs === Infinity) continue;
      const timer = this.#timers.after(child.orphanTimeoutMs, () => {
        this.#waiting.delete(child);
        this.#giveUp(child);
      });
      this.#waiting.set(child, timer);
    }
  }

  /** The child ended. */
  remove(child: Child): void {
    this.#waiting.get(child)?.cancel();
    this.#waiting.delete(child);
  }

  /** The owner's node is back, and says itself which of these it still wants. */
  ownerReturned(owner: NodeId, isItsOwn: (child: Child) => boolean): void {
    for (const child of [...this.#waiting.keys()]) {
      if (child.owner === owner && isItsOwn(child)) this.remove(child);
    }
  }

  /** All of them are ended for another reason. */
  clear(): void {
    for (const timer of this.#waiting.values()) timer.cancel();
    this.#waiting.clear();
  }
}
