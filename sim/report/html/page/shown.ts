import type { RunModel } from './run-model.js';

/** What the filters and the search let through. */
export class Shown {
  readonly hidden = {
    kinds: new Set<number>(),
    frames: new Set<number>(),
    children: new Set<number>(),
    nodes: new Set<number>(),
  };
  /** Events that the search found, in order; `undefined` while nothing is searched. */
  found: readonly number[] | undefined;
  #isFound: Uint8Array | undefined;
  // Most of the time nothing is hidden, and a drawing asks for every event.
  #isAll = true;

  constructor(
    private readonly model: RunModel,
    private readonly changed: () => void,
  ) {}

  node(node: number): boolean {
    return !this.hidden.nodes.has(node);
  }

  child(child: number): boolean {
    return child === -1 || !this.hidden.children.has(child);
  }

  event(event: number): boolean {
    if (this.#isAll) return true;
    const { kind, child, node } = this.model.data.events;
    return (
      !this.hidden.kinds.has(kind[event] as number) &&
      this.child(child[event] as number) &&
      this.node(node[event] as number)
    );
  }

  message(message: number): boolean {
    if (this.#isAll) return true;
    const { what, child, from, to } = this.model.data.messages;
    return (
      !this.hidden.frames.has(what[message] as number) &&
      this.child(child[message] as number) &&
      this.node(from[message] as number) &&
      this.node(to[message] as number)
    );
  }

  /** Whether the search speaks of it; everything while nothing is searched. */
  isMeant(event: number): boolean {
    return this.#isFound === undefined || this.#isFound[event] === 1;
  }

  search(query: string): void {
    const words = query.toLowerCase().split(/\s+/).filter(Boolean);
    this.found = undefined;
    this.#isFound = undefined;
    if (words.length > 0) {
      const isFound = new Uint8Array(this.model.atUs.length);
      const found: number[] = [];
      for (let event = 0; event < isFound.length; event++) {
        const text = this.#text(event);
        if (!words.every((word) => text.includes(word))) continue;
        isFound[event] = 1;
        found.push(event);
      }
      this.found = found;
      this.#isFound = isFound;
    }
    this.changed();
  }

  toggle(what: keyof Shown['hidden'], numbers: readonly number[], isShown: boolean): void {
    for (const number of numbers) {
      if (isShown) this.hidden[what].delete(number);
      else this.hidden[what].add(number);
    }
    this.#isAll = Object.values(this.hidden).every(({ size }) => size === 0);
    this.changed();
  }

  #text(event: number): string {
    const { model } = this;
    const { events, messages } = model.data;
    const message = events.message[event] as number;
    const frame =
      message === -1 ? '' : `${model.frameName(message)} ${messages.digest[message] ?? ''}`;
    const where = model.nodeName(events.node[event] as number);
    const words = [`#${event}`, where, model.kindName(event), frame, model.detail(event) ?? ''];
    return words.join(' ').toLowerCase();
  }
}
