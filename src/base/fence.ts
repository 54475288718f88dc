import { compareCodeUnits } from './compare.js';

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

/** Reads a fence that another node sent; `undefined` when it is none. */
export function readFence(value: unknown): Fence | undefined {
  if (typeof value !== 'object' || value === null) return undefined;
  const { term, ownerId, ownerIncarnation, sequence } = value as Record<string, unknown>;
  if (!isCount(term) || !isCount(sequence)) return undefined;
  if (typeof ownerId !== 'string' || typeof ownerIncarnation !== 'bigint') return undefined;
  return { term, ownerId, ownerIncarnation, sequence };
}

/** One text per fence, for keys of maps. */
export function fenceKey({ term, ownerId, ownerIncarnation, sequence }: Fence): string {
  return `${ownerId} ${term}.${ownerIncarnation}.${sequence}`;
}

function compareIncarnations(left: bigint, right: bigint): number {
  return left < right ? -1 : left > right ? 1 : 0;
}

function isCount(value: unknown): value is number {
  return Number.isSafeInteger(value) && (value as number) >= 0;
}
