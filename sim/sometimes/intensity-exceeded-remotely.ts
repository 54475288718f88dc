import { type SupervisionFact, factOf, nodeIdOf } from '../checkers/fact.js';
import type { Observed } from '../world-report.js';
import type { Detector } from './detector.js';

/** A supervisor gives up because of a child on another node. */
export class IntensityExceededRemotely implements Detector {
  seen = 0;
  /** Where each child was started last, by supervisor and child. */
  readonly #hosts = new Map<string, string>();

  observe(observed: Observed): void {
    const fact = factOf(observed) as SupervisionFact;
    if (fact.kind === 'child_start') {
      this.#hosts.set(`${fact.supervisorId} ${fact.childId}`, fact.nodeId);
    } else if (fact.kind === 'report' && fact.context === 'shutdown') {
      const host = this.#hosts.get(`${fact.supervisorId} ${fact.childId}`);
      if (host !== undefined && host !== nodeIdOf(fact.supervisorId)) this.seen += 1;
    }
  }
}
