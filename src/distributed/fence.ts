import { compareCodeUnits } from '../base/compare.js';

/**
 * What tells two incarnations of a child apart, and which of them is the later one. Every start of
 * a supervisor carries a new fence, larger than all before.
 */
export interface Fence {
  /** Grows whenever another node takes the supervisor over. */
  readonly term: number;
  /** The supervisor. */
  readonly ownerId: string;
  /** The life of the supervisor's node. */
  readonly ownerIncarnation: bigint;
  /** The number of the start among all of this supervisor's. */
  readonly sequence: number;
}

/** Negative when `left` is the older one. */
export function compareFences(left: Fence, right: Fence): number {
  return (
    left.term - right.term ||
    compareCodeUnits(left.ownerId, right.ownerId) ||
    compareIncarnations(left.ownerIncarnation, right.ownerIncarnation) ||
    left.sequence - right.sequence
  );
}

/** One text per fence, for keys of maps. */
export function fenceKey({ term, ownerId, ownerIncarnation, sequence }: Fence): string {
  return `${ownerId} ${term}.${ownerIncarnation}.${sequence}`;
}

function compareIncarnations(left: bigint, right: bigint): number {
  return left < right ? -1 : left > right ? 1 : 0;
}
