import { KnownTexts } from './known-texts.js';

/**
 * Reads what a `QuickWriter` wrote, and all that is as simple: a few small records of scalars.
 * Whatever else the bytes are is for the guard and msgpackr to read, or to refuse.
 */
export class QuickReader {
  readonly #texts = new KnownTexts();
  readonly #double = new DataView(new ArrayBuffer(8));
  #bytes: Uint8Array = NOTHING;
  #at = 0;

  /** The value that the bytes from `start` on are; {@link UNREAD} when it is not that simple. */
  read(bytes: Uint8Array, start: number): unknown {
    if (bytes.length > MESSAGE_BYTES_MAX) return UNREAD;
    this.#bytes = bytes;
    this.#at = start;
    const value = this.#value(0);
    this.#bytes = NOTHING;
    return this.#at === bytes.length ? value : UNREAD;
  }

  #value(depth: number): unknown {
    const token = this.#bytes[this.#at++];
    if (token === undefined) return UNREAD;
    if (token < 0x80) return token;
    if (token < 0x90) return this.#record(token & 0x0f, depth + 1);
    if (token < 0xa0) return this.#array(token & 0x0f, depth + 1);
    if (token < 0xc0) return this.#text(token & 0x1f);
    return token >= 0xe0 ? token - 0x100 : this.#long(token);
  }

  #long(token: number): unknown {
    switch (token) {
      case 0xc0:
        return null;
      case 0xc2:
        return false;
      case 0xc3:
        return true;
      case 0xcb:
        return this.#float();
      case 0xcc:
        return this.#natural(1);
      case 0xcd:
        return this.#natural(2);
      case 0xce:
        return this.#natural(4);
      case 0xd0:
        return this.#integer(1);
      case 0xd1:
        return this.#integer(2);
      case 0xd2:
        return this.#integer(4);
      case 0xd4:
        return this.#natural(2) === 0 ? undefined : UNREAD;
      case 0xd9: {
        const size = this.#bytes[this.#at++];
        return size === undefined ? UNREAD : this.#text(size);
      }
      default:
        return UNREAD;
    }
  }

  #record(count: number, depth: number): unknown {
    if (depth > DEPTH_MAX) return UNREAD;
    const record: Record<string, unknown> = {};
    for (let index = 0; index < count; index++) {
      const token = this.#bytes[this.#at++] ?? 0;
      const key = token >= 0xa0 && token < 0xc0 ? this.#text(token & 0x1f) : UNREAD;
      if (typeof key !== 'string' || key === '__proto__') return UNREAD;
      const value = this.#value(depth);
      if (value === UNREAD) return UNREAD;
      record[key] = value;
    }
    return record;
  }

  #array(count: number, depth: number): unknown {
    if (depth > DEPTH_MAX) return UNREAD;
    const items: unknown[] = [];
    for (let index = 0; index < count; index++) {
      const value = this.#value(depth);
      if (value === UNREAD) return UNREAD;
      items.push(value);
    }
    return items;
  }

  #text(size: number): unknown {
    const at = this.#at;
    if (at + size > this.#bytes.length) return UNREAD;
    this.#at = at + size;
    return this.#texts.read(this.#bytes, at, size) ?? UNREAD;
  }

  #natural(width: number): unknown {
    const at = this.#at;
    this.#at = at + width;
    if (this.#at > this.#bytes.length) return UNREAD;
    let value = 0;
    for (let index = at; index < at + width; index++) {
      value = value * 256 + (this.#bytes[index] as number);
    }
    return value;
  }

  #integer(width: number): unknown {
    const value = this.#natural(width);
    if (typeof value !== 'number') return UNREAD;
    const bound = 2 ** (8 * width);
    return value < bound / 2 ? value : value - bound;
  }

  #float(): unknown {
    const at = this.#at;
    this.#at = at + 8;
    if (this.#at > this.#bytes.length) return UNREAD;
    for (let index = 0; index < 8; index++) {
      this.#double.setUint8(index, this.#bytes[at + index] as number);
    }
    return this.#double.getFloat64(0);
  }
}

/** No value: what a {@link QuickReader} leaves to others. */
export const UNREAD = Symbol('unread');

const NOTHING = new Uint8Array(0);
const MESSAGE_BYTES_MAX = 2048;
const DEPTH_MAX = 12;
