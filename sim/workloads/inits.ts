import type { Timers } from '../../src/platform/platform.js';
import type { InitsOperation } from './counters-settings.js';

/** What is to become of starts on this node, as the plan said. */
export class Inits {
  /** Timers of inits that take their time: nothing stops one half-way. */
  pendingTimers = 0;
  readonly #timers: Timers;
  readonly #orders: { readonly order: InitsOperation; left: number }[] = [];

  constructor(timers: Timers) {
    this.#timers = timers;
  }

  expect(order: InitsOperation): void {
    this.#orders.push({ order, left: order.times });
  }

  /** Uses up the oldest order for the child: to be awaited in its `init`, if there is one. */
  next(child: string): Promise<void> | undefined {
    const found = this.#orders.find(({ order, left }) => order.child === child && left > 0);
    if (found === undefined) return undefined;
    found.left -= 1;
    return this.#follow(found.order);
  }

  async #follow({ child, takesMs, fails }: InitsOperation): Promise<void> {
    if (takesMs !== undefined) {
      this.pendingTimers += 1;
      await new Promise<void>((resolve) => this.#timers.after(takesMs, resolve));
      this.pendingTimers -= 1;
    }
    if (fails) throw new Error(`the init of ${child} fails as planned`);
  }
}
