import type { Observed } from '../world-report.js';
import { type Checker, type Violation, msText, violationOf } from './checker.js';
import { Connectivity } from './connectivity.js';
import type { Resumed, SupervisionFact } from './fact.js';
import { Families } from './families.js';
import type { Cause, Family } from './family.js';

interface Charge {
  readonly atUs: number;
  readonly why: string;
  readonly kind: Cause['kind'];
  /** False where it may have become part of another one, and cost nothing. */
  readonly certain: boolean;
}

interface Budget {
  charges: readonly Charge[];
  /** The one cause too many, once it happened. */
  exceededAtUs: number | undefined;
  /** Whether giving up would be right by a reading that counts uncertain charges. */
  mayGiveUp: boolean;
  lastStopped: number;
}

/**
 * S1. Counts causes on its own: an abnormal end, a failed restart and the loss of a node are one
 * each. The supervisor has to give up on exactly the cause that exceeds the limit.
 */
export class RestartIntensityChecker implements Checker {
  readonly id = 'S1';
  readonly title =
    'one cause is one charge, no window holds more restarts than the limit, and the cause that ' +
    'would exceed it ends the supervisor once, children in reverse order';
  checks = 0;
  readonly #connectivity = new Connectivity();
  readonly #families = new Families();
  readonly #budgets = new Map<Family, Budget>();
  #wasNeeded = false;

  get excuse(): string | undefined {
    return this.#wasNeeded ? undefined : 'no child was lost';
  }

  observe(observed: Observed): Violation | undefined {
    this.#connectivity.observe(observed);
    const read = this.#families.read(observed);
    if (read === undefined) return undefined;
    const { fact, family } = read;
    const isRunning = family.phase === 'running';
    if (isRunning && fact.kind === 'children_lost' && isCharged(fact.childIds, family)) {
      this.#wasNeeded = true;
    }
    const budget = this.#budgetOf(family);
    const broken = this.#judge(fact, family, budget);
    const isRetrying = family.members.some(({ standing }) => standing === 'failed');
    const cause = family.take(fact);
    if (fact.kind === 'supervisor_resumed') inheritCharges(budget, fact, observed.atUs);
    if (cause !== undefined) {
      if (isRetrying && family.isGroup) doubtRetry(budget);
      this.#charge(cause, family, budget, observed.atUs);
    }
    return broken === undefined ? undefined : violationOf(this, observed, broken);
  }

  finish(endedUs: number): Violation | undefined {
    if (!this.#connectivity.isSettled(endedUs)) return undefined;
    for (const family of this.#families) {
      const { exceededAtUs } = this.#budgetOf(family);
      if (exceededAtUs === undefined || family.phase === 'ended') continue;
      if (endedUs - exceededAtUs <= STOP_WITHIN_US) continue;
      const since = msText(exceededAtUs);
      const happened = `${family.supervisorId} exceeded it at ${since} and never ended`;
      return violationOf(this, { event: 0, atUs: endedUs }, happened);
    }
    return undefined;
  }

  #budgetOf(family: Family): Budget {
    let budget = this.#budgets.get(family);
    if (budget === undefined) {
      budget = { charges: [], exceededAtUs: undefined, mayGiveUp: false, lastStopped: Infinity };
      this.#budgets.set(family, budget);
    }
    return budget;
  }

