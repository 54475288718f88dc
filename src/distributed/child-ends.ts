import type { Fence, FenceOwner } from '../base/fence.js';
import { fenceKey } from '../base/fence.js';
import type { NodeId } from '../base/node-id.js';
import type { ChildEnd } from './child-report.js';
import { endOnly } from './hosted-child.js';

/** What a host remembers of children that ended: the news may be on a link that breaks. */
export class ChildEnds {
  readonly #ends = new Map<string, ChildEnd & { readonly owner: NodeId }>();

  add(end: ChildEnd, owner: NodeId): void {
    this.#ends.set(fenceKey(end.fence), { ...end, owner });
    const [oldest] = this.#ends.keys();
    if (this.#ends.size > ENDS_MAX && oldest !== undefined) this.#ends.delete(oldest);
  }

  /** How the child under this fence ended, if it did so lately. */
  of(fence: Fence): ChildEnd | undefined {
    return this.#ends.get(fenceKey(fence));
  }

  /** Those of one supervisor. */
  ofSupervisor(supervisorId: string): ChildEnd[] {
    const all = [...this.#ends.values()];
    return all.filter(({ fence }) => fence.ownerId === supervisorId).map(endOnly);
  }

  /** Those that the supervisors of one node have to know of. */
  forOwner(owner: NodeId): ChildEnd[] {
    return [...this.#ends.values()].filter((end) => end.owner === owner).map(endOnly);
  }

  /** The supervisor belongs to another node. */
  claimed(supervisorId: string, { ownerNode }: FenceOwner): void {
    for (const [key, end] of this.#ends) {
      if (end.fence.ownerId !== supervisorId) continue;
      this.#ends.set(key, { ...end, owner: ownerNode as NodeId });
    }
  }

  /** The owner is lost: only of supervisors that somebody goes on with anybody will ask. */
  ownerLost(owner: NodeId, isInherited: (supervisorId: string) => boolean): void {
    for (const [key, end] of this.#ends) {
      if (end.owner === owner && !isInherited(end.fence.ownerId)) this.#ends.delete(key);
    }
  }
}

// Only those matter whose owner was out of reach as they ended.
const ENDS_MAX = 1000;
