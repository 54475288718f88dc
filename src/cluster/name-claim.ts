import { compareCodeUnits } from '../base/compare.js';
import { type Fence, compareFences, readFence } from '../base/fence.js';
import type { NodeIdentity } from './handshake-message.js';

/** "The process `refId` on this life of this node is called `name`": written by that node alone. */
export interface NameClaim extends NodeIdentity {
  readonly name: string;
  readonly refId: string;
  /**
   * Grows whenever the owner is taken over: of a distributed supervisor its own, of a child its
   * supervisor's. 0 for plain processes.
   */
  readonly term: number;
  /** The fence of a supervised child; others have none. */
  readonly fence?: Fence;
  /** Lamport time of the registration. */
  readonly stamp: number;
}

/**
 * Whose name it is when two claim it: negative for `left`.
 *
 * {@link compareRanks} decides first, then the earlier stamp, then node id and incarnation. It is a
 * total order, so every node picks the same winner from the same claims, whatever the order in
 * which they came.
 */
export function compareClaims(left: NameClaim, right: NameClaim): number {
  return (
    compareRanks(left, right) ||
    left.stamp - right.stamp ||
    compareCodeUnits(left.nodeId, right.nodeId) ||
    compareBigints(left.incarnation, right.incarnation) ||
    compareCodeUnits(left.refId, right.refId)
  );
}

/**
 * What no resolver may turn round: the higher term goes first, so that an owner that was taken over
 * yields to its successor; then the higher fence, so that a stale incarnation of a child yields to
 * the current one.
 */
export function compareRanks(left: NameClaim, right: NameClaim): number {
  return right.term - left.term || compareOptionalFences(right.fence, left.fence);
}

/** The better of two claims; commutative, associative and idempotent. */
export function preferredClaim(left: NameClaim, right: NameClaim): NameClaim {
  return compareClaims(left, right) <= 0 ? left : right;
}

/** Whether both are for one process on one life of one node, whatever else they say. */
export function isSameProcess(left: NameClaim, right: NameClaim): boolean {
  const isSameLife = left.nodeId === right.nodeId && left.incarnation === right.incarnation;
  return isSameLife && left.refId === right.refId;
}

/** Whether both say the same of the same process. */
export function isSameClaim(left: NameClaim, right: NameClaim): boolean {
  return left.name === right.name && compareClaims(left, right) === 0;
}

/** Reads a claim that `owner` sent; `undefined` when it is none, or speaks for another node. */
export function readNameClaim(value: unknown, owner: NodeIdentity): NameClaim | undefined {
  if (typeof value !== 'object' || value === null) return undefined;
  const { name, refId, term, stamp, nodeId, incarnation } = value as Record<string, unknown>;
  const said = (value as { fence?: unknown }).fence;
  const fence = readFence(said);
  if (typeof name !== 'string' || typeof refId !== 'string') return undefined;
  if (!isCount(term) || !isCount(stamp) || (said !== undefined && fence === undefined))
    return undefined;
  if (nodeId !== owner.nodeId || incarnation !== owner.incarnation) return undefined;
  const claim = { name, refId, term, stamp, nodeId, incarnation } as NameClaim;
  return fence === undefined ? claim : { ...claim, fence };
}

function compareOptionalFences(left: Fence | undefined, right: Fence | undefined): number {
  if (left === undefined || right === undefined)
    return Number(left !== undefined) - Number(right !== undefined);
  return compareFences(left, right);
}

function compareBigints(left: bigint, right: bigint): number {
  return left < right ? -1 : left > right ? 1 : 0;
}

function isCount(value: unknown): value is number {
  return typeof value === 'number' && Number.isSafeInteger(value) && value >= 0;
}
