import { invariant } from '../src/base/assert.js';
import { Heap } from '../src/base/heap.js';

export interface Scheduled<E> {
  readonly atUs: number;
  readonly tie: number;
  readonly event: E;
}

interface Entry<E> extends Scheduled<E> {
  readonly sequence: number;
}

/**
 * What is to happen, by virtual time.
 *
 * Events of one instant come in the order of their `tie` draws, so that a sweep of seeds explores
 * those orders; equal draws come in the order they were scheduled in.
 */
export class EventQueue<E> {
  readonly #heap = new Heap<Entry<E>>(comesBefore);
  /** What was known beforehand, in order: in the heap it would make every other event wait. */
  #agenda: readonly Entry<E>[] = [];
  #done = 0;
  #sequence = 0;
  #nowUs = 0;

  /** The time of the last event taken, in whole virtual microseconds. */
  get nowUs(): number {
    return this.#nowUs;
  }

  get nextUs(): number | undefined {
    return this.#next()?.atUs;
  }

  schedule(atUs: number, tie: number, event: E): void {
    this.#heap.push({
      atUs: Math.max(atUs, this.#nowUs),
      tie,
      sequence: this.#sequence++,
      event,
    });
  }

  /** Schedules all that is known beforehand, as if one by one. Called once. */
  scheduleAll(items: readonly Scheduled<E>[]): void {
    invariant(this.#agenda.length === 0, 'a run has one agenda');
    const entries = items.map(({ atUs, tie, event }) => {
      return { atUs: Math.max(atUs, this.#nowUs), tie, sequence: this.#sequence++, event };
    });
    this.#agenda = entries.sort((left, right) => (comesBefore(left, right) ? -1 : 1));
  }

  /** Takes the next event and moves the time to it; `undefined` when nothing is left. */
  take(): E | undefined {
    const entry = this.#next();
    if (entry === undefined) return undefined;
    if (entry === this.#agenda[this.#done]) this.#done += 1;
    else this.#heap.pop();
    this.#nowUs = entry.atUs;
    return entry.event;
  }

  #next(): Entry<E> | undefined {
    const planned = this.#agenda[this.#done];
    const other = this.#heap.peek();
    if (planned === undefined || other === undefined) return planned ?? other;
    return comesBefore(planned, other) ? planned : other;
  }
}

function comesBefore<E>(left: Entry<E>, right: Entry<E>): boolean {
  if (left.atUs !== right.atUs) return left.atUs < right.atUs;
  if (left.tie !== right.tie) return left.tie < right.tie;
  return left.sequence < right.sequence;
}
