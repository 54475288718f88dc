import type { NodeId } from '../base/node-id.js';

/** The words that ids of processes start with. */
export type IdPrefix = 'genserver' | 'supervisor' | 'dsup' | 'monitor' | 'link' | 'timer';

/**
 * Ids made of node, incarnation and a counter: unique in the cluster, and the same in every run
 * that does the same things. Neither clock nor chance is in them.
 */
export class Ids {
  #scope = '';
  #count = 0;

  /** Ids made from now on carry the node's name and incarnation. */
  qualify(nodeId: NodeId, incarnation: bigint): void {
    this.#scope = `${nodeId}_${incarnation.toString(36)}_`;
  }

  next(prefix: IdPrefix): string {
    this.#count += 1;
    return `${prefix}_${this.#scope}${this.#count}`;
  }
}
