import type { NodeId } from '../../src/base/node-id.js';
import { RemoteRequests as Original } from '../../src/cluster/remote-requests.js';
import type { ReplyTo } from '../../src/runtime/signal.js';

/** A node that forgets what it asked of a node when it loses the link, and tells nobody. */
export class RemoteRequests extends Original {
  readonly #asked = new Map<number, NodeId>();

  override add(nodeId: NodeId, from: ReplyTo): number {
    const callId = super.add(nodeId, from);
    this.#asked.set(callId, nodeId);
    return callId;
  }

  override failAll(lost: NodeId): void {
    for (const [callId, nodeId] of this.#asked) {
      if (nodeId !== lost) continue;
      this.forget(callId);
      this.#asked.delete(callId);
    }
  }
}
