import type { NodeIdentity } from '../cluster/handshake-message.js';
import { type FenceOwner, compareFenceOwners } from '../base/fence.js';
import type { SupervisorHead, SupervisorRecord } from './supervisor-record.js';

/** What a node knows that decides who goes on with a supervisor whose node was lost. */
export interface ElectionView {
  readonly self: NodeIdentity;
  /** The life of a node that is a member, connected or not given up yet. */
  member(nodeId: string): bigint | undefined;
  /** The highest term that this node gave its vote for. */
  readonly promisedTerm: number;
  /** Whether a node said that it never heard of the supervisor under this owner. */
  lacks(nodeId: string): boolean;
  /** How long this node has promised the owner to vote for nobody else; 0 when it may vote. */
  readonly boundMs: number;
}

/**
 * What a standby does about a supervisor whose node was lost:
 *
 * - `take`: goes on with it, in this term.
 * - `stand`: asks the voters for this term; those before it in the order have had their chance by
 *   the time that `rank` stands for.
 * - `wait`: leaves it to another: to the `first` of those that are to take it without a vote.
 */
export type Candidacy =
  | { readonly kind: 'take'; readonly term: number }
  | { readonly kind: 'stand'; readonly term: number; readonly rank: number }
  | { readonly kind: 'wait'; readonly first?: string };

export function candidacyFor(head: SupervisorHead, view: ElectionView): Candidacy {
  const { standbys, owner, votesNeeded } = head;
  if (view.member(owner.ownerNode) === owner.ownerIncarnation) return WAIT;
  const { self } = view;
  // The owner may have been lost before what it sent to one that it had named arrived there.
  const present = standbys.filter(({ nodeId, life }) =>
    nodeId === self.nodeId
      ? life === self.incarnation
      : view.member(nodeId) === life && !view.lacks(nodeId),
  );
  const rank = present.findIndex(({ nodeId }) => nodeId === self.nodeId);
  const term = Math.max(owner.term, view.promisedTerm) + 1;
  const [first] = present;
  if (rank < 0 || first === undefined) return WAIT;
  if (votesNeeded === 0 && rank > 0) return { kind: 'wait', first: first.nodeId };
  if (votesNeeded === 0) return { kind: 'take', term };
  return mayVote(head, self) ? { kind: 'stand', term, rank } : WAIT;
}

/** What a candidate asks for. */
export interface VoteRequest {
  readonly term: number;
  /** The record that he would go on with. */
  readonly owner: FenceOwner;
  readonly version: number;
  /** Whether he has the supervisor, as far as the voter knows. */
  readonly isIncumbent: boolean;
}

/**
 * Whether to vote for a candidate: once a term, only for one whose record is as new as the own, and
 * only when the owner is lost from here, too, and was not promised the contrary; or for the owner
 * itself, who needs a later term than one that was promised to another and came to nothing.
 */
export function grantsVote(
  { head, version }: SupervisorRecord,
  request: VoteRequest,
  view: ElectionView,
): boolean {
  const { owner } = head;
  if (!mayVote(head, view.self) || request.term <= Math.max(view.promisedTerm, owner.term)) {
    return false;
  }
  const isLost = view.member(owner.ownerNode) !== owner.ownerIncarnation;
  if (!request.isIncumbent && (!isLost || view.boundMs > 0)) return false;
  return (compareFenceOwners(request.owner, owner) || request.version - version) >= 0;
}

/** A voter that was restarted has no vote until it is admitted again. */
export function mayVote({ voters }: SupervisorHead, self: NodeIdentity): boolean {
  return voters.some(({ nodeId, life }) => nodeId === self.nodeId && life === self.incarnation);
}

const WAIT: Candidacy = { kind: 'wait' };
