import type { Observed } from '../world-report.js';
import { type Detector, type DetectorOptions, isLoss } from './detector.js';

/** A node is back under its id before the others can have given it up for its silence. */
export class QuickRestart implements Detector {
  seen = 0;
  readonly #failureTimeoutUs: number;
  readonly #lostUs = new Map<number, number>();

  constructor({ failureTimeoutUs }: DetectorOptions) {
    this.#failureTimeoutUs = failureTimeoutUs;
  }

  observe(observed: Observed): void {
    const { node, atUs, observation } = observed;
    if (isLoss(observed)) this.#lostUs.set(node, atUs);
    if (observation.kind !== 'world_restart') return;
    const lostUs = this.#lostUs.get(node) ?? -Infinity;
    if (atUs - lostUs < this.#failureTimeoutUs) this.seen += 1;
  }
}
