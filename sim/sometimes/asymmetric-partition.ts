import type { Observed } from '../world-report.js';
import type { Detector } from './detector.js';

/** Frames get across one way, and none gets back. */
export class AsymmetricPartition implements Detector {
  seen = 0;

  observe({ observation }: Observed): void {
    if (observation.kind === 'world_one-way') this.seen += 1;
  }
}
