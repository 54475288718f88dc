import type { Observed } from '../world-report.js';
import { type Checker, type Violation, msText, violationOf } from './checker.js';
import { Connectivity } from './connectivity.js';
import {
  type ClusterFact,
  type LinkFact,
  type ProcessAddress,
  type RelationFact,
  factOf,
  nodeIdOf,
} from './fact.js';

/** One end of a link: the process that would receive the exit, and the one that it is linked to. */
interface End {
  readonly own: string;
  readonly other: string;
  /** The index of the node of `own`. */
  readonly node: number;
  /** Whether this end made the link: the other one may never have heard of it. */
  readonly isMaker: boolean;
  readonly sinceUs: number;
}

interface Peer {
  readonly word: string;
  readonly sinceUs: number;
}

/** S8. Holds both ends of every link, and takes one away for each exit that crosses. */
export class LinksChecker implements Checker {
  readonly id = 'S8';
  readonly title =
    'an exit crosses a link once each way, with the reason of the process that ended, or ' +
    'noconnection when its node is lost';
  checks = 0;
  readonly #connectivity = new Connectivity();
  readonly #ends = new Map<string, End>();
  readonly #homes = new Map<string, number>();
  readonly #endedUs = new Map<string, number>();
  readonly #peers = new Map<string, Peer>();
  #due: { readonly ends: readonly End[]; readonly atUs: number } | undefined;
  #wasLinked = false;

