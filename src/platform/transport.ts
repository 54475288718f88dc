import { FaultlineError, toError } from '../base/errors.js';

/**
 * How frames cross between nodes. Every implementation passes one contract suite
 * (`transport/link-contract.ts`).
 *
 * The events of a link spell `open? frame* close`: `onOpen` at most once and first, then frames in
 * the order they were sent, then `onClose` exactly once and last. A frame that is lost closes the
 * link. No event is delivered from inside `send`, `close`, `dial` or `listen`.
 *
 * A handler that throws has not taken its event: the error is logged and its link ends, with
 * `violated` on this side and `closed-there` on the other. Other links go on. When `accept` throws
 * the dialler sees `refused` or `closed-there`.
 */
export interface Transport {
  /**
   * Accepts links. `accept` is called once for each dialled link that arrives and returns who
   * listens to it; the accepted side gets its own `onOpen` too. Resolves to the address that peers
   * dial. Rejects with ListenError.
   */
  listen(accept: (link: Link) => LinkEvents): Promise<Address>;
  /** Begins a link. The outcome is told by `onOpen`, or by `onClose` alone when it fails. */
  dial(address: Address, events: LinkEvents): Link;
  /**
   * Stops listening and closes every link, with `closed-here` on this side; resolves after the last
   * `onClose`. A closed transport stays closed: `dial` ends with `closed-here`, `listen` rejects.
   */
  close(): Promise<void>;
}

/** Nobody can listen at `address`; `cause` says why. */
export class ListenError extends FaultlineError {
  static readonly code = 'ERR_LISTEN';
  override readonly name = 'ListenError';
  readonly code = ListenError.code;

  constructor(
    readonly address: Address,
    cause: unknown,
  ) {
    super(`Cannot listen at ${address}: ${toError(cause).message}`, { cause });
  }
}

/** Where a transport can be reached: what `dial` takes. Its form is the transport's own. */
export type Address = string;

/** One side of a connection between two nodes. */
export interface Link {
  /**
   * Queues a frame and owns its bytes from then on: the caller must not change or reuse them.
   * False means the buffer is full: the frame was taken, stop until `onDrain`. On a link that is
   * closed the frame is dropped and the answer is false.
   */
  send(frame: Uint8Array): boolean;
  /**
   * As `send`, for the one kind of frame that may overtake others: a heartbeat need not wait behind
   * a message of megabytes. A link without it keeps every order.
   */
  sendUrgent?(frame: Uint8Array): boolean;
  /**
   * Closes both directions. What was sent before still arrives, unless the connection breaks; no
   * frame is delivered here any more, only `onClose`.
   */
  close(): void;
  /** Where the other end is, as far as it shows: for lines in the log. */
  readonly remote?: string | undefined;
  /**
   * What only the two ends of this very connection can know, the same at both, once the link is
   * open. Undefined where the connection has no secret of its own, or is gone.
   */
  binding?(): Uint8Array | undefined;
  /**
   * Says that whoever dialled may be here. Until then a transport may let an accepted link take
   * only little, and drop it for another; one that does not tell them apart has no such method.
   */
  trust?(): void;
}

/** Who listens to a link; the order of its events is the contract of `Transport`. */
export interface LinkEvents {
  /** Both sides are there: frames may be sent. */
  onOpen?(): void;
  /** A frame, whole and as it was sent; its bytes are the listener's own. */
  onFrame(frame: Uint8Array): void;
  /** The buffer has room again after `send` said false. */
  onDrain?(): void;
  /** The last event of every link, once. */
  onClose(reason: CloseReason): void;
}

/**
 * Why a link ended.
 *
 * - `closed-here`: this side called `close`.
 * - `closed-there`: the other side called `close`, or its process ended.
 * - `refused`: nobody listens at the address.
 * - `unreachable`: no answer to the dial in time.
 * - `lost`: the connection broke; frames in flight may be lost.
 * - `violated`: the bytes that came break the protocol.
 */
export type CloseReason =
  'closed-here' | 'closed-there' | 'refused' | 'unreachable' | 'lost' | 'violated';
