import type { NodeId } from '../base/node-id.js';

/**
 * Where a process is: its id, unique in the cluster, and its node. Without `nodeId` it is on the
 * node that looks at it.
 */
export interface Address {
  readonly id: string;
  readonly nodeId?: NodeId;
}

/** One text per process, for keys of maps. */
export function addressKey(address: Address): string {
  return address.nodeId === undefined ? address.id : `${address.id} ${address.nodeId}`;
}

export function sameAddress(left: Address, right: Address): boolean {
  return left.id === right.id && left.nodeId === right.nodeId;
}
