/** Before each frame on a stream: its length in bytes, most significant byte first. */
export const PREFIX_BYTES = 4;

/** Writes the prefix of a frame of `length` bytes into `target` at `at`. */
export function writePrefix(target: Uint8Array, at: number, length: number): void {
  target[at] = length >>> 24;
  target[at + 1] = length >>> 16;
  target[at + 2] = length >>> 8;
  target[at + 3] = length;
}

/**
 * Cuts a stream of bytes into the frames that it is made of.
 *
 * It holds as many bytes of an unfinished frame as have come, up to twice that, whatever length the
 * frame claims to have: a claim costs nothing.
 */
export class FrameSplitter {
  readonly #frameBytesMax: number;
  readonly #prefix = new Uint8Array(PREFIX_BYTES);
  #prefixBytes = 0;
  /** Of the frame that is coming in; `undefined` until its prefix is complete. */
  #length: number | undefined;
  #partial: Uint8Array = NOTHING;
  #filled = 0;

  constructor(frameBytesMax: number) {
    this.#frameBytesMax = frameBytesMax;
  }

  /** Whether the stream may end here. */
  get isAtBoundary(): boolean {
    return this.#prefixBytes === 0 && this.#length === undefined;
  }

  /**
   * Delivers every frame that is complete with `chunk`, in order; whole ones are views of it. False
   * when a frame claims to be larger than it may: nothing behind that means anything.
   */
  push(chunk: Uint8Array, deliver: (frame: Uint8Array) => void): boolean {
    let at = 0;
    while (at < chunk.length || this.#length === 0) {
      if (this.#length === undefined) {
        at = this.#readPrefix(chunk, at);
        if (this.#length === undefined) return true;
        if (this.#length > this.#frameBytesMax) return false;
      }
      const length: number = this.#length;
      if (this.#filled === 0 && chunk.length - at >= length) {
        this.#length = undefined;
        deliver(chunk.subarray(at, at + length));
        at += length;
      } else {
        at = this.#gather(chunk, at, length);
        if (this.#filled === length) deliver(this.#whole());
      }
    }
    return true;
  }

  #readPrefix(chunk: Uint8Array, from: number): number {
    let at = from;
    while (this.#prefixBytes < PREFIX_BYTES && at < chunk.length) {
      this.#prefix[this.#prefixBytes++] = chunk[at++] as number;
    }
    if (this.#prefixBytes === PREFIX_BYTES) {
      const [a = 0, b = 0, c = 0, d = 0] = this.#prefix;
      this.#length = ((a << 24) | (b << 16) | (c << 8) | d) >>> 0;
      this.#prefixBytes = 0;
    }
    return at;
  }

  #gather(chunk: Uint8Array, at: number, length: number): number {
    const count = Math.min(length - this.#filled, chunk.length - at);
    const needed = this.#filled + count;
    if (this.#partial.length < needed) {
      const grown = new Uint8Array(Math.min(length, 2 * needed));
      grown.set(this.#partial.subarray(0, this.#filled));
      this.#partial = grown;
    }
    this.#partial.set(chunk.subarray(at, at + count), this.#filled);
    this.#filled = needed;
    return at + count;
  }

  #whole(): Uint8Array {
    const frame = this.#partial.subarray(0, this.#filled);
    this.#partial = NOTHING;
    this.#filled = 0;
    this.#length = undefined;
    return frame;
  }
}

const NOTHING = new Uint8Array(0);
