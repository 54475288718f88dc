import { FaultlineError, toError } from '../base/errors.js';
import type { Log } from '../platform/platform.js';
import type { Address, CloseReason, Link, LinkEvents, Transport } from '../platform/transport.js';
import type { Delivery } from '../runtime/router.js';
import { type Frame, type FrameKind, type FrameLimits, decodeFrame, encodeFrame } from './frame.js';
import { messageReader, messageRoom } from './frame.js';
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
  readonly #limits: FrameLimits;
  readonly #room = messageRoom();
  readonly #messages = messageReader();
  readonly #links = new Map<LinkNumber, Link>();
  /** Links that took a frame and want a pause. */
  readonly #full = new Set<LinkNumber>();

  constructor(
    config: FrameLimits & { readonly transport: Transport },
    log: Log,
    listener: LinkListener,
  ) {
    this.#transport = config.transport;
    this.#limits = config;
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
   * `down` when the link is gone; `full` when it has not got rid of what it took before, and the
   * frame is a message: then it was not sent. What keeps the cluster together is always taken.
   * Throws a FrameError on a frame that cannot be.
   */
  send(number: LinkNumber, frame: Frame): Delivery {
    const link = this.#links.get(number);
    if (link === undefined) return 'down';
    if (this.#full.size > 0 && this.#full.has(number) && MESSAGES.has(frame.kind)) return 'full';
    const bytes = encodeFrame(frame, this.#limits, this.#room);
    // A beat tells that the node lives: it need not wait behind a message of megabytes.
    const urgent = frame.kind === 'heartbeat' ? link.sendUrgent?.(bytes) : undefined;
    if (!(urgent ?? link.send(bytes))) this.#full.add(number);
    return 'sent';
  }

  /** Whoever is at the other end may be there. */
  trust(number: LinkNumber): void {
    this.#links.get(number)?.trust?.();
  }

  close(number: LinkNumber): void {
    const link = this.#links.get(number);
    this.#links.delete(number);
    this.#full.delete(number);
    link?.close();
  }

  #eventsOf(number: LinkNumber): LinkEvents {
    return {
      onOpen: () => this.#listener.opened(number),
      onFrame: (bytes) => this.#frame(number, bytes),
      onDrain: () => void this.#full.delete(number),
      onClose: (reason) => {
        this.#links.delete(number);
        this.#full.delete(number);
        this.#listener.closed(number, reason);
      },
    };
  }

  #frame(number: LinkNumber, bytes: Uint8Array): void {
    try {
      this.#listener.frame(number, decodeFrame(bytes, this.#limits, this.#messages));
    } catch (thrown) {
      this.#violated(number, toError(thrown));
    }
  }

  #violated(number: LinkNumber, error: Error): void {
    // Bytes that are no frame are the peer's fault; anything else is ours, and must be seen.
    const level = error instanceof FaultlineError ? 'warn' : 'error';
    const from = this.#links.get(number)?.remote;
    const about = from === undefined ? { error } : { error, from };
    this.#log[level]('a link was closed for what came over it', about);
    this.#listener.violated(number, error.message);
  }
}

const MESSAGES: ReadonlySet<FrameKind> = new Set(['call', 'cast', 'info']);
