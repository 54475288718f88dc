import { createHash } from 'node:crypto';
import { Deque } from '../src/base/deque.js';
import type { Crossing } from './connection.js';
import type { NetworkNote } from './network.js';
import { frameKindOf } from './faults/frame-kind.js';
import { canonical } from './plain.js';
import type { FaultKind } from './plan.js';
import type { NodeInput, NodeOutput } from './turn.js';

/** What an entry of the trace is about. */
export type TraceKind =
  NodeInput['kind'] | NodeOutput['kind'] | NetworkNote | WorldNote | 'timers' | 'observation';

/** What the world itself does. */
export type WorldNote = FaultKind | 'failed' | 'resume' | 'heal' | 'healed' | 'idle';

/** One line of the trace; the hash is over all of them. */
export interface TraceEntry {
  /** Counts from 0; `--until-event` and reports speak of it. */
  readonly event: number;
  readonly atUs: number;
  readonly node: number;
  readonly incarnation: number;
  readonly kind: TraceKind;
  readonly link?: number;
  /** Numbers what crosses the network: the entries of one message, from `send` to its end. */
  readonly message?: number;
  /** The node at the other end of that message. */
  readonly peer?: number;
  readonly bytes?: number;
  /** The kind of frame that the bytes are, such as `heartbeat`; absent when they are none. */
  readonly frame?: string;
  /** Of those bytes; only a trace that keeps all of its entries has it. */
  readonly digest?: string;
  readonly detail?: unknown;
}

/** Who does something, when. */
export interface TracePoint {
  readonly atUs: number;
  readonly node: number;
  readonly incarnation: number;
}

export interface TraceOptions {
  /** How many of the last entries to keep; `Infinity` keeps all. */
  readonly keep: number;
}

/**
 * Everything that happened in a run, as one SHA-256 over whole records, and its end as entries to
 * read. One changed byte in one frame changes the hash.
 */
export class Trace {
  readonly #hash = createHash('sha256');
  readonly #buffer = Buffer.alloc(BUFFER_BYTES);
  readonly #header = new DataView(this.#buffer.buffer);
  readonly #entries = new Deque<TraceEntry>();
  readonly #keep: number;
  #used = 0;
  #events = 0;

  constructor(options: TraceOptions) {
    this.#keep = options.keep;
  }

  /** How many records were hashed. */
  get events(): number {
    return this.#events;
  }