  #judge(fact: SupervisionFact, family: Family, budget: Budget): string | undefined {
    const isOver = budget.exceededAtUs !== undefined || family.phase === 'ended';
    switch (fact.kind) {
      case 'child_start':
        return isOver ? `${fact.childId} was started after ${this.#overText(budget)}` : undefined;
      case 'child_stop':
        return isOver ? this.#judgeStop(fact.childId, family, budget) : undefined;
      case 'supervisor_ended':
        return this.#judgeEnd(fact.cause, family, budget);
      default:
        return undefined;
    }
  }

  #judgeStop(childId: string, family: Family, budget: Budget): string | undefined {
    const index = family.member(childId)?.index ?? 0;
    const isReverse = index < budget.lastStopped;
    budget.lastStopped = index;
    if (family.phase === 'ended') return `${childId} was stopped after the supervisor had ended`;
    return isReverse ? undefined : `${childId} was stopped after an earlier child, at the end`;
  }

  #judgeEnd(cause: string, family: Family, budget: Budget): string | undefined {
    const { exceededAtUs, mayGiveUp, charges } = budget;
    if (family.phase === 'ended') return `${family.supervisorId} ended twice`;
    if (cause !== 'max_restarts') {
      // Another node has it: whatever this one was about to do is no business of its own any more.
      if (exceededAtUs === undefined || HANDED_ON.has(cause)) return undefined;
      return `the supervisor ended by ${cause} after ${this.#overText(budget)}`;
    }
    this.checks += 1;
    if (exceededAtUs === undefined && !mayGiveUp) {
      const { maxRestarts, withinMs } = intensityOf(family);
      const known = charges.map(({ atUs, why }) => `${why} at ${msText(atUs)}`).join(', ');
      return `the supervisor gave up, ${maxRestarts} in ${withinMs} ms allowed, after ${known}`;
    }
    const alive = family.alive().map(({ id }) => id);
    return alive.length === 0 ? undefined : `the supervisor ended while ${alive.join()} ran`;
  }

  #charge(cause: Cause, family: Family, budget: Budget, atUs: number): void {
    const { kind, childIds } = cause;
    const certain = family.settings !== undefined;
    const charge = { atUs, why: `${childIds.join(' and ')} ${kind}`, kind, certain };
    if (certain) {
      this.checks += 1;
      const { maxRestarts, withinMs } = intensityOf(family);
      // A restart exactly as old as the window still counts.
      const recent = budget.charges.filter((past) => atUs - past.atUs <= withinMs * 1000);
      budget.mayGiveUp = recent.length >= maxRestarts;
      if (recent.filter((past) => past.certain).length >= maxRestarts) budget.exceededAtUs = atUs;
    } else {
      budget.mayGiveUp = true;
    }
    budget.charges = [...budget.charges, charge];
  }

  #overText({ exceededAtUs, charges }: Budget): string {
    if (exceededAtUs === undefined) return 'the supervisor had ended';
    return `${charges.at(-1)?.why ?? ''} at ${msText(exceededAtUs)} had exceeded the limit`;
  }
}

// A failed start is tried again a turn later. A failure that reaches the child before that turn
// starts it anyway, and then the retry is neither made nor charged.
function doubtRetry(budget: Budget): void {
  const last = budget.charges.at(-1);
  if (last?.kind !== 'failed') return;
  budget.charges = budget.charges.with(-1, { ...last, certain: false });
  if (budget.exceededAtUs !== last.atUs) return;
  budget.exceededAtUs = undefined;
  budget.mayGiveUp = true;
}

/** What it cost before it came to this node still counts there. */
function inheritCharges(budget: Budget, { restartAgesMs }: Resumed, atUs: number): void {
  // It may have ended here before, and be back.
  Object.assign(budget, { exceededAtUs: undefined, mayGiveUp: false, lastStopped: Infinity });
  budget.charges = restartAgesMs.map((ageMs) => {
    const why = 'a restart elsewhere';
    return { atUs: atUs - Math.round(ageMs * 1000), why, kind: 'ended', certain: true };
  });
}

function intensityOf(family: Family): { maxRestarts: number; withinMs: number } {
  return family.settings?.restartIntensity ?? { maxRestarts: Infinity, withinMs: Infinity };
}

const HANDED_ON: ReadonlySet<string> = new Set(['superseded', 'handed_over']);
// A child on a host that is out of reach keeps its supervisor waiting until the host is given up.
const STOP_WITHIN_US = 15_000_000;

/** A temporary child is not missed, and one that stops anyway is no loss. */
function isCharged(lost: readonly string[], family: Family): boolean {
  return lost.some((id) => {
    const { restart, standing } = family.member(id) ?? {};
    return restart !== 'temporary' && (standing === 'running' || standing === 'asked');
  });
}
