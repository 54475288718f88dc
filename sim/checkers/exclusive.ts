import type { Observed } from '../world-report.js';
import { type Checker, type Violation, msText, violationOf } from './checker.js';
import { type CallFact, type LeaseFact, factOf } from './fact.js';
import { Leases } from './leases.js';
import { LiveChildren } from './live-children.js';

/** An incarnation of an exclusive child on a node, from before its `init` on. */
interface Claimant {
  readonly node: number;
  readonly number: number;
}

/** S3 where children are exclusive. Follows the leases of nodes, and who is there to use them. */
export class ExclusiveChecker implements Checker {
  readonly id = 'S3x';
  readonly title =
    'no two incarnations of an exclusive child may act at one instant, and none handles a ' +
    'message without a lease';
  checks = 0;
  readonly #live = new LiveChildren();
  readonly #leases = new Leases();
  readonly #claimants = new Map<string, Claimant[]>();
  /** Processes that run exclusive children, and for which supervisor. */
  readonly #supervisors = new Map<string, string>();

  get excuse(): string | undefined {
    return this.#leases.isEmpty ? 'no child was exclusive' : undefined;
  }

  observe(observed: Observed): Violation | undefined {
    const started = this.#live.observe(observed);
    this.#leases.observe(observed);
    if (started !== undefined) this.#supervisors.set(started.processId, started.ownerId);
    const happened = this.#judge(observed);
    return happened === undefined ? undefined : violationOf(this, observed, happened);
  }

  #judge(observed: Observed): string | undefined {
    const { node, atUs } = observed;
    const { kind } = observed.observation;
    if (kind === 'world_crash' || kind === 'world_failed') this.#gone(node);
    const fact = factOf(observed) as LeaseFact | Extract<CallFact, { kind: 'received' }>;
    switch (fact.kind) {
      case 'leased_child': {
        const key = childKey(fact);
        const others = this.#claimants.get(key) ?? [];
        this.#claimants.set(key, [...others, { node, number: fact.claimant }]);
        return this.#overlapOf(key, atUs);
      }
      case 'leased_child_over': {
        const key = childKey(fact);
        const isOther = (one: Claimant): boolean =>
          one.node !== node || one.number !== fact.claimant;
        this.#claimants.set(key, (this.#claimants.get(key) ?? []).filter(isOther));
        return undefined;
      }
      case 'lease_opened':
        return this.#overlap(fact.supervisorId, atUs);
      case 'received':
        return this.#received(fact.processId, observed);
      default:
        return undefined;
    }
  }

  #overlap(supervisorId: string, atUs: number): string | undefined {
    for (const key of this.#claimants.keys()) {
      if (!key.startsWith(`${supervisorId} `)) continue;
      const happened = this.#overlapOf(key, atUs);
      if (happened !== undefined) return happened;
    }
    return undefined;
  }

  #overlapOf(key: string, atUs: number): string | undefined {
    const [supervisorId = '', childId = ''] = key.split(' ');
    const acting = (this.#claimants.get(key) ?? []).filter(({ node }) => {
      return this.#untilUs(node, supervisorId) > atUs;
    });
    this.checks += 1;
    if (acting.length < 2) return undefined;
    const where = acting.map(({ node }) => {
      return `on node ${node} until ${msText(this.#untilUs(node, supervisorId))}`;
    });
    return `${childId} may act ${where.join(' and ')}`;
  }

  #received(processId: string, { node, atUs }: Observed): string | undefined {
    const supervisorId = this.#supervisors.get(processId);
    const untilUs = supervisorId && this.#leases.untilUs(node, supervisorId);
    if (typeof untilUs !== 'number') return undefined;
    this.checks += 1;
    // Microseconds are whole, what is left of a lease need not be.
    if (atUs <= untilUs) return undefined;
    return `${processId} handled a message, and its lease was over at ${msText(untilUs)}`;
  }

  #untilUs(node: number, supervisorId: string): number {
    return this.#leases.untilUs(node, supervisorId) ?? -Infinity;
  }

  #gone(node: number): void {
    for (const [key, claimants] of this.#claimants) {
      const others = claimants.filter((one) => one.node !== node);
      this.#claimants.set(key, others);
    }
  }
}

function childKey({ supervisorId, childId }: { supervisorId: string; childId: string }): string {
  return `${supervisorId} ${childId}`;
}
