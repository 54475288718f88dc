import { malformedFrame } from './frame-error.js';

/** Writes the parts of a frame one after the other into bytes of exactly the size they take. */
export class WireWriter {
  readonly bytes: Uint8Array;
  readonly #view: DataView;
  #position = 0;

  constructor(sizeBytes: number) {
    this.bytes = new Uint8Array(sizeBytes);
    this.#view = new DataView(this.bytes.buffer);
  }

  u8(value: number): void {
    this.bytes[this.#position++] = value;
  }

  u16(value: number): void {
    this.#view.setUint16(this.#position, value);
    this.#position += 2;
  }

  /** A whole number from 0 to 2 ** 53 - 1, in 8 bytes. */
  count(value: number): void {
    if (!Number.isSafeInteger(value) || value < 0) {
      throw malformedFrame(`${value} where a whole number, 0 or more, should be`);
    }
    this.#view.setUint32(this.#position, Math.floor(value / 2 ** 32));
    this.#view.setUint32(this.#position + 4, value >>> 0);
    this.#position += 8;
  }

  /** A bigint of 64 bits without a sign. */
  u64(value: bigint): void {
    if (BigInt.asUintN(64, value) !== value) {
      throw malformedFrame(`${value}n where a bigint of 64 bits without a sign should be`);
    }
    this.#view.setBigUint64(this.#position, value);
    this.#position += 8;
  }

  /** A duration: finite, 0 or more, fractions included. */
  duration(valueMs: number): void {
    if (!Number.isFinite(valueMs) || valueMs < 0) {
      throw malformedFrame(`${valueMs} where a finite duration, 0 or more, should be`);
    }
    // Adding 0 turns -0 into 0: the same duration is the same bytes.
    this.#view.setFloat64(this.#position, valueMs + 0);
    this.#position += 8;
  }

  /** A text of at most {@link TEXT_BYTES_MAX} bytes. */
  text(value: string): void {
    const start = this.#position + 2;
    this.#position = start;
    for (let index = 0; index < value.length; index++) {
      const unit = value.charCodeAt(index);
      if (unit >= 0x80) {
        this.#longText(value, start);
        return;
      }
      this.bytes[this.#position++] = unit;
    }
    this.#view.setUint16(start - 2, value.length);
  }

  raw(value: Uint8Array): void {
    this.bytes.set(value, this.#position);
    this.#position += value.length;
  }

  #longText(value: string, start: number): void {
    const { written } = UTF8.encodeInto(value, this.bytes.subarray(start));
    this.#view.setUint16(start - 2, written);
    this.#position = start + written;
  }
}

/** How many bytes `WireWriter.text` takes for the text. Throws when it is too long for a frame. */
export function textSize(value: string): number {
  let bytes = value.length;
  for (let index = 0; index < value.length; index++) {
    const unit = value.charCodeAt(index);
    if (unit < 0x80) continue;
    bytes += unit < 0x800 ? 1 : 2;
    // Two halves of a pair are two units and four bytes; a half alone becomes U+FFFD, three bytes.
    if (isHighHalf(unit) && isLowHalf(value.charCodeAt(index + 1))) index++;
  }
  if (bytes > TEXT_BYTES_MAX) {
    throw malformedFrame(`a name or id of ${bytes} bytes; it may have ${TEXT_BYTES_MAX}`);
  }
  return 2 + bytes;
}

/** The longest name or id that a frame carries; payloads are not bound by it. */
export const TEXT_BYTES_MAX = 65_535;

function isHighHalf(unit: number): boolean {
  return unit >= 0xd800 && unit < 0xdc00;
}

function isLowHalf(unit: number): boolean {
  return unit >= 0xdc00 && unit < 0xe000;
}

const UTF8 = new TextEncoder();
