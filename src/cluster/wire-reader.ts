import { malformedFrame } from './frame-error.js';

/** Reads what a `WireWriter` wrote. Throws a `FrameError` where the bytes end too soon. */
export class WireReader {
  readonly #bytes: Buffer;
  #position: number;

  constructor(bytes: Uint8Array, position: number) {
    this.#bytes = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    this.#position = position;
  }

  u8(): number {
    return this.#bytes.readUInt8(this.#take(1));
  }

  u16(): number {
    return this.#bytes.readUInt16BE(this.#take(2));
  }

  count(): number {
    const start = this.#take(8);
    const high = this.#bytes.readUInt32BE(start);
    if (high >= 2 ** 21) throw malformedFrame('a whole number past 2 ** 53');
    return high * 2 ** 32 + this.#bytes.readUInt32BE(start + 4);
  }

  u64(): bigint {
    return this.#bytes.readBigUInt64BE(this.#take(8));
  }

  duration(): number {
    const valueMs = this.#bytes.readDoubleBE(this.#take(8));
    if (!Number.isFinite(valueMs) || valueMs < 0 || Object.is(valueMs, -0)) {
      throw malformedFrame(`a duration of ${valueMs}`);
    }
    return valueMs;
  }

  text(): string {
    const size = this.u16();
    const start = this.#take(size);
    for (let index = start; index < start + size; index++) {
      if ((this.#bytes[index] ?? 0) >= 0x80) return this.#longText(start, size);
    }
    return this.#bytes.toString('latin1', start, start + size);
  }

  /** Everything that is left, as a view of the frame's own bytes. */
  rest(): Uint8Array {
    const { buffer, byteOffset, length } = this.#bytes;
    const start = this.#position;
    this.#position = length;
    return new Uint8Array(buffer, byteOffset + start, length - start);
  }

  #longText(start: number, size: number): string {
    try {
      return UTF8.decode(this.#bytes.subarray(start, start + size));
    } catch {
      // The decoder's own error says no more than this one.
      throw malformedFrame('a name or id that is no UTF-8');
    }
  }

  #take(size: number): number {
    const start = this.#position;
    if (size > this.#bytes.length - start) throw malformedFrame('an end in the middle of a field');
    this.#position = start + size;
    return start;
  }
}

const UTF8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });
