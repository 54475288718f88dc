import type { NodeId } from '../base/node-id.js';
import type { Delivery } from '../runtime/router.js';
import type { Frame } from './frame.js';
import type { Members } from './members.js';
import type { NumberedLinks } from './numbered-links.js';

/** Sends frames to members over whatever link they have now. */
export class MemberPost {
  readonly #members: Members;
  readonly #links: Pick<NumberedLinks, 'send'>;

  constructor(members: Members, links: Pick<NumberedLinks, 'send'>) {
    this.#members = members;
    this.#links = links;
  }

  send(nodeId: NodeId, frame: Frame): Delivery {
    const member = this.#members.get(nodeId);
    if (member?.link === undefined) return 'down';
    const delivery = this.#links.send(member.link, frame);
    if (delivery === 'full') member.refusedCount += 1;
    return delivery;
  }

  /** As {@link send}; for a member without a link the frame is kept until it has one again. */
  sendOrKeep(nodeId: NodeId, frame: Frame): Delivery {
    const delivery = this.send(nodeId, frame);
    const member = this.#members.get(nodeId);
    if (delivery !== 'down' || member === undefined) return delivery;
    member.kept.push(frame);
    return 'sent';
  }

  sendKept(nodeId: NodeId): void {
    const kept = this.#members.get(nodeId)?.kept.splice(0) ?? [];
    for (const frame of kept) this.send(nodeId, frame);
  }
}
