import type { Timer, Timers } from '../platform/platform.js';
import type { TaskChange, TaskDesk } from './task-desk.js';

/**
 * Server-sent events: `change` for each change of a task's state, in order, and `metrics` at the
 * start and once a second.
 *
 * A reader that is too slow loses changes, never memory of the coordinator: it is told by a `lost`
 * event how many, and asks for what it wants to know.
 */
export class EventStreams {
  readonly #desk: Pick<TaskDesk, 'subscribe' | 'metrics'>;
  readonly #timers: Timers;
  readonly #readers = new Set<Reader>();
  #unsubscribe: (() => void) | undefined;
  #flushing: Timer | undefined;
  #beating: Timer | undefined;
  #isClosed = false;

  constructor(desk: Pick<TaskDesk, 'subscribe' | 'metrics'>, timers: Timers) {
    this.#desk = desk;
    this.#timers = timers;
  }

  open(isMetricsOnly: boolean): Response {
    let reader: Reader | undefined;
    const body = new ReadableStream<Uint8Array>(
      {
        start: (controller) => {
          reader = { controller, isMetricsOnly, pending: [], lost: 0 };
          this.#add(reader);
        },
        cancel: () => {
          if (reader !== undefined) this.#remove(reader);
        },
      },
      new ByteLengthQueuingStrategy({ highWaterMark: BUFFER_BYTES_MAX }),
    );
    return new Response(body, {
      headers: { 'content-type': 'text/event-stream', 'x-accel-buffering': 'no' },
    });
  }

  /** Ends every stream. */
  close(): void {
    this.#isClosed = true;
    for (const reader of [...this.#readers]) this.#end(reader);
  }

  #add(reader: Reader): void {
    if (this.#isClosed) return reader.controller.close();
    this.#readers.add(reader);
    this.#send(reader, `retry: 1000\n${this.#metrics()}`);
    this.#unsubscribe ??= this.#desk.subscribe((change) => this.#changed(change));
    if (this.#beating === undefined) this.#beat();
  }

  #changed(change: TaskChange): void {
    const text = event('change', change);
    for (const reader of this.#readers) {
      if (reader.isMetricsOnly) continue;
      if (reader.pending.length < PENDING_MAX) reader.pending.push(text);
      else reader.lost++;
    }
    this.#schedule();
  }

  // Thousands of changes a second are a few writes.
  #schedule(): void {
    this.#flushing ??= this.#timers.after(FLUSH_MS, () => {
      this.#flushing = undefined;
      this.#flush('');
    });
  }

  #beat(): void {
    this.#beating = this.#timers.after(METRICS_MS, () => {
      this.#beat();
      this.#flush(this.#metrics());
    });
  }

  #flush(metrics: string): void {
    for (const reader of [...this.#readers]) {
      // What is still on its way has to arrive first.
      if ((reader.controller.desiredSize ?? 0) <= 0) continue;
      const lost = reader.lost === 0 ? '' : event('lost', { changes: reader.lost });
      const text = `${reader.pending.join('')}${lost}${metrics}`;
      reader.pending.length = 0;
      reader.lost = 0;
      if (text !== '') this.#send(reader, text);
    }
  }

  #metrics(): string {
    return event('metrics', this.#desk.metrics());
  }

  #send(reader: Reader, text: string): void {
    reader.controller.enqueue(ENCODER.encode(text));
  }

  #end(reader: Reader): void {
    this.#remove(reader);
    reader.controller.close();
  }

  #remove(reader: Reader): void {
    this.#readers.delete(reader);
    if (this.#readers.size > 0) return;
    this.#unsubscribe?.();
    this.#unsubscribe = undefined;
    this.#flushing?.cancel();
    this.#beating?.cancel();
    this.#flushing = this.#beating = undefined;
  }
}

interface Reader {
  readonly controller: ReadableStreamDefaultController<Uint8Array>;
  readonly isMetricsOnly: boolean;
  readonly pending: string[];
  lost: number;
}

function event(name: string, data: object): string {
  return `event: ${name}\ndata: ${JSON.stringify(data)}\n\n`;
}

const ENCODER = new TextEncoder();
const FLUSH_MS = 50;
const METRICS_MS = 1000;
const PENDING_MAX = 10_000;
const BUFFER_BYTES_MAX = 2 ** 20;
