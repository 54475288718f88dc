import type { Process } from './process.js';

/** The living processes of a node, and those whose `init` still runs. */
export class ProcessTable {
  readonly #byId = new Map<string, Process>();

  get size(): number {
    return this.#byId.size;
  }

  add(process: Process): void {
    this.#byId.set(process.id, process);
  }

  get(id: string): Process | undefined {
    return this.#byId.get(id);
  }

  remove(id: string): void {
    this.#byId.delete(id);
  }

  /** In the order they were spawned. */
  [Symbol.iterator](): Iterator<Process> {
    return this.#byId.values();
  }
}
