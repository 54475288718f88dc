import type { Observed } from '../world-report.js';
import { msText } from './checker.js';
import { Connectivity, MET_AFTER_US } from './connectivity.js';
import type { SupervisionFact } from './fact.js';
import type { Family } from './family.js';

interface Stop {
  readonly childId: string;
  readonly family: Family;
  /** The index of the host; that of the supervisor's node when nobody knows better. */
  readonly host: number;
  readonly atUs: number;
  readonly allowedUs: number;
}

/** Children that were told to stop, and how long they may take for it. */
export class Overruns {
  /** How many ended in time. */
  checks = 0;
  /** Stops of supervisors that are still there to hear of the end. */
  #asked = 0;
  readonly #connectivity = new Connectivity();
  readonly #stops = new Map<string, Stop>();
  readonly #hosts = new Map<string, string>();

  /** Whether no child was told to stop by a supervisor that could hear of its end. */
  get isIdle(): boolean {
    return this.#asked === 0;
  }

  /** What is overdue by now. */
  observe(observed: Observed): string | undefined {
    this.#connectivity.observe(observed);
    return this.overdue(observed.atUs);
  }

  /** Takes a fact about the family, as the family was before it. */
  take(fact: SupervisionFact, family: Family, atUs: number): void {
    switch (fact.kind) {
      case 'child_start':
        this.#hosts.set(keyOf(family, fact.childId), fact.nodeId);
        return;
      case 'child_stop':
        this.#asked += 1;
        this.#stops.set(keyOf(family, fact.childId), this.#stopOf(fact.childId, family, atUs));
        return;
      case 'child_ended':
        return this.#ended(keyOf(family, fact.childId));
      case 'children_lost':
        for (const childId of fact.childIds) this.#ended(keyOf(family, childId));
        return;
      case 'supervisor_ended':
        for (const [key, stop] of this.#stops) if (stop.family === family) this.#drop(key);
        return;
      default:
        return;
    }
  }

  overdue(nowUs: number): string | undefined {
    for (const [key, stop] of this.#stops) {
      const { childId, family, atUs } = stop;
      if (!this.#connectivity.isUp(family.node)) this.#drop(key);
      else if (this.#isOverdue(stop, nowUs)) {
        return `${childId} was told to stop at ${msText(atUs)} and neither ended nor was killed`;
      }
    }
    return undefined;
  }

  #isOverdue({ family, host, atUs, allowedUs }: Stop, nowUs: number): boolean {
    if (nowUs - atUs <= allowedUs) return false;
    const openUs = this.#connectivity.reachableSinceUs(family.node, host);
    if (openUs === undefined) return false;
    // A host that is out of reach hears of the stop when it is back, or is given up.
    const fromUs = openUs === 0 ? atUs : Math.max(atUs, openUs + MET_AFTER_US);
    return nowUs - fromUs > allowedUs;
  }

  #stopOf(childId: string, family: Family, atUs: number): Stop {
    const spec = family.settings?.children.find((child) => child.childId === childId);
    const host = this.#connectivity.indexOf(this.#hosts.get(keyOf(family, childId)) ?? '');
    const allowedUs = (spec?.shutdownMs ?? DEFAULT_SHUTDOWN_MS) * 1000 + WORD_TRAVELS_US;
    return { childId, family, host: host ?? family.node, atUs, allowedUs };
  }

  #drop(key: string): void {
    if (this.#stops.delete(key)) this.#asked -= 1;
  }

  #ended(key: string): void {
    if (this.#stops.delete(key)) this.checks += 1;
  }
}

function keyOf({ key }: Family, childId: string): string {
  return `${key} ${childId}`;
}

const DEFAULT_SHUTDOWN_MS = 5000;
// The order to stop, or to end, and the news of the end are under way for a while.
const WORD_TRAVELS_US = 2_000_000;
