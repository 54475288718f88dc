import { RemoteRouter as Original } from '../../src/cluster/remote-router.js';
import type { Address } from '../../src/runtime/address.js';
import type { Delivery } from '../../src/runtime/router.js';
import type { Signal } from '../../src/runtime/signal.js';

/** A node that lets every second cast overtake the one before it. */
export class RemoteRouter extends Original {
  #held: (() => void) | undefined;

  override send(to: Address, signal: Signal): Delivery {
    if (signal.kind !== 'cast') return super.send(to, signal);
    if (this.#held === undefined) {
      this.#held = () => void super.send(to, signal);
      return 'sent';
    }
    const delivery = super.send(to, signal);
    this.#held();
    this.#held = undefined;
    return delivery;
  }
}
