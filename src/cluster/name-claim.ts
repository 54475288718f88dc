import { compareCodeUnits } from '../base/compare.js';
import { type Fence, compareFences, readFence } from '../base/fence.js';
import type { NodeIdentity } from './handshake-message.js';

/** "The process `refId` on this life of this node is called `name`": written by that node alone. */
export interface NameClaim extends NodeIdentity {
  readonly name: string;
  readonly refId: string;
  /** The fence of a supervised child, its owner's term in front; plain processes have none. */
  readonly fence?: Fence;
  /** Lamport time of the registration. */
  readonly stamp: number;
}

/**
 * Whose name it is when two claim it: negative for `left`.
 *
 * The higher fence wins, so that a stale incarnation of a child never keeps a name from the current
 * one; a plain process yields to a supervised child. Then the earlier stamp wins, then node id and
 * incarnation. It is a total order, so every node picks the same winner from the same claims,
 * whatever the order in which they came.
 */
export function compareClaims(left: NameClaim, right: NameClaim): number {
  return (
    compareOptionalFences(right.fence, left.fence) ||
    left.stamp - right.stamp ||
    compareCodeUnits(left.nodeId, right.nodeId) ||
    compareBigints(left.incarnation, right.incarnation) ||
    compareCodeUnits(left.refId, right.refId)
  );
}

/** The better of two claims; commutative, associative and idempotent. */
export function preferredClaim(left: NameClaim, right: NameClaim): NameClaim {
  return compareClaims(left, right) <= 0 ? left : right;
}

/** Whether both say the same of the same process. */
export function isSameClaim(left: NameClaim, right: NameClaim): boolean {
  return left.name === right.name && compareClaims(left, right) === 0;
}

/** Reads a claim that `owner` sent; `undefined` when it is none, or speaks for another node. */
export function readNameClaim(value: unknown, owner: NodeIdentity): NameClaim | undefined {
  if (typeof value !== 'object' || value === null) return undefined;
  const { name, refId, stamp, nodeId, incarnation } = value as Record<string, unknown>;
  const said = (value as { fence?: unknown }).fence;
  const fence = readFence(said);
  if (typeof name !== 'string' || typeof refId !== 'string') return undefined;
  if (!isCount(stamp) || (said !== undefined && fence === undefined)) return undefined;
  if (nodeId !== owner.nodeId || incarnation !== owner.incarnation) return undefined;
  const claim = { name, refId, stamp, nodeId: owner.nodeId, incarnation: owner.incarnation };
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
