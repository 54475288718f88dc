import { compareCodeUnits } from '../base/compare.js';
import type { Store } from './platform.js';

/**
 * A {@link Store} in memory that knows what is synced: `survivors` is what a crash leaves behind.
 */
export class MemoryStore implements Store {
  readonly #durable: Map<string, Uint8Array>;
  readonly #entries: Map<string, Uint8Array>;

  constructor(survivors: ReadonlyMap<string, Uint8Array> = new Map()) {
    this.#durable = new Map(survivors);
    this.#entries = new Map(survivors);
  }

  put(key: string, value: Uint8Array): void {
    this.#entries.set(key, value.slice());
  }

  get(key: string): Uint8Array | undefined {
    return this.#entries.get(key)?.slice();
  }

  *scan(prefix: string): Iterable<readonly [string, Uint8Array]> {
    const keys = [...this.#entries.keys()].filter((key) => key.startsWith(prefix));
    for (const key of keys.sort(compareCodeUnits)) {
      yield [key, (this.#entries.get(key) as Uint8Array).slice()];
    }
  }

  sync(): Promise<void> {
    for (const [key, value] of this.#entries) this.#durable.set(key, value);
    return Promise.resolve();
  }

  /** What was put and synced so far. */
  survivors(): ReadonlyMap<string, Uint8Array> {
    return new Map(this.#durable);
  }
}
