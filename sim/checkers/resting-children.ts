import type { Observed } from '../world-report.js';
import { type Checker, type Violation, violationOf } from './checker.js';
import { type LifecycleFact, type Resumed, type SupervisionFact, factOf } from './fact.js';
import { Families } from './families.js';
import type { Cause, Family } from './family.js';
import { Overruns } from './overruns.js';

/** S4. Knows which children are at rest for good, and how long each may take to end. */
export class RestingChildrenChecker implements Checker {
  readonly id = 'S4';
  readonly title =
    'a temporary child, and a transient one that ended normally, is not started again, and a ' +
    'child that overruns its shutdown is killed';
  readonly #families = new Families();
  readonly #overruns = new Overruns();
  /** Children at rest, and why, by the supervisor and its node. */
  readonly #resting = new Map<string, Map<string, string>>();
  #rests = 0;

  get checks(): number {
    return this.#rests + this.#overruns.checks;
  }

  get excuse(): string | undefined {
    return this.#overruns.isIdle ? 'no child came to rest' : undefined;
  }

  observe(observed: Observed): Violation | undefined {
    const late = this.#overruns.observe(observed);
    if (late !== undefined) return violationOf(this, observed, late);
    const told = factOf(observed) as LifecycleFact;
    if (told.kind === 'lifecycle') {
      const broken = this.#lifecycle(told, observed.node);
      return broken === undefined ? undefined : violationOf(this, observed, broken);
    }
    const read = this.#families.read(observed);
    if (read !== undefined) this.#take(read.fact, read.family, observed.atUs);
    return undefined;
  }

  finish(endedUs: number): Violation | undefined {
    const late = this.#overruns.overdue(endedUs);
    const at = { event: 0, atUs: endedUs };
    return late === undefined ? undefined : violationOf(this, at, late);
  }

  #take(fact: SupervisionFact, family: Family, atUs: number): void {
    this.#overruns.take(fact, family, atUs);
    const rests = restsOf(fact, family);
    const cause = family.take(fact);
    for (const [childId, why] of rests) {
      this.#rests += 1;
      this.#restingOn(family).set(childId, why);
    }
    if (cause !== undefined) this.#rouse(cause, family);
    if (fact.kind !== 'supervisor_resumed') return;
    this.#inherit(fact, family);
  }

  /** What rests elsewhere rests here as well, unless the news of it did not come as far as here. */
  #inherit({ supervisorId, children }: Resumed, family: Family): void {
    const here = this.#restingOn(family);
    here.clear();
    const moving = new Set<string>();
    for (const { childId, state } of children) if (state !== 'stopped') moving.add(childId);
    for (const [key, resting] of this.#resting) {
      if (!key.startsWith(`${supervisorId} `)) continue;
      for (const [childId, why] of resting) if (!moving.has(childId)) here.set(childId, why);
    }
  }

  #lifecycle(told: LifecycleFact, node: number): string | undefined {
    const { type, supervisorId = '', childId = '' } = told;
    const resting = this.#restingOn({ supervisorId, node });
    const why = resting.get(childId);
    if (why === undefined) return undefined;
    // Somebody asked for it.
    if (type === 'child_started') resting.delete(childId);
    return type === 'child_restarted' ? `${childId} was restarted after ${why}` : undefined;
  }

  /** A sibling's failure starts a transient child again, as in Erlang; a temporary one is gone. */
  #rouse({ childIds }: Cause, family: Family): void {
    if (!family.isGroup) return;
    const indexes = childIds.map((id) => family.member(id)?.index ?? 0);
    const first = family.strategy === 'one_for_all' ? 0 : Math.min(...indexes);
    for (const { id, restart } of family.members.slice(first)) {
      if (restart === 'transient') this.#restingOn(family).delete(id);
    }
  }

  /** Owners that are kept apart do not know of each other's. */
  #restingOn({ supervisorId, node }: Pick<Family, 'supervisorId' | 'node'>): Map<string, string> {
    const key = `${supervisorId} ${node}`;
    const known = this.#resting.get(key);
    if (known !== undefined) return known;
    const fresh = new Map<string, string>();
    this.#resting.set(key, fresh);
    return fresh;
  }
}

/** Who comes to rest by what happened; the family is as it was before. */
function restsOf(fact: SupervisionFact, family: Family): readonly (readonly [string, string])[] {
  switch (fact.kind) {
    case 'child_ended': {
      const { childId, reason } = fact;
      const member = family.member(childId);
      if (member?.restart === 'temporary') return [[childId, 'it ended, as a temporary child']];
      const isOwnEnd = member?.standing === 'running' && /^(normal|shutdown)/.test(reason);
      return isOwnEnd && member.restart === 'transient' ? [[childId, `it ended: ${reason}`]] : [];
    }
    case 'children_lost':
      return fact.childIds
        .filter((id) => family.member(id)?.restart === 'temporary')
        .map((id) => [id, 'it was lost, as a temporary child']);
    default:
      return [];
  }
}
