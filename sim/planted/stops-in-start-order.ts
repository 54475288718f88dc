import { Agenda as Original } from '../../src/otp/supervision/agenda.js';
import type { Child } from '../../src/otp/supervision/child.js';
import type { ChildPolicy } from '../../src/otp/supervision/child-policy.js';

/** A supervisor that stops the first of those that it has to stop first. */
export class Agenda<Spec extends ChildPolicy, Handle> extends Original<Spec, Handle> {
  #stops: Child<Spec, Handle>[] = [];

  override planStop(child: Child<Spec, Handle>): void {
    this.#stops = [...this.#stops, child].sort((left, right) => left.position - right.position);
  }

  override nextStop(): Child<Spec, Handle> | undefined {
    for (;;) {
      const child = this.#stops.shift();
      if (child === undefined || (child.status === 'running' && child.fate !== undefined)) {
        return child;
      }
    }
  }
}
