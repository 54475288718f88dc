import type { Observed } from '../world-report.js';
import { type Checker, type Violation, msText, violationOf } from './checker.js';
import { Connectivity } from './connectivity.js';
import type { Resumed } from './fact.js';
import { Families } from './families.js';
import type { Family } from './family.js';
import { mayAct } from './quorum.js';

/** One time that a supervisor had on one node. */
interface Reign {
  readonly family: Family;
  readonly term: number;
  /** When each restart that it charged itself was, those that it inherited included. */
  charges: readonly number[];
}

/** L4. Follows a supervisor from node to node. */
export class TakeoverChecker implements Checker {
  readonly id = 'L4';
  readonly title =
    'a supervisor whose node is lost goes on at one other node, under a higher term, with its ' +
    'restarts remembered, and in the end one node has it';
  checks = 0;
  readonly #connectivity = new Connectivity();
  readonly #families = new Families();
  readonly #reigns = new Map<string, Reign[]>();
  /** Of supervisors that have begun to start, and may have been lost before they said so. */
  readonly #begun = new Map<string, Family>();
  /** Supervisors that have ended for good, on purpose or because they gave up. */
  readonly #over = new Set<string>();
  #wasNeeded = false;

  get excuse(): string | undefined {
    return this.#wasNeeded ? undefined : 'no supervisor had to move';
  }

  observe(observed: Observed): Violation | undefined {
    this.#connectivity.observe(observed);
    const read = this.#families.read(observed);
    if (read === undefined) return undefined;
    const { fact, family } = read;
    const broken =
      fact.kind === 'supervisor_resumed' ? this.#resumed(fact, family, observed.atUs) : undefined;
    const cause = family.take(fact);
    if (fact.kind === 'child_start' && !this.#begun.has(fact.supervisorId)) {
      this.#begun.set(fact.supervisorId, family);
    }
    if (fact.kind === 'supervising' && fact.takeover !== undefined) {
      this.#reigns.set(fact.supervisorId, [{ family, term: 1, charges: [] }]);
    }
    const reign = this.#reignOf(family);
    if (cause !== undefined && reign !== undefined)
      reign.charges = [...reign.charges, observed.atUs];
    if (fact.kind === 'supervisor_ended' && ENDS.has(fact.cause)) this.#over.add(fact.supervisorId);
    return broken === undefined ? undefined : violationOf(this, observed, broken);
  }

  finish(endedUs: number): Violation | undefined {
    if (!this.#connectivity.isFaithful || !this.#connectivity.isSettled(endedUs)) return undefined;
    for (const [supervisorId, reigns] of this.#reigns) {
      if (this.#over.has(supervisorId)) continue;
      const happened = this.#judge(supervisorId, reigns);
      if (happened !== undefined) {
        return violationOf(this, { event: 0, atUs: endedUs }, happened);
      }
    }
    return undefined;
  }

  #resumed(fact: Resumed, family: Family, atUs: number): string | undefined {
    const { supervisorId, term, restartAgesMs, restartIntensity } = fact;
    const reigns = this.#reigns.get(supervisorId) ?? this.#firstReign(supervisorId);
    if (reigns === undefined) return `${supervisorId} goes on and never ran`;
    this.#wasNeeded = true;
    this.checks += 1;
    const earlier = reigns.filter((reign) => reign.term < term);
    if (earlier.length === 0) return `${supervisorId} goes on under term ${term}, which is not new`;
    const charges = restartAgesMs.map((ageMs) => atUs - Math.round(ageMs * 1000));
    this.#reigns.set(supervisorId, [...reigns, { family, term, charges }]);
    const fromUs = atUs - restartIntensity.withinMs * 1000;
    const latest = Math.max(...earlier.map((reign) => reign.term));
    // Of several that had it in one term, while they were kept apart, one was gone on from.
    const forgotten = earlier
      .filter((reign) => reign.term === latest)
      .map((reign) => this.#forgotten(reign, family, { fromUs, atUs, count: charges.length }));
    const [timesUs] = forgotten.includes(undefined) ? [] : forgotten;
    if (timesUs === undefined) return undefined;
    const times = timesUs.map(msText).join(', ');
    return `${supervisorId} goes on with ${charges.length} restarts of those at ${times}`;
  }

  /** What the former owner charged, if the next one had to know more of it than it does. */
  #forgotten(
    former: Reign,
    family: Family,
    { fromUs, atUs, count }: { fromUs: number; atUs: number; count: number },
  ): readonly number[] | undefined {
    // It was about to give up: whoever goes on may be lenient, or give up as well.
    if (former.family.phase === 'ending' || this.#wasKeptApart(former, family)) return undefined;
    const { node, life } = former.family;
    const lostUs = this.#connectivity.endOfLifeUs(node, life) ?? atUs;
    // What was charged just before the loss may not have come as far as here.
    const untilUs = Math.min(atUs, lostUs) - NEWS_US;
    const knownUs = former.charges.filter((oneUs) => oneUs >= fromUs && oneUs < untilUs);
    return count >= knownUs.length ? undefined : knownUs;
  }

  #firstReign(supervisorId: string): Reign[] | undefined {
    const family = this.#begun.get(supervisorId);
    return family === undefined ? undefined : [{ family, term: 1, charges: [] }];
  }

  #judge(supervisorId: string, reigns: readonly Reign[]): string | undefined {
    // A node may have it again: then only its latest time counts.
    const latestOf = new Map(reigns.map((reign) => [reign.family, reign]));
    const running = [...latestOf.values()].filter(({ family }) => this.#isRunning(family));
    const living = this.#connectivity.living();
    const [latest] = reigns.slice(-1);
    if (latest === undefined || living.length === 0) return undefined;
    this.checks += 1;
    if (running.length > 1) {
      const places = running.map(({ family, term }) => {
        return `${this.#connectivity.idOf(family.node)} in term ${term}`;
      });
      return `${supervisorId} runs on ${places.join(' and on ')}`;
    }
    if (running.length === 1 || !this.#hasHeir(latest)) return undefined;
    return `${supervisorId} was lost with ${this.#connectivity.idOf(latest.family.node)} for good`;
  }

  /** Whether a node is left that was there when the supervisor came to its last one. */
  #hasHeir({ family }: Reign): boolean {
    if (!mayAct(family, this.#connectivity)) return false;
    const isOld = (node: number): boolean => this.#connectivity.lifeOf(node) <= 1;
    return this.#connectivity.living().some((node) => node !== family.node && isOld(node));
  }

  #isRunning({ phase, node, life }: Family): boolean {
    if (phase !== 'running' || !this.#connectivity.isConnected(node)) return false;
    return this.#connectivity.lifeOf(node) === life;
  }

  #wasKeptApart(former: Reign, family: Family): boolean {
    return this.#connectivity.pathSinceUs(former.family.node, family.node) !== 0;
  }

  #reignOf(family: Family): Reign | undefined {
    return this.#reigns.get(family.supervisorId)?.findLast((reign) => reign.family === family);
  }
}

const ENDS: ReadonlySet<string> = new Set(['stop', 'max_restarts', 'auto_shutdown', 'killed']);
// Longer than the news of a restart takes to its standbys.
const NEWS_US = 1_000_000;
