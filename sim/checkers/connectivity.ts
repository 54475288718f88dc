import type { Observed } from '../world-report.js';
import { nodeIdOf } from './fact.js';
import { type Trouble, troubleOf } from './trouble.js';

interface NodeLife {
  readonly life: number;
  readonly sinceUs: number;
  readonly isUp: boolean;
}

/** Which nodes live and which of them can reach each other, as the world did it to them. */
export class Connectivity {
  readonly #nodes = new Map<number, NodeLife>();
  readonly #ids = new Map<number, string>();
  readonly #indexes = new Map<string, number>();
  readonly #healedUs = new Map<string, number>();
  readonly #troubles = new Map<string, Trouble>();
  #core: readonly number[] | undefined;
  #settledUs = 0;
  #faithful = true;
  #nextEndUs = Infinity;

  observe(observed: Observed): void {
    const { node, incarnation, atUs, observation } = observed;
    if (atUs >= this.#nextEndUs) this.#end(atUs);
    switch (observation.kind) {
      case 'world_crash':
      case 'world_failed':
      case 'world_leave':
        return this.#live(node, { life: incarnation, sinceUs: atUs, isUp: false });
      case 'world_restart':
        return this.#live(node, { life: incarnation, sinceUs: atUs, isUp: true });
      case 'world_heal':
      case 'world_resume':
      case 'world_healed':
        return this.#heal(observation['detail'] ?? {}, atUs);
      case 'node_started':
        this.#name(node, observation['nodeId'] as string);
        break;
      case 'spawned': {
        const id = observation['id'] as string;
        if (!this.#ids.has(node)) this.#name(node, nodeIdOf(id));
      }
    }
    if (observation.kind.startsWith('world_')) this.#begin(observed);
    else if (node !== NO_NODE && !this.#nodes.has(node)) {
      this.#nodes.set(node, { life: incarnation, sinceUs: atUs, isUp: true });
    }
  }

  /** The indexes of the nodes that live and belong to those that stay connected, in order. */
  living(): number[] {
    const all = [...this.#nodes.keys()].filter((node) => this.isConnected(node));
    return all.sort((left, right) => left - right);
  }

  /** Whether the node lives and is none of those that were cut off for good. */
  isConnected(node: number): boolean {
    return this.isUp(node) && (this.#core === undefined || this.#core.includes(node));
  }

  /** False as well for a node that is about to leave. */
  isUp(node: number): boolean {
    return this.#nodes.get(node)?.isUp === true;
  }

  /** The number of the node's present, or last, life. */
  lifeOf(node: number): number {
    return this.#nodes.get(node)?.life ?? 0;
  }

  /** When that life of the node ended; `undefined` while it lasts, or when nobody saw it. */
  endOfLifeUs(node: number, life: number): number | undefined {
    const present = this.#nodes.get(node);
    if (present === undefined || life > present.life) return undefined;
    // Of a life that another one followed it is known that it ended before that one began.
    return life < present.life || !present.isUp ? present.sinceUs : undefined;
  }

  /** The node's id, as its processes bear it. */
  idOf(node: number): string {
    return this.#ids.get(node) ?? `node ${node}`;
  }

  /** The index of the node with that id; `undefined` before it ran anything. */
  indexOf(nodeId: string): number | undefined {
    return this.#indexes.get(nodeId);
  }

  /** Whether by `nowUs` everybody must know everybody: nobody is kept apart, nor was lately. */
  isSettled(nowUs: number): boolean {
    if (nowUs >= this.#nextEndUs) this.#end(nowUs);
    return this.#troubles.size === 0 && nowUs >= this.#settledUs;
  }

  /** Whether links keep their promises: what they carry arrives whole, once and in order. */
  get isFaithful(): boolean {
    return this.#faithful;
  }

  /** Since when both nodes live and reach each other undisturbed; `undefined` when they do not. */
  reachableSinceUs(left: number, right: number): number | undefined {
    const ends = [this.#nodes.get(left), this.#nodes.get(right)];
    if (ends.some((end) => end?.isUp !== true)) return undefined;
    const pathUs = this.pathSinceUs(left, right);
    if (pathUs === undefined) return undefined;
    return Math.max(pathUs, ...ends.map((end) => end?.sinceUs ?? 0));
  }

  /** As {@link reachableSinceUs}, for the way between two hosts, whoever lives there. */
  pathSinceUs(left: number, right: number): number | undefined {
    if (left !== right && this.#isCutOff(left, right)) return undefined;
    for (const trouble of this.#troubles.values()) {
      if (trouble.touches(left, right)) return undefined;
    }
    return this.#healedUs.get(pairKey(left, right)) ?? 0;
  }

  #isCutOff(left: number, right: number): boolean {
    const core = this.#core;
    return core !== undefined && !(core.includes(left) && core.includes(right));
  }

  #name(node: number, id: string): void {
    this.#ids.set(node, id);
    this.#indexes.set(id, node);
  }

  #live(node: number, life: NodeLife): void {
    this.#settle(life.sinceUs + (life.isUp ? MET_AFTER_US : MISSED_AFTER_US));
    this.#nodes.set(node, life);
  }

  #settle(atUs: number): void {
    this.#settledUs = Math.max(this.#settledUs, atUs);
  }

  #begin(observed: Observed): void {
    const trouble = troubleOf(observed);
    if (trouble === undefined) return;
    if (!trouble.isFaithful) this.#faithful = false;
    this.#troubles.set(trouble.id, trouble);
    this.#nextEndUs = Math.min(this.#nextEndUs, trouble.untilUs);
  }

  /** Ends what has run out by itself: whether it is told or not, it is over. */
  #end(nowUs: number): void {
    for (const trouble of [...this.#troubles.values()]) {
      if (trouble.untilUs <= nowUs) this.#over(trouble, trouble.untilUs);
    }
    const ends = [...this.#troubles.values()].map(({ untilUs }) => untilUs);
    this.#nextEndUs = Math.min(Infinity, ...ends);
  }

  /** One fault is over, or all of them: then there may be a core that alone is whole again. */
  #heal({ id, core }: HealDetail, atUs: number): void {
    if (core !== undefined) this.#core = core;
    this.#settle(atUs + MET_AFTER_US);
    const over = id === undefined ? [...this.#troubles.values()] : [this.#troubles.get(id)];
    for (const trouble of over) if (trouble !== undefined) this.#over(trouble, atUs);
  }

  #over(trouble: Trouble, atUs: number): void {
    this.#troubles.delete(trouble.id);
    this.#settle(atUs + MET_AFTER_US);
    for (const left of this.#nodes.keys()) {
      for (const right of this.#nodes.keys()) {
        if (left <= right && trouble.touches(left, right)) {
          this.#healedUs.set(pairKey(left, right), atUs);
        }
      }
    }
  }
}

interface HealDetail {
  readonly id?: string;
  readonly core?: readonly number[];
}

function pairKey(left: number, right: number): string {
  return left < right ? `${left} ${right}` : `${right} ${left}`;
}

// What befalls the network is noted under this index.
const NO_NODE = 0xffff;
// Longer than it takes to give up a host that fell silent, and to start again what it ran.
const MISSED_AFTER_US = 8_000_000;
/** Longer than it takes two nodes that can reach each other again to do so. */
export const MET_AFTER_US = 12_000_000;
