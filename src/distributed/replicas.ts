import { unreachable } from '../base/assert.js';
import { type FenceOwner, compareFenceOwners } from '../base/fence.js';
import type { NodeId } from '../base/node-id.js';
import { CLUSTER } from '../cluster/cluster.js';
import type { ClusterNode } from '../cluster/cluster-node.js';
import { malformedFrame } from '../cluster/frame-error.js';
import type { NodeIdentity } from '../cluster/handshake-message.js';
import type { Runtime } from '../runtime/runtime.js';
import type { ServiceKey } from '../runtime/service.js';
import { HOST_LEASES } from './host-leases.js';
import { VoterPromises } from './lease.js';
import { type ReplicaMessage, packReplicaMessage, readReplicaMessage } from './replica-message.js';
import { Replication, type ReplicationStart } from './replication.js';
import { type SupervisorRecord, applyChange } from './supervisor-record.js';

/** A supervisor of this node, as the others see to it that it stays the only one. */
export interface OwnedSupervisor {
  readonly owner: FenceOwner;
  readonly replication: Replication;
  /** Somebody with a better claim has it: this one has to stand back and touch nothing. */
  superseded(by: FenceOwner): void;
  /** A node was lost. */
  peerDown?(peer: NodeIdentity): void;
  /** A voter will vote for nobody else, as it was asked to at `askedMs`. */
  bound?(voter: NodeIdentity, askedMs: number): void;
}

/** A record of a supervisor elsewhere. */
export interface HeldRecord {
  record: SupervisorRecord;
  /** When it was told last, by the clock here: its ages are as old. */
  atMs: number;
}

/** Who is told what becomes of supervisors elsewhere. */
export interface ReplicaListener {
  /** The supervisor belongs to `owner` from now on, who may be on this node. */
  claimed?(id: string, owner: FenceOwner): void;
  /** The node of this supervisor was lost. */
  ownerLost?(id: string, held: HeldRecord): void;
  /** Somebody asks for a vote on who goes on with it, or answers. */
  ballot?(from: NodeIdentity, message: Extract<ReplicaMessage, { kind: 'ask' | 'vote' }>): void;
  /** A voter has promised this term to another than this node, which has the supervisor. */
  outvoted?(id: string, term: number): void;
  /** The supervisor has ended for good, under this owner. */
  over?(id: string, owner: FenceOwner): void;
  up?(peer: NodeIdentity): void;
  down?(peer: NodeIdentity): void;
  left?(): void;
}

/**
 * What this node knows of supervisors elsewhere, and what it tells others of its own.
 *
 * A node is told everything when it joins, and every change from then on. Of two that claim one
 * supervisor, the one with the higher term has it; whoever knows better says so.
 */
export class SupervisorReplicas {
  readonly #runtime: Runtime;
  readonly #held = new Map<string, HeldRecord>();
  readonly #own = new Map<string, OwnedSupervisor>();
  /** Supervisors that have ended for good, and under whom: what still runs for them is stale. */
  readonly #ended = new Map<string, FenceOwner>();
  /** The highest term that this node gave its vote for, by supervisor. */
  readonly #promised = new Map<string, number>();
  readonly #promises = new VoterPromises();
  readonly #listeners = new Set<ReplicaListener>();
  #node: ClusterNode | undefined;

