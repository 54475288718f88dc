import type { Log, Platform, Timers } from '../platform/platform.js';
import { ListenError } from '../platform/transport.js';
import type { Address, Link, LinkEvents, Transport } from '../platform/transport.js';
import { FailedLink } from './failed-link.js';
import { PortConnection } from './port-connection.js';
import type { ConnectionOwner, MessagePortLike } from './port-connection.js';
import type { FlowLimits } from './port-link.js';

export type { MessagePortLike };

/** How much may be under way on a link, and how long a dial may take. */
export interface MessagePortTransportOptions {
  readonly platform: Pick<Platform, 'timers' | 'log'>;
  /** What the others call this transport: the name under which they hold their end of a port. */
  readonly address: Address;
  /** One port for each transport that can be reached, under the name of that transport. */
  readonly ports?: Iterable<readonly [Address, MessagePortLike]>;
  /** How long a dial waits for a thread that does not answer. */
  readonly dialTimeoutMs?: number;
  readonly highWaterBytes?: number;
  readonly lowWaterBytes?: number;
}

/**
 * Links between threads of one process. A port connects two transports, say a host and a thread,
 * and carries any number of links, dialled from either end.
 *
 * The transport owns its ports and closes them when it closes. A port whose other end is gone ends
 * its links as `closed-there`, and a dial over it, or to a name without a port, is `refused`. The
 * ports hold the process alive while the transport listens or has links, and not otherwise.
 */
export class MessagePortTransport implements Transport, ConnectionOwner {
  readonly timers: Timers;
  readonly log: Log;
  readonly limits: FlowLimits;
  readonly dialTimeoutMs: number;
  readonly #address: Address;
  readonly #connections = new Map<Address, PortConnection>();
  #accept: ((link: Link) => LinkEvents) | undefined;
  #closing: Promise<void> | undefined;

  constructor(options: MessagePortTransportOptions) {
    const highWaterBytes = options.highWaterBytes ?? 1_048_576;
    this.timers = options.platform.timers;
    this.log = options.platform.log;
    this.limits = { highWaterBytes, lowWaterBytes: options.lowWaterBytes ?? highWaterBytes / 4 };
    this.dialTimeoutMs = options.dialTimeoutMs ?? 5000;
    this.#address = options.address;
    for (const [address, port] of options.ports ?? []) this.addPort(address, port);
  }

  /**
   * Makes another transport reachable. A port that has this name already is closed, as when a
   * thread was started again before the end of the old one was noticed.
   */
  addPort(address: Address, port: MessagePortLike): void {
    if (this.#closing !== undefined) {
      port.close();
      return;
    }
    const former = this.#connections.get(address);
    this.#connections.set(address, new PortConnection(port, this));
    former?.replace();
  }

  async listen(accept: (link: Link) => LinkEvents): Promise<Address> {
    if (this.#closing !== undefined) throw this.#cannotListen('this transport is closed');
    if (this.#accept !== undefined) throw this.#cannotListen('this transport listens already');
    this.#accept = accept;
    for (const connection of this.#connections.values()) connection.hold();
    return this.#address;
  }

  dial(address: Address, events: LinkEvents): Link {
    if (this.#closing !== undefined) return new FailedLink(this, events, 'closed-here');
    const connection = this.#connections.get(address);
    return connection?.dial(events) ?? new FailedLink(this, events, 'refused');
  }

  close(): Promise<void> {
    this.#closing ??= new Promise((resolve) => {
      this.#accept = undefined;
      for (const connection of this.#connections.values()) connection.close();
      this.#connections.clear();
      // Set after the timers that tell each link, and due with them: it fires last.
      this.timers.after(0, resolve, { keepAlive: true });
    });
    return this.#closing;
  }

  get accept(): ((link: Link) => LinkEvents) | undefined {
    return this.#accept;
  }

  lost(connection: PortConnection): void {
    for (const [address, known] of this.#connections) {
      if (known === connection) this.#connections.delete(address);
    }
  }

  #cannotListen(why: string): ListenError {
    return new ListenError(this.#address, new Error(why));
  }
}
