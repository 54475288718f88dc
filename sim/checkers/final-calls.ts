import type { Observed } from '../world-report.js';
import { type Checker, type Violation, violationOf } from './checker.js';
import { Connectivity } from './connectivity.js';
import { type FinalFact, factOf } from './fact.js';
import { Families } from './families.js';
import { mayAct } from './quorum.js';

interface FinalCall {
  readonly observed: Observed;
  readonly child: string;
  readonly outcome: string;
}

/** L8. Every node calls every child once more when all is quiet. */
export class FinalCallsChecker implements Checker {
  readonly id = 'L8';
  readonly title = 'at the end a call from any living node to any child is answered';
  checks = 0;
  readonly #connectivity = new Connectivity();
  readonly #families = new Families();
  readonly #callers = new Map<number, Observed>();
  readonly #calls: FinalCall[] = [];

  observe(observed: Observed): undefined {
    this.#connectivity.observe(observed);
    const read = this.#families.read(observed);
    if (read !== undefined) {
      read.family.take(read.fact);
      return;
    }
    const fact = factOf(observed) as FinalFact;
    if (fact.kind === 'final_members') this.#callers.set(observed.node, observed);
    if (fact.kind !== 'final_call') return;
    this.#calls.push({ observed, child: fact.child, outcome: fact.outcome });
  }

  get excuse(): string | undefined {
    if (!this.#connectivity.isFaithful) return 'frames went astray';
    const isOver = this.#families.isOver(this.#connectivity);
    return isOver ? 'no supervisor was left' : undefined;
  }

  finish(endedUs: number): Violation | undefined {
    if (!this.#connectivity.isFaithful) return undefined;
    for (const [node, asked] of this.#callers) {
      const isSettled = this.#connectivity.isSettled(asked.atUs);
      if (!isSettled || !this.#connectivity.isConnected(node)) continue;
      const happened = this.#unanswered(asked, endedUs - asked.atUs);
      if (happened !== undefined) return violationOf(this, asked, happened);
    }
    return undefined;
  }

  #unanswered({ node, atUs }: Observed, waitedUs: number): string | undefined {
    const own = this.#calls.filter(
      ({ observed }) => observed.node === node && observed.atUs >= atUs,
    );
    for (const child of this.#running()) {
      const calls = own.filter((call) => call.child === child);
      if (calls.length === 0 && waitedUs < PATIENCE_US) continue;
      this.checks += 1;
      const outcome = calls.find((call) => call.outcome !== 'reply')?.outcome;
      if (calls.length > 0 && outcome === undefined) continue;
      const name = this.#connectivity.idOf(node);
      return `${name} called ${child} and got ${outcome ?? 'nothing at all'}`;
    }
    return undefined;
  }

  /** The children that ought to answer: of a supervisor that lives, and for which there is room. */
  #running(): string[] {
    return [...this.#families]
      .filter(({ phase, node }) => phase === 'running' && this.#connectivity.isConnected(node))
      .filter((family) => mayAct(family, this.#connectivity))
      .flatMap(({ members }) => members)
      .filter(({ restart, standing }) => restart === 'permanent' && standing !== 'held')
      .map(({ id }) => id);
  }
}

// Longer than a call may wait for its reply.
const PATIENCE_US = 2_200_000;
