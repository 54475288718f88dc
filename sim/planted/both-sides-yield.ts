import type { NameClaim } from '../../src/cluster/name-claim.js';

export * from '../../src/cluster/name-conflict.js';

/** Nodes that take the claim that they heard of last for the better one. */
export function rankedClaims(claims: readonly NameClaim[]): readonly NameClaim[] {
  return [...claims].reverse();
}
