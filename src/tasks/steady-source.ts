import type { Log } from '../platform/platform.js';
import type { TaskSource } from './replenishing.js';

/**
 * A source that may be a plain list, which gives the same tasks for ever: they are handed out once.
 *
 * Tasks that are equal to those before are put aside, and the source is asked on. If it gives
 * anything else, or nothing, it was no list: what was put aside is handed out as well. Only a
 * source that has said the same many times in a row has no more.
 */
export class SteadySource<T> {
  readonly #source: TaskSource<T>;
  readonly #log: Log;
  #lastText: string | undefined;
  #isList = false;

  constructor(source: TaskSource<T>, log: Log) {
    this.#source = source;
    this.#log = log;
  }

  async next(): Promise<readonly T[]> {
    const aside: T[] = [];
    for (let asked = 1; ; asked++) {
      const tasks = await this.#source();
      // What is no array is for whoever asked to refuse.
      if (!Array.isArray(tasks)) return tasks;
      const given = tasks as readonly T[];
      const text = JSON.stringify(given);
      if (given.length === 0 || text !== this.#lastText) {
        this.#lastText = text;
        this.#isList = false;
        return [...aside, ...given];
      }
      if (this.#isList) return [];
      aside.push(...given);
      if (asked === SAME_MAX || aside.length > ASIDE_MAX) return this.#seenAsList(given.length);
    }
  }

  #seenAsList(count: number): readonly T[] {
    this.#isList = true;
    this.#log.warn(
      `getTasks gives the same ${count} tasks again and again, and is taken for a list: there ` +
        'are no more. Tasks that are to be done anew need something that tells them apart',
    );
    return [];
  }
}

const SAME_MAX = 100;
const ASIDE_MAX = 10_000;
