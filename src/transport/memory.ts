import { toError } from '../base/errors.js';
import type { Log, Platform, Timers } from '../platform/platform.js';
import { ListenError } from '../platform/transport.js';
import type { Address, Link, LinkEvents, Transport } from '../platform/transport.js';
import { MemoryLink } from './memory-link.js';

/** How long frames travel, and how many may be under way on a link. */
export interface MemoryNetworkOptions {
  /** How long a frame, a dial or a close takes one way. 0 still takes a turn of the timers. */
  readonly latencyMs?: number;
  /** From how many bytes under way on `send` says false. */
  readonly highWaterBytes?: number;
  /** Down to how many bytes a full link has to empty before it drains. */
  readonly lowWaterBytes?: number;
}

/**
 * A network inside one thread, for several runtimes in one test. Everything it delivers it delivers
 * from timers of its platform, so under a virtual platform nothing moves until time does.
 */
export class MemoryNetwork {
  readonly log: Log;
  readonly latencyMs: number;
  readonly highWaterBytes: number;
  readonly lowWaterBytes: number;
  readonly #timers: Timers;
  readonly #listeners = new Map<Address, MemoryTransport>();
  readonly #ends = new Set<MemoryLink>();

  constructor(platform: Pick<Platform, 'timers' | 'log'>, options: MemoryNetworkOptions = {}) {
    this.log = platform.log;
    this.#timers = platform.timers;
    this.latencyMs = options.latencyMs ?? 0;
    this.highWaterBytes = options.highWaterBytes ?? 1_048_576;
    this.lowWaterBytes = options.lowWaterBytes ?? this.highWaterBytes / 4;
  }

  /** A transport that listens at `address` when it is told to. */
  transport(address: Address): Transport {
    return new MemoryTransport(this, address);
  }

  /** Breaks every link between the two addresses; what is under way on them is lost. */
  sever(first: Address, second: Address): void {
    for (const end of [...this.#ends]) {
      const there = end.peerAddress;
      const between =
        (end.address === first && there === second) || (end.address === second && there === first);
      if (between) end.breakOff();
    }
  }

  /** Who listens at the address now. */
  listenerAt(address: Address): MemoryTransport | undefined {
    return this.#listeners.get(address);
  }

  /** False when somebody listens there already. */
  bind(address: Address, transport: MemoryTransport): boolean {
    if (this.#listeners.has(address)) return false;
    this.#listeners.set(address, transport);
    return true;
  }

  /** Frees the address when this transport is the one that has it. */
  release(address: Address, transport: MemoryTransport): void {
    if (this.#listeners.get(address) === transport) this.#listeners.delete(address);
  }

  /** Counts one end of a link as open, so that `sever` finds it. */
  add(end: MemoryLink): void {
    this.#ends.add(end);
  }

  /** Forgets an end that has closed. */
  remove(end: MemoryLink): void {
    this.#ends.delete(end);
  }

  /** The open ends of one transport. */
  linksOf(transport: MemoryTransport): MemoryLink[] {
    return [...this.#ends].filter((end) => end.owner === transport);
  }

  /** Runs `arrive` once the latency of the network is over. */
  travel(arrive: () => void): void {
    this.#timers.after(this.latencyMs, arrive, { keepAlive: true });
  }

  /** Runs it after this turn: no event comes from inside a call. */
  soon(run: () => void): void {
    this.#timers.after(0, run, { keepAlive: true });
  }
}

/** Made by {@link MemoryNetwork.transport}; the part beyond the contract is for the network. */
export class MemoryTransport implements Transport {
  readonly #network: MemoryNetwork;
  readonly address: Address;
  #accept: ((link: Link) => LinkEvents) | undefined;
  #closing: Promise<void> | undefined;

  constructor(network: MemoryNetwork, address: Address) {
    this.#network = network;
    this.address = address;
  }

  async listen(accept: (link: Link) => LinkEvents): Promise<Address> {
    if (this.#closing !== undefined) throw this.#cannotListen('this transport is closed');
    if (!this.#network.bind(this.address, this)) {
      throw this.#cannotListen('somebody listens there already');
    }
    this.#accept = accept;
    return this.address;
  }

  dial(address: Address, events: LinkEvents): Link {
    const link = new MemoryLink(this.#network, this, address);
    link.gate.attach(events);
    if (this.#closing !== undefined) {
      link.close();
      return link;
    }
    this.#network.travel(() => {
      const listener = this.#network.listenerAt(address);
      if (listener === undefined) this.#network.travel(() => link.end('refused'));
      else listener.arrived(link);
    });
    return link;
  }

  close(): Promise<void> {
    this.#closing ??= new Promise((resolve) => {
      this.#network.release(this.address, this);
      for (const link of this.#network.linksOf(this)) link.close();
      // Set after the timers that tell each link, and due with them: it fires last.
      this.#network.soon(resolve);
    });
    return this.#closing;
  }

  /** A dial came in. */
  arrived(dialler: MemoryLink): void {
    if (dialler.ended) return;
    const link = new MemoryLink(this.#network, this, dialler.address);
    link.join(dialler);
    dialler.join(link);
    let refused = false;
    // Set before `accept` runs: what it sends travels behind.
    this.#network.travel(() => {
      if (refused) dialler.end('refused');
      else dialler.open();
    });
    try {
      const events = this.#accept?.(link);
      if (events !== undefined) link.gate.attach(events);
    } catch (thrown) {
      this.#network.log.error('accept threw; the link is refused', {
        error: toError(thrown),
      });
      link.abandon();
      refused = true;
      return;
    }
    link.open();
  }

  #cannotListen(why: string): ListenError {
    return new ListenError(this.address, new Error(why));
  }
}
