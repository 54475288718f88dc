import { Codec } from '../../src/cluster/codec.js';
import {
  decodeFrame,
  encodeFrame,
  type Frame,
  messageReader,
  messageRoom,
} from '../../src/cluster/frame.js';
import type { Address, Link, LinkEvents, Transport } from '../../src/platform/transport.js';

/**
 * The least that a call to another node costs over one of our links: frames and codec are those of
 * a cluster, and so are the batches. It knows no processes, callers, promises, timeouts, members
 * and ends; whatever comes is sent back.
 */
export class BareEcho {
  readonly #codec = new Codec();
  readonly #room = messageRoom();
  readonly #messages = messageReader();

  listen(transport: Transport): Promise<Address> {
    return transport.listen((link) => ({
      onFrame: (bytes) => this.#echo(link, decodeFrame(bytes, undefined, this.#messages)),
      onClose: () => undefined,
    }));
  }

  #echo(link: Link, frame: Frame): void {
    if (frame.kind === 'cast') this.#codec.decode(frame.message);
    if (frame.kind !== 'call') return;
    const value = this.#codec.pack(this.#codec.decode(frame.message));
    const reply = { kind: 'reply', callId: frame.callId, ok: true, value } as const;
    link.send(encodeFrame(reply, undefined, this.#room));
  }
}

/** The other side of a {@link BareEcho}: keeps a number of calls under way, or casts. */
export class BareEchoer {
  readonly #codec = new Codec();
  readonly #room = messageRoom();
  readonly #messages = messageReader();
  #link!: Link;
  #callId = 0;
  #unsent = 0;
  #left = 0;
  #message: unknown;
  #done!: () => void;
  #drained: (() => void) | undefined;

  async dial(transport: Transport, address: Address): Promise<void> {
    const events: Omit<LinkEvents, 'onClose'> = {
      onFrame: (bytes) => this.#landed(decodeFrame(bytes, undefined, this.#messages)),
      onDrain: () => this.#drained?.(),
    };
    await new Promise<void>((onOpen, onClose) => {
      this.#link = transport.dial(address, { ...events, onOpen, onClose });
    });
  }

  /** Resolves when so many calls were answered, `underWay` of them at a time. */
  call(message: unknown, calls: number, underWay: number): Promise<void> {
    this.#message = message;
    this.#unsent = calls;
    this.#left = calls;
    return new Promise((resolve) => {
      this.#done = resolve;
      for (let n = 0; n < underWay; n++) this.#next();
    });
  }

  /** Resolves when the other side has read so many casts: it answers the call behind them. */
  async cast(message: unknown, casts: number): Promise<void> {
    for (let n = 0; n < casts; n++) {
      const frame = { kind: 'cast', to: SERVER, message: this.#codec.pack(message) } as const;
      if (this.#link.send(encodeFrame(frame, undefined, this.#room))) continue;
      await new Promise<void>((resolve) => (this.#drained = resolve));
    }
    await this.call(message, 1, 1);
  }

  #next(): void {
    if (this.#unsent === 0) return;
    this.#unsent -= 1;
    const message = this.#codec.pack(this.#message);
    const callId = ++this.#callId;
    const frame = { kind: 'call', callId, to: SERVER, message, deadlineMs: 5000 } as const;
    this.#link.send(encodeFrame(frame, undefined, this.#room));
  }

  #landed(frame: Frame): void {
    if (frame.kind === 'reply') this.#codec.decode(frame.value);
    this.#left -= 1;
    if (this.#left === 0) this.#done();
    else this.#next();
  }
}

// As long as the ids of servers are.
const SERVER = 'genserver_far@127.0.0.1:4369_hxq1v3x8z4w_1';
