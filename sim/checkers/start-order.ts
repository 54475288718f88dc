import type { Observed } from '../world-report.js';
import { type Checker, type Violation, violationOf } from './checker.js';
import type { SupervisionFact } from './fact.js';
import { Families } from './families.js';
import { type Family, isAlive } from './family.js';

/** S2. Looks at every start and stop: who runs, who does not, and whether it had to be. */
export class StartOrderChecker implements Checker {
  readonly id = 'S2';
  readonly title =
    'children start in order, each after the one before was acknowledged; what a restart reaches ' +
    'is stopped in reverse before the first start, and nothing else is touched';
  checks = 0;
  readonly #families = new Families();

  observe(observed: Observed): Violation | undefined {
    const read = this.#families.read(observed);
    if (read === undefined) return undefined;
    const { fact, family } = read;
    const broken = this.#judge(fact, family);
    family.take(fact);
    return broken === undefined ? undefined : violationOf(this, observed, broken);
  }

  #judge(fact: SupervisionFact, family: Family): string | undefined {
    switch (fact.kind) {
      case 'child_start':
        return this.#judgeStart(fact.childId, family);
      case 'child_stop':
        return this.#judgeStop(fact.childId, family);
      case 'supervising':
        return this.#judgeOrder(fact.children, family);
      default:
        return undefined;
    }
  }

  #judgeStart(id: string, family: Family): string | undefined {
    const self = family.member(id);
    const asked = family.members.find(({ standing }) => standing === 'asked');
    if (self !== undefined && isAlive(self.standing)) {
      return `${id} was started while another incarnation of it was ${self.standing}`;
    }
    if (self === undefined || family.isGroup) {
      if (family.members.length > 0) this.checks += 1;
      if (asked !== undefined) return `${id} was started before ${asked.id} was acknowledged`;
    } else if (family.settings !== undefined) {
      // Children that live and die alone: no other start of this one was under way.
      this.checks += 1;
    }
    return self !== undefined && family.isGroup ? judgeRestart(self.index, family) : undefined;
  }

  #judgeStop(id: string, family: Family): string | undefined {
    const self = family.member(id);
    if (self === undefined) return `${id} was stopped and had never been started`;
    const stopping = family.members.find(({ standing }) => standing === 'stopping');
    const later = family.members
      .slice(self.index + 1)
      .find(({ standing }) => standing === 'running' || standing === 'doomed');
    const isKnown = family.settings !== undefined;
    if (isKnown) this.checks += 1;
    if (isKnown && family.phase === 'running' && self.standing !== 'doomed') {
      return `${id} was stopped although no failure under ${family.strategy} reached it`;
    }
    if (stopping !== undefined) return `${id} was stopped before ${stopping.id} had ended`;
    return later === undefined ? undefined : `${id} was stopped before ${later.id} after it`;
  }

  #judgeOrder(children: readonly { childId: string }[], family: Family): string | undefined {
    const listed = children.map(({ childId }) => childId);
    const started = family.members.map(({ id }) => id).filter((id) => listed.includes(id));
    if (started.join() === listed.join()) return undefined;
    return `the children ${listed.join(', ')} were started as ${started.join(', ')}`;
  }
}

function judgeRestart(index: number, family: Family): string | undefined {
  const id = family.members[index]?.id ?? '';
  const before = family.members
    .slice(0, index)
    .find(({ restart, standing }) => restart === 'permanent' && standing !== 'running');
  if (before !== undefined) return `${id} was restarted while ${before.id} was ${before.standing}`;
  const after = family.members.slice(index + 1).find(({ standing }) => isAlive(standing));
  return after === undefined
    ? undefined
    : `${id} was restarted while ${after.id} after it was ${after.standing}`;
}
