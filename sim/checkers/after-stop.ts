import type { Observed } from '../world-report.js';
import { type Checker, type Violation, violationOf } from './checker.js';
import { type AfterStopFact, factOf } from './fact.js';

/** S11. Reads what every node that left says of itself. */
export class AfterStopChecker implements Checker {
  readonly id = 'S11';
  readonly title =
    'a node that has left holds nothing any more: no process, link, monitor, call or timer';
  checks = 0;
  #wasNeeded = false;

  get excuse(): string | undefined {
    return this.#wasNeeded ? undefined : 'no node had left';
  }

  observe(observed: Observed): Violation | undefined {
    const fact = factOf(observed) as AfterStopFact;
    if (fact.kind !== 'after_stop') return undefined;
    this.#wasNeeded = true;
    this.checks += 1;
    const left = Object.entries(fact.left).filter(([, count]) => count !== 0);
    if (left.length === 0) return undefined;
    const what = left.map(([name, count]) => `${name} ${count}`).join(', ');
    return violationOf(this, observed, `node ${observed.node + 1} still had ${what}`);
  }
}
