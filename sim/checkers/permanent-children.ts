import type { Observed } from '../world-report.js';
import { type Checker, type Violation, violationOf } from './checker.js';
import { Connectivity } from './connectivity.js';
import { type FinalFact, factOf } from './fact.js';
import { Families } from './families.js';
import type { Family } from './family.js';
import { type LiveChild, LiveChildren } from './live-children.js';
import { mayAct } from './quorum.js';

/** L1. When all is quiet: what supervisors count on is what lives, child by child. */
export class PermanentChildrenChecker implements Checker {
  readonly id = 'L1';
  readonly title =
    'at the end every permanent child has exactly one live incarnation, the one that its ' +
    'supervisor knows, and nothing lives that no supervisor knows';
  checks = 0;
  readonly #connectivity = new Connectivity();
  readonly #families = new Families();
  readonly #live = new LiveChildren();
  readonly #processes = new Map<string, string>();
  /** Supervisors that others may go on with: until they do, what runs goes on. */
  readonly #inherited = new Set<string>();
  readonly #ownerNodes = new Map<string, { readonly node: number; readonly life: number }>();
  #unknown: string | undefined;

  observe(observed: Observed): undefined {
    this.#connectivity.observe(observed);
    this.#live.observe(observed);
    const read = this.#families.read(observed);
    if (read !== undefined) {
      const { family, fact } = read;
      family.take(fact);
      if (fact.kind === 'supervising' && fact.takeover) this.#inherited.add(fact.supervisorId);
      const { node, incarnation: life } = observed;
      this.#ownerNodes.set(family.supervisorId, { node, life });
      if (fact.kind === 'child_started' || fact.kind === 'child_adopted') {
        this.#processes.set(`${family.key} ${fact.childId}`, fact.processId);
      }
      return;
    }
    const final = factOf(observed) as FinalFact;
    if (final.kind === 'final_table') this.#compare(final.children, observed.node);
  }

  get excuse(): string | undefined {
    if (!this.#connectivity.isFaithful) return 'frames went astray';
    const isOver = this.#families.isOver(this.#connectivity);
    return isOver ? 'no supervisor was left' : undefined;
  }

  finish(endedUs: number): Violation | undefined {
    if (!this.#connectivity.isFaithful) return undefined;
    if (!this.#connectivity.isSettled(endedUs)) return undefined;
    const happened = this.#unknown ?? this.#missing() ?? this.#orphan();
    const at = { event: 0, atUs: endedUs };
    return happened === undefined ? undefined : violationOf(this, at, happened);
  }

  /** What the supervisor says when it is asked is what it was seen to start. */
  #compare(table: readonly { childId: string; processId: string }[], node: number): void {
    for (const { childId, processId } of table) {
      const owners = [...this.#families].filter((family) => family.node === node);
      const known = owners.map((owner) => this.#processes.get(`${owner.key} ${childId}`));
      if (known.includes(processId)) continue;
      this.#unknown ??= `the table says that ${childId} is ${processId}, which was never started`;
    }
  }

  #missing(): string | undefined {
    for (const family of this.#families) {
      if (family.phase !== 'running' || !this.#connectivity.isConnected(family.node)) continue;
      if (!mayAct(family, this.#connectivity)) continue;
      for (const { id, restart, standing } of family.members) {
        if (restart !== 'permanent' || standing === 'held') continue;
        this.checks += 1;
        const live = this.#reached(this.#live.of(family.supervisorId, id));
        if (live.length !== 1) return `${id} has ${live.length} live incarnations: ${names(live)}`;
        const known = this.#known(family, id);
        if (known !== live[0]?.processId) return `${id} lives as ${names(live)}, not as ${known}`;
      }
    }
    return undefined;
  }

  #known(family: Family, childId: string): string | undefined {
    const isRunning = family.member(childId)?.standing === 'running';
    return isRunning ? this.#processes.get(`${family.key} ${childId}`) : undefined;
  }

  #orphan(): string | undefined {
    for (const child of this.#reached(this.#live.all())) {
      const families = [...this.#families].filter((one) => one.supervisorId === child.ownerId);
      const reached = families.filter(({ node }) => this.#connectivity.isConnected(node));
      // Nobody can tell them to end before their supervisor's node is back.
      if (reached.length === 0 && (families.length > 0 || !this.#isForgotten(child))) continue;
      this.checks += 1;
      const isKnown = reached.some((family) => {
        return family.phase !== 'ended' && this.#known(family, child.childId) === child.processId;
      });
      if (!isKnown) return `${child.processId} lives as ${child.childId} and nobody supervises it`;
    }
    return undefined;
  }

  /** Those on nodes that are connected: nobody can tell the others anything. */
  #reached(children: readonly LiveChild[]): LiveChild[] {
    return children.filter(({ node }) => this.#connectivity.isConnected(node));
  }

  /** The node that started it is back, knows nothing of it, and nobody else will either. */
  #isForgotten({ ownerId }: LiveChild): boolean {
    if (this.#inherited.has(ownerId)) return false;
    const owner = this.#ownerNodes.get(ownerId);
    if (owner === undefined || !this.#connectivity.isConnected(owner.node)) return false;
    return this.#connectivity.lifeOf(owner.node) > owner.life;
  }
}

function names(live: readonly LiveChild[]): string {
  return live.map(({ processId }) => processId).join(' and ') || 'none';
}
