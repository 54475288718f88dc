import { FRAME_KINDS } from './frame-kind.js';
import type { Frame } from './frame-kind.js';
import { KnownTexts } from './known-texts.js';

/**
 * Reads in a quick way what nearly all frames are: calls, casts and replies with nothing unusual
 * about them. Whatever else the bytes are is for `decodeFrame` to read by the table, or to refuse.
 */
export class MessageReader {
  readonly #version: number;
  readonly #texts = new KnownTexts();
  readonly #double = new DataView(new ArrayBuffer(8));
  #bytes: Uint8Array = NOTHING;
  #at = 0;

  constructor(version: number) {
    this.#version = version;
  }

  /** The frame that the table would read; `undefined` when it is not that simple, or none. */
  read(bytes: Uint8Array): Frame | undefined {
    // What is shorter than head, deadline and count is too rare to be looked at.
    if (bytes.length < SHORTEST_BYTES || bytes[0] !== this.#version) return undefined;
    if (bytes[2] !== 0 || (bytes[3] as number) > DEADLINE_BIT) return undefined;
    this.#bytes = bytes;
    this.#at = 4;
    const frame = this.#read(bytes[1] as number, bytes[3] === DEADLINE_BIT);
    this.#bytes = NOTHING;
    return frame;
  }

  #read(kind: number, hasDeadline: boolean): Frame | undefined {
    const deadlineMs = hasDeadline ? this.#duration() : undefined;
    if (deadlineMs === NONE) return undefined;
    switch (kind) {
      case CALL: {
        const callId = this.#count();
        const to = this.#text();
        if (callId === NONE || to === undefined || this.#flag() !== 0) return undefined;
        return { kind: 'call', callId, to, message: this.#rest(), deadlineMs };
      }
      case CAST: {
        const to = this.#text();
        if (to === undefined || this.#flag() !== 0) return undefined;
        return { kind: 'cast', to, message: this.#rest(), deadlineMs };
      }
      case REPLY: {
        const callId = this.#count();
        const flag = this.#flag();
        if (callId === NONE || (flag !== 0 && flag !== 1)) return undefined;
        return { kind: 'reply', callId, ok: flag === 1, value: this.#rest(), deadlineMs };
      }
      default:
        return undefined;
    }
  }

  #duration(): number {
    const double = this.#double;
    for (let index = 0; index < 8; index++) {
      double.setUint8(index, this.#bytes[this.#at + index] as number);
    }
    this.#at += 8;
    const value = double.getFloat64(0);
    return value > 0 && value < Infinity ? value : NONE;
  }

  #count(): number {
    const at = this.#at;
    if (at + 8 > this.#bytes.length) return NONE;
    this.#at = at + 8;
    const high = this.#word(at);
    return high < 2 ** 21 ? high * 2 ** 32 + this.#word(at + 4) : NONE;
  }

  #word(at: number): number {
    const bytes = this.#bytes;
    const high = (bytes[at] as number) * 256 + (bytes[at + 1] as number);
    return high * 65_536 + (bytes[at + 2] as number) * 256 + (bytes[at + 3] as number);
  }

  #text(): string | undefined {
    const at = this.#at;
    const bytes = this.#bytes;
    if (at + 2 > bytes.length) return undefined;
    const size = (bytes[at] as number) * 256 + (bytes[at + 1] as number);
    if (at + 2 + size > bytes.length) return undefined;
    this.#at = at + 2 + size;
    return this.#texts.read(bytes, at + 2, size);
  }

  /** `undefined` where the bytes end too soon. */
  #flag(): number | undefined {
    const flag = this.#bytes[this.#at];
    this.#at += 1;
    return flag;
  }

  #rest(): Uint8Array {
    const { buffer, byteOffset, length } = this.#bytes;
    return new Uint8Array(buffer, byteOffset + this.#at, length - this.#at);
  }
}

const NOTHING = new Uint8Array(0);
const NONE = -1;
const CALL = FRAME_KINDS.call.number;
const CAST = FRAME_KINDS.cast.number;
const REPLY = FRAME_KINDS.reply.number;
const DEADLINE_BIT = 0x1;
const SHORTEST_BYTES = 12;