  constructor(runtime: Runtime) {
    this.#runtime = runtime;
    runtime.use(CLUSTER).attach((node) => this.#attach(node));
  }

  listen(listener: ReplicaListener): void {
    this.#listeners.add(listener);
  }

  /** What is known of a supervisor elsewhere. */
  held(id: string): HeldRecord | undefined {
    return this.#held.get(id);
  }

  /** What is known of a supervisor here or elsewhere. */
  recordOf(id: string): SupervisorRecord | undefined {
    return this.#own.get(id)?.replication.record ?? this.#held.get(id)?.record;
  }

  /** Whether this node has the supervisor. */
  isOwn(id: string): boolean {
    return this.#own.has(id);
  }

  heldIds(): readonly string[] {
    return [...this.#held.keys()];
  }

  /** Who has the supervisor, as far as is known here. */
  ownerOf(id: string): FenceOwner | undefined {
    return this.#own.get(id)?.owner ?? this.#held.get(id)?.record.head.owner;
  }

  /** Whether the supervisor has ended for good, as far as is remembered here. */
  isOver(id: string): boolean {
    return this.#ended.has(id);
  }

  /** Whether what this owner started has no supervisor any more. */
  isOverUnder(id: string, owner: FenceOwner): boolean {
    const last = this.#ended.get(id);
    return last !== undefined && compareFenceOwners(owner, last) <= 0;
  }

  /** Begins to tell the others of a supervisor of this node. */
  replicate(start: ReplicationStart): Replication {
    return new Replication(start, {
      connected: () => this.#connected(),
      send: (nodeId, what) => {
        const message: ReplicaMessage =
          'state' in what
            ? { kind: 'state', record: what.state }
            : { kind: 'change', change: what.change };
        return this.tell(nodeId, message);
      },
    });
  }

  /** This node has the supervisor from now on. */
  own(id: string, supervisor: OwnedSupervisor): void {
    const isNew = this.#own.get(id)?.owner !== supervisor.owner;
    this.#own.set(id, supervisor);
    this.#held.delete(id);
    if (isNew) this.#claimed(id, supervisor.owner);
  }

  /** Whatever acts for the supervisor on this node stands back for a later owner. */
  yieldTo(id: string, owner: FenceOwner): void {
    const own = this.#own.get(id);
    if (own === undefined || compareFenceOwners(own.owner, owner) >= 0) return;
    this.#own.delete(id);
    own.superseded(owner);
  }

  /** The supervisor has ended for good. */
  over(id: string): void {
    const own = this.#own.get(id);
    if (own === undefined) return;
    this.#own.delete(id);
    this.#remember(id, own.owner);
    for (const { nodeId } of this.#connected()) {
      this.tell(nodeId, { kind: 'over', id, owner: own.owner });
    }
    for (const listener of this.#listeners) listener.over?.(id, own.owner);
  }

  /** Lets a node know what it missed: the supervisor has ended for good. */
  tellOver(nodeId: NodeId, id: string): void {
    const owner = this.#ended.get(id);
    if (owner !== undefined) this.tell(nodeId, { kind: 'over', id, owner });
  }

  promisedTerm(id: string): number {
    return this.#promised.get(id) ?? 0;
  }

  promise(id: string, term: number): void {
    this.#promised.set(id, term);
  }

  /** How long this node has promised its owner to vote for nobody else; 0 when it may vote. */
  boundMs(id: string): number {
    return this.#promises.boundMs(id, this.#runtime.platform.clock.nowMs());
  }

  tell(nodeId: NodeId, message: ReplicaMessage): boolean {
    return this.#node?.sendControl(nodeId, TOPIC, packReplicaMessage(message)) === 'sent';
  }

  #attach(node: ClusterNode): void {
    this.#node = node;
    node.onControl(TOPIC, (from, payload) => {
      const message = readReplicaMessage(payload);
      if (message === undefined) throw malformedFrame('a message about supervisors that is none');
      this.#receive(from, message);
    });
    node.listen({
      up: (peer) => this.#up(peer),
      reconciled: (peer) => this.#up(peer),
      down: (peer) => this.#down(peer),
      left: () => this.#left(),
    });
  }

  #up(peer: NodeIdentity): void {
    for (const { replication } of this.#own.values()) replication.up(peer);
    this.tell(peer.nodeId, { kind: 'mine', ids: [...this.#own.keys()] });
    for (const listener of this.#listeners) listener.up?.(peer);
  }

  #down(peer: NodeIdentity): void {
    for (const own of [...this.#own.values()]) {
      own.replication.down(peer);
      own.peerDown?.(peer);
    }
    for (const listener of this.#listeners) listener.down?.(peer);
    for (const [id, held] of [...this.#held]) {
      if (!isLife(held.record.head.owner, peer)) continue;
      const { standbys } = held.record.head;
      if (standbys.length === 0) this.#held.delete(id);
      else for (const listener of this.#listeners) listener.ownerLost?.(id, held);
    }
  }

  #left(): void {
    this.#node = undefined;
    this.#held.clear();
    this.#own.clear();
    this.#promised.clear();
    this.#promises.clear();
    for (const listener of this.#listeners) listener.left?.();
  }

  #receive(from: NodeIdentity, message: ReplicaMessage): void {
    switch (message.kind) {
      case 'state':
        return this.#takeState(from, message.record);
      case 'change':
        return this.#takeChange(from, message.change);
      case 'mine': {
        const ids = new Set(message.ids);
        for (const [id, { record }] of this.#held) {
          if (isLife(record.head.owner, from) && !ids.has(id)) this.#held.delete(id);
        }
        return;
      }
      case 'kept': {
        const own = this.#own.get(message.id);
        if (own === undefined || compareFenceOwners(own.owner, message.owner) !== 0) return;
        return own.replication.kept(from, message.version);
      }
      case 'behind':
        return this.#own.get(message.id)?.replication.behind(from);
      case 'over':
        return this.#takeOver(message.id, message.owner);
      case 'superseded':
        this.yieldTo(message.id, message.owner);
        return;
      case 'bind':
        return this.#bind(from, message);
      case 'outvoted': {
        const { id, owner, term } = message;
        const own = this.#own.get(id);
        if (own === undefined || compareFenceOwners(own.owner, owner) !== 0) return;
        for (const listener of this.#listeners) listener.outvoted?.(id, term);
        return;
      }
      case 'bound': {
        const own = this.#own.get(message.id);
        if (own === undefined || compareFenceOwners(own.owner, message.owner) !== 0) return;
        return own.bound?.(from, message.askedMs);
      }
      case 'ask':
      case 'vote':
        for (const listener of this.#listeners) listener.ballot?.(from, message);
        return;
      default:
        return unreachable(message);
    }
  }

  /** Whoever has voted for a later owner promises nothing to an earlier one. */
  #bind(from: NodeIdentity, message: Extract<ReplicaMessage, { kind: 'bind' }>): void {
    const { id, owner, askedMs, forMs } = message;
    const held = this.#held.get(id)?.record.head.owner;
    if (held === undefined || compareFenceOwners(held, owner) !== 0 || !isLife(owner, from)) return;
    if (this.#isOutvoted(from, id, owner)) return;
    this.#promises.promise(id, this.#runtime.platform.clock.nowMs(), forMs);
    this.tell(from.nodeId, { kind: 'bound', id, owner, askedMs });
  }

  #takeState(from: NodeIdentity, record: SupervisorRecord): void {
    const { id, owner } = record.head;
    // Only the owner speaks for a supervisor.
    if (!isLife(owner, from)) return;
    const known = this.ownerOf(id) ?? this.#ended.get(id);
    if (known !== undefined && compareFenceOwners(known, owner) > 0) {
      this.tell(from.nodeId, { kind: 'superseded', id, owner: known });
      return;
    }
    this.yieldTo(id, owner);
    this.#hold(record);
    if (known === undefined || compareFenceOwners(known, owner) !== 0) this.#claimed(id, owner);
    this.#acknowledge(from, record);
  }

  #takeChange(from: NodeIdentity, change: Parameters<typeof applyChange>[1]): void {
    const { id } = change.head;
    const held = this.#held.get(id);
    const record = held === undefined ? undefined : applyChange(held.record, change);
    if (record === undefined || !isLife(change.head.owner, from)) {
      const known = this.ownerOf(id);
      const isStale = known !== undefined && compareFenceOwners(known, change.head.owner) > 0;
      if (isStale) this.tell(from.nodeId, { kind: 'superseded', id, owner: known });
      else this.tell(from.nodeId, { kind: 'behind', id });
      return;
    }
    this.#hold(record);
    this.#acknowledge(from, record);
  }

  /** It is over, unless somebody went on with it under a later claim. */
  #takeOver(id: string, owner: FenceOwner): void {
    const known = this.ownerOf(id);
    if (known !== undefined && compareFenceOwners(known, owner) > 0) return;
    this.yieldTo(id, owner);
    this.#held.delete(id);
    this.#remember(id, owner);
    for (const listener of this.#listeners) listener.over?.(id, owner);
  }

  #remember(id: string, owner: FenceOwner): void {
    this.#promised.delete(id);
    this.#promises.forget(id);
    this.#ended.set(id, owner);
    const [oldest] = this.#ended.keys();
    if (this.#ended.size > ENDED_MAX && oldest !== undefined) this.#ended.delete(oldest);
  }

  #hold(record: SupervisorRecord): void {
    this.#ended.delete(record.head.id);
    const atMs = this.#runtime.platform.clock.nowMs();
    this.#held.set(record.head.id, { record, atMs });
  }

  /** Whoever gave his vote to a later term keeps nothing for an earlier one any more. */
  #acknowledge(from: NodeIdentity, { head, version }: SupervisorRecord): void {
    const { id, owner, votesNeeded } = head;
    if (votesNeeded > 0 && this.#isOutvoted(from, id, owner)) return;
    this.tell(from.nodeId, { kind: 'kept', id, owner, version });
  }

  /** Lets the owner know: without this voter it may find too few who keep anything for it. */
  #isOutvoted(from: NodeIdentity, id: string, owner: FenceOwner): boolean {
    const term = this.promisedTerm(id);
    if (term <= owner.term) return false;
    this.tell(from.nodeId, { kind: 'outvoted', id, owner, term });
    return true;
  }

  #claimed(id: string, owner: FenceOwner): void {
    for (const listener of this.#listeners) listener.claimed?.(id, owner);
  }

  #connected(): NodeIdentity[] {
    const node = this.#node;
    if (node === undefined) return [];
    return node.connectedNodes().flatMap(({ id }) => node.member(id) ?? []);
  }
}

/** Whether the owner is this life of this node. */
export function isLife(owner: FenceOwner, { nodeId, incarnation }: NodeIdentity): boolean {
  return owner.ownerNode === nodeId && owner.ownerIncarnation === incarnation;
}

const TOPIC = 'supervisors';
// Who was cut off when they ended comes back within that many others.
const ENDED_MAX = 1000;

export const REPLICAS: ServiceKey<SupervisorReplicas> = {
  name: 'replicas of supervisors',
  create: (runtime) => {
    // It is told first who is lost or back: this node may have stood still until now.
    runtime.use(HOST_LEASES);
    return new SupervisorReplicas(runtime);
  },
};
