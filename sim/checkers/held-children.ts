import type { Observed } from '../world-report.js';
import { type Checker, type Violation, msText, violationOf } from './checker.js';
import { Connectivity, MET_AFTER_US } from './connectivity.js';
import type { SelectorWord, SupervisionFact } from './fact.js';
import { Families } from './families.js';
import type { Family } from './family.js';
import { mayAct } from './quorum.js';

interface Held {
  readonly childId: string;
  readonly family: Family;
  readonly selector: SelectorWord;
  readonly atUs: number;
}

/** L5. Remembers who waits for a node, and which one would do. */
export class HeldChildrenChecker implements Checker {
  readonly id = 'L5';
  readonly title = 'a child that had no eligible node starts when one appears';
  checks = 0;
  readonly #connectivity = new Connectivity();
  readonly #families = new Families();
  readonly #held = new Map<string, Held>();
  #wasNeeded = false;

  get excuse(): string | undefined {
    return this.#wasNeeded ? undefined : 'no child had to wait';
  }

  observe(observed: Observed): undefined {
    this.#connectivity.observe(observed);
    const read = this.#families.read(observed);
    if (read === undefined) return;
    const { fact, family } = read;
    family.take(fact);
    this.#take(fact, family, observed.atUs);
  }

  finish(endedUs: number): Violation | undefined {
    // Those that are to vote on it have to meet first, and leases to be over.
    if (!this.#connectivity.isSettled(endedUs)) return undefined;
    for (const held of this.#held.values()) {
      const { childId, family, atUs } = held;
      if (!this.#isThere(family) || family.member(childId)?.standing !== 'held') continue;
      const node = this.#eligible(held, endedUs);
      if (node === undefined) continue;
      this.#wasNeeded = true;
      this.checks += 1;
      const since = msText(atUs);
      const happened = `${childId} was held at ${since} and never started, with ${node} there`;
      return violationOf(this, { event: 0, atUs: endedUs }, happened);
    }
    return undefined;
  }

  #isThere({ node, life, phase }: Family): boolean {
    if (phase !== 'running' || !this.#connectivity.isConnected(node)) return false;
    return this.#connectivity.lifeOf(node) === life;
  }

  #take(fact: SupervisionFact, family: Family, atUs: number): void {
    if (fact.kind === 'child_held') {
      const { childId, selector = 'function' } = fact;
      this.#held.set(keyOf(family, childId), { childId, family, selector, atUs });
    } else if (fact.kind === 'child_start' && this.#held.delete(keyOf(family, fact.childId))) {
      this.#wasNeeded = true;
      this.checks += 1;
    }
  }

  /** A node that would do and has been there for long; nobody knows what a function wants. */
  #eligible({ selector, family, atUs }: Held, nowUs: number): string | undefined {
    if (selector === 'function' || !mayAct(family, this.#connectivity)) return undefined;
    if (typeof selector === 'string') return this.#connectivity.idOf(family.node);
    if (!('node' in selector)) return undefined;
    const node = this.#connectivity.indexOf(selector.node);
    if (node === undefined) return undefined;
    const sinceUs = this.#connectivity.reachableSinceUs(family.node, node);
    if (sinceUs === undefined || nowUs - Math.max(sinceUs, atUs) <= MET_AFTER_US) return undefined;
    return selector.node;
  }
}

function keyOf({ key }: Family, childId: string): string {
  return `${key} ${childId}`;
}
