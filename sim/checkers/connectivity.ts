import type { Observed } from '../world-report.js';
import { nodeIdOf } from './fact.js';

interface Cut {
  readonly kind: string;
  readonly fromUs: number;
  separates(left: number, right: number): boolean;
}

interface NodeLife {
  readonly life: number;
  readonly sinceUs: number;
  readonly isUp: boolean;
}

/** Which nodes live and which of them can reach each other, as the world did it to them. */
export class Connectivity {
  readonly #nodes = new Map<number, NodeLife>();
  readonly #ids = new Map<number, string>();
  readonly #healedUs = new Map<string, number>();
  #cuts: readonly Cut[] = [];
  #settledUs = 0;

  observe(observed: Observed): void {
    const { node, incarnation, atUs, observation } = observed;
    switch (observation.kind) {
      case 'world_crash':
      case 'world_failed':
        return this.#live(node, { life: incarnation, sinceUs: atUs, isUp: false });
      case 'world_restart':
        return this.#live(node, { life: incarnation, sinceUs: atUs, isUp: true });
      case 'world_partition':
        return this.#cut(observed, partitioned(observation['detail'] as number[][]));
      case 'world_one-way':
        return this.#cut(observed, oneWay(observation['detail'] as OneWay));
      case 'world_heal':
        return this.#heal(String(observation['detail']), atUs);
      case 'spawned':
        this.#ids.set(node, nodeIdOf(observation['id'] as string));
    }
    if (node !== NO_NODE && !this.#nodes.has(node)) {
      this.#nodes.set(node, { life: incarnation, sinceUs: atUs, isUp: true });
    }
  }

  /** The indexes of the nodes that live, in order. */
  living(): number[] {
    const all = [...this.#nodes].filter(([, { isUp }]) => isUp).map(([node]) => node);
    return all.sort((left, right) => left - right);
  }

  isUp(node: number): boolean {
    return this.#nodes.get(node)?.isUp === true;
  }

  /** The number of the node's present, or last, life. */
  lifeOf(node: number): number {
    return this.#nodes.get(node)?.life ?? 0;
  }

  /** The node's id, as its processes bear it. */
  idOf(node: number): string {
    return this.#ids.get(node) ?? `node ${node}`;
  }

  /** Whether by `nowUs` everybody must know everybody: nobody is kept apart, nor was lately. */
  isSettled(nowUs: number): boolean {
    return this.#cuts.length === 0 && nowUs >= this.#settledUs;
  }

  /** Since when both nodes live and reach each other; `undefined` when they do not. */
  reachableSinceUs(left: number, right: number): number | undefined {
    const ends = [this.#nodes.get(left), this.#nodes.get(right)];
    if (ends.some((end) => end?.isUp !== true)) return undefined;
    if (this.#cuts.some((cut) => cut.separates(left, right))) return undefined;
    const healedUs = this.#healedUs.get(pairKey(left, right)) ?? 0;
    return Math.max(healedUs, ...ends.map((end) => end?.sinceUs ?? 0));
  }

  #live(node: number, life: NodeLife): void {
    this.#settle(life.sinceUs + (life.isUp ? MET_AFTER_US : MISSED_AFTER_US));
    this.#nodes.set(node, life);
  }

  #settle(atUs: number): void {
    this.#settledUs = Math.max(this.#settledUs, atUs);
  }

  #cut({ atUs, observation }: Observed, separates: Cut['separates']): void {
    const kind = observation.kind.slice('world_'.length);
    this.#cuts = [...this.#cuts, { kind, fromUs: atUs, separates }];
  }

  // The id of a fault begins with its kind and the time at which it began.
  #heal(id: string, atUs: number): void {
    this.#settle(atUs + MET_AFTER_US);
    const [, kind, fromMs] = /^(\S+)\s+([\d.]+)/.exec(id) ?? [];
    const fromUs = Math.round(Number(fromMs) * 1000);
    const healed = this.#cuts.find((cut) => cut.kind === kind && cut.fromUs === fromUs);
    if (healed === undefined) return;
    this.#cuts = this.#cuts.filter((cut) => cut !== healed);
    for (const left of this.#nodes.keys()) {
      for (const right of this.#nodes.keys()) {
        if (healed.separates(left, right)) this.#healedUs.set(pairKey(left, right), atUs);
      }
    }
  }
}

interface OneWay {
  readonly from: readonly number[];
  readonly to: readonly number[];
}

function partitioned(groups: readonly (readonly number[])[]): Cut['separates'] {
  const groupOf = (node: number): number => groups.findIndex((group) => group.includes(node));
  return (left, right) => {
    const [one, other] = [groupOf(left), groupOf(right)];
    return one >= 0 && other >= 0 && one !== other;
  };
}

function oneWay({ from, to }: OneWay): Cut['separates'] {
  return (left, right) =>
    (from.includes(left) && to.includes(right)) || (from.includes(right) && to.includes(left));
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
