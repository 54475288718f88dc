import { Families } from '../checkers/families.js';
import type { Observed } from '../world-report.js';
import { type Detector, isLoss } from './detector.js';
import { isRestarting } from './restarting.js';

/** A supervisor's node goes down while it stops and starts the rest of its children. */
export class SupervisorLostMidway implements Detector {
  seen = 0;
  readonly #families = new Families();

  observe(observed: Observed): void {
    if (isLoss(observed)) this.#lost(observed.node);
    const read = this.#families.read(observed);
    if (read !== undefined) read.family.take(read.fact);
  }

  #lost(node: number): void {
    const caught = [...this.#families].filter((family) => {
      return family.node === node && family.strategy === 'rest_for_one' && isRestarting(family);
    });
    this.seen += caught.length;
  }
}
