import type { Observed } from '../world-report.js';
import { type Detector, type DetectorOptions, isLoss } from './detector.js';

/** A node stands still until the others must have given it up, and goes on. */
export class LongPause implements Detector {
  seen = 0;
  readonly #failureTimeoutUs: number;
  readonly #sinceUs = new Map<number, number>();

  constructor({ failureTimeoutUs }: DetectorOptions) {
    this.#failureTimeoutUs = failureTimeoutUs;
  }

  observe(observed: Observed): void {
    const { node, atUs, observation } = observed;
    if (isLoss(observed)) this.#sinceUs.delete(node);
    if (observation.kind === 'world_pause' && !this.#sinceUs.has(node)) {
      this.#sinceUs.set(node, atUs);
    }
    if (observation.kind !== 'world_resume') return;
    const sinceUs = this.#sinceUs.get(node);
    this.#sinceUs.delete(node);
    if (sinceUs !== undefined && atUs - sinceUs > this.#failureTimeoutUs) this.seen += 1;
  }
}
