import { DEPTH_MAX } from './codec-limits.js';

/**
 * What may be in a message.
 *
 * - `plain`: maps with keys of text, arrays, scalars.
 * - `graph`: arrays, scalars and raw bytes, but no maps.
 */
export type MessageForm = 'plain' | 'graph';

/**
 * Lets pass only bytes that are one whole msgpack value of the given form, no deeper than a value
 * may be. Throws a RangeError on all others.
 *
 * msgpackr comes after this and meets nothing unexpected: no length that lies, no record
 * definitions, and none of its extensions but the one for undefined. Allocates nothing.
 */
export function guardMessage(bytes: Uint8Array, form: MessageForm): void {
  const guard = new Guard(bytes, form);
  guard.skip(0);
  if (guard.position !== bytes.length) throw new RangeError('bytes left over after the value');
}

class Guard {
  position = 0;
  readonly #bytes: Uint8Array;
  readonly #isPlain: boolean;
  readonly #depthMax: number;

  constructor(bytes: Uint8Array, form: MessageForm) {
    this.#bytes = bytes;
    this.#isPlain = form === 'plain';
    // In a graph a text may take one array more than the value around it.
    this.#depthMax = this.#isPlain ? DEPTH_MAX : DEPTH_MAX + 1;
  }

  skip(depth: number): void {
    const token = this.#unsigned(1);
    if (token < 0x80 || token >= 0xe0) return;
    if (token < 0x90) this.#skipMap(token & 0x0f, depth);
    else if (token < 0xa0) this.#skipArray(token & 0x0f, depth);
    else if (token < 0xc0) this.#skipBytes(token & 0x1f);
    else this.#skipLong(token, depth);
  }

  #skipLong(token: number, depth: number): void {
    const scalarBytes = SCALAR_BYTES[token - 0xc0] ?? -1;
    if (scalarBytes >= 0) this.#skipBytes(scalarBytes);
    else if (token === 0xd4) this.#skipUndefined();
    else if (token >= 0xd9 && token <= 0xdb) this.#skipBytes(this.#unsigned(1 << (token - 0xd9)));
    else if (token >= 0xc4 && token <= 0xc6) this.#skipRawBytes(1 << (token - 0xc4));
    else if (token >= 0xdc && token <= 0xdd) {
      this.#skipArray(this.#unsigned(2 << (token - 0xdc)), depth);
    } else if (token >= 0xde) this.#skipMap(this.#unsigned(2 << (token - 0xde)), depth);
    else throw new RangeError(`0x${token.toString(16)} begins nothing that a message may hold`);
  }

  // An item takes a byte or more, so a count past the end is a lie; it is found out before
  // anything is made room for.
  #skipArray(count: number, depth: number): void {
    this.#descend(count, depth);
    for (let index = 0; index < count; index++) this.skip(depth + 1);
  }

  #skipMap(count: number, depth: number): void {
    if (!this.#isPlain) throw new RangeError('a map in a graph message');
    this.#descend(count * 2, depth);
    for (let index = 0; index < count; index++) {
      this.#skipKey();
      this.skip(depth + 1);
    }
  }

  #skipKey(): void {
    const token = this.#unsigned(1);
    if (token >= 0xa0 && token < 0xc0) this.#skipBytes(token & 0x1f);
    else if (token >= 0xd9 && token <= 0xdb) this.#skipBytes(this.#unsigned(1 << (token - 0xd9)));
    else throw new RangeError('a key that is no text');
  }

  #skipRawBytes(countWidth: number): void {
    if (this.#isPlain) throw new RangeError('raw bytes in a plain message');
    this.#skipBytes(this.#unsigned(countWidth));
  }

  #skipUndefined(): void {
    if (this.#unsigned(2) !== 0) throw new RangeError('an extension that a message may not hold');
  }

  #descend(itemsMin: number, depth: number): void {
    if (depth >= this.#depthMax) throw new RangeError(`nested more than ${DEPTH_MAX} deep`);
    if (itemsMin > this.#bytes.length - this.position) throw new RangeError(PAST_THE_END);
  }

  #skipBytes(count: number): void {
    this.position += count;
    if (this.position > this.#bytes.length) throw new RangeError(PAST_THE_END);
  }

  #unsigned(width: number): number {
    let value = 0;
    for (let index = 0; index < width; index++) {
      const byte = this.#bytes[this.position++];
      if (byte === undefined) throw new RangeError(PAST_THE_END);
      value = value * 256 + byte;
    }
    return value;
  }
}

// How many bytes follow each of the tokens from 0xc0 on; -1 where that is not fixed, or where the
// token is none of ours. A float of 32 bits is never written and not read either.
const SCALAR_BYTES = [0, -1, 0, 0, -1, -1, -1, -1, -1, -1, -1, 8, 1, 2, 4, 8, 1, 2, 4, 8] as const;

const PAST_THE_END = 'a length that goes past the end';
