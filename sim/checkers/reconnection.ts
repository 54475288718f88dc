import type { Observed } from '../world-report.js';
import { type Checker, type Violation, msText, violationOf } from './checker.js';
import { Connectivity, MET_AFTER_US } from './connectivity.js';
import { type ClusterFact, factOf } from './fact.js';

/** L6. Some time after two nodes can reach each other again, each has the other for a member. */
export class ReconnectionChecker implements Checker {
  readonly id = 'L6';
  readonly title =
    'nodes that can reach each other again are connected again, without anybody telling them to';
  checks = 0;
  readonly #connectivity = new Connectivity();
  /** Node to the ids of its members. */
  readonly #members = new Map<number, Set<string>>();
  /** When to look; `undefined` while nothing was ever disturbed. */
  #dueUs: number | undefined;
  #wasNeeded = false;

  get excuse(): string | undefined {
    if (this.#connectivity.living().length < 2) return 'nobody was left to meet';
    return this.#wasNeeded ? undefined : 'nobody was kept apart';
  }

  observe(observed: Observed): Violation | undefined {
    const { node, atUs, observation } = observed;
    const broken = this.#isDue(atUs) ? this.#unmet(atUs) : undefined;
    this.#connectivity.observe(observed);
    this.#note(observed);
    if (broken !== undefined) return violationOf(this, observed, broken);
    if (observation.kind === 'world_crash' || observation.kind === 'world_failed') {
      this.#members.delete(node);
    }
    const fact = factOf(observed) as ClusterFact;
    if (fact.kind === 'membership') this.#membersOf(node);
    else if (fact.kind === 'node_up') this.#membersOf(node).add(fact.nodeId);
    else if (fact.kind === 'node_down') this.#membersOf(node).delete(fact.nodeId);
    return undefined;
  }

  finish(endedUs: number): Violation | undefined {
    const broken = this.#isDue(endedUs) ? this.#unmet(endedUs) : undefined;
    const at = { event: 0, atUs: endedUs };
    return broken === undefined ? undefined : violationOf(this, at, broken);
  }

  #isDue(nowUs: number): boolean {
    return this.#dueUs !== undefined && nowUs > this.#dueUs;
  }

  /** Every change for the better is a reason to look once more, when its time has come. */
  #note({ atUs, observation: { kind } }: Observed): void {
    const isBetter = BETTER.has(kind);
    if (isBetter) this.#wasNeeded = true;
    if (isBetter || (this.#dueUs !== undefined && kind.startsWith('world_'))) {
      this.#dueUs = atUs + MET_AFTER_US;
    }
  }

  #unmet(nowUs: number): string | undefined {
    this.#dueUs = undefined;
    const living = this.#connectivity.living();
    for (const left of living) {
      for (const right of living) {
        if (left === right) continue;
        const sinceUs = this.#connectivity.reachableSinceUs(left, right);
        if (sinceUs === undefined || nowUs < sinceUs + MET_AFTER_US) continue;
        const [here, there] = [this.#connectivity.idOf(left), this.#connectivity.idOf(right)];
        // One that never began to join, or that is about to leave, has nobody.
        if (!this.#members.has(left) || !this.#members.has(right)) continue;
        this.checks += 1;
        if (this.#membersOf(left).has(there)) continue;
        return `${here} has not met ${there}, which it could reach since ${msText(sinceUs)}`;
      }
    }
    return undefined;
  }

  #membersOf(node: number): Set<string> {
    let members = this.#members.get(node);
    if (members === undefined) this.#members.set(node, (members = new Set()));
    return members;
  }
}

const BETTER: ReadonlySet<string> = new Set([
  'world_heal',
  'world_healed',
  'world_resume',
  'world_restart',
]);
