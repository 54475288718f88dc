import { Deque } from '../base/deque.js';
import type { RunQueue, Turn } from './platform.js';

/** How a {@link TurnQueue} gets to run. */
export interface TurnQueueHooks {
  /** Runs `drain` soon, before timers and I/O. */
  soon(drain: () => void): void;
  /** Runs `drain` after timers and I/O had their chance. */
  later(drain: () => void): void;
}

/** The turns that are ready, in the order in which they are taken. */
export interface ReadyTurns {
  readonly length: number;
  push(turn: Turn): void;
  shift(): Turn | undefined;
}

/**
 * First come, first served, unless `turns` has an order of its own. The queue drains in one go
 * until it is empty or `budget` turns were taken since it last let the rest of the world in; then
 * it yields, so that processes that keep each other busy starve neither timers nor sockets. A turn
 * that throws ends the drain with its error; the turns behind it are taken later.
 */
export class TurnQueue implements RunQueue {
  readonly #turns: ReadyTurns;
  readonly #hooks: TurnQueueHooks;
  readonly #budget: number;
  #spent = 0;
  #scheduled = false;

  constructor(hooks: TurnQueueHooks, budget: number, turns: ReadyTurns = new Deque<Turn>()) {
    this.#hooks = hooks;
    this.#budget = budget;
    this.#turns = turns;
  }

  push(turn: Turn): void {
    this.#turns.push(turn);
    if (this.#scheduled) return;
    this.#scheduled = true;
    if (this.#spent < this.#budget) this.#hooks.soon(this.#drain);
    else this.#hooks.later(this.#drainAfresh);
  }

  readonly #drain = (): void => {
    try {
      this.#takeTurns();
    } finally {
      this.#scheduled = this.#turns.length > 0;
      if (this.#scheduled) this.#hooks.later(this.#drainAfresh);
    }
  };

  #takeTurns(): void {
    const turns = this.#turns;
    for (let turn = turns.shift(); turn !== undefined; turn = turns.shift()) {
      this.#spent += 1;
      turn.takeTurn();
      if (this.#spent >= this.#budget) return;
    }
  }

  readonly #drainAfresh = (): void => {
    this.#spent = 0;
    this.#drain();
  };
}
