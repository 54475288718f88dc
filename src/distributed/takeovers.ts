import { type FenceOwner, compareFenceOwners } from '../base/fence.js';
import { CLUSTER } from '../cluster/cluster.js';
import type { ClusterNode } from '../cluster/cluster-node.js';
import type { NodeIdentity } from '../cluster/handshake-message.js';
import type { NodeId } from '../base/node-id.js';
import type { Timer } from '../platform/platform.js';
import type { Runtime } from '../runtime/runtime.js';
import type { ServiceKey } from '../runtime/service.js';
import { type ElectionView, candidacyFor, grantsVote } from './candidacy.js';
import type { ReplicaMessage } from './replica-message.js';
import { type HeldRecord, REPLICAS, type SupervisorReplicas, isLife } from './replicas.js';
import type { SupervisorRecord } from './supervisor-record.js';

/** A supervisor that this node is about to go on with. */
export interface Won {
  readonly held: HeldRecord;
  readonly owner: FenceOwner;
}

interface Election {
  readonly term: number;
  /**
   * First it only finds out whether it would be elected: a promise for a term that nobody gets
   * would keep the voters from the owner, should he come back.
   */
  readonly binding: boolean;
  readonly votes: Set<NodeId>;
  readonly begunMs: number;
}

/**
 * Decides which standby goes on with a supervisor whose node was lost, and, where votes are needed,
 * holds the election. Who wins is told `won`.
 */
export class Takeovers {
  readonly #runtime: Runtime;
  readonly #replicas: SupervisorReplicas;
  readonly #elections = new Map<string, Election>();
  readonly #timers = new Map<string, Timer>();
  /** Supervisors whose owner was lost and who have no other yet. */
  readonly #vacant = new Set<string>();
  /** Standbys of these that said that they know nothing of them, or only of an earlier owner. */
  readonly #lacking = new Map<string, Set<string>>();
  #node: ClusterNode | undefined;
  /** Goes on with a supervisor. */
  won: (won: Won) => void = () => undefined;

  constructor(runtime: Runtime) {
    this.#runtime = runtime;
    this.#replicas = runtime.use(REPLICAS);
    runtime.use(CLUSTER).attach((node) => {
      this.#node = node;
    });
    this.#replicas.listen({
      ownerLost: (id) => {
        this.#vacant.add(id);
        this.#consider(id);
      },
      claimed: (id) => this.#settled(id),
      // Who was to act before this node may be gone.
      down: () => {
        for (const id of [...this.#vacant]) this.#consider(id);
      },
      up: (peer) => this.#up(peer),
      ballot: (from, message) => this.#ballot(from, message),
      outvoted: (id, term) => this.#standAgain(id, term),
      left: () => {
        this.#elections.clear();
        for (const id of [...this.#vacant]) this.#settled(id);
        this.#node = undefined;
      },
    });
  }

  #up(peer: NodeIdentity): void {
    for (const id of [...this.#vacant]) {
      const held = this.#replicas.held(id);
      // It was not lost after all.
      if (held === undefined || isLife(held.record.head.owner, peer)) {
        this.#settled(id);
        continue;
      }
      this.#lacking.get(id)?.delete(peer.nodeId);
      this.#ask(id, peer.nodeId);
    }
  }

  #consider(id: string): void {
    const held = this.#replicas.held(id);
    const view = this.#view(id);
    if (held === undefined || view === undefined) return this.#settled(id);
    const candidacy = candidacyFor(held.record.head, view);
    if (candidacy.kind === 'take') return this.#win(id, candidacy.term);
    if (this.#timers.has(id)) return;
    const { heartbeatIntervalMs } = view.node.config;
    if (candidacy.kind === 'wait' || candidacy.rank === 0) this.#stand(id);
    else this.#later(id, (candidacy.rank * heartbeatIntervalMs) / RANKS_PER_INTERVAL);
  }

  #later(id: string, delayMs: number): void {
    this.#timers.get(id)?.cancel();
    const timer = this.#runtime.platform.timers.after(delayMs, () => {
      this.#timers.delete(id);
      if (this.#vacant.has(id)) this.#stand(id);
    });
    this.#timers.set(id, timer);
  }

