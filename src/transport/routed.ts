import type { Address, Link, LinkEvents, Transport } from '../platform/transport.js';

/** Two ways to other nodes, and which of them leads where. */
export interface Routes {
  /** For those in the same process, say. */
  readonly near: Transport;
  /** For all others. Where it listens is where this node is to be found. */
  readonly far: Transport;
  /** Asked once for each dial. */
  isNear(address: Address): boolean;
}

/**
 * One transport out of two: it accepts links from both, and dials over the one that leads to the
 * address. It owns both, and closes them when it closes.
 */
export class RoutedTransport implements Transport {
  readonly #routes: Routes;

  constructor(routes: Routes) {
    this.#routes = routes;
  }

  async listen(accept: (link: Link) => LinkEvents): Promise<Address> {
    const address = await this.#routes.far.listen(accept);
    await this.#routes.near.listen(accept);
    return address;
  }

  dial(address: Address, events: LinkEvents): Link {
    const { near, far } = this.#routes;
    return (this.#routes.isNear(address) ? near : far).dial(address, events);
  }

  async close(): Promise<void> {
    await Promise.all([this.#routes.near.close(), this.#routes.far.close()]);
  }
}
