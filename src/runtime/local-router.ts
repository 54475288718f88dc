import type { Address } from './address.js';
import type { ProcessTable } from './process-table.js';
import type { Delivery, Router } from './router.js';
import type { Signal } from './signal.js';

/** Delivers to the processes of this node. */
export class LocalRouter implements Router {
  readonly #processes: ProcessTable;

  constructor(processes: ProcessTable) {
    this.#processes = processes;
  }

  send(to: Address, signal: Signal): Delivery {
    const process = this.#processes.get(to.id);
    return process === undefined ? 'down' : process.deliver(signal);
  }
}
