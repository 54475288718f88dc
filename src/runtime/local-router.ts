import type { Address } from './address.js';
import type { Process } from './process.js';
import type { ProcessTable } from './process-table.js';
import type { Delivery, Router } from './router.js';
import type { Signal } from './signal.js';

/** Delivers to the processes of this node. */
export class LocalRouter implements Router {
  readonly #processes: ProcessTable;
  // Signals often follow each other to one receiver, through one ref: that spares the lookup.
  #recentTo: Address | undefined;
  #recent: Process | undefined;

  constructor(processes: ProcessTable) {
    this.#processes = processes;
  }

  send(to: Address, signal: Signal): Delivery {
    if (to === this.#recentTo && this.#recent !== undefined) return this.#recent.deliver(signal);
    const process = this.#processes.get(to.id);
    if (process === undefined) return 'down';
    this.#recentTo = to;
    this.#recent = process;
    return process.deliver(signal);
  }

  /** Lets go of a process that is over. */
  forget(process: Process): void {
    if (this.#recent !== process) return;
    this.#recentTo = undefined;
    this.#recent = undefined;
  }
}
