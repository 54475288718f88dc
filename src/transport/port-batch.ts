import { invariant } from '../base/assert.js';

/**
 * What two message-port transports say to each other, and how a batch of it is laid out.
 *
 * Everything said in one turn is posted as one message: a `Uint32Array` that holds the records one
 * behind the other, or an array of that and the large frames. Its first word says how many messages
 * the speaker has read since it last said so. A record is three words (what and
 * whose, link, argument) and, for a small frame, its bytes, padded to whole words.
 */
export type PortMessage = Uint32Array | readonly [Uint32Array, ...Uint8Array[]];

export const Verb = {
  /** Opens a link; the argument says after how many consumed bytes the speaker wants credit. */
  dial: 1,
  /** Accepts it; the same argument. */
  accept: 2,
  refuse: 3,
  /** The argument is the length of the frame that follows. */
  frame: 4,
  /** The frame travels beside the batch; the argument is its length. */
  largeFrame: 5,
  /** The argument is how many bytes the speaker has consumed since it last said so. */
  credit: 6,
  close: 7,
} as const;

export type Verb = (typeof Verb)[keyof typeof Verb];

/** Which link a record is about: numbers are given by the side that dialled. */
export interface LinkName {
  readonly number: number;
  /** Whether the speaker dialled it. */
  readonly dialledBySpeaker: boolean;
}

/** Hears the records of a batch in the order they were said. */
export interface BatchListener {
  /** Comes first: `messages` more were read; whether this one holds records and has to be read. */
  read(messages: number, hasRecords: boolean): void;
  frame(link: number, dialledBySpeaker: boolean, bytes: Uint8Array): void;
  word(verb: Verb, link: number, dialledBySpeaker: boolean, argument: number): void;
}

/** Collects records until they are posted. */
export class PortBatch {
  readonly #words: number[] = [];
  readonly #frames: Uint8Array[] = [];
  #bodyWords = 0;
  #largeBytes = 0;

  get isEmpty(): boolean {
    return this.#words.length === 0;
  }

  get bytes(): number {
    return (this.#words.length + this.#bodyWords) * 4 + this.#largeBytes;
  }

  say(verb: Verb, { number, dialledBySpeaker }: LinkName, argument = 0): void {
    this.#words.push(dialledBySpeaker ? verb | DIALLED_BY_SPEAKER : verb, number, argument);
  }

  sayFrame(link: LinkName, bytes: Uint8Array): void {
    const large = bytes.length >= LARGE_FRAME_BYTES;
    this.say(large ? Verb.largeFrame : Verb.frame, link, bytes.length);
    this.#frames.push(bytes);
    if (large) this.#largeBytes += bytes.length;
    else this.#bodyWords += wordsOf(bytes.length);
  }

  /** The message to post and the buffers to give away with it; the batch is empty afterwards. */
  take(read: number): { message: PortMessage; transfer: ArrayBuffer[] } {
    const words = new Uint32Array(1 + this.#words.length + this.#bodyWords);
    const large: Uint8Array<ArrayBuffer>[] = [];
    words[0] = read;
    this.#layOut(words, large);
    this.#words.length = 0;
    this.#frames.length = 0;
    this.#bodyWords = 0;
    this.#largeBytes = 0;
    return {
      message: large.length === 0 ? words : [words, ...large],
      transfer: [words.buffer, ...large.map((frame) => frame.buffer)],
    };
  }

  #layOut(words: Uint32Array, large: Uint8Array<ArrayBuffer>[]): void {
    const said = this.#words;
    const bytes = new Uint8Array(words.buffer);
    let frame = 0;
    let at = 1;
    for (let index = 0; index < said.length; index += RECORD_WORDS) {
      const head = said[index] as number;
      words[at] = head;
      words[at + 1] = said[index + 1] as number;
      words[at + 2] = said[index + 2] as number;
      at += RECORD_WORDS;
      const verb = head & VERB_MASK;
      if (verb === Verb.frame) {
        const body = this.#frames[frame++] as Uint8Array;
        bytes.set(body, at * 4);
        at += wordsOf(body.length);
      } else if (verb === Verb.largeFrame) {
        const body = this.#frames[frame++] as Uint8Array;
        invariant(body.length === said[index + 2], 'a sent frame is not given away a second time');
        large.push(ownBytes(body));
      }
    }
  }
}

/**
 * Tells `listener` every record of a posted message. False when it is not a batch: what was told
 * until then stands, and nothing after it can be trusted.
 */
export function readBatch(message: unknown, listener: BatchListener): boolean {
  const parts: readonly unknown[] = Array.isArray(message) ? message : [message];
  const words = parts[0];
  if (!(words instanceof Uint32Array)) return false;
  if (words.length === 0) return false;
  listener.read(words[0] as number, words.length > 1);
  let large = 1;
  let at = 1;
  while (at < words.length) {
    if (at + RECORD_WORDS > words.length) return false;
    const head = words[at] as number;
    const link = words[at + 1] as number;
    const argument = words[at + 2] as number;
    at += RECORD_WORDS;
    const verb = head & VERB_MASK;
    const dialled = (head & DIALLED_BY_SPEAKER) !== 0;
    if (verb === Verb.frame) {
      const end = at + wordsOf(argument);
      if (end > words.length) return false;
      const bytes = new Uint8Array(words.buffer, words.byteOffset + at * 4, argument);
      at = end;
      listener.frame(link, dialled, bytes);
    } else if (verb === Verb.largeFrame) {
      const bytes = parts[large++];
      if (!(bytes instanceof Uint8Array) || bytes.length !== argument) return false;
      listener.frame(link, dialled, bytes);
    } else if (isVerb(verb)) {
      listener.word(verb, link, dialled, argument);
    } else {
      return false;
    }
  }
  return true;
}

/**
 * A frame whose buffer can be given away. Posting a view sends the whole buffer around it, and
 * giving that buffer away would take it from its owner: then the bytes are copied, exactly.
 */
function ownBytes(frame: Uint8Array): Uint8Array<ArrayBuffer> {
  const { buffer } = frame;
  const whole = buffer instanceof ArrayBuffer && buffer.byteLength === frame.length;
  return whole ? (frame as Uint8Array<ArrayBuffer>) : new Uint8Array(frame);
}

function wordsOf(bytes: number): number {
  return (bytes + 3) >>> 2;
}

function isVerb(value: number): value is Verb {
  return value >= Verb.dial && value <= Verb.close;
}

const RECORD_WORDS = 3;
const VERB_MASK = 0xff;
const DIALLED_BY_SPEAKER = 0x100;
// From about here on, giving a buffer away costs less than copying it twice.
const LARGE_FRAME_BYTES = 16_384;
