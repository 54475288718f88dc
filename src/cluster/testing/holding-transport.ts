import type { Address, Link, LinkEvents, Transport } from '../../platform/transport.js';

/** A transport whose frames can be kept back: to the other side it is silent, and not gone. */
export class HoldingTransport implements Transport {
  readonly #inner: Transport;
  #kept: (() => void)[] | undefined;

  constructor(inner: Transport) {
    this.#inner = inner;
  }

  hold(): void {
    this.#kept ??= [];
  }

  /** Sends what was kept back, in order. */
  release(): void {
    const kept = this.#kept ?? [];
    this.#kept = undefined;
    for (const send of kept) send();
  }

  listen(accept: (link: Link) => LinkEvents): Promise<Address> {
    return this.#inner.listen((link) => accept(this.#around(link)));
  }

  dial(address: Address, events: LinkEvents): Link {
    return this.#around(this.#inner.dial(address, events));
  }

  close(): Promise<void> {
    return this.#inner.close();
  }

  #around(link: Link): Link {
    return {
      send: (frame) => {
        if (this.#kept === undefined) return link.send(frame);
        this.#kept.push(() => link.send(frame));
        return true;
      },
      close: () => link.close(),
    };
  }
}
