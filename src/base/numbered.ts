/**
 * Values under whole numbers, 0 or more, that are given out one after the other and mostly taken
 * back soon, as those of requests are. O(1), in room for twice the most that it ever held at once.
 *
 * A `Map` would do the same. But one that values pass through makes itself a new table every so
 * often, and each table refers to the next: once the collector has moved one to the old generation,
 * all that follow survive with it, and everything that was in them.
 */
export class Numbered<T> {
  #ids: number[] = [];
  #values: (T | undefined)[] = [];
  #size = 0;
  /** Those whose place was wanted by a later one. */
  readonly #displaced = new Map<number, T>();

  constructor() {
    this.#makePlaces(PLACES_MIN);
  }

  get size(): number {
    return this.#size + this.#displaced.size;
  }

  /** Puts `value` under `id`, in the place of what was there. */
  set(id: number, value: T): void {
    if (this.#displaced.size > 0 && this.#displaced.has(id)) {
      this.#displaced.set(id, value);
      return;
    }
    const place = this.#placeOf(id);
    const before = this.#values[place];
    if (before === undefined) {
      this.#size += 1;
    } else if (this.#ids[place] !== id) {
      if (this.#size * 2 > this.#values.length) return this.#grow(id, value);
      this.#displaced.set(this.#ids[place] as number, before);
    }
    this.#ids[place] = id;
    this.#values[place] = value;
  }

  get(id: number): T | undefined {
    const place = this.#placeOf(id);
    if (this.#ids[place] === id && this.#values[place] !== undefined) return this.#values[place];
    return this.#displaced.size > 0 ? this.#displaced.get(id) : undefined;
  }

  /** False when nothing was there. */
  delete(id: number): boolean {
    const place = this.#placeOf(id);
    if (this.#ids[place] !== id || this.#values[place] === undefined) {
      return this.#displaced.size > 0 && this.#displaced.delete(id);
    }
    this.#values[place] = undefined;
    this.#size -= 1;
    if (this.#size === 0 && this.#values.length > PLACES_KEPT) this.#makePlaces(PLACES_MIN);
    return true;
  }

  /** All of them by number, as they are now. */
  entries(): [id: number, value: T][] {
    const entries = [...this.#displaced];
    for (const [place, value] of this.#values.entries()) {
      if (value !== undefined) entries.push([this.#ids[place] as number, value]);
    }
    return entries.sort(([left], [right]) => left - right);
  }

  // By the lowest bits, also of numbers past 2 ** 32.
  #placeOf(id: number): number {
    return id & (this.#values.length - 1);
  }

  #grow(id: number, value: T): void {
    const all = this.entries();
    this.#displaced.clear();
    this.#makePlaces(this.#values.length * 2);
    for (const [each, known] of all) this.set(each, known);
    this.set(id, value);
  }

  #makePlaces(count: number): void {
    this.#ids = new Array<number>(count).fill(-1);
    this.#values = new Array<undefined>(count).fill(undefined);
    this.#size = 0;
  }
}

// Powers of two.
const PLACES_MIN = 16;
const PLACES_KEPT = 4096;
