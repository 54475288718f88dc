import { here } from '../runtime/default-runtime.js';

/**
 * Time and chance of the node that the calling code runs on.
 *
 * A program outside of this repository uses `setTimeout`, `Date.now` and `Math.random` for these:
 * the simulator replaces them as well.
 */

/** Resolves `delayMs` from now. */
export function pause(delayMs: number): Promise<void> {
  return new Promise((resolve) => {
    here().platform.timers.after(delayMs, resolve, { keepAlive: true });
  });
}

/** Calls `act` every `everyMs`, until the function that it gives is called. */
export function repeatedly(everyMs: number, act: () => void): () => void {
  const { timers } = here().platform;
  let timer = timers.after(everyMs, turn, { keepAlive: true });
  function turn(): void {
    timer = timers.after(everyMs, turn, { keepAlive: true });
    act();
  }
  return () => void timer.cancel();
}

/** Milliseconds since 1970, for people to read. */
export function wallMs(): number {
  return here().platform.clock.wallMs();
}

/** Monotonic milliseconds, to measure with. */
export function nowMs(): number {
  return here().platform.clock.nowMs();
}

/** One of `items`, whichever; there is at least one. */
export function anyOf<Item>(items: readonly [Item, ...Item[]]): Item {
  return items[here().platform.random.below(items.length)] ?? items[0];
}

/** True in `percent` of a hundred cases. */
export function happens({ percent }: { readonly percent: number }): boolean {
  return here().platform.random.below(100) < percent;
}
