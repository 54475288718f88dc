import { FaultlineError, toError } from '../base/errors.js';
import type { Log } from '../platform/platform.js';
import type { Address, CloseReason, Link, LinkEvents, Transport } from '../platform/transport.js';
import type { Delivery } from '../runtime/router.js';
import { type Frame, decodeFrame, encodeFrame } from './frame.js';
import type { LinkNumber } from './membership-event.js';

/** What happens to links, with the number of each. Nothing comes after `closed`. */
export interface LinkListener {
  accepted(link: LinkNumber): void;
  opened(link: LinkNumber): void;
  /** A frame came. What this throws closes the link, and nothing else. */
  frame(link: LinkNumber, frame: Frame): void;
  /** What came is no frame, or none that can be there: the link is to be closed. */
  violated(link: LinkNumber, why: string): void;
  closed(link: LinkNumber, reason: CloseReason): void;
}

/** The links of one node, by the numbers under which its membership knows them. */
export class NumberedLinks {
  readonly #transport: Transport;
  readonly #log: Log;
  readonly #listener: LinkListener;
  readonly #links = new Map<LinkNumber, Link>();

  constructor(transport: Transport, log: Log, listener: LinkListener) {
    this.#transport = transport;
    this.#log = log;
    this.#listener = listener;
  }

  /** Accepts links from now on, each under the next number. Rejects with ListenError. */
  async listen(nextNumber: () => LinkNumber): Promise<void> {
    await this.#transport.listen((link) => {
      const number = nextNumber();
      this.#links.set(number, link);
      this.#listener.accepted(number);
      return this.#eventsOf(number);
    });
  }

  dial(number: LinkNumber, address: Address): void {
    const link = this.#transport.dial(address, this.#eventsOf(number));
    this.#links.set(number, link);
  }

  /**
   * `down` when the link is gone; `full` when it took the frame and wants a pause. Throws a
   * FrameError on a frame that cannot be.
   */
  send(number: LinkNumber, frame: Frame): Delivery {
    const link = this.#links.get(number);
    if (link === undefined) return 'down';
    return link.send(encodeFrame(frame)) ? 'sent' : 'full';
  }

  close(number: LinkNumber): void {
    const link = this.#links.get(number);
    this.#links.delete(number);
    link?.close();
  }

  #eventsOf(number: LinkNumber): LinkEvents {
    return {
      onOpen: () => this.#listener.opened(number),
      onFrame: (bytes) => this.#frame(number, bytes),
      onClose: (reason) => {
        this.#links.delete(number);
        this.#listener.closed(number, reason);
      },
    };
  }

  #frame(number: LinkNumber, bytes: Uint8Array): void {
    try {
      this.#listener.frame(number, decodeFrame(bytes));
    } catch (thrown) {
      const error = toError(thrown);
      // Bytes that are no frame are the peer's fault; anything else is ours, and must be seen.
      const level = error instanceof FaultlineError ? 'warn' : 'error';
      this.#log[level]('a link was closed for what came over it', { error });
      this.#listener.violated(number, error.message);
    }
  }
}
