import { type FenceOwner, compareFenceOwners } from '../base/fence.js';
import type { NodeId } from '../base/node-id.js';
import type { NodeIdentity } from '../cluster/handshake-message.js';
import type { LeaseMessage } from './lease-message.js';

/** A supervisor of this node, as hosts of its children ask it whether they may go on. */
export interface LeaseGiver {
  readonly owner: FenceOwner;
  /** Whether the host may go on; false for not now. */
  give(host: NodeId): boolean;
  /** This node stood still: another one may have the supervisor by now. */
  doubt(): void;
}

/** The supervisors of this node. */
export interface LeaseGivers {
  /** `coming`: this node has claimed it, and is about to go on with it. */
  giver(supervisorId: string): LeaseGiver | 'coming' | undefined;
  all(): Iterable<LeaseGiver>;
}

/**
 * Where hosts ask the supervisors of this node. Who cannot be answered yet waits: the latest word
 * of each host.
 */
export class LeaseDesk {
  readonly #waiting = new Map<string, Map<NodeId, Asking>>();
  #givers: LeaseGivers = { giver: () => undefined, all: () => [] };

  answerTo(givers: LeaseGivers): void {
    this.#givers = givers;
  }

  ask(host: NodeIdentity, message: LeaseMessage, give: () => void): void {
    const { supervisorId } = message;
    const asking = { host, message, give };
    const waiting = this.#waiting.get(supervisorId);
    if (waiting === undefined) this.#waiting.set(supervisorId, new Map([[host.nodeId, asking]]));
    else waiting.set(host.nodeId, asking);
    this.settle(supervisorId);
  }

  /** Tries again whoever waits: something has changed about the supervisor. */
  settle(supervisorId: string): void {
    const waiting = this.#waiting.get(supervisorId);
    if (waiting === undefined) return;
    const giver = this.#givers.giver(supervisorId);
    if (giver === 'coming') return;
    for (const [nodeId, { message, give }] of [...waiting]) {
      // Asked of an owner that this node was, or is no more.
      const isAsked = giver && compareFenceOwners(giver.owner, message.owner) === 0;
      if (giver !== undefined && isAsked === true && !giver.give(nodeId)) continue;
      waiting.delete(nodeId);
      if (isAsked === true) give();
    }
    if (waiting.size === 0) this.#waiting.delete(supervisorId);
  }

  /** The host is gone, and asks again should it come back. */
  forget({ nodeId }: NodeIdentity): void {
    for (const [id, waiting] of this.#waiting) {
      waiting.delete(nodeId);
      if (waiting.size === 0) this.#waiting.delete(id);
    }
  }

  /** This node stood still. */
  doubt(): void {
    for (const giver of [...this.#givers.all()]) giver.doubt();
  }

  clear(): void {
    this.#waiting.clear();
  }
}

interface Asking {
  readonly host: NodeIdentity;
  readonly message: LeaseMessage;
  readonly give: () => void;
}
