import { MemoryStore } from '../src/platform/memory-store.js';
import type { DurableEntry } from './turn.js';

/** A store that hands what is synced to the world, where it outlives the node. */
export class NodeStore extends MemoryStore {
  readonly #unsynced = new Set<string>();
  readonly #onSync: (entries: readonly DurableEntry[]) => void;

  constructor(
    durable: readonly DurableEntry[],
    onSync: (entries: readonly DurableEntry[]) => void,
  ) {
    super(new Map(durable));
    this.#onSync = onSync;
  }

  override put(key: string, value: Uint8Array): void {
    super.put(key, value);
    this.#unsynced.add(key);
  }

  override sync(): Promise<void> {
    const entries = [...this.#unsynced].map((key): DurableEntry => [key, this.#written(key)]);
    this.#unsynced.clear();
    this.#onSync(entries);
    return super.sync();
  }

  #written(key: string): Uint8Array {
    return super.get(key) ?? new Uint8Array(0);
  }
}
