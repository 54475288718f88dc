import type { Observed } from '../world-report.js';
import { type LeaseFact, factOf } from './fact.js';

/** Until when each node may run the exclusive children of which supervisor, in true time. */
export class Leases {
  readonly #untilUs = new Map<string, number>();
  /** How many parts per million too fast time passes on a node. */
  readonly #ratesPpm = new Map<number, number>();

  get isEmpty(): boolean {
    return this.#untilUs.size === 0;
  }

  observe(observed: Observed): void {
    const { node, atUs, observation } = observed;
    if (observation.kind === 'world_crash' || observation.kind === 'world_failed') this.#gone(node);
    const fact = factOf(observed) as LeaseFact;
    if (fact.kind === 'lease_opened') {
      const forUs = (fact.forMs * 1000) / this.#rateOf(node);
      this.#untilUs.set(keyOf(node, fact.supervisorId), atUs + forUs);
    } else if (fact.kind === 'lease_closed') {
      this.#untilUs.set(keyOf(node, fact.supervisorId), atUs);
    } else if (fact.kind === 'clock_rate') {
      this.#runs(node, fact.ratePpm, atUs);
    }
  }

  /** `undefined` when the node never had one. */
  untilUs(node: number, supervisorId: string): number | undefined {
    return this.#untilUs.get(keyOf(node, supervisorId));
  }

  /** What is left of the node's leases lasts longer or shorter from now on. */
  #runs(node: number, ratePpm: number, atUs: number): void {
    const before = this.#rateOf(node);
    this.#ratesPpm.set(node, ratePpm);
    for (const [key, untilUs] of this.#untilUs) {
      if (!key.startsWith(`${node} `) || untilUs <= atUs) continue;
      this.#untilUs.set(key, atUs + ((untilUs - atUs) * before) / this.#rateOf(node));
    }
  }

  #rateOf(node: number): number {
    return 1 + (this.#ratesPpm.get(node) ?? 0) / 1e6;
  }

  #gone(node: number): void {
    this.#ratesPpm.delete(node);
    for (const key of this.#untilUs.keys()) {
      if (key.startsWith(`${node} `)) this.#untilUs.set(key, -Infinity);
    }
  }
}

function keyOf(node: number, supervisorId: string): string {
  return `${node} ${supervisorId}`;
}
