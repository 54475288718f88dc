import type { Observed } from '../world-report.js';
import type { Connectivity } from './connectivity.js';
import { type SupervisionFact, factOf } from './fact.js';
import { Family } from './family.js';
import { mayAct } from './quorum.js';

/**
 * Every supervisor's children, as far as was observed: one family for each node that a supervisor
 * runs on, or ran on.
 */
export class Families implements Iterable<Family> {
  readonly #families = new Map<string, Family>();
  #everRan = false;

  /**
   * The fact about a supervisor that was observed, and the family as it was before it. A family
   * whose supervisor's node is gone is forgotten.
   */
  read(observed: Observed): { fact: SupervisionFact; family: Family } | undefined {
    const { kind } = observed.observation;
    if (kind === 'world_crash' || kind === 'world_failed') this.#gone(observed.node);
    if (!KINDS.has(kind)) return undefined;
    if (kind === 'supervising' || kind === 'supervisor_resumed') this.#everRan = true;
    const fact = factOf(observed) as SupervisionFact;
    const { supervisorId } = fact;
    const fresh = new Family(supervisorId, observed.node, observed.incarnation);
    const family = this.#families.get(fresh.key) ?? fresh;
    if (family === fresh) this.#families.set(fresh.key, fresh);
    return { fact, family };
  }

  /** Whether there were supervisors, and none is left that can be reached and may act. */
  isOver(connectivity: Connectivity): boolean {
    const isRunning = (family: Family): boolean =>
      family.phase === 'running' &&
      connectivity.isConnected(family.node) &&
      mayAct(family, connectivity);
    return this.#everRan && ![...this.#families.values()].some(isRunning);
  }

  [Symbol.iterator](): Iterator<Family> {
    return this.#families.values();
  }

  #gone(node: number): void {
    for (const [id, family] of this.#families) {
      if (family.node !== node) continue;
      // One that was lost before it could say so ran as well.
      this.#everRan = true;
      this.#families.delete(id);
    }
  }
}

const KINDS: ReadonlySet<string> = new Set<SupervisionFact['kind']>([
  'supervising',
  'supervisor_resumed',
  'child_adopted',
  'child_start',
  'child_started',
  'child_ended',
  'child_failed',
  'child_stop',
  'child_abandoned',
  'child_held',
  'children_lost',
  'report',
  'supervisor_stopping',
  'supervisor_ended',
]);
