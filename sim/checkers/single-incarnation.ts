import type { Observed } from '../world-report.js';
import { type Checker, type Violation, msText, violationOf } from './checker.js';
import { Connectivity, MET_AFTER_US } from './connectivity.js';
import { type SupervisionFact, factOf, lifeOf } from './fact.js';
import {
  type ChildFence,
  type LiveChild,
  LiveChildren,
  compareChildFences,
} from './live-children.js';

/** S3. Follows fences from the supervisor to the hosts, and who is alive under them. */
export class SingleIncarnationChecker implements Checker {
  readonly id = 'S3';
  readonly title =
    'no two incarnations of a child live on among nodes that reach each other, fences grow with ' +
    'every start, and nothing from a lower fence is accepted after a higher one';
  checks = 0;
  readonly #connectivity = new Connectivity();
  readonly #live = new LiveChildren();
  readonly #asked = new Map<string, number>();
  /** The term under which a node has a supervisor that came to it. */
  readonly #terms = new Map<string, number>();
  /** The numbers that each supervisor has given out. */
  readonly #sequences = new Map<string, Set<number>>();
  readonly #hosted = new Map<string, ChildFence>();
  readonly #doubled = new Set<string>();

  observe(observed: Observed): Violation | undefined {
    const overdue = this.#overdue(observed.atUs);
    if (overdue !== undefined) return violationOf(this, observed, overdue);
    this.#connectivity.observe(observed);
    const started = this.#live.observe(observed);
    const broken =
      started === undefined ? this.#owned(observed) : this.#started(started, lifeOf(observed));
    return broken === undefined ? undefined : violationOf(this, observed, broken);
  }

  get excuse(): string | undefined {
    return this.#connectivity.isFaithful ? undefined : 'frames went astray';
  }

  finish(endedUs: number): Violation | undefined {
    const overdue = this.#overdue(endedUs);
    const at = { event: 0, atUs: endedUs };
    return overdue === undefined ? undefined : violationOf(this, at, overdue);
  }

  /** What the supervisor's node says: fences are given out, and acknowledged. */
  #owned(observed: Observed): string | undefined {
    const fact = factOf(observed) as SupervisionFact;
    const place = `${fact.supervisorId} ${lifeOf(observed)}`;
    if (fact.kind === 'supervisor_resumed') this.#terms.set(place, fact.term);
    if (fact.kind !== 'child_start' && fact.kind !== 'child_started') return undefined;
    const { childId, sequence } = fact;
    // Two that have the supervisor while they are kept apart each count for themselves, and who has
    // it again goes on from what it was handed.
    const reign = `${place} ${this.#terms.get(place) ?? 1}`;
    const key = `${reign} ${childId}`;
    const last = this.#asked.get(key);
    if (fact.kind === 'child_started') {
      this.checks += 1;
      if (last === sequence) return undefined;
      return `start ${sequence} of ${childId} was acknowledged after start ${last}`;
    }
    this.#asked.set(key, sequence);
    const given = this.#sequences.get(reign) ?? new Set();
    this.#sequences.set(reign, given);
    // A start of an exclusive child may have had to wait while others did not.
    const former = given.has(sequence) ? sequence : (last ?? 0);
    given.add(sequence);
    if (sequence > former) return undefined;
    return `start ${sequence} of ${childId} came after start ${former} of its supervisor`;
  }

  #started(child: LiveChild, life: string): string | undefined {
    const { ownerId, childId, fence } = child;
    const key = `${life} ${ownerId} ${childId}`;
    const highest = this.#hosted.get(key);
    if (this.#live.of(ownerId, childId).length > 1) this.#doubled.add(`${ownerId} ${childId}`);
    if (highest !== undefined) {
      this.checks += 1;
      if (compareChildFences(fence, highest) <= 0) {
        const [older, newer] = [fence.join('.'), highest.join('.')];
        return `${childId} started under fence ${older} where ${newer} was seen`;
      }
    }
    this.#hosted.set(key, fence);
    return undefined;
  }

  #overdue(nowUs: number): string | undefined {
    for (const key of this.#doubled) {
      const [ownerId = '', childId = ''] = key.split(' ');
      const live = this.#live.of(ownerId, childId);
      if (live.length < 2) {
        this.checks += 1;
        this.#doubled.delete(key);
        continue;
      }
      const [left, right] = live as [LiveChild, LiveChild];
      const dueUs = this.#dueUs(left, right);
      if (nowUs <= dueUs || !this.#connectivity.isFaithful) continue;
      const where = live.map(({ processId, sinceUs }) => `${processId} since ${msText(sinceUs)}`);
      return `${childId} lived as ${where.join(' and as ')}`;
    }
    return undefined;
  }

  /** Until when two of a kind may live; for ever while they, or their owners, are kept apart. */
  #dueUs(left: LiveChild, right: LiveChild): number {
    const sinceUs = Math.max(left.sinceUs, right.sinceUs);
    const isOneOwner = left.fence[1] === right.fence[1];
    if (left.node === right.node && isOneOwner) return sinceUs;
    const owners = [left, right].map(({ fence }) => this.#connectivity.indexOf(fence[1]));
    const places = [left.node, right.node, ...owners.filter((owner) => owner !== undefined)];
    let settledUs = 0;
    for (const one of places) {
      for (const other of places) {
        const openUs = this.#connectivity.reachableSinceUs(one, other);
        if (openUs === undefined) return Infinity;
        settledUs = Math.max(settledUs, openUs);
      }
    }
    return Math.max(sinceUs + WORD_TRAVELS_US, settledUs + MET_AFTER_US + WORD_TRAVELS_US);
  }
}

// A start that was given up may come to life while the news is on its way.
const WORD_TRAVELS_US = 1_000_000;
