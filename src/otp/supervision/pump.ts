import { Deque } from '../../base/deque.js';

/** A kernel as its host sees it. */
export interface EventMachine<Event, Effect> {
  handle(event: Event, nowMs: number): readonly Effect[];
}

/**
 * Feeds events to a machine one after another and has each effect carried out in order. An event
 * that comes up while effects are carried out waits until they are.
 */
export class Pump<Event, Effect> {
  readonly #machine: EventMachine<Event, Effect>;
  readonly #perform: (effect: Effect) => void;
  readonly #nowMs: () => number;
  readonly #events = new Deque<Event>();
  #feeding = false;

  constructor(
    machine: EventMachine<Event, Effect>,
    perform: (effect: Effect) => void,
    nowMs: () => number,
  ) {
    this.#machine = machine;
    this.#perform = perform;
    this.#nowMs = nowMs;
  }

  feed(event: Event): void {
    this.#events.push(event);
    if (this.#feeding) return;
    this.#feeding = true;
    try {
      for (let next = this.#events.shift(); next !== undefined; next = this.#events.shift()) {
        for (const effect of this.#machine.handle(next, this.#nowMs())) this.#perform(effect);
      }
    } finally {
      this.#feeding = false;
    }
  }
}
