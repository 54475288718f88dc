import { type SupervisionFact, factOf } from '../checkers/fact.js';
import type { Observed } from '../world-report.js';
import { type Detector, isHealOfPartition, isLoss } from './detector.js';

/** The network heals while children of a lost node are not back yet. */
export class HealDuringFailover implements Detector {
  seen = 0;
  /** Supervisor and child, for each that is missing; and the supervisor's node. */
  readonly #missing = new Map<string, number>();

  observe(observed: Observed): void {
    const { node } = observed;
    if (isHealOfPartition(observed) && this.#missing.size > 0) this.seen += 1;
    if (isLoss(observed)) this.#forget((_key, at) => at === node);
    const fact = factOf(observed) as SupervisionFact;
    switch (fact.kind) {
      case 'children_lost':
        for (const id of fact.childIds) this.#missing.set(`${fact.supervisorId} ${id}`, node);
        return;
      case 'child_started':
        this.#missing.delete(`${fact.supervisorId} ${fact.childId}`);
        return;
      case 'supervisor_ended':
        return this.#forget((key) => key.startsWith(`${fact.supervisorId} `));
      default:
        return;
    }
  }

  #forget(isGone: (key: string, node: number) => boolean): void {
    for (const [key, node] of this.#missing) if (isGone(key, node)) this.#missing.delete(key);
  }
}
