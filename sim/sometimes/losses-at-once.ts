import type { Observed } from '../world-report.js';
import { type Detector, isLoss } from './detector.js';

/** Two nodes are lost so close together that nobody can have noticed the first. */
export class LossesAtOnce implements Detector {
  seen = 0;
  #last: Observed | undefined;

  observe(observed: Observed): void {
    if (!isLoss(observed)) return;
    const last = this.#last;
    this.#last = observed;
    if (last === undefined || last.node === observed.node) return;
    if (observed.atUs - last.atUs <= AT_ONCE_US) this.seen += 1;
  }
}

const AT_ONCE_US = 100_000;
