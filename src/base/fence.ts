import { compareCodeUnits } from './compare.js';

/**
 * What tells two incarnations of a child apart, and which of them is the later one. Every start of
 * a supervisor carries a new fence, larger than all before.
 */
export interface Fence {
  /** Grows whenever another node takes the supervisor over. */
  readonly term: number;
  /** The supervisor. It keeps its id when another node takes it over. */
  readonly ownerId: string;
  /** The node that the supervisor runs on in this term. */
  readonly ownerNode: string;
  /** The life of that node. */
  readonly ownerIncarnation: bigint;
  /** The number of the start among all of this supervisor's. */
  readonly sequence: number;
}

/** Who a supervisor belongs to in one term. Two may claim the same term, never all of it. */
export type FenceOwner = Pick<Fence, 'term' | 'ownerNode' | 'ownerIncarnation'>;

/** Negative when `left` is the older one. */
export function compareFences(left: Fence, right: Fence): number {
  return (
    compareFenceOwners(left, right) ||
    left.sequence - right.sequence ||
    compareCodeUnits(left.ownerId, right.ownerId)
  );
}

/** Negative when `right` has the better claim: the higher term, then node and life as they sort. */
export function compareFenceOwners(left: FenceOwner, right: FenceOwner): number {
  return (
    left.term - right.term ||
    compareCodeUnits(left.ownerNode, right.ownerNode) ||
    compareIncarnations(left.ownerIncarnation, right.ownerIncarnation)
  );
}

/** Reads a fence that another node sent; `undefined` when it is none. */
export function readFence(value: unknown): Fence | undefined {
  if (typeof value !== 'object' || value === null) return undefined;
  const { ownerId, sequence } = value as Record<string, unknown>;
  const owner = readFenceOwner(value);
  if (owner === undefined || typeof ownerId !== 'string' || !isCount(sequence)) return undefined;
  return { ...owner, ownerId, sequence };
}

/** As {@link readFence}, for the part that names the owner. */
export function readFenceOwner(value: unknown): FenceOwner | undefined {
  if (typeof value !== 'object' || value === null) return undefined;
  const { term, ownerNode, ownerIncarnation } = value as Record<string, unknown>;
  if (!isCount(term) || typeof ownerNode !== 'string') return undefined;
  return typeof ownerIncarnation === 'bigint' ? { term, ownerNode, ownerIncarnation } : undefined;
}

/** One text per fence, for keys of maps. */
export function fenceKey(fence: Fence): string {
  const { term, ownerId, ownerNode, ownerIncarnation, sequence } = fence;
  // No two fences run together into one text, whatever the names in them.
  return `${term}.${ownerIncarnation}.${sequence}.${ownerNode.length} ${ownerNode} ${ownerId}`;
}

function compareIncarnations(left: bigint, right: bigint): number {
  return left < right ? -1 : left > right ? 1 : 0;
}

function isCount(value: unknown): value is number {
  return Number.isSafeInteger(value) && (value as number) >= 0;
}
