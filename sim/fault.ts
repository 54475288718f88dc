/** One thing about to cross the network. */
export interface Passage {
  readonly what: 'dial' | 'answer' | 'frame' | 'close';
  /** Indexes of nodes. */
  readonly from: number;
  readonly to: number;
  /** Keys every draw about this connection. */
  readonly connection: number;
  /** 0 from the dialling end, 1 from the other one. */
  readonly direction: number;
  /** Numbers what goes this way over this connection, from 0. */
  readonly number: number;
  readonly bytes: Uint8Array | undefined;
  readonly nowUs: number;
}

/**
 * What becomes of a passage.
 *
 * - `delay`: it takes `byUs` longer, and everything behind it on the connection with it.
 * - `hold`: it and everything behind it waits until a rule lets it go. What then goes on, goes on
 *   as TCP does: late, or the connection breaks. `safely`: at once, and no connection breaks.
 * - `drop`: it vanishes alone. TCP never does this to a frame that it delivers others around; it is
 *   for losing what may be lost, such as heartbeats.
 * - `duplicate`: it arrives, and `byUs` later once more.
 * - `reorder`: it arrives `byUs` later, and what is behind it does not wait.
 * - `corrupt`: it arrives with one bit wrong, the one that this number points at.
 * - `cut`: the connection breaks for both sides.
 */
export type Verdict =
  | { readonly kind: 'pass' }
  | { readonly kind: 'delay'; readonly byUs: number }
  | { readonly kind: 'hold'; readonly safely?: boolean }
  | { readonly kind: 'drop' }
  | { readonly kind: 'duplicate'; readonly byUs: number }
  | { readonly kind: 'reorder'; readonly byUs: number }
  | { readonly kind: 'corrupt'; readonly bit: number }
  | { readonly kind: 'cut' };

/** A fault of the network. `undefined` leaves the judgement to the rules behind. */
export interface FaultRule {
  readonly id: string;
  /** Rules with a lower rank judge first; 0 when absent. Equal ones keep the order they came in. */
  readonly rank?: number;
  judge(passage: Passage): Verdict | undefined;
}

/**
 * Where a kind of rule stands: what closes a way speaks before what loses things on it, and both
 * before what only takes time. Otherwise a slow frame would slip through a partition.
 */
export const RANK = { closes: 0, loses: 1, delays: 2 } as const;

/** The rules in force; the first verdict wins. */
export class FaultRules {
  #rules: readonly FaultRule[] = [];
  readonly #verdicts = new Map<string, number>();

  add(rule: FaultRule): void {
    // Sorting keeps the order of equal ranks.
    this.#rules = [...this.#rules, rule].sort((left, right) => rankOf(left) - rankOf(right));
  }

  remove(id: string): void {
    this.#rules = this.#rules.filter((rule) => rule.id !== id);
  }

  judge(passage: Passage): Verdict {
    for (const rule of this.#rules) {
      const verdict = rule.judge(passage);
      if (verdict === undefined) continue;
      this.#verdicts.set(rule.id, this.verdictsOf(rule.id) + 1);
      return verdict;
    }
    return PASS;
  }

  /** How often the verdict of a rule counted, whether or not the rule is still in force. */
  verdictsOf(id: string): number {
    return this.#verdicts.get(id) ?? 0;
  }

  get quiet(): boolean {
    return this.#rules.length === 0;
  }
}

function rankOf({ rank = RANK.closes }: FaultRule): number {
  return rank;
}

const PASS: Verdict = { kind: 'pass' };
