import type { Draws } from '../draw.js';
import type { Passage } from '../fault.js';

/**
 * Draws of one fault about what crosses the network, from 0 up to 1. Each is keyed by its passage:
 * a frame more or less on another connection, or another fault, changes none of them.
 */
export class Chance {
  readonly #draws: Draws;
  readonly #id: string;

  constructor(draws: Draws, id: string) {
    this.#draws = draws;
    this.#id = id;
  }

  of(passage: Passage, what: string): number {
    const { connection, direction, number } = passage;
    return this.#draws.number(what, this.#id, connection, direction, number) / 2 ** 53;
  }
}
