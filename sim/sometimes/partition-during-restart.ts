import { Families } from '../checkers/families.js';
import type { Observed } from '../world-report.js';
import { type Detector, isPartition } from './detector.js';
import { isRestarting } from './restarting.js';

/** Nodes are cut off while a supervisor is about to start children again. */
export class PartitionDuringRestart implements Detector {
  seen = 0;
  readonly #families = new Families();

  observe(observed: Observed): void {
    const read = this.#families.read(observed);
    if (read !== undefined) read.family.take(read.fact);
    else if (isPartition(observed) && [...this.#families].some(isRestarting)) this.seen += 1;
  }
}
