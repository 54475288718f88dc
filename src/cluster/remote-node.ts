import { NodeId } from '../base/node-id.js';
import { InvalidOptionError, checkRef } from '../otp/option.js';
import type { Address } from '../runtime/address.js';
import { NodeNotReachableError } from '../runtime/call-error.js';
import type { Runtime } from '../runtime/runtime.js';
import { CLUSTER } from './cluster.js';

/**
 * The node that a ref names. Throws InvalidOptionError on a ref that names none, and
 * ClusterNotStartedError where there is no cluster to find it in.
 */
export function nodeOf(runtime: Runtime, ref: Address): NodeId {
  checkRef(ref);
  if (!NodeId.isValid(ref.nodeId)) {
    const expected = 'the name of a node, name@host:port; a ref without one is of this node alone';
    throw new InvalidOptionError("the ref's nodeId", expected, ref.nodeId);
  }
  runtime.use(CLUSTER).assertRunning();
  return ref.nodeId;
}

/** As {@link nodeOf}, of a node that can be reached now; throws NodeNotReachableError. */
export function reachableNodeOf(runtime: Runtime, ref: Address): NodeId {
  const nodeId = nodeOf(runtime, ref);
  if (!runtime.use(CLUSTER).node.isConnected(nodeId)) throw new NodeNotReachableError(nodeId);
  return nodeId;
}

/** Throws InvalidOptionError on a ref of a process that is not of this node. */
export function checkOwn(runtime: Runtime, option: string, ref: Address): void {
  checkRef(ref);
  if (runtime.isLocal(ref)) return;
  throw new InvalidOptionError(option, 'the ref of a process of this node', ref.nodeId);
}
