import { compareCodeUnits } from '../base/compare.js';
import type { NodeIdentity } from './handshake-message.js';

/** "The process `refId` on this life of this node is called `name`": written by that node alone. */
export interface NameClaim extends NodeIdentity {
  readonly name: string;
  readonly refId: string;
  /** The term of the owner; plain processes have 0. */
  readonly term: number;
  /** Lamport time of the registration. */
  readonly stamp: number;
}

/**
 * Whose name it is when two claim it: negative for `left`.
 *
 * The higher term wins, then the earlier stamp, node id and incarnation. It is a total order, so
 * every node picks the same winner from the same claims, whatever the order in which they came.
 */
export function compareClaims(left: NameClaim, right: NameClaim): number {
  return (
    right.term - left.term ||
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
  const { name, refId, term, stamp, nodeId, incarnation } = value as Record<string, unknown>;
  if (typeof name !== 'string' || typeof refId !== 'string') return undefined;
  if (!isCount(term) || !isCount(stamp)) return undefined;
  if (nodeId !== owner.nodeId || incarnation !== owner.incarnation) return undefined;
  return { name, refId, term, stamp, nodeId: owner.nodeId, incarnation: owner.incarnation };
}

function compareBigints(left: bigint, right: bigint): number {
  return left < right ? -1 : left > right ? 1 : 0;
}

function isCount(value: unknown): value is number {
  return typeof value === 'number' && Number.isSafeInteger(value) && value >= 0;
}
