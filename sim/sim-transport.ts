import { toError } from '../src/base/errors.js';
import { type Deferred, deferred } from '../src/base/deferred.js';
import type { Log } from '../src/platform/platform.js';
import {
  type Address,
  type CloseReason,
  type Link,
  type LinkEvents,
  ListenError,
  type Transport,
} from '../src/platform/transport.js';
import { SimLink, type Emit } from './sim-link.js';
import type { BufferLimits, LinkId } from './turn.js';

export interface SimTransportOptions {
  readonly address: Address;
  readonly buffer: BufferLimits;
  readonly log: Log;
  /** Takes what the transport wants done; throws when the node may not act now. */
  readonly emit: Emit;
}

/**
 * The node's end of the simulated network: calls become outputs of the turn, and what the network
 * does comes in through `arrived`, `opened`, `frame`, `drained` and `closed`.
 */
export class SimTransport implements Transport {
  readonly #options: SimTransportOptions;
  readonly #links = new Map<LinkId, SimLink>();
  #accept: ((link: Link) => LinkEvents) | undefined;
  #dials = 0;
  #closing: Deferred<void> | undefined;

  constructor(options: SimTransportOptions) {
    this.#options = options;
  }

  listen(accept: (link: Link) => LinkEvents): Promise<Address> {
    const { address, emit } = this.#options;
    if (this.#accept !== undefined || this.#closing !== undefined) {
      const cause = new Error(this.#closing ? 'the transport is closed' : 'it listens already');
      return Promise.reject(new ListenError(address, cause));
    }
    this.#accept = accept;
    emit({ kind: 'listen' });
    return Promise.resolve(address);
  }

  dial(address: Address, events: LinkEvents): Link {
    const id = this.#dials++ * 2;
    this.#options.emit({ kind: 'dial', link: id, address });
    const link = this.#link(id);
    link.gate.attach(events);
    if (this.#closing !== undefined) link.close();
    return link;
  }

  close(): Promise<void> {
    if (this.#closing !== undefined) return this.#closing.promise;
    this.#closing = deferred();
    if (this.#accept !== undefined) this.#options.emit({ kind: 'unlisten' });
    this.#accept = undefined;
    for (const link of this.#links.values()) link.close();
    if (this.#links.size === 0) this.#closing.resolve();
    return this.#closing.promise;
  }

  /** How many links are open, or not yet known to be closed. */
  get openLinks(): number {
    return this.#links.size;
  }

  acknowledge(acks: readonly number[]): void {
    for (let index = 0; index < acks.length; index += 2) {
      this.#links.get(acks[index] as number)?.acknowledge(acks[index + 1] as number);
    }
  }

  arrived(id: LinkId): void {
    const link = this.#link(id);
    if (this.#accept === undefined) {
      link.close();
      return;
    }
    try {
      link.gate.attach(this.#accept(link));
    } catch (thrown) {
      this.#options.log.error('accept threw; its link ends', { error: toError(thrown) });
      link.close();
      return;
    }
    link.opened();
  }

  opened(id: LinkId): void {
    this.#links.get(id)?.opened();
  }

  frame(id: LinkId, bytes: Uint8Array): void {
    this.#links.get(id)?.frame(bytes);
  }

  drained(id: LinkId): void {
    this.#links.get(id)?.drained();
  }

  closed(id: LinkId, reason: CloseReason): void {
    const link = this.#links.get(id);
    if (link === undefined) return;
    this.#links.delete(id);
    link.ended(reason);
    if (this.#links.size === 0) this.#closing?.resolve();
  }

  #link(id: LinkId): SimLink {
    const link = new SimLink(id, this.#options);
    this.#links.set(id, link);
    return link;
  }
}
