import type { NodeId } from '../../src/base/node-id.js';
import { RemoteRequests as Original } from '../../src/cluster/remote-requests.js';
import type { ReplyTo } from '../../src/runtime/signal.js';

/** A node that gives a reply to another of those who wait for one from the same node. */
export class RemoteRequests extends Original {
  readonly #waiting = new Map<number, NodeId>();

  override add(nodeId: NodeId, from: ReplyTo): number {
    const callId = super.add(nodeId, from);
    this.#waiting.set(callId, nodeId);
    return callId;
  }

  override take(callId: number, nodeId: NodeId): ReplyTo | undefined {
    const other = [...this.#waiting].find(([id, node]) => node === nodeId && id !== callId);
    const taken = other?.[0] ?? callId;
    this.#waiting.delete(taken);
    return super.take(taken, nodeId);
  }

  override forget(callId: number): boolean {
    this.#waiting.delete(callId);
    return super.forget(callId);
  }
}
