import type { NodeId } from '../base/node-id.js';
import { Numbered } from '../base/numbered.js';
import { NodeNotReachableError } from '../runtime/call-error.js';
import type { ReplyTo } from '../runtime/signal.js';

interface RemoteRequest {
  readonly nodeId: NodeId;
  readonly from: ReplyTo;
}

/** What this node asked of others and was not answered yet. Each is answered at most once. */
export class RemoteRequests {
  readonly #pending = new Numbered<RemoteRequest>();
  #lastId = 0;

  get size(): number {
    return this.#pending.size;
  }

  /** The number under which the answer will come. */
  add(nodeId: NodeId, from: ReplyTo): number {
    this.#lastId += 1;
    this.#pending.set(this.#lastId, { nodeId, from });
    return this.#lastId;
  }

  /** Takes the request that `nodeId` answers; `undefined` when nobody waits for it any more. */
  take(callId: number, nodeId: NodeId): ReplyTo | undefined {
    const request = this.#pending.get(callId);
    if (request?.nodeId !== nodeId) return undefined;
    this.#pending.delete(callId);
    return request.from;
  }

  /** Forgets a request that is over for its sender. False when it was answered before. */
  forget(callId: number): boolean {
    return this.#pending.delete(callId);
  }

  /** The way to `nodeId` is lost: whatever was asked may or may not have been done. */
  failAll(nodeId: NodeId): void {
    const lost = this.#pending.entries().filter(([, request]) => request.nodeId === nodeId);
    for (const [callId, { from }] of lost) {
      this.#pending.delete(callId);
      from.fail(new NodeNotReachableError(nodeId));
    }
  }
}
