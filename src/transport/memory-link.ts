import type { Log } from '../platform/platform.js';
import type { Address, CloseReason, Link } from '../platform/transport.js';
import { EventGate } from './event-gate.js';

/** What a link asks of the network that carries it. */
export interface LinkNetwork {
  readonly log: Log;
  readonly highWaterBytes: number;
  readonly lowWaterBytes: number;
  add(end: MemoryLink): void;
  remove(end: MemoryLink): void;
  /** Runs `arrive` one way later, after what began to travel before. */
  travel(arrive: () => void): void;
  /** Runs `run` outside of every call into the transport. */
  soon(run: () => void): void;
}

export interface LinkOwner {
  readonly address: Address;
}

/** One end of a link; `end` and `breakOff` are for the network, the rest is the contract. */
export class MemoryLink implements Link {
  readonly gate: EventGate;
  readonly owner: LinkOwner;
  readonly peerAddress: Address;
  readonly #network: LinkNetwork;
  #peer: MemoryLink | undefined;
  #ended = false;
  #waitingBytes = 0;
  #full = false;

  constructor(network: LinkNetwork, owner: LinkOwner, peerAddress: Address) {
    this.#network = network;
    this.owner = owner;
    this.peerAddress = peerAddress;
    this.gate = new EventGate(network.log, () => {
      this.#hangUp();
      this.end('violated');
    });
    network.add(this);
  }

  get address(): Address {
    return this.owner.address;
  }

  get ended(): boolean {
    return this.#ended;
  }

  send(frame: Uint8Array): boolean {
    if (this.#ended) return false;
    // A copy of its own, as any real network makes: `slice` on a Buffer would be a view.
    const copy = new Uint8Array(frame);
    this.#waitingBytes += copy.length + FRAME_OVERHEAD_BYTES;
    this.#full ||= this.#waitingBytes >= this.#network.highWaterBytes;
    this.#network.travel(() => this.#deliver(copy));
    return !this.#full;
  }

  close(): void {
    if (this.#ended) return;
    this.#hangUp();
    this.abandon();
    this.#network.soon(() => this.gate.close('closed-here'));
  }

  join(peer: MemoryLink): void {
    this.#peer = peer;
  }

  open(): void {
    if (!this.#ended) this.gate.open();
  }

  /** Ends this side, telling its listener now. */
  end(reason: CloseReason): void {
    if (this.#ended) return;
    this.abandon();
    this.gate.close(reason);
  }

  /** Ends this side without telling anybody. */
  abandon(): void {
    this.#ended = true;
    this.#network.remove(this);
  }

  breakOff(): void {
    if (this.#ended) return;
    this.abandon();
    this.#network.soon(() => this.gate.close('lost'));
  }

  // Travels behind the frames sent before, so that they arrive first.
  #hangUp(): void {
    this.#network.travel(() => this.#peer?.end('closed-there'));
  }

  #deliver(frame: Uint8Array): void {
    const peer = this.#peer;
    if (peer !== undefined && !peer.ended) peer.gate.frame(frame);
    if (this.#ended) return;
    this.#waitingBytes -= frame.length + FRAME_OVERHEAD_BYTES;
    if (!this.#full || this.#waitingBytes > this.#network.lowWaterBytes) return;
    this.#full = false;
    this.gate.drain();
  }
}

// Empty frames take room as well.
const FRAME_OVERHEAD_BYTES = 16;
