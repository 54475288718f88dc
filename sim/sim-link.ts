import { invariant } from '../src/base/assert.js';
import type { Log } from '../src/platform/platform.js';
import type { CloseReason, Link } from '../src/platform/transport.js';
import { EventGate } from '../src/transport/event-gate.js';
import { type BufferLimits, bufferedBytes, type LinkId, type NodeOutput } from './turn.js';

/** Takes an output of the turn. */
export type Emit = (output: NodeOutput) => void;

export interface SimLinkOptions {
  readonly buffer: BufferLimits;
  readonly log: Log;
  readonly emit: Emit;
}

/** The node's end of one link. */
export class SimLink implements Link {
  readonly gate: EventGate;
  readonly #id: LinkId;
  readonly #options: SimLinkOptions;
  // A dialled link has no connection to write to before the other side answered.
  #early: Uint8Array[] | undefined = [];
  #closed = false;
  #waitingBytes = 0;
  #full = false;

  constructor(id: LinkId, options: SimLinkOptions) {
    this.#id = id;
    this.#options = options;
    this.gate = new EventGate(options.log, () => {
      this.close();
      this.gate.close('violated');
    });
  }

  send(frame: Uint8Array): boolean {
    if (this.#closed) return false;
    this.#waitingBytes += bufferedBytes(frame);
    if (this.#early !== undefined) this.#early.push(new Uint8Array(frame));
    else this.#options.emit({ kind: 'send', link: this.#id, bytes: frame });
    if (this.#waitingBytes > this.#options.buffer.highBytes) this.#full = true;
    return !this.#full;
  }

  close(): void {
    if (this.#closed) return;
    this.#closed = true;
    this.#options.emit({ kind: 'close', link: this.#id });
  }

  opened(): void {
    if (this.#closed) return;
    const early = this.#early ?? [];
    this.#early = undefined;
    for (const bytes of early) this.#options.emit({ kind: 'send', link: this.#id, bytes });
    this.gate.open();
  }

  frame(bytes: Uint8Array): void {
    if (!this.#closed) this.gate.frame(bytes);
  }

  acknowledge(bytes: number): void {
    this.#waitingBytes -= bytes;
    invariant(this.#waitingBytes >= 0, 'a link acknowledges no more than was sent');
  }

  drained(): void {
    if (!this.#full || this.#closed) return;
    this.#full = false;
    this.gate.drain();
  }

  ended(reason: CloseReason): void {
    this.#closed = true;
    this.gate.close(reason);
  }
}
