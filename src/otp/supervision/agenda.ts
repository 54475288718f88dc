import { Heap } from '../../base/heap.js';
import type { ChildPolicy } from './child-policy.js';
import type { Child } from './child.js';

/**
 * What is still to be done in order: stops from the last child to the first, starts from the first
 * to the last.
 *
 * Plans made while another is under way merge by position. An entry whose child has moved on in the
 * meantime is skipped, so nothing ever has to be taken out.
 */
export class Agenda<Spec extends ChildPolicy, Handle> {
  readonly #stops = new Heap<Child<Spec, Handle>>((a, b) => a.position > b.position);
  readonly #starts = new Heap<Child<Spec, Handle>>((a, b) => a.position < b.position);

  planStop(child: Child<Spec, Handle>): void {
    this.#stops.push(child);
  }

  planStart(child: Child<Spec, Handle>): void {
    this.#starts.push(child);
  }

  /** The last child in start order that runs and is to be stopped. */
  nextStop(): Child<Spec, Handle> | undefined {
    for (;;) {
      const child = this.#stops.pop();
      if (child === undefined || (child.status === 'running' && child.fate !== undefined)) {
        return child;
      }
    }
  }

  /** The first child in start order whose start is planned. */
  nextStart(): Child<Spec, Handle> | undefined {
    for (;;) {
      const child = this.#starts.pop();
      if (child === undefined || child.status === 'pending') return child;
    }
  }
}
