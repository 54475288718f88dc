import { toError } from '../base/errors.js';
import type { Clock, Log } from '../platform/platform.js';

/** Where tasks come from that nobody added: `getTasks`, `taskGenerator`. */
export type TaskSource<Item> = () => readonly Item[] | Promise<readonly Item[]>;

/**
 * Asks a source for tasks when there are none left: once at a time, and not again within `pauseMs`
 * of an answer that brought nothing. A source that fails is logged and asked again after the pause.
 */
export class Replenishing<Item> {
  readonly #source: TaskSource<Item>;
  readonly #name: string;
  readonly #take: (items: readonly Item[]) => Promise<number>;
  readonly #world: { readonly clock: Clock; readonly log: Log };
  readonly #pauseMs: number;
  #asking: Promise<number> | undefined;
  #notBeforeMs = -Infinity;
  #isDry = false;

  /** `take` adds what came and says how many tasks of it were new. */
  constructor(
    source: TaskSource<Item>,
    take: (items: readonly Item[]) => Promise<number>,
    { name, pauseMs, ...world }: ReplenishingOptions,
  ) {
    this.#source = source;
    this.#take = take;
    this.#name = name;
    this.#pauseMs = pauseMs;
    this.#world = world;
  }

  /** It was asked, and the last answer brought nothing. */
  get isDry(): boolean {
    return this.#isDry;
  }

  /** How long it will not ask; 0 when it would. */
  waitMs(): number {
    return Math.max(0, this.#notBeforeMs - this.#world.clock.nowMs());
  }

  /** How many new tasks came; 0 too while it pauses. It never rejects. */
  refill(): Promise<number> {
    if (this.#asking !== undefined) return this.#asking;
    if (this.waitMs() > 0) return Promise.resolve(0);
    this.#asking = this.#ask().finally(() => (this.#asking = undefined));
    return this.#asking;
  }

  async #ask(): Promise<number> {
    let added = 0;
    this.#isDry = false;
    try {
      const items: unknown = await this.#source();
      if (!Array.isArray(items)) {
        throw new TypeError(`Expected ${this.#name} to give an array of tasks`);
      }
      this.#isDry = true;
      if (items.length > 0) added = await this.#take(items as readonly Item[]);
    } catch (error) {
      this.#world.log.error(`${this.#name} failed, and is asked again: ${toError(error).message}`);
    }
    if (added > 0) this.#isDry = false;
    else this.#notBeforeMs = this.#world.clock.nowMs() + this.#pauseMs;
    return added;
  }
}

export interface ReplenishingOptions {
  /** What it is called, in the log. */
  readonly name: string;
  readonly pauseMs: number;
  readonly clock: Clock;
  readonly log: Log;
}
