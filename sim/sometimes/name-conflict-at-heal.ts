import { MET_AFTER_US } from '../checkers/connectivity.js';
import type { Observed } from '../world-report.js';
import { type Detector, isHealOfPartition } from './detector.js';

/** Two sides of a network that heals had given the same name away. */
export class NameConflictAtHeal implements Detector {
  seen = 0;
  #healedUs = -Infinity;

  observe(observed: Observed): void {
    const { atUs, observation } = observed;
    if (isHealOfPartition(observed)) this.#healedUs = atUs;
    if (observation.kind !== 'name_conflict') return;
    if (atUs - this.#healedUs <= MET_AFTER_US) this.seen += 1;
  }
}