  /** The last entries, oldest first. */
  get entries(): TraceEntry[] {
    return [...this.#entries];
  }

  /** Records that a node is entered, by what crossed the network if anything did. */
  input(point: TracePoint, input: NodeInput, crossing?: Crossing): void {
    if (input.kind === 'frame') this.link(point, 'frame', input.link, input.bytes, crossing);
    else if (input.kind === 'operation') this.detail(point, 'operation', input.operation);
    else if (input.kind === 'wall') this.detail(point, 'wall', input.change);
    else if (input.kind !== 'closed') this.link(point, input.kind, linkOf(input), NONE, crossing);
    else this.detail(point, 'closed', [input.link, input.reason], crossing);
  }

  /** Records what a node did in its turn, and what left it for the network by that. */
  output(point: TracePoint, output: NodeOutput, crossing?: Crossing): void {
    if (output.kind === 'send') this.link(point, 'send', output.link, output.bytes, crossing);
    else if (output.kind === 'synced') this.detail(point, 'synced', output.entries);
    else if (output.kind !== 'dial') this.link(point, output.kind, linkOf(output), NONE, crossing);
    else this.detail(point, 'dial', [output.link, output.address], crossing);
  }

  /** Records something with a link and the bytes that crossed it. */
  link(
    point: TracePoint,
    kind: TraceKind,
    link: number | undefined,
    content?: Uint8Array,
    crossing?: Crossing,
  ): void {
    this.#record(point, kind, link ?? NO_LINK, content);
    if (this.#keep === 0) return;
    const entry = this.#entry(point, kind, crossing);
    if (link !== undefined) entry.link = link;
    if (content !== undefined) {
      entry.bytes = content.byteLength;
      if (this.#isWhole) entry.digest = digestOf(content);
      const frame = frameKindOf(content);
      if (frame !== undefined) entry.frame = frame;
    }
    this.#log(entry);
  }

  /** Records something that is described by plain data. */
  detail(point: TracePoint, kind: TraceKind, detail?: unknown, crossing?: Crossing): void {
    if (detail === undefined) this.#record(point, kind, NO_LINK, undefined);
    else this.#recordText(point, kind, canonical(detail));
    if (this.#keep === 0) return;
    const entry = this.#entry(point, kind, crossing);
    if (detail !== undefined) entry.detail = detail;
    this.#log(entry);
  }

  /** The numbers of the timers that fired in a turn. */
  timers(point: TracePoint, fired: readonly number[]): void {
    this.#record(point, 'timers', NO_LINK, new Uint8Array(new Float64Array(fired).buffer));
    if (!this.#isWhole) return;
    this.#log({ ...this.#entry(point, 'timers', undefined), detail: fired });
  }

  /** The hash so far, as hex. The trace ends with it. */
  digest(): string {
    this.#flush();
    return this.#hash.digest('hex');
  }

  #record(point: TracePoint, kind: TraceKind, link: number, bytes: Uint8Array | undefined): void {
    const size = bytes?.byteLength ?? 0;
    this.#makeRoom(size);
    this.#head(point, kind, link, size);
    if (bytes !== undefined) this.#append(bytes);
  }

  #recordText(point: TracePoint, kind: TraceKind, text: string): void {
    const most = text.length * UTF8_BYTES_MAX;
    if (HEADER_BYTES + most > BUFFER_BYTES) {
      this.#record(point, kind, NO_LINK, Buffer.from(text));
      return;
    }
    this.#makeRoom(most);
    // Straight to where it belongs, behind the header that tells its size.
    const size = this.#buffer.write(text, this.#used + HEADER_BYTES);
    this.#head(point, kind, NO_LINK, size);
    this.#used += size;
  }

  #makeRoom(size: number): void {
    if (this.#used + HEADER_BYTES + size > BUFFER_BYTES) this.#flush();
  }

  #head(point: TracePoint, kind: TraceKind, link: number, size: number): void {
    // Not with the buffer's own methods: those check each number, and there are six an event.
    const [header, at] = [this.#header, this.#used];
    header.setUint8(at, CODES[kind]);
    header.setFloat64(at + 1, point.atUs, true);
    header.setUint16(at + 9, point.node, true);
    header.setUint32(at + 11, point.incarnation, true);
    header.setInt32(at + 15, link, true);
    header.setUint32(at + 19, size, true);
    this.#used = at + HEADER_BYTES;
    this.#events += 1;
  }

  #append(bytes: Uint8Array): void {
    if (this.#used + bytes.byteLength > BUFFER_BYTES) {
      this.#flush();
      this.#hash.update(bytes);
      return;
    }
    this.#buffer.set(bytes, this.#used);
    this.#used += bytes.byteLength;
  }

  #flush(): void {
    this.#hash.update(this.#buffer.subarray(0, this.#used));
    this.#used = 0;
  }

  #entry({ atUs, node, incarnation }: TracePoint, kind: TraceKind, crossing?: Crossing): Entry {
    const entry: Entry = { event: this.#events - 1, atUs, node, incarnation, kind };
    if (crossing === undefined) return entry;
    entry.message = crossing.message;
    entry.peer = crossing.from === node ? crossing.to : crossing.from;
    return entry;
  }

  // Whoever keeps every entry compares traces; the end of a trace is for reading.
  get #isWhole(): boolean {
    return this.#keep === Infinity;
  }

  #log(entry: TraceEntry): void {
    this.#entries.push(entry);
    if (this.#entries.length > this.#keep) this.#entries.shift();
  }
}

type Entry = { -readonly [Field in keyof TraceEntry]: TraceEntry[Field] };

function linkOf(act: NodeInput | NodeOutput): number | undefined {
  return 'link' in act ? act.link : undefined;
}

function digestOf(content: Uint8Array): string {
  return createHash('sha256').update(content).digest('hex').slice(0, DIGEST_LENGTH);
}

// Codes never change their meaning: hashes of different days are compared.
const CODES: Readonly<Record<TraceKind, number>> = {
  boot: 1,
  wake: 2,
  arrived: 3,
  opened: 4,
  frame: 5,
  closed: 6,
  drained: 7,
  operation: 8,
  leaving: 9,
  wall: 10,
  listen: 20,
  unlisten: 21,
  dial: 22,
  send: 23,
  close: 24,
  synced: 25,
  exit: 26,
  held: 40,
  dropped: 41,
  swallowed: 42,
  refused: 43,
  reset: 44,
  released: 45,
  duplicated: 46,
  reordered: 47,
  corrupted: 48,
  crash: 60,
  failed: 61,
  restart: 62,
  partition: 63,
  'one-way': 64,
  heal: 65,
  idle: 66,
  cut: 67,
  'frame-loss': 68,
  latency: 69,
  clog: 70,
  flap: 71,
  datagram: 72,
  pause: 73,
  resume: 74,
  slow: 75,
  clock: 76,
  leave: 77,
  healed: 78,
  timers: 80,
  observation: 81,
};
const HEADER_BYTES = 23;
const BUFFER_BYTES = 64 * 1024;
const UTF8_BYTES_MAX = 3;
const NO_LINK = -1;
const NONE = undefined;
const DIGEST_LENGTH = 16;
