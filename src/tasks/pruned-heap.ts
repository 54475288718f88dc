import { Heap } from '../base/heap.js';

/**
 * A heap whose items may die where they lie. The dead are skipped, and swept out before they are
 * most of it: `push` and `pop` stay O(log n) in the living.
 */
export class PrunedHeap<T> {
  readonly #before: (left: T, right: T) => boolean;
  readonly #isLive: (item: T) => boolean;
  #heap: Heap<T>;
  #sizeMax = SIZE_MIN;

  constructor(before: (left: T, right: T) => boolean, isLive: (item: T) => boolean) {
    this.#before = before;
    this.#isLive = isLive;
    this.#heap = new Heap(before);
  }

  push(item: T): void {
    if (this.#heap.size >= this.#sizeMax) this.#sweep();
    this.#heap.push(item);
  }

  /** The first of the living. */
  peek(): T | undefined {
    for (;;) {
      const item = this.#heap.peek();
      if (item === undefined || this.#isLive(item)) return item;
      this.#heap.pop();
    }
  }

  pop(): T | undefined {
    const item = this.peek();
    if (item !== undefined) this.#heap.pop();
    return item;
  }

  #sweep(): void {
    const living = [...this.#heap].filter(this.#isLive);
    this.#heap = new Heap(this.#before);
    for (const item of living) this.#heap.push(item);
    this.#sizeMax = Math.max(SIZE_MIN, living.length * 2);
  }
}

const SIZE_MIN = 64;