  #stand(id: string): void {
    const held = this.#replicas.held(id);
    const view = this.#view(id);
    if (held === undefined || view === undefined) return this.#settled(id);
    const candidacy = candidacyFor(held.record.head, view);
    if (candidacy.kind === 'take') return this.#win(id, candidacy.term);
    const { heartbeatIntervalMs } = view.node.config;
    if (view.boundMs > 0) return this.#later(id, view.boundMs);
    // Nobody has won by then: the next round. Two who ask at once must not do so for ever.
    const spread = 1 + this.#runtime.platform.random.below(1000) / 1000;
    this.#later(id, heartbeatIntervalMs * spread);
    if (candidacy.kind === 'stand') this.#elect(id, candidacy.term, false);
    else if (candidacy.first !== undefined) {
      // Whoever is to take it may not know of it at all, and says so.
      const term = held.record.head.owner.term + 1;
      this.#request(candidacy.first as NodeId, held.record, { term, binding: false });
    }
  }

  /**
   * A voter keeps nothing for this node's supervisor any more: it gave its vote to somebody who was
   * not elected in the end. Under a later term this node can have it back.
   */
  #standAgain(id: string, outvotedBy: number): void {
    const owner = this.#replicas.ownerOf(id);
    if (owner === undefined || this.#node === undefined || !this.#replicas.isOwn(id)) return;
    const term = Math.max(owner.term, this.#replicas.promisedTerm(id), outvotedBy) + 1;
    const present = this.#elections.get(id);
    // Each voter says so, again and again: one election is for all, until it had its time.
    const { heartbeatIntervalMs } = this.#node.config;
    const isUnderWay = present !== undefined && this.#nowMs - present.begunMs < heartbeatIntervalMs;
    if (!isUnderWay || present.term < term) this.#elect(id, term, false);
  }

  #elect(id: string, term: number, binding: boolean): void {
    const node = this.#node;
    const record = this.#replicas.recordOf(id);
    if (node === undefined || record === undefined) return;
    if (!this.#replicas.isOwn(id) && this.#replicas.boundMs(id) > 0) return;
    const { nodeId: self } = node.self;
    if (binding) this.#replicas.promise(id, term);
    this.#elections.set(id, { term, binding, votes: new Set([self]), begunMs: this.#nowMs });
    for (const { nodeId } of record.head.voters) if (nodeId !== self) this.#ask(id, nodeId);
    this.#count(id);
  }

  #ask(id: string, voter: NodeId): void {
    const election = this.#elections.get(id);
    const record = this.#replicas.recordOf(id);
    if (election === undefined || record === undefined) return;
    this.#request(voter, record, election);
  }

  #request(
    voter: NodeId,
    { head: { id, owner }, version }: SupervisorRecord,
    { term, binding }: Pick<Election, 'term' | 'binding'>,
  ): void {
    this.#replicas.tell(voter, { kind: 'ask', id, term, binding, owner, version });
  }

  #ballot(from: NodeIdentity, message: Extract<ReplicaMessage, { kind: 'ask' | 'vote' }>): void {
    const { id, term, binding } = message;
    if (message.kind === 'ask') {
      // It was cut off when that was told.
      if (this.#replicas.isOverUnder(id, message.owner)) {
        return this.#replicas.tellOver(from.nodeId, id);
      }
      const held = this.#replicas.held(id);
      const view = this.#view(id);
      const isIncumbent = held !== undefined && isLife(held.record.head.owner, from);
      const request = { ...message, isIncumbent };
      const granted =
        held !== undefined && view !== undefined && grantsVote(held.record, request, view);
      if (granted && binding) {
        this.#replicas.promise(id, term);
        this.#elections.delete(id);
      }
      const lacks = view !== undefined && this.#lacks(message, view);
      this.#replicas.tell(from.nodeId, { kind: 'vote', id, term, binding, granted, lacks });
      return;
    }
    if (message.lacks && this.#vacant.has(id)) {
      const lacking = this.#lacking.get(id) ?? new Set();
      this.#lacking.set(id, lacking.add(from.nodeId));
      return this.#consider(id);
    }
    const election = this.#elections.get(id);
    if (election?.term !== term || election.binding !== binding || !message.granted) return;
    election.votes.add(from.nodeId);
    this.#count(id);
  }

  /** Whether this node will never have what the candidate has: it missed all that owner said. */
  #lacks({ id, owner }: Extract<ReplicaMessage, { kind: 'ask' }>, view: ElectionView): boolean {
    const known = this.#replicas.ownerOf(id);
    if (known !== undefined && compareFenceOwners(known, owner) >= 0) return false;
    return view.member(owner.ownerNode) !== owner.ownerIncarnation;
  }

  #count(id: string): void {
    const record = this.#replicas.recordOf(id);
    const election = this.#elections.get(id);
    if (record === undefined || election === undefined) return;
    const { votesNeeded, voters } = record.head;
    const valid = [...election.votes].filter((nodeId) =>
      voters.some((voter) => voter.nodeId === nodeId && voter.life !== undefined),
    );
    if (valid.length < votesNeeded) return;
    if (election.binding) this.#win(id, election.term);
    else this.#elect(id, election.term, true);
  }

  #win(id: string, term: number): void {
    const node = this.#node;
    const record = this.#replicas.recordOf(id);
    if (node === undefined || record === undefined) return;
    const atMs = this.#replicas.held(id)?.atMs ?? this.#nowMs;
    this.#settled(id);
    const { nodeId: ownerNode, incarnation: ownerIncarnation } = node.self;
    const owner = { term, ownerNode, ownerIncarnation };
    this.#replicas.yieldTo(id, owner);
    this.won({ held: { record, atMs }, owner });
  }

  get #nowMs(): number {
    return this.#runtime.platform.clock.nowMs();
  }

  #settled(id: string): void {
    this.#vacant.delete(id);
    this.#lacking.delete(id);
    this.#elections.delete(id);
    this.#timers.get(id)?.cancel();
    this.#timers.delete(id);
  }

  #view(id: string): (ElectionView & { readonly node: ClusterNode }) | undefined {
    const node = this.#node;
    if (node === undefined) return undefined;
    return {
      node,
      self: node.self,
      member: (nodeId) => node.member(nodeId as NodeId)?.incarnation,
      promisedTerm: this.#replicas.promisedTerm(id),
      lacks: (nodeId) => this.#lacking.get(id)?.has(nodeId) === true,
      boundMs: this.#replicas.boundMs(id),
    };
  }
}

// How far apart standbys begin to stand: time enough for one to win before the next.
const RANKS_PER_INTERVAL = 4;

export const TAKEOVERS: ServiceKey<Takeovers> = {
  name: 'takeovers',
  create: (runtime) => new Takeovers(runtime),
};
