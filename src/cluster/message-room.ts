import { FRAME_KINDS } from './frame-kind.js';
import type { Frame, FrameOf } from './frame-kind.js';

/**
 * Makes what nearly all frames are in a quick way: small calls, casts and replies with nothing
 * unusual about them. It knows by heart what the table of frames says of these; `encodeFrame` goes
 * by the table for all others, and for all that is not in order.
 *
 * They lie beside each other in blocks, so that hardly one costs a buffer of its own. No byte of a
 * block is written twice: a frame keeps its bytes for ever.
 */
export class MessageRoom {
  readonly #version: number;
  #bytes = new Uint8Array(0);
  #view = new DataView(this.#bytes.buffer);
  /** Where the next frame begins. */
  #start = 0;
  #at = 0;

  constructor(version: number) {
    this.#version = version;
  }

  /** The bytes that the table would make of the frame; `undefined` when it is not that simple. */
  write(frame: Frame): Uint8Array | undefined {
    if (frame.chain !== undefined || frame.fence !== undefined || frame.abortable === true) {
      return undefined;
    }
    switch (frame.kind) {
      case 'call':
        return this.#call(frame);
      case 'cast':
        return this.#cast(frame);
      case 'reply':
        return this.#reply(frame);
      default:
        return undefined;
    }
  }

  #call(frame: FrameOf<'call'>): Uint8Array | undefined {
    const { callId, to, from, message } = frame;
    if (from !== undefined || !this.#hasRoomFor(to.length + message.length)) return undefined;
    if (!this.#head(CALL, frame.deadlineMs) || !this.#count(callId)) return undefined;
    return this.#text(to) ? this.#finish(0, message) : undefined;
  }

  #cast(frame: FrameOf<'cast'>): Uint8Array | undefined {
    const { to, from, message } = frame;
    if (from !== undefined || !this.#hasRoomFor(to.length + message.length)) return undefined;
    if (!this.#head(CAST, frame.deadlineMs)) return undefined;
    return this.#text(to) ? this.#finish(0, message) : undefined;
  }

  #reply(frame: FrameOf<'reply'>): Uint8Array | undefined {
    const { callId, ok, value } = frame;
    if (!this.#hasRoomFor(value.length)) return undefined;
    if (!this.#head(REPLY, frame.deadlineMs) || !this.#count(callId)) return undefined;
    return this.#finish(ok ? 1 : 0, value);
  }

  #hasRoomFor(bytes: number): boolean {
    if (bytes > MESSAGE_BYTES_MAX - FIXED_BYTES_MAX) return false;
    if (this.#start + MESSAGE_BYTES_MAX <= this.#bytes.length) return true;
    this.#bytes = new Uint8Array(BLOCK_BYTES);
    this.#view = new DataView(this.#bytes.buffer);
    this.#start = 0;
    return true;
  }

  #head(kind: number, deadlineMs: number | undefined): boolean {
    const start = this.#start;
    this.#bytes[start] = this.#version;
    this.#bytes[start + 1] = kind;
    this.#bytes[start + 2] = 0;
    this.#bytes[start + 3] = deadlineMs === undefined ? 0 : DEADLINE_BIT;
    this.#at = start + 4;
    if (deadlineMs === undefined) return true;
    if (!(deadlineMs >= 0 && deadlineMs < Infinity)) return false;
    // Adding 0 turns -0 into 0.
    this.#view.setFloat64(this.#at, deadlineMs + 0);
    this.#at += 8;
    return true;
  }

  #count(value: number): boolean {
    if (!Number.isSafeInteger(value) || value < 0) return false;
    this.#view.setUint32(this.#at, Math.floor(value / 2 ** 32));
    this.#view.setUint32(this.#at + 4, value >>> 0);
    this.#at += 8;
    return true;
  }

  #text(value: string): boolean {
    const bytes = this.#bytes;
    let at = this.#at;
    this.#view.setUint16(at, value.length);
    at += 2;
    for (let index = 0; index < value.length; index++) {
      const unit = value.charCodeAt(index);
      if (unit >= 0x80) return false;
      bytes[at++] = unit;
    }
    this.#at = at;
    return true;
  }

  /** The flag before the payload, and the payload. */
  #finish(flag: number, payload: Uint8Array): Uint8Array {
    const start = this.#start;
    this.#bytes[this.#at] = flag;
    this.#bytes.set(payload, this.#at + 1);
    this.#start = this.#at + 1 + payload.length;
    return new Uint8Array(this.#bytes.buffer, start, this.#start - start);
  }
}

const CALL = FRAME_KINDS.call.number;
const CAST = FRAME_KINDS.cast.number;
const REPLY = FRAME_KINDS.reply.number;
const DEADLINE_BIT = 0x1;
// Somebody who keeps a frame keeps its block: small enough not to matter.
const BLOCK_BYTES = 32_768;
const MESSAGE_BYTES_MAX = 2048;
// Head, deadline, count, the length of a text, and a flag.
const FIXED_BYTES_MAX = 4 + 8 + 8 + 2 + 1;
