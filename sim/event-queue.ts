import { Heap } from '../src/base/heap.js';

interface Entry<E> {
  readonly atUs: number;
  readonly tie: number;
  readonly sequence: number;
  readonly event: E;
}

/**
 * What is to happen, by virtual time.
 *
 * Events of one instant come in the order of their `tie` draws, so that a sweep of seeds explores
 * those orders; equal draws come in the order they were scheduled in.
 */
export class EventQueue<E> {
  readonly #heap = new Heap<Entry<E>>(comesBefore);
  #sequence = 0;
  #nowUs = 0;

  /** The time of the last event taken, in whole virtual microseconds. */
  get nowUs(): number {
    return this.#nowUs;
  }

  get nextUs(): number | undefined {
    return this.#heap.peek()?.atUs;
  }

  schedule(atUs: number, tie: number, event: E): void {
    this.#heap.push({
      atUs: Math.max(atUs, this.#nowUs),
      tie,
      sequence: this.#sequence++,
      event,
    });
  }

  /** Takes the next event and moves the time to it; `undefined` when nothing is left. */
  take(): E | undefined {
    const entry = this.#heap.pop();
    if (entry === undefined) return undefined;
    this.#nowUs = entry.atUs;
    return entry.event;
  }
}

function comesBefore<E>(left: Entry<E>, right: Entry<E>): boolean {
  if (left.atUs !== right.atUs) return left.atUs < right.atUs;
  if (left.tie !== right.tie) return left.tie < right.tie;
  return left.sequence < right.sequence;
}
