import { keyedHash, type HashPart } from '../src/base/hash.js';

/**
 * Chance by key: a draw depends on the seed, its domain and its key, never on how many draws were
 * made before. Leaving one message or one fault out of a run re-rolls nothing else in it.
 */
export class Draws {
  constructor(readonly seed: number) {}

  /** A whole number from 0 up to 2 ** 53. */
  number(domain: string, ...key: readonly HashPart[]): number {
    return keyedHash(this.seed, domain, ...key);
  }

  /** A whole number from `min` to `max`, both included. */
  between(min: number, max: number, domain: string, ...key: readonly HashPart[]): number {
    return min + (this.number(domain, ...key) % (max - min + 1));
  }

  /** One of `choices`. */
  pick<const T>(choices: readonly [T, ...T[]], domain: string, ...key: readonly HashPart[]): T {
    return choices[this.number(domain, ...key) % choices.length] as T;
  }

  /** A stream of draws under one key, numbered: cheaper than spelling the key each time. */
  stream(domain: string, ...key: readonly HashPart[]): DrawStream {
    return new DrawStream(this.number(domain, ...key));
  }
}

/** The draws of one key; the n-th draw depends on the key and n alone. */
export class DrawStream {
  readonly #key: number;

  constructor(key: number) {
    this.#key = key;
  }

  /** A whole number from 0 up to 2 ** 53, the same for the same n. */
  at(n: number): number {
    return keyedHash(this.#key, n);
  }

  /** A whole number from `min` to `max`, both included. */
  between(min: number, max: number, n: number): number {
    return max === min ? min : min + (keyedHash(this.#key, n) % (max - min + 1));
  }
}
