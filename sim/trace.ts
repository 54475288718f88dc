import { createHash } from 'node:crypto';
import { Deque } from '../src/base/deque.js';
import type { NetworkNote } from './network.js';
import { canonical } from './plain.js';
import type { NodeInput, NodeOutput } from './turn.js';

/** What an entry of the trace is about. */
export type TraceKind =
  NodeInput['kind'] | NodeOutput['kind'] | NetworkNote | WorldNote | 'timers' | 'observation';

/** What the world itself does. */
export type WorldNote = 'crash' | 'failed' | 'restart' | 'partition' | 'one-way' | 'heal' | 'idle';

export interface TraceEntry {
  /** Counts from 0; `--until-event` and reports speak of it. */
  readonly event: number;
  readonly atUs: number;
  readonly node: number;
  readonly incarnation: number;
  readonly kind: TraceKind;
  readonly link?: number;
  readonly bytes?: number;
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
  readonly #buffer = Buffer.allocUnsafe(BUFFER_BYTES);
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

  /** Records that a node is entered. */
  input(point: TracePoint, input: NodeInput): void {
    if (input.kind === 'frame') this.link(point, 'frame', input.link, input.bytes);
    else if (input.kind === 'operation') this.detail(point, 'operation', input.operation);
    else if (input.kind === 'closed') this.detail(point, 'closed', [input.link, input.reason]);
    else this.link(point, input.kind, 'link' in input ? input.link : undefined);
  }

  /** Records what a node did in its turn. */
  output(point: TracePoint, output: NodeOutput): void {
    if (output.kind === 'send') this.link(point, 'send', output.link, output.bytes);
    else if (output.kind === 'dial') this.detail(point, 'dial', [output.link, output.address]);
    else if (output.kind === 'synced') this.detail(point, 'synced', output.entries);
    else this.link(point, output.kind, 'link' in output ? output.link : undefined);
  }

  /** Records something with a link and the bytes that crossed it. */
  link(point: TracePoint, kind: TraceKind, link: number | undefined, bytes?: Uint8Array): void {
    this.#record(point, kind, link ?? NO_LINK, bytes);
    if (this.#keep === 0) return;
    const { atUs, node, incarnation } = point;
    const event = this.#events - 1;
    if (link === undefined) this.#log({ event, atUs, node, incarnation, kind });
    else if (bytes === undefined) this.#log({ event, atUs, node, incarnation, kind, link });
    else this.#frame({ event, atUs, node, incarnation, kind, link }, bytes);
  }

  /** Records something that is described by plain data. */
  detail(point: TracePoint, kind: TraceKind, detail?: unknown): void {
    const bytes = detail === undefined ? undefined : Buffer.from(canonical(detail));
    this.#record(point, kind, NO_LINK, bytes);
    if (this.#keep === 0) return;
    const { atUs, node, incarnation } = point;
    const event = this.#events - 1;
    if (detail === undefined) this.#log({ event, atUs, node, incarnation, kind });
    else this.#log({ event, atUs, node, incarnation, kind, detail });
  }

  /** The numbers of the timers that fired in a turn. */
  timers(point: TracePoint, fired: readonly number[]): void {
    this.#record(point, 'timers', NO_LINK, Buffer.from(Float64Array.from(fired).buffer));
    if (!this.#isWhole) return;
    const { atUs, node, incarnation } = point;
    this.#log({ event: this.#events - 1, atUs, node, incarnation, kind: 'timers', detail: fired });
  }

  /** The hash so far, as hex. The trace ends with it. */
  digest(): string {
    this.#flush();
    return this.#hash.digest('hex');
  }

  #record(point: TracePoint, kind: TraceKind, link: number, bytes: Uint8Array | undefined): void {
    const size = bytes?.byteLength ?? 0;
    if (this.#used + HEADER_BYTES + size > BUFFER_BYTES) this.#flush();
    const buffer = this.#buffer;
    let at = this.#used;
    at = buffer.writeUInt8(CODES[kind], at);
    at = buffer.writeDoubleLE(point.atUs, at);
    at = buffer.writeUInt16LE(point.node, at);
    at = buffer.writeUInt32LE(point.incarnation, at);
    at = buffer.writeInt32LE(link, at);
    at = buffer.writeUInt32LE(size, at);
    this.#used = at;
    this.#events += 1;
    if (bytes !== undefined) this.#append(bytes);
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

  #frame(entry: TraceEntry, content: Uint8Array): void {
    const bytes = content.byteLength;
    if (!this.#isWhole) return this.#log({ ...entry, bytes });
    const digest = createHash('sha256').update(content).digest('hex').slice(0, DIGEST_LENGTH);
    this.#log({ ...entry, bytes, digest });
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
  crash: 60,
  failed: 61,
  restart: 62,
  partition: 63,
  'one-way': 64,
  heal: 65,
  idle: 66,
  timers: 80,
  observation: 81,
};
const HEADER_BYTES = 23;
const BUFFER_BYTES = 64 * 1024;
const NO_LINK = -1;
const DIGEST_LENGTH = 16;
