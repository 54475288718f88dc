/** Before each piece on a stream: its length in bytes and its kind, most significant byte first. */
export const PREFIX_BYTES = 4;

/**
 * What a piece is.
 *
 * - `last`: a frame, or the end of one whose beginning came before.
 * - `more`: a part of a frame; the rest follows.
 * - `urgent`: a whole frame that may come between the parts of another one.
 */
export const Piece = { last: 0, more: 1, urgent: 2 } as const;
export type Piece = (typeof Piece)[keyof typeof Piece];

/** The longest piece that a prefix can announce. */
export const PIECE_BYTES_MAX = 2 ** 30 - 1;

/** Writes the prefix of a piece of `length` bytes into `target` at `at`. */
export function writePrefix(target: Uint8Array, at: number, length: number, kind: Piece): void {
  target[at] = (kind << 6) | (length >>> 24);
  target[at + 1] = length >>> 16;
  target[at + 2] = length >>> 8;
  target[at + 3] = length;
}

/**
 * Cuts a stream of bytes into the frames that it is made of.
 *
 * It holds as many bytes of an unfinished frame as have come, up to twice that, whatever length a
 * piece claims to have: a claim costs nothing.
 */
export class FrameSplitter {
  /** The largest frame that may come from now on. */
  frameBytesMax: number;
  readonly #prefix = new Uint8Array(PREFIX_BYTES);
  #prefixBytes = 0;
  #kind: Piece = Piece.last;
  /** What is still to come of the present piece; `undefined` until its prefix is complete. */
  #left: number | undefined;
  readonly #ordered = new Gathering();
  readonly #urgent = new Gathering();

  constructor(frameBytesMax: number) {
    this.frameBytesMax = frameBytesMax;
  }

  /** Whether the stream may end here. */
  get isAtBoundary(): boolean {
    return this.#prefixBytes === 0 && this.#left === undefined && this.#ordered.length === 0;
  }

  /**
   * Delivers every frame that is complete with `chunk`, in order; those that came whole are views
   * of it. False when a frame claims to be larger than it may, or of no kind: nothing behind that
   * means anything.
   */
  push(chunk: Uint8Array, deliver: (frame: Uint8Array) => void): boolean {
    let at = 0;
    while (at < chunk.length || this.#left === 0) {
      if (this.#left === undefined) {
        at = this.#readPrefix(chunk, at);
        if (this.#left === undefined) return true;
        if (!this.#isAllowed(this.#left)) return false;
      }
      const left: number = this.#left;
      const end = Math.min(at + left, chunk.length);
      const came = new Uint8Array(chunk.buffer, chunk.byteOffset + at, end - at);
      at = end;
      this.#left = left - came.length;
      this.#take(came, deliver);
    }
    return true;
  }

  #readPrefix(chunk: Uint8Array, from: number): number {
    // Nearly all prefixes come whole.
    if (this.#prefixBytes === 0 && from + PREFIX_BYTES <= chunk.length) {
      this.#announce(chunk, from);
      return from + PREFIX_BYTES;
    }
    let at = from;
    while (this.#prefixBytes < PREFIX_BYTES && at < chunk.length) {
      this.#prefix[this.#prefixBytes++] = chunk[at++] as number;
    }
    if (this.#prefixBytes === PREFIX_BYTES) {
      this.#announce(this.#prefix, 0);
      this.#prefixBytes = 0;
    }
    return at;
  }

  #announce(bytes: Uint8Array, at: number): void {
    const first = bytes[at] as number;
    this.#kind = (first >>> 6) as Piece;
    this.#left =
      ((first & 0x3f) << 24) |
      ((bytes[at + 1] as number) << 16) |
      ((bytes[at + 2] as number) << 8) |
      (bytes[at + 3] as number);
  }

  #isAllowed(length: number): boolean {
    const before = this.#kind === Piece.urgent ? 0 : this.#ordered.length;
    return this.#kind <= Piece.urgent && before + length <= this.frameBytesMax;
  }

  #take(came: Uint8Array, deliver: (frame: Uint8Array) => void): void {
    const isWhole = this.#left === 0;
    const isFrame = isWhole && this.#kind !== Piece.more;
    if (isWhole) this.#left = undefined;
    const gathering = this.#kind === Piece.urgent ? this.#urgent : this.#ordered;
    if (isFrame && gathering.length === 0) return deliver(came);
    gathering.add(came, this.frameBytesMax);
    if (isFrame) deliver(gathering.whole());
  }
}

/** The beginning of a frame. */
class Gathering {
  #bytes: Uint8Array = NOTHING;
  #filled = 0;

  get length(): number {
    return this.#filled;
  }

  add(came: Uint8Array, bytesMax: number): void {
    const needed = this.#filled + came.length;
    if (this.#bytes.length < needed) {
      const grown = new Uint8Array(Math.min(bytesMax, 2 * needed));
      grown.set(this.#bytes.subarray(0, this.#filled));
      this.#bytes = grown;
    }
    this.#bytes.set(came, this.#filled);
    this.#filled = needed;
  }

  whole(): Uint8Array {
    const frame = this.#bytes.subarray(0, this.#filled);
    this.#bytes = NOTHING;
    this.#filled = 0;
    return frame;
  }
}

const NOTHING = new Uint8Array(0);
