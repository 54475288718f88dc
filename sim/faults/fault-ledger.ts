import type { FaultRules } from '../fault.js';
import type { FaultRecord } from '../world-report.js';
import type { NamedFault } from './named-fault.js';
import { isNetworkFault } from './network-rule.js';

/** Counts how often each fault of a plan struck, and what it did to the network. */
export class FaultLedger {
  readonly #named: readonly NamedFault[];
  readonly #rules: FaultRules;
  readonly #struckUs = new Map<string, number[]>();

  constructor(named: readonly NamedFault[], rules: FaultRules) {
    this.#named = named;
    this.#rules = rules;
  }

  struck(id: string, nowUs: number): void {
    this.#struckUs.set(id, [...(this.#struckUs.get(id) ?? []), nowUs]);
  }

  /** In the order of the plan. */
  records(): FaultRecord[] {
    return this.#named.map(({ id, fault }) => {
      const times = this.#struckUs.get(id) ?? [];
      const [atUs] = times;
      return {
        id,
        kind: fault.kind,
        struck: times.length,
        ...(atUs === undefined ? {} : { atUs }),
        ...(isNetworkFault(fault) ? { verdicts: this.#rules.verdictsOf(id) } : {}),
      };
    });
  }
}
