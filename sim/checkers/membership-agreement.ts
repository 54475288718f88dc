import { compareCodeUnits } from '../../src/base/compare.js';
import type { Observed } from '../world-report.js';
import { type Checker, type Violation, violationOf } from './checker.js';
import { Connectivity } from './connectivity.js';
import { type FinalFact, factOf } from './fact.js';

interface Report {
  readonly observed: Observed;
  readonly members: readonly string[];
}

/** L2. Compares what every living node says in the end with who lives. */
export class MembershipAgreementChecker implements Checker {
  readonly id = 'L2';
  readonly title =
    'at the end every living node has all other living nodes, in their present lives, for its ' +
    'members, and nobody else';
  checks = 0;
  readonly #connectivity = new Connectivity();
  readonly #reports = new Map<number, Report>();

  get excuse(): string | undefined {
    return this.#connectivity.living().length === 0 ? 'no node was left' : undefined;
  }

  observe(observed: Observed): undefined {
    this.#connectivity.observe(observed);
    const fact = factOf(observed) as FinalFact;
    if (fact.kind !== 'final_members') return;
    const members = fact.members.map(({ nodeId, incarnation }) => `${nodeId} (${incarnation})`);
    this.#reports.set(observed.node, { observed, members: members.sort(compareCodeUnits) });
  }

  finish(): Violation | undefined {
    const living = this.#connectivity.living();
    for (const [node, { observed, members }] of this.#reports) {
      if (!living.includes(node) || !this.#connectivity.isSettled(observed.atUs)) continue;
      this.checks += 1;
      const others = living.filter((other) => other !== node).map((other) => this.#name(other));
      others.sort(compareCodeUnits);
      if (members.join() === others.join()) continue;
      const happened =
        `${this.#name(node)} has ${members.join(', ') || 'nobody'} for its members, and there ` +
        `live ${others.join(', ') || 'no others'}`;
      return violationOf(this, observed, happened);
    }
    return undefined;
  }

  #name(node: number): string {
    return `${this.#connectivity.idOf(node)} (${this.#connectivity.lifeOf(node)})`;
  }
}
