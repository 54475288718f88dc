/**
 * A first-in, first-out queue that holds its items in blocks.
 *
 * `push` and `shift` are O(1) whatever the backlog; nothing is ever copied to make room. A block
 * is given back as soon as its last item is taken; an empty queue keeps one block at the most.
 */
export class Deque<T> {
  #length = 0;
  #first: Block<T> = NO_BLOCK as Block<T>;
  /** Where the oldest item lies in the first block. */
  #head = 0;
  #last: Block<T> = NO_BLOCK as Block<T>;
  /** Where the next item goes in the last block. */
  #end = 0;

  get length(): number {
    return this.#length;
  }

  push(item: T): void {
    if (this.#end === this.#last.items.length) this.#extend();
    this.#last.items[this.#end] = item;
    this.#end += 1;
    this.#length += 1;
  }

  /** Puts `item` before all others, so that it is taken next. */
  unshift(item: T): void {
    if (this.#length === 0) {
      this.push(item);
      return;
    }
    if (this.#head === 0) {
      this.#first = new Block(INITIAL_CAPACITY, this.#first);
      this.#head = INITIAL_CAPACITY;
    }
    this.#head -= 1;
    this.#first.items[this.#head] = item;
    this.#length += 1;
  }

  /** Takes the oldest item; `undefined` when empty. */
  shift(): T | undefined {
    if (this.#length === 0) return undefined;
    const { items } = this.#first;
    const item = items[this.#head];
    items[this.#head] = undefined;
    this.#head += 1;
    this.#length -= 1;
    if (this.#length === 0) {
      this.#head = 0;
      this.#end = 0;
    } else if (this.#head === items.length) {
      this.#leaveFirst();
    }
    return item;
  }

  /** The oldest item, left in place. */
  peek(): T | undefined {
    return this.#length === 0 ? undefined : this.#first.items[this.#head];
  }

  clear(): void {
    this.#length = 0;
    this.#first = NO_BLOCK as Block<T>;
    this.#head = 0;
    this.#last = NO_BLOCK as Block<T>;
    this.#end = 0;
  }

  /** Keeps the items for which `keep` is true, in their order. O(n). */
  retain(keep: (item: T) => boolean): void {
    const kept = [...this].filter(keep);
    this.clear();
    for (const item of kept) this.push(item);
  }

  *[Symbol.iterator](): Iterator<T> {
    let block: Block<T> | undefined = this.#first;
    let at = this.#head;
    for (let left = this.#length; left > 0; left--) {
      if (at === block?.items.length) {
        block = block.next;
        at = 0;
      }
      yield block?.items[at] as T;
      at += 1;
    }
  }

  #leaveFirst(): void {
    const left = this.#first;
    this.#first = left.next as Block<T>;
    this.#head = 0;
    // A block that the collector moved to the old generation would keep all that came after it.
    left.next = undefined;
  }

  #extend(): void {
    const former = this.#last;
    const doubled = Math.max(INITIAL_CAPACITY, former.items.length * 2);
    this.#last = new Block(Math.min(doubled, CAPACITY_MAX), undefined);
    this.#end = 0;
    if (this.#length === 0) this.#first = this.#last;
    else former.next = this.#last;
  }
}

class Block<T> {
  readonly items: (T | undefined)[];

  constructor(
    capacity: number,
    public next: Block<T> | undefined,
  ) {
    this.items = new Array<T | undefined>(capacity);
  }
}

// Small at first: ten thousand idle processes each own a mailbox.
const INITIAL_CAPACITY = 4;
const CAPACITY_MAX = 1024;
// An empty queue that never held anything owns no memory. Nothing is ever put here.
const NO_BLOCK = new Block<unknown>(0, undefined);
