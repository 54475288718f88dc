import { invariant } from '../base/assert.js';
import type { Log, Timer } from '../platform/platform.js';
import type { CloseReason, Link } from '../platform/transport.js';
import { EventGate } from './event-gate.js';
import { Verb } from './port-batch.js';
import type { LinkName } from './port-batch.js';

/** How much may wait on one direction of a link. */
export interface FlowLimits {
  /** From how many bytes on that the other side has not consumed `send` says false. */
  readonly highWaterBytes: number;
  /** Down to how many of them a full link has to empty before it drains. */
  readonly lowWaterBytes: number;
}

/** What a link asks of the port that carries it. */
export interface LinkCarrier {
  readonly log: Log;
  readonly limits: FlowLimits;
  say(verb: Verb, link: LinkName, argument?: number): void;
  sayFrame(link: LinkName, bytes: Uint8Array): void;
  /** Brings nothing more for this link. */
  forget(link: PortLink): void;
  /** Runs `run` outside of every call into the transport. */
  soon(run: () => void): void;
}

/**
 * One end of a link over a message port. `send` and `close` are the contract; the rest is what its
 * port hears about it. Credit flows back in bytes consumed, so `send` knows how much still waits
 * on the other side, however slow its event loop is.
 */
export class PortLink implements Link {
  readonly gate: EventGate;
  readonly name: LinkName;
  /** Ends a dial that nobody answers. */
  patience: Timer | undefined;
  readonly #carrier: LinkCarrier;
  #ended = false;
  #opened = false;
  #full = false;
  #waitingBytes = 0;
  #consumedBytes = 0;
  #creditEveryBytes = Infinity;

  constructor(carrier: LinkCarrier, name: LinkName) {
    this.#carrier = carrier;
    this.name = name;
    this.gate = new EventGate(carrier.log, () => {
      this.breakOff('violated');
    });
  }

  send(frame: Uint8Array): boolean {
    if (this.#ended) return false;
    invariant(frame.length > 0 || !isDetached(frame), 'a frame is sent once: send owns its bytes');
    this.#waitingBytes += costOf(frame);
    if (this.#waitingBytes >= this.#carrier.limits.highWaterBytes) this.#full = true;
    this.#carrier.sayFrame(this.name, frame);
    return !this.#full;
  }

  close(): void {
    if (this.#ended) return;
    this.#carrier.say(Verb.close, this.name);
    this.#release();
    this.#carrier.soon(() => {
      this.gate.close('closed-here');
    });
  }

  get opened(): boolean {
    return this.#opened;
  }

  /** Both sides know of the link; the other one wants credit every so many bytes. */
  establish(creditEveryBytes: number): void {
    this.#opened = true;
    this.#creditEveryBytes = creditEveryBytes;
    this.patience?.cancel();
  }

  open(): void {
    if (!this.#ended) this.gate.open();
  }

  arrived(frame: Uint8Array): void {
    // Read before the handler runs: it owns the frame and may give the bytes away.
    const cost = costOf(frame);
    this.gate.frame(frame);
    if (this.#ended) return;
    this.#consumedBytes += cost;
    if (this.#consumedBytes < this.#creditEveryBytes) return;
    this.#carrier.say(Verb.credit, this.name, this.#consumedBytes);
    this.#consumedBytes = 0;
  }

  credited(bytes: number): void {
    this.#waitingBytes -= bytes;
    if (!this.#full || this.#waitingBytes > this.#carrier.limits.lowWaterBytes) return;
    this.#full = false;
    this.gate.drain();
  }

  /** Ends the link and tells its listener now: the other side said so, or its port is gone. */
  end(reason: CloseReason): void {
    if (this.#ended) return;
    this.#release();
    this.gate.close(reason);
  }

  /** Ends the link from this side, though nobody called `close`. */
  breakOff(reason: CloseReason): void {
    if (this.#ended) return;
    this.#carrier.say(Verb.close, this.name);
    this.end(reason);
  }

  #release(): void {
    this.#ended = true;
    this.patience?.cancel();
    this.#carrier.forget(this);
  }
}

// A large frame that was sent before looks empty: its buffer was given away.
function isDetached(frame: Uint8Array): boolean {
  try {
    return new Uint8Array(frame.buffer).length < 0;
  } catch {
    return true;
  }
}

// Empty frames take room as well.
function costOf(frame: Uint8Array): number {
  return frame.length + FRAME_OVERHEAD_BYTES;
}

const FRAME_OVERHEAD_BYTES = 12;
