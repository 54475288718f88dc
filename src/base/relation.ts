/**
 * Many-to-many pairs that can be read from both sides: who is linked to whom, who watches whom.
 *
 * Adding, removing and asking are O(1); forgetting one side costs as much as it has pairs. Partners
 * come in the order in which they were paired. Sides are told apart as keys of a `Map` are.
 */
export class Relation<Left, Right> {
  readonly #rights = new Map<Left, Set<Right>>();
  readonly #lefts = new Map<Right, Set<Left>>();
  #size = 0;

  /** How many pairs there are. */
  get size(): number {
    return this.#size;
  }

  /** Pairs the two. False when they were a pair already; their place in the order then stays. */
  add(left: Left, right: Right): boolean {
    if (!insert(this.#rights, left, right)) return false;
    insert(this.#lefts, right, left);
    this.#size += 1;
    return true;
  }

  /** Parts the two. False when they were no pair. */
  remove(left: Left, right: Right): boolean {
    if (!discard(this.#rights, left, right)) return false;
    discard(this.#lefts, right, left);
    this.#size -= 1;
    return true;
  }

  has(left: Left, right: Right): boolean {
    return this.#rights.get(left)?.has(right) === true;
  }

  /** The partners of `left`, oldest pair first: a copy, so pairs may change while it is walked. */
  rightsOf(left: Left): Right[] {
    return [...(this.#rights.get(left) ?? [])];
  }

  /** The partners of `right`, oldest pair first: a copy, so pairs may change while it is walked. */
  leftsOf(right: Right): Left[] {
    return [...(this.#lefts.get(right) ?? [])];
  }

  /** Parts `left` from everyone and gives the partners that it had, oldest pair first. */
  removeLeft(left: Left): Right[] {
    const partners = this.rightsOf(left);
    for (const right of partners) this.remove(left, right);
    return partners;
  }

  /** Parts `right` from everyone and gives the partners that it had, oldest pair first. */
  removeRight(right: Right): Left[] {
    const partners = this.leftsOf(right);
    for (const left of partners) this.remove(left, right);
    return partners;
  }
}

function insert<Key, Value>(index: Map<Key, Set<Value>>, key: Key, value: Value): boolean {
  const values = index.get(key);
  if (values === undefined) {
    index.set(key, new Set([value]));
    return true;
  }
  if (values.has(value)) return false;
  values.add(value);
  return true;
}

// A key without partners is dropped: processes come and go for as long as a node lives.
function discard<Key, Value>(index: Map<Key, Set<Value>>, key: Key, value: Value): boolean {
  const values = index.get(key);
  if (values === undefined || !values.delete(value)) return false;
  if (values.size === 0) index.delete(key);
  return true;
}
