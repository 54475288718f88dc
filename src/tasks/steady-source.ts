import type { Log } from '../platform/platform.js';
import type { TaskSource } from './replenishing.js';

/**
 * A source that may be a plain list: one that gives the same tasks as the time before has no more.
 */
export class SteadySource<T> {
  readonly #source: TaskSource<T>;
  readonly #log: Log;
  #lastText: string | undefined;

  constructor(source: TaskSource<T>, log: Log) {
    this.#source = source;
    this.#log = log;
  }

  async next(): Promise<readonly T[]> {
    const tasks = await this.#source();
    const text = JSON.stringify(tasks);
    if (!Array.isArray(tasks) || tasks.length === 0 || text !== this.#lastText) {
      this.#lastText = text;
      return tasks;
    }
    this.#log.info(`getTasks gave the same ${tasks.length} tasks again: there are no more`);
    return [];
  }
}
