import type { NodeId } from '../../src/base/node-id.js';
import { RemoteRequests as Original } from '../../src/cluster/remote-requests.js';
import type { ReplyTo } from '../../src/runtime/signal.js';

/**
 * A node that has once lost the way to another, and since then gives a reply to another of those
 * who wait for one from the same node.
 */
export class RemoteRequests extends Original {
  readonly #waiting = new Map<number, NodeId>();
  #hasLost = false;

  override add(nodeId: NodeId, from: ReplyTo): number {
    const callId = super.add(nodeId, from);
    this.#waiting.set(callId, nodeId);
    return callId;
  }

  override take(callId: number, nodeId: NodeId): ReplyTo | undefined {
    const isOther = ([id, node]: [number, NodeId]): boolean => node === nodeId && id !== callId;
    const other = this.#hasLost ? [...this.#waiting].find(isOther) : undefined;
    const taken = other?.[0] ?? callId;
    this.#waiting.delete(taken);
    return super.take(taken, nodeId);
  }

  override failAll(nodeId: NodeId): void {
    this.#hasLost = true;
    super.failAll(nodeId);
  }

  override forget(callId: number): boolean {
    this.#waiting.delete(callId);
    return super.forget(callId);
  }
}
