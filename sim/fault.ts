import type { Address } from '../src/platform/transport.js';

/** One thing about to cross the network. */
export interface Passage {
  readonly what: 'dial' | 'answer' | 'frame' | 'close';
  /** Indexes of nodes. */
  readonly from: number;
  readonly to: number;
  /** Keys every draw about this connection. */
  readonly connection: number;
  readonly bytes: Uint8Array | undefined;
  readonly nowUs: number;
}

/**
 * What becomes of a passage.
 *
 * - `delay`: it takes `byUs` longer, and everything behind it on the connection with it.
 * - `hold`: it and everything behind it waits until a rule lets it go.
 * - `drop`: it vanishes alone. TCP never does this to a frame that it delivers others around; it is
 *   for losing what may be lost, such as heartbeats.
 * - `cut`: the connection breaks for both sides.
 */
export type Verdict =
  | { readonly kind: 'pass' }
  | { readonly kind: 'delay'; readonly byUs: number }
  | { readonly kind: 'hold' }
  | { readonly kind: 'drop' }
  | { readonly kind: 'cut' };

/** A fault of the network. `undefined` leaves the judgement to the rules behind. */
export interface FaultRule {
  readonly id: string;
  judge(passage: Passage): Verdict | undefined;
}

/** The rules in force; the first verdict wins. */
export class FaultRules {
  #rules: readonly FaultRule[] = [];

  add(rule: FaultRule): void {
    this.#rules = [...this.#rules, rule];
  }

  remove(id: string): void {
    this.#rules = this.#rules.filter((rule) => rule.id !== id);
  }

  judge(passage: Passage): Verdict {
    for (const rule of this.#rules) {
      const verdict = rule.judge(passage);
      if (verdict !== undefined) return verdict;
    }
    return PASS;
  }

  get quiet(): boolean {
    return this.#rules.length === 0;
  }
}

/** Keeps nodes of different groups apart; a node in no group reaches everybody. */
export function partitionRule(id: string, groups: readonly (readonly number[])[]): FaultRule {
  const groupOf = new Map(groups.flatMap((group, at) => group.map((node) => [node, at] as const)));
  return {
    id,
    judge({ from, to }) {
      const left = groupOf.get(from);
      const right = groupOf.get(to);
      return left === undefined || right === undefined || left === right ? undefined : HOLD;
    },
  };
}

/** Stops what goes from one of `from` to one of `to`; the way back stays open. */
export function oneWayRule(id: string, from: readonly number[], to: readonly number[]): FaultRule {
  return {
    id,
    judge: (passage) => (from.includes(passage.from) && to.includes(passage.to) ? HOLD : undefined),
  };
}

/** Where a host is: dials go by address, faults by node. */
export type HostTable = ReadonlyMap<Address, number>;

const PASS: Verdict = { kind: 'pass' };
const HOLD: Verdict = { kind: 'hold' };