  get excuse(): string | undefined {
    if (!this.#connectivity.isFaithful) return 'frames went astray';
    return this.#wasLinked ? undefined : 'no link was cut';
  }

  observe(observed: Observed): Violation | undefined {
    this.#connectivity.observe(observed);
    const undue = this.#undue(observed.atUs);
    const broken = undue ?? this.#judge(observed);
    if (broken === undefined || !this.#connectivity.isFaithful) return undefined;
    return violationOf(this, observed, broken);
  }

  finish(endedUs: number): Violation | undefined {
    if (!this.#connectivity.isFaithful) return undefined;
    for (const end of this.#ends.values()) {
      if (!end.isMaker || !this.#isSilent(end, endedUs)) continue;
      const atUs = this.#endedUs.get(end.other) ?? 0;
      const happened = `${end.own} was not told that ${end.other} ended at ${msText(atUs)}`;
      return violationOf(this, { event: 0, atUs: endedUs }, happened);
    }
    return undefined;
  }

  #judge(observed: Observed): string | undefined {
    const { node, atUs, observation } = observed;
    if (observation.kind === 'world_crash' || observation.kind === 'world_failed') {
      this.#crashed(node, atUs);
      return undefined;
    }
    const fact = factOf(observed) as LinkFact | RelationFact | ClusterFact;
    switch (fact.kind) {
      case 'spawned':
        this.#homes.set(fact.id, node);
        return undefined;
      case 'exited':
        this.#exited(fact.id, node, atUs);
        return undefined;
      case 'linked':
        this.#linked(fact.id, fact.other, observed);
        return undefined;
      case 'unlinked':
        this.#ends.delete(endKey(fact.id, fact.other.id));
        return undefined;
      case 'exit_received':
        return this.#received(fact, node);
      case 'membership':
        this.#peers.set(`${node} ${fact.nodeId}`, { word: fact.to, sinceUs: atUs });
        return undefined;
      case 'node_down':
        this.#lost(node, fact.nodeId, atUs);
        return undefined;
      default:
        return undefined;
    }
  }

  #linked(own: string, { id: other }: ProcessAddress, { node, atUs: sinceUs }: Observed): void {
    this.#ends.set(endKey(own, other), { own, other, node, isMaker: true, sinceUs });
    const there = this.#homes.get(other);
    const far = this.#ends.get(endKey(other, own));
    if (there === undefined || far !== undefined || this.#endedUs.has(other)) return;
    const mirrored = { own: other, other: own, node: there, isMaker: false, sinceUs };
    this.#ends.set(endKey(other, own), mirrored);
  }

  #received(
    { id, from, reason }: Extract<LinkFact, { kind: 'exit_received' }>,
    node: number,
  ): string | undefined {
    this.#wasLinked = true;
    this.checks += 1;
    if (!this.#ends.delete(endKey(id, from.id))) {
      return `${id} was told of the exit of ${from.id} (${reason}) over no link, or once more`;
    }
    if (reason === 'noconnection') return this.#disconnected(id, from, node);
    const isAlive = this.#homes.has(from.id) && !this.#endedUs.has(from.id);
    return isAlive ? `${id} was told that ${from.id} ended (${reason}), and it lives` : undefined;
  }

  #disconnected(id: string, { id: other, nodeId }: ProcessAddress, node: number) {
    if (nodeId === undefined) return `${id} was told noconnection of ${other} on its own node`;
    // A node that leaves loses all the others at once.
    if (!this.#connectivity.isUp(node)) return undefined;
    // A node that leaves loses all the others at once, and they are none of its members any more.
    if (!this.#connectivity.isUp(node)) return undefined;
    if (this.#peers.get(`${node} ${nodeId}`)?.word !== 'up') return undefined;
    return `${id} was told noconnection of ${other} while ${nodeId} was up`;
  }

  /** Every end here that leads there is due now; the ends that only heard of a link may be none. */
  #lost(node: number, nodeId: string, atUs: number): void {
    const ends = [...this.#ends.values()].filter((end) => {
      return end.node === node && end.isMaker && nodeIdOf(end.other) === nodeId;
    });
    if (ends.length > 0) this.#due = { ends: [...(this.#due?.ends ?? []), ...ends], atUs };
  }

  #undue(nowUs: number): string | undefined {
    const due = this.#due;
    if (due === undefined || nowUs <= due.atUs) return undefined;
    this.#due = undefined;
    const untold = due.ends.find((end) => this.#ends.get(endKey(end.own, end.other)) === end);
    return untold === undefined
      ? undefined
      : `${untold.own} was not told that the node of ${untold.other} was lost`;
  }

  #exited(id: string, node: number, atUs: number): void {
    this.#endedUs.set(id, atUs);
    for (const [key, end] of this.#ends) {
      if (end.own === id && end.node === node) this.#ends.delete(key);
    }
  }

  #crashed(node: number, atUs: number): void {
    for (const [id, home] of this.#homes) {
      if (home === node && !this.#endedUs.has(id)) this.#endedUs.set(id, atUs);
    }
    for (const [key, end] of this.#ends) if (end.node === node) this.#ends.delete(key);
    for (const key of this.#peers.keys()) if (key.startsWith(`${node} `)) this.#peers.delete(key);
    if (this.#due === undefined) return;
    this.#due = { ...this.#due, ends: this.#due.ends.filter((end) => end.node !== node) };
  }

  #isSilent({ other, node, sinceUs }: End, nowUs: number): boolean {
    const endedUs = this.#endedUs.get(other);
    const home = this.#homes.get(other);
    if (endedUs === undefined || home === undefined) return false;
    const openUs = this.#connectivity.pathSinceUs(node, home);
    if (openUs === undefined || !this.#connectivity.isUp(node)) return false;
    let knownUs = Math.max(endedUs, sinceUs, openUs);
    if (home !== node) {
      const peer = this.#peers.get(`${node} ${this.#connectivity.idOf(home)}`);
      if (peer?.word !== 'up') return false;
      knownUs = Math.max(knownUs, peer.sinceUs);
    }
    return nowUs - knownUs > WORD_TRAVELS_US;
  }
}

function endKey(own: string, other: string): string {
  return `${own} ${other}`;
}

// Longer than a silent host keeps its status: it is lost by then, or it tells.
const WORD_TRAVELS_US = 6_000_000;
