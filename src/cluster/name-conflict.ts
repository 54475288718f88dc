import type { GenServerRef } from '../otp/behavior.js';
import type { Log } from '../platform/platform.js';
import { type NameClaim, compareClaims, compareRanks } from './name-claim.js';

/** One of two processes that claim a name, as a resolver sees it. Frozen. */
export interface NameClaimant {
  readonly ref: Required<Pick<GenServerRef, 'id' | 'nodeId'>>;
  /** The life of the node it runs on. */
  readonly incarnation: bigint;
  /** Both have the same: a higher term wins without a question. */
  readonly term: number;
  /**
   * Logical time of the registration: smaller than that of every other which was made by somebody
   * who knew of it.
   */
  readonly stamp: number;
}

/**
 * Chooses whose name it is: gives one of the two claimants, or `undefined` to leave it to the rule,
 * by which the earlier stamp wins, then the lower node id.
 *
 * Every node that meets both claims asks its own resolver, and all have to choose alike: give all
 * nodes the same one, and let it go by its arguments alone, never by the node it runs on, the time
 * or chance. It is asked twice, with the claimants in either order; where it chooses differently,
 * throws, or gives something else, that is logged and the rule stands. It has to be a preference,
 * too: if it takes A over B and B over C, then A over C. In a circle of three or more that meet at
 * once, each would lose to another, and nobody would keep the name.
 */
export type NameConflictResolver = (
  name: string,
  one: NameClaimant,
  other: NameClaimant,
) => NameClaimant | undefined;

/** The better of two claims of equal rank; `ruled` is that of the rule. */
export type Preference = (ruled: NameClaim, other: NameClaim) => NameClaim;

/**
 * The claims to one name, the winner in front, the others by the rule. Goes by the claims alone,
 * not by their order, whatever the preference: every node that has the same gets the same.
 */
export function rankedClaims(
  claims: readonly NameClaim[],
  prefer: Preference,
): readonly NameClaim[] {
  const [first, ...rest] = [...claims].sort(compareClaims);
  if (first === undefined || rest.length === 0) return claims;
  let winner = first;
  for (const claim of rest) {
    if (compareRanks(winner, claim) !== 0) break;
    winner = compareClaims(winner, claim) < 0 ? prefer(winner, claim) : prefer(claim, winner);
  }
  if (winner === first) return [first, ...rest];
  return [winner, first, ...rest.filter((claim) => claim !== winner)];
}

/** Asks the resolver in a way that no answer of it can make two nodes disagree by its order. */
export function preferenceOf(resolver: NameConflictResolver, log: Log): Preference {
  return (ruled, other) => {
    const claimants = [claimantOf(ruled), claimantOf(other)] as const;
    try {
      const [one, two] = claimants;
      const [chosen, again] = [resolver(ruled.name, one, two), resolver(ruled.name, two, one)];
      if (chosen === again && chosen === undefined) return ruled;
      if (chosen === again && chosen === one) return ruled;
      if (chosen === again && chosen === two) return other;
    } catch (error) {
      log.error('onConflict failed, so the earlier registration keeps the name', {
        name: ruled.name,
        error,
      });
      return ruled;
    }
    const expected = 'one of its two claimants or undefined, the same in either order';
    log.error(`Expected onConflict to give ${expected}; the earlier registration keeps the name`, {
      name: ruled.name,
    });
    return ruled;
  };
}

function claimantOf({ refId, nodeId, incarnation, term, stamp }: NameClaim): NameClaimant {
  const ref = Object.freeze({ id: refId, nodeId });
  return Object.freeze({ ref, incarnation, term, stamp });
}
