import { isLocalRef } from './codec-process-ref.js';

/**
 * Writes what most messages are, a few small records of scalars, in one go: whether msgpack carries
 * a value is found out while it is written. The bytes are those that msgpackr would make, whose
 * part is everything else.
 *
 * Messages lie beside each other in blocks, and no byte of a block is written twice.
 */
export class QuickWriter {
  readonly #refsAreComplete: boolean;
  #bytes = new Uint8Array(0);
  #view = new DataView(this.#bytes.buffer);
  /** Where the next message begins. */
  #start = 0;
  #at = 0;
  readonly #objects: object[] = [];
  #isBusy = false;

  constructor(refsAreComplete: boolean) {
    this.#refsAreComplete = refsAreComplete;
  }

  /**
   * The value behind the byte `form`; `undefined` when it is not that simple. Getters run; one that
   * throws lets its error out.
   */
  write(form: number, value: unknown): Uint8Array | undefined {
    // A getter that sends something else meanwhile.
    if (this.#isBusy) return undefined;
    this.#isBusy = true;
    try {
      return this.#message(form, value);
    } finally {
      this.#isBusy = false;
      while (this.#objects.length > 0) this.#objects.pop();
    }
  }

  #message(form: number, value: unknown): Uint8Array | undefined {
    if (this.#start + MESSAGE_BYTES_MAX + ITEM_BYTES_MAX > this.#bytes.length) {
      this.#bytes = new Uint8Array(BLOCK_BYTES);
      this.#view = new DataView(this.#bytes.buffer);
      this.#start = 0;
    }
    const start = this.#start;
    this.#bytes[start] = form;
    this.#at = start + 1;
    if (!this.#value(value)) return undefined;
    this.#start = this.#at;
    return new Uint8Array(this.#bytes.buffer, start, this.#at - start);
  }

  #value(value: unknown): boolean {
    if (this.#at - this.#start > MESSAGE_BYTES_MAX) return false;
    switch (typeof value) {
      case 'string':
        return this.#text(value);
      case 'number':
        return this.#number(value);
      case 'boolean':
        this.#bytes[this.#at++] = value ? 0xc3 : 0xc2;
        return true;
      case 'undefined':
        this.#bytes[this.#at++] = 0xd4;
        this.#bytes[this.#at++] = 0;
        this.#bytes[this.#at++] = 0;
        return true;
      case 'object':
        if (value !== null) return this.#object(value);
        this.#bytes[this.#at++] = 0xc0;
        return true;
      default:
        return false;
    }
  }

  #text(value: string): boolean {
    const size = value.length;
    if (size > TEXT_BYTES_MAX) return false;
    const bytes = this.#bytes;
    let at = this.#at;
    if (size < 0x20) {
      bytes[at++] = 0xa0 | size;
    } else {
      bytes[at++] = 0xd9;
      bytes[at++] = size;
    }
    for (let index = 0; index < size; index++) {
      const unit = value.charCodeAt(index);
      if (unit >= 0x80) return false;
      bytes[at++] = unit;
    }
    this.#at = at;
    return true;
  }

  #number(value: number): boolean {
    if (value >>> 0 === value) return value === 0 ? this.#zero(value) : this.#natural(value);
    if (value >> 0 === value) return this.#negative(value);
    // An engine may write any of many NaNs.
    if (value !== value) return false;
    this.#bytes[this.#at] = 0xcb;
    this.#view.setFloat64(this.#at + 1, value);
    this.#at += 9;
    return true;
  }

  // msgpack has only one.
  #zero(value: number): boolean {
    this.#bytes[this.#at++] = 0;
    return 1 / value > 0;
  }

  #natural(value: number): boolean {
    const bytes = this.#bytes;
    if (value < 0x80) {
      bytes[this.#at++] = value;
    } else if (value < 0x100) {
      bytes[this.#at++] = 0xcc;
      bytes[this.#at++] = value;
    } else if (value < 0x10000) {
      bytes[this.#at++] = 0xcd;
      bytes[this.#at++] = value >> 8;
      bytes[this.#at++] = value;
    } else {
      bytes[this.#at] = 0xce;
      this.#view.setUint32(this.#at + 1, value);
      this.#at += 5;
    }
    return true;
  }

  #negative(value: number): boolean {
    const bytes = this.#bytes;
    if (value >= -0x20) {
      bytes[this.#at++] = value;
    } else if (value >= -0x80) {
      bytes[this.#at++] = 0xd0;
      bytes[this.#at++] = value;
    } else if (value >= -0x8000) {
      bytes[this.#at] = 0xd1;
      this.#view.setInt16(this.#at + 1, value);
      this.#at += 3;
    } else {
      bytes[this.#at] = 0xd2;
      this.#view.setInt32(this.#at + 1, value);
      this.#at += 5;
    }
    return true;
  }

  #object(value: object): boolean {
    const objects = this.#objects;
    // One that is reached twice, or from within itself, has to be one on arrival too. That there
    // are few also bounds the depth.
    if (objects.length === OBJECTS_MAX || objects.includes(value)) return false;
    objects.push(value);
    const prototype: unknown = Object.getPrototypeOf(value);
    if (prototype === Array.prototype) return this.#array(value as unknown[]);
    return prototype === Object.prototype && this.#record(value as Record<string, unknown>);
  }

  #array(value: readonly unknown[]): boolean {
    const count = value.length;
    if (count > ITEMS_MAX || value.constructor !== Array) return false;
    this.#bytes[this.#at++] = 0x90 | count;
    for (let index = 0; index < count; index++) if (!this.#value(value[index])) return false;
    return true;
  }

  #record(value: Readonly<Record<string, unknown>>): boolean {
    // A field of that name misleads msgpackr, by which the bytes go.
    if (value.constructor !== Object) return false;
    if (Object.getOwnPropertySymbols(value).length > 0) return false;
    if (!this.#refsAreComplete && isLocalRef(value)) return false;
    const keys = Object.keys(value);
    if (keys.length > ITEMS_MAX) return false;
    this.#bytes[this.#at++] = 0x80 | keys.length;
    for (const key of keys) {
      if (key === '__proto__' || !this.#text(key) || !this.#value(value[key])) return false;
    }
    return true;
  }
}

const BLOCK_BYTES = 32_768;
const MESSAGE_BYTES_MAX = 2048;
const TEXT_BYTES_MAX = 255;
// What may be written past a message's end before that is looked at: a key and what begins a value.
const ITEM_BYTES_MAX = 2 * (TEXT_BYTES_MAX + 2);
// Their counts fit in the byte that begins them.
const ITEMS_MAX = 15;
const OBJECTS_MAX = 12;
