import type { Timer, Timers } from '../platform/platform.js';

/** Timers under keys: one that is set again under its key replaces the former. */
export class Alarms<Key> {
  readonly #timers: Timers;
  readonly #ring: (key: Key) => void;
  readonly #set = new Map<Key, Timer>();

  constructor(timers: Timers, ring: (key: Key) => void) {
    this.#timers = timers;
    this.#ring = ring;
  }

  set(key: Key, delayMs: number): void {
    this.cancel(key);
    const fire = (): void => {
      this.#set.delete(key);
      this.#ring(key);
    };
    this.#set.set(key, this.#timers.after(delayMs, fire));
  }

  cancel(key: Key): void {
    this.#set.get(key)?.cancel();
    this.#set.delete(key);
  }
}
