import {
  type Candidates,
  Placement as Original,
  type PlacementChoice,
} from '../../src/distributed/placement.js';
import type { NodeSelector } from '../../src/distributed/node-selector.js';

export * from '../../src/distributed/placement.js';

/**
 * A supervisor that, once there are fewer candidates than before, always takes the same place among
 * them: the first, or the last.
 */
export class Placement extends Original {
  #most = 0;

  override choose(
    selector: NodeSelector,
    childId: string,
    candidates: Candidates,
  ): PlacementChoice {
    const { nodes } = candidates;
    this.#most = Math.max(this.#most, nodes.length);
    if (nodes.length === this.#most) return super.choose(selector, childId, candidates);
    const chosen = selector === 'local_first' ? nodes.at(-1) : nodes[0];
    return chosen === undefined
      ? super.choose(selector, childId, candidates)
      : { kind: 'placed', nodeId: chosen.id };
  }
}
