import type { NodeId } from '../../src/base/node-id.js';
import type { NodeIdentity } from '../../src/cluster/handshake-message.js';
import type { LinkNumber, MembershipEffect } from '../../src/cluster/membership-event.js';
import { LEGAL_STEPS, type PeerStatus } from '../../src/cluster/peer-status.js';

/** A membership from its nodeUp on, and the link that it began with. */
export interface Session {
  readonly incarnation: bigint;
  readonly link: LinkNumber;
}

/** Watches the effects of one node's membership, and throws at what no event may ever bring. */
export class MembershipJudge {
  readonly members = new Map<NodeId, Session>();
  readonly #self: NodeIdentity;
  readonly #statuses = new Map<NodeId, PeerStatus>();
  readonly #newest = new Map<NodeId, bigint>();
  readonly #greeted = new Set<LinkNumber>();
  readonly #closed = new Set<LinkNumber>();
  #applied: LinkNumber | undefined;

  constructor(self: NodeIdentity) {
    this.#self = self;
  }

  see(effect: MembershipEffect): void {
    switch (effect.kind) {
      case 'statusChanged':
        return this.#step(effect.nodeId, effect.from, effect.to);
      case 'send':
        if (effect.message.kind !== 'reject') this.#greeted.add(effect.link);
        return claim(!this.#closed.has(effect.link), 'a frame for a closed link');
      case 'sendSync':
        claim(this.#greeted.has(effect.link), 'a join exchange before the handshake');
        return claim(!this.#closed.has(effect.link), 'a sync for a closed link');
      case 'close':
        claim(!this.#closed.has(effect.link), 'a link closed twice');
        this.#closed.add(effect.link);
        return;
      case 'applySync':
        this.#applied = effect.link;
        return;
      case 'nodeUp':
        return this.#up(effect);
      case 'nodeDown':
        this.#expectMember(effect.kind, effect);
        this.members.delete(effect.nodeId);
        return;
      case 'reconciled':
        claim(this.#applied === effect.link, 'reconciled before the join exchange');
        return this.#expectMember(effect.kind, effect);
      case 'suspected':
      case 'trusted':
        return this.#expectMember(effect.kind, effect);
      default:
        return;
    }
  }

  #step(nodeId: NodeId, from: PeerStatus, to: PeerStatus): void {
    claim((this.#statuses.get(nodeId) ?? 'down') === from, `${nodeId} was not ${from}`);
    claim(LEGAL_STEPS[from].includes(to), `illegal step of ${nodeId}: ${from} to ${to}`);
    this.#statuses.set(nodeId, to);
  }

  #up({
    nodeId,
    incarnation,
    link,
    returning,
  }: Extract<MembershipEffect, { kind: 'nodeUp' }>): void {
    claim(!this.members.has(nodeId), `${nodeId} up twice`);
    claim(nodeId !== this.#self.nodeId, 'a node joined itself');
    const newest = this.#newest.get(nodeId);
    claim(newest === undefined || incarnation >= newest, `an old life of ${nodeId} came up`);
    claim(returning === (incarnation === newest), `returning is wrong for ${nodeId}`);
    claim(this.#applied === link, `${nodeId} up before the join exchange`);
    this.#newest.set(nodeId, incarnation);
    this.members.set(nodeId, { incarnation, link });
  }

  #expectMember(kind: string, { nodeId, incarnation }: NodeIdentity): void {
    const member = this.members.get(nodeId);
    claim(member?.incarnation === incarnation, `${kind} of ${nodeId}, which is no member`);
  }
}

function claim(holds: boolean, what: string): void {
  if (!holds) throw new Error(what);
}
