import { invariant } from '../../base/assert.js';
import type { ChildPolicy } from './child-policy.js';
import { Child, type ChildStatus } from './child.js';

/**
 * The children of one supervisor in start order.
 *
 * Adding, removing, finding and counting take constant time, so that ten thousand ends at once cost
 * ten thousand steps. A child that is removed and added again goes to the end of the order.
 */
export class ChildTable<Spec extends ChildPolicy, Handle> {
  readonly #byId = new Map<string, Child<Spec, Handle>>();
  readonly #counts: Record<ChildStatus, number> = {
    stopped: 0,
    pending: 0,
    starting: 0,
    running: 0,
    stopping: 0,
    restarting: 0,
    waiting: 0,
  };
  #first: Child<Spec, Handle> | undefined = undefined;
  #last: Child<Spec, Handle> | undefined = undefined;
  #nextPosition = 0;
  #significantActive = 0;
  #touched: Map<string, { wasRemoved: boolean }> | undefined = undefined;

  get size(): number {
    return this.#byId.size;
  }

  get first(): Child<Spec, Handle> | undefined {
    return this.#first;
  }

  /** Significant children that are not stopped. */
  get significantActive(): number {
    return this.#significantActive;
  }

  get(id: string): Child<Spec, Handle> | undefined {
    return this.#byId.get(id);
  }

  count(status: ChildStatus): number {
    return this.#counts[status];
  }

  /**
   * The children that were added, changed or removed since the last time this was asked, and
   * whether a child of that id was removed on the way. The first time there are none.
   */
  takeTouched(): ReadonlyMap<string, { readonly wasRemoved: boolean }> {
    const touched = this.#touched ?? new Map<string, { wasRemoved: boolean }>();
    this.#touched = new Map();
    return touched;
  }

  /** Appends a stopped child. Its id must be new. */
  add(spec: Spec): Child<Spec, Handle> {
    invariant(!this.#byId.has(spec.id), `child ${spec.id} is added once`);
    const child = new Child<Spec, Handle>(spec, this.#nextPosition++);
    child.before = this.#last;
    if (this.#last === undefined) this.#first = child;
    else this.#last.after = child;
    this.#last = child;
    this.#byId.set(spec.id, child);
    this.#counts.stopped += 1;
    // Those that were added are told in the order that they have now.
    const wasRemoved = this.#touched?.get(spec.id)?.wasRemoved ?? false;
    this.#touched?.delete(spec.id);
    this.#touch(spec.id, wasRemoved);
    return child;
  }

  /** Forgets a child. A walk that stands on it may still step on. */
  remove(child: Child<Spec, Handle>): void {
    this.setStatus(child, 'stopped');
    this.#counts.stopped -= 1;
    this.#byId.delete(child.spec.id);
    this.#touch(child.spec.id, true);
    if (child.before === undefined) this.#first = child.after;
    else child.before.after = child.after;
    if (child.after === undefined) this.#last = child.before;
    else child.after.before = child.before;
  }

  setStatus(child: Child<Spec, Handle>, status: ChildStatus): void {
    this.#counts[child.status] -= 1;
    this.#counts[status] += 1;
    if (child.spec.significant) {
      if (child.status !== 'stopped') this.#significantActive -= 1;
      if (status !== 'stopped') this.#significantActive += 1;
    }
    child.status = status;
    this.#touch(child.spec.id, false);
  }

  #touch(id: string, isRemoved: boolean): void {
    const touched = this.#touched?.get(id);
    if (touched === undefined) this.#touched?.set(id, { wasRemoved: isRemoved });
    else touched.wasRemoved ||= isRemoved;
  }

  *[Symbol.iterator](): Iterator<Child<Spec, Handle>> {
    for (let child = this.#first; child !== undefined; child = child.after) yield child;
  }
}
