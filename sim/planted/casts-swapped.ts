import { RemoteRouter as Original } from '../../src/cluster/remote-router.js';
import type { Address } from '../../src/runtime/address.js';
import type { Delivery } from '../../src/runtime/router.js';
import type { Signal } from '../../src/runtime/signal.js';

/**
 * A node that, once it has told another one of an end, lets every second cast overtake the one
 * before it.
 */
export class RemoteRouter extends Original {
  #held: (() => void) | undefined;
  #hasTold = false;

  override send(to: Address, signal: Signal): Delivery {
    this.#hasTold ||= signal.kind === 'down' && to.nodeId !== undefined;
    if (signal.kind !== 'cast' || !this.#hasTold) return super.send(to, signal);
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
