import type { Log } from '../platform/platform.js';
import type { NodeIdentity } from './handshake-message.js';
import type { NodeDownReason } from './membership-event.js';

/** What floors above hear of the members of the cluster, and of this node's own leave. */
export interface MemberListener {
  up?(peer: NodeIdentity, info: { readonly returning: boolean }): void;
  down?(peer: NodeIdentity, reason: NodeDownReason): void;
  /** Back on a new link; frames sent before may be lost, and nobody was declared down. */
  reconciled?(peer: NodeIdentity): void;
  /** This node is about to leave, and does so once this settles. */
  leaving?(): Promise<void> | void;
  /** This node has left: nobody is told anything any more. */
  left?(): Promise<void> | void;
}

export class MemberListeners {
  readonly #listeners = new Set<MemberListener>();
  readonly #log: Log;

  constructor(log: Log) {
    this.#log = log;
  }

  add(listener: MemberListener): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  up(peer: NodeIdentity, returning: boolean): void {
    for (const listener of [...this.#listeners]) listener.up?.(peer, { returning });
  }

  down(peer: NodeIdentity, reason: NodeDownReason): void {
    for (const listener of [...this.#listeners]) listener.down?.(peer, reason);
  }

  reconciled(peer: NodeIdentity): void {
    for (const listener of [...this.#listeners]) listener.reconciled?.(peer);
  }

  leaving(): Promise<void> {
    return this.#all((listener) => listener.leaving?.());
  }

  left(): Promise<void> {
    return this.#all((listener) => listener.left?.());
  }

  // One floor that fails to clean up must not keep the node in the cluster.
  async #all(act: (listener: MemberListener) => Promise<void> | void | undefined): Promise<void> {
    const guarded = [...this.#listeners].map(async (listener) => {
      try {
        await act(listener);
      } catch (error) {
        this.#log.error('leaving the cluster went wrong in part', { error });
      }
    });
    await Promise.all(guarded);
  }
}
