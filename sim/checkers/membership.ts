import type { Observed } from '../world-report.js';
import { type Checker, type Violation, msText, violationOf } from './checker.js';
import { Connectivity, MET_AFTER_US } from './connectivity.js';
import { type ClusterFact, factOf } from './fact.js';

/** What one life of a node says of one other node. */
interface PeerRecord {
  status: string;
  /** The life that is a member, if one is. */
  member: number | undefined;
  /** The latest life that ever was. */
  newest: number;
}

/** S10. Follows what every node says of every other one, step by step. */
export class MembershipChecker implements Checker {
  readonly id = 'S10';
  readonly title =
    'a node takes only legal steps in the eyes of another: no member before its handshake, no ' +
    'loss of one that was none, and no older life after a newer one began';
  checks = 0;
  readonly #connectivity = new Connectivity();
  readonly #views = new Map<number, Map<string, PeerRecord>>();
  /** When lives of nodes ended, by node and life. */
  readonly #endedUs = new Map<string, number>();

  get excuse(): string | undefined {
    return this.checks === 0 && this.#views.size < 2 ? 'there was nobody to meet' : undefined;
  }

  observe(observed: Observed): Violation | undefined {
    const { node, incarnation, atUs, observation } = observed;
    this.#connectivity.observe(observed);
    if (observation.kind === 'world_crash' || observation.kind === 'world_failed') {
      this.#views.delete(node);
      this.#endedUs.set(`${node} ${incarnation}`, atUs);
      return undefined;
    }
    const fact = factOf(observed) as ClusterFact;
    const broken = this.#judge(fact, observed);
    if (broken === undefined) return undefined;
    return violationOf(this, observed, `to ${this.#connectivity.idOf(node)}, ${broken}`);
  }

  #judge(fact: ClusterFact, observed: Observed): string | undefined {
    switch (fact.kind) {
      case 'membership':
        return this.#step(fact, this.#record(observed.node, fact.nodeId));
      case 'node_up':
        return this.#up(fact.nodeId, Number(fact.incarnation), observed);
      case 'node_reconciled':
        return this.#reconciled(fact.nodeId, Number(fact.incarnation), observed);
      case 'node_down':
        return this.#down(fact.nodeId, Number(fact.incarnation), observed);
      default:
        return undefined;
    }
  }

  #step(
    { nodeId, from, to }: Extract<ClusterFact, { kind: 'membership' }>,
    record: PeerRecord,
  ): string | undefined {
    this.checks += 1;
    const { status } = record;
    record.status = to;
    if (from !== undefined && from !== status)
      return `${nodeId} went from ${from} and was ${status}`;
    return NEXT[status]?.includes(to) === true
      ? undefined
      : `${nodeId} went from ${status} to ${to}`;
  }

  #up(nodeId: string, life: number, observed: Observed): string | undefined {
    this.checks += 1;
    const record = this.#record(observed.node, nodeId);
    const { member, newest, status } = record;
    record.member = life;
    record.newest = Math.max(newest, life);
    if (member !== undefined)
      return `${nodeId} (${life}) came up while ${member} of it was a member`;
    if (life < newest) return `${nodeId} (${life}) came up after life ${newest} of it`;
    if (status !== 'up') return `${nodeId} came up while it was ${status}`;
    return this.#gone(nodeId, life, 'came up', observed);
  }

  #reconciled(nodeId: string, life: number, observed: Observed): string | undefined {
    this.checks += 1;
    const { member } = this.#record(observed.node, nodeId);
    if (member !== life) return `${nodeId} (${life}) was reconciled and was no member`;
    return this.#gone(nodeId, life, 'was reconciled', observed);
  }

  #down(nodeId: string, life: number, { node }: Observed): string | undefined {
    this.checks += 1;
    const record = this.#record(node, nodeId);
    const { member } = record;
    record.member = undefined;
    return member === life ? undefined : `${nodeId} (${life}) went down and was no member`;
  }

  /** Whether that life cannot be there: what it sent last would have arrived long ago. */
  #gone(nodeId: string, life: number, what: string, { node, atUs }: Observed): string | undefined {
    const index = this.#connectivity.indexOf(nodeId);
    if (index === undefined) return undefined;
    const present = this.#connectivity.lifeOf(index);
    if (life > present) return `${nodeId} (${life}) ${what}, and there were ${present} lives of it`;
    const endedUs = this.#endedUs.get(`${index} ${life}`);
    const pathUs = this.#connectivity.pathSinceUs(node, index);
    if (endedUs === undefined || pathUs === undefined) return undefined;
    const settledUs = pathUs === 0 ? 0 : pathUs + MET_AFTER_US;
    if (atUs <= Math.max(endedUs + WORD_TRAVELS_US, settledUs)) return undefined;
    return `${nodeId} (${life}) ${what}, and that life ended at ${msText(endedUs)}`;
  }

  #record(node: number, nodeId: string): PeerRecord {
    let view = this.#views.get(node);
    if (view === undefined) this.#views.set(node, (view = new Map<string, PeerRecord>()));
    let record = view.get(nodeId);
    if (record === undefined) {
      record = { status: 'down', member: undefined, newest: 0 };
      view.set(nodeId, record);
    }
    return record;
  }
}

/** The only steps there are, written down once more: the product has a table of its own. */
const NEXT: Readonly<Record<string, readonly string[]>> = {
  down: ['connecting', 'handshaking', 'syncing'],
  connecting: ['handshaking', 'syncing', 'down'],
  handshaking: ['syncing', 'down'],
  syncing: ['up', 'down'],
  up: ['suspect', 'down'],
  suspect: ['up', 'down'],
};

// What was on its way when a process ended is there by then.
const WORD_TRAVELS_US = 3_000_000;
