import { compareCodeUnits } from '../base/compare.js';
import type { FenceOwner } from '../base/fence.js';
import type { NodeId } from '../base/node-id.js';
import type { NodeIdentity } from '../cluster/handshake-message.js';
import type {
  ChildRecord,
  NodeLife,
  RecordChange,
  SupervisorHead,
  SupervisorRecord,
  Voter,
} from './supervisor-record.js';
import { applyChange } from './supervisor-record.js';
import type { TakeoverPolicy } from './takeover-policy.js';

/** The part of a head that the supervisor itself knows. */
export type OwnHead = Omit<SupervisorHead, 'owner' | 'standbys' | 'votesNeeded' | 'voters'>;

/** Where a record goes, and who is there. */
export interface ReplicationWire {
  /** The other nodes that frames can be sent to now, by id. */
  connected(): readonly NodeIdentity[];
  send(
    nodeId: NodeId,
    what: { readonly state: SupervisorRecord } | { readonly change: RecordChange },
  ): boolean;
}

/** A record to begin with: of the supervisor's first start, or of the owner before. */
export interface ReplicationStart {
  readonly self: NodeIdentity;
  readonly owner: FenceOwner;
  readonly policy: TakeoverPolicy | undefined;
  readonly head: OwnHead;
  readonly children: Map<string, ChildRecord>;
  /** Who was admitted to vote; nobody yet at the first start. */
  readonly voters?: readonly Voter[];
  /** Those of the owner before, in order. */
  readonly standbys?: readonly NodeLife[];
}

/**
 * Keeps the record of one supervisor of this node up to date on every other node, and knows what of
 * it is safe: kept by all connected standbys or, where there are voters, by as many as it takes.
 */
export class Replication {
  /** Told when a voter may vote that could not before. */
  onAdmitted: () => void = () => undefined;
  readonly #self: NodeIdentity;
  readonly #policy: TakeoverPolicy | undefined;
  readonly #wire: ReplicationWire;
  /** Whose copy is up to date, as far as what was sent goes. */
  readonly #current = new Map<NodeId, bigint>();
  /** The newest version that a node said it keeps. */
  readonly #kept = new Map<NodeId, { readonly life: bigint; readonly version: number }>();
  readonly #waiting: { readonly version: number; readonly done: () => void }[] = [];
  /** Voters that are being admitted: from which version on it is agreed. */
  readonly #admitting = new Map<NodeId, { readonly life: bigint; readonly version: number }>();
  #record: SupervisorRecord;
  #ownHead: OwnHead;
  #isFounded: boolean;
  /** The version that names standbys and voters as they are now. */
  #heirsVersion = 1;

  constructor(start: ReplicationStart, wire: ReplicationWire) {
    const { self, owner, policy, head, children, voters, standbys = [] } = start;
    this.#self = self;
    this.#policy = policy;
    this.#wire = wire;
    this.#ownHead = head;
    this.#isFounded = voters !== undefined;
    const life = (nodeId: NodeId) => (nodeId === self.nodeId ? self.incarnation : undefined);
    const all = voters ?? policy?.voters.map((nodeId) => ({ nodeId, life: life(nodeId) })) ?? [];
    const votesNeeded = policy?.votesNeeded ?? 0;
    const full = { ...head, owner, standbys, votesNeeded, voters: all };
    this.#record = { head: full, version: 1, children };
    // Named from the first word on: this node may be lost before it hears from any of them.
    const named = { ...full, standbys: this.#standbys(() => true) };
    this.#record = { head: named, version: 1, children };
    for (const { nodeId, incarnation } of wire.connected()) this.#sendState(nodeId, incarnation);
    this.#found();
  }

  get record(): SupervisorRecord {
    return this.#record;
  }

  /** Whether the supervisor may act now: enough of its voters can be reached. */
  get mayAct(): boolean {
    const { votesNeeded, voters } = this.#record.head;
    if (votesNeeded === 0) return true;
    const present = new Map(this.#wire.connected().map((one) => [one.nodeId, one.incarnation]));
    present.set(this.#self.nodeId, this.#self.incarnation);
    const able = voters.filter(
      ({ nodeId, life }) => life !== undefined && present.get(nodeId) === life,
    );
    return able.length >= votesNeeded;
  }

  /** What is to be told to everybody from now on. */
  change(head: OwnHead, removed: readonly string[], changed: readonly ChildRecord[]): void {
    this.#ownHead = head;
    this.#commit(removed, changed, this.#record.head.voters);
  }

  /** Tells everybody something, though nothing has changed: who knows better says so. */
  refresh(): void {
    this.#commit([], [], this.#record.head.voters);
  }

  /** Calls `done` once everything up to now is safe; at once when it is. */
  whenSafe(done: () => void): void {
    const { version } = this.#record;
    if (this.#isSafe(version)) done();
    else this.#waiting.push({ version, done });
  }

  /** A node is connected, anew or again. */
  up({ nodeId, incarnation }: NodeIdentity): void {
    // Whatever it was sent before may have been on a link that broke.
    this.#current.delete(nodeId);
    this.#name(nodeId);
    if (!this.#current.has(nodeId)) this.#sendState(nodeId, incarnation);
    this.#settle();
  }

  /** The node lacks something of what it was sent. */
  behind({ nodeId, incarnation }: NodeIdentity): void {
    this.#sendState(nodeId, incarnation);
  }

  down({ nodeId }: NodeIdentity): void {
    this.#current.delete(nodeId);
    this.#kept.delete(nodeId);
    this.#admitting.delete(nodeId);
    this.#refreshStandbys();
    this.#settle();
  }

  /** A node says that it keeps this version. */
  kept({ nodeId, incarnation: life }: NodeIdentity, version: number): void {
    const known = this.#kept.get(nodeId);
    if (known?.life === life && known.version >= version) return;
    this.#kept.set(nodeId, { life, version });
    this.#admit(nodeId, life);
    this.#refreshStandbys();
    this.#settle();
  }

  #sendState(nodeId: NodeId, life: bigint): void {
    if (this.#wire.send(nodeId, { state: this.#record })) this.#current.set(nodeId, life);
    else this.#current.delete(nodeId);
  }

  #commit(
    removed: readonly string[],
    changed: readonly ChildRecord[],
    voters: readonly Voter[],
  ): void {
    const { owner, votesNeeded, standbys: known, voters: electorate } = this.#record.head;
    const standbys = this.#standbys();
    const head = { ...this.#ownHead, owner, votesNeeded, voters, standbys };
    const change = { head, version: this.#record.version + 1, removed, changed };
    const isSame = voters === electorate && isSameLives(standbys, known);
    if (!isSame) this.#heirsVersion = change.version;
    this.#record = applyChange(this.#record, change) ?? this.#record;
    for (const { nodeId, incarnation } of this.#wire.connected()) {
      // One that had no room, or is new, gets the whole.
      if (this.#current.get(nodeId) !== incarnation) this.#sendState(nodeId, incarnation);
      else if (!this.#wire.send(nodeId, { change })) this.#current.delete(nodeId);
    }
    this.#settle();
  }

  /**
   * Those that may take the supervisor over: the earlier ones first, for as long as they are
   * connected, then others that keep the record by now.
   */
  #standbys(
    isReady = ({ nodeId, life }: NodeLife): boolean => this.#kept.get(nodeId)?.life === life,
  ): readonly NodeLife[] {
    const chosen = new Map(this.#chosen().map((one) => [one.nodeId, one.incarnation]));
    const before = this.#record.head.standbys.filter(({ nodeId, life }) => {
      return chosen.get(nodeId) === life;
    });
    const added = [...chosen]
      .map(([nodeId, life]) => ({ nodeId, life }))
      .filter((one) => isReady(one) && !before.some(({ nodeId }) => nodeId === one.nodeId));
    return [...before, ...added];
  }

  /** The connected nodes that the policy makes standbys. */
  #chosen(): readonly NodeIdentity[] {
    if (this.#policy === undefined) return [];
    const { standbys, voters, votesNeeded } = this.#policy;
    let able = this.#wire.connected();
    // Where votes are asked for, only who may vote may stand.
    if (votesNeeded > 0) able = able.filter(({ nodeId }) => voters.includes(nodeId));
    if (typeof standbys !== 'number') return able.filter(({ nodeId }) => standbys.includes(nodeId));
    if (able.length <= standbys) return able;
    const known = this.#record.head.standbys;
    const rank = (one: NodeIdentity): number => {
      const at = known.findIndex(({ nodeId }) => nodeId === one.nodeId);
      return at < 0 ? known.length : at;
    };
    return [...able]
      .sort(
        (left, right) => rank(left) - rank(right) || compareCodeUnits(left.nodeId, right.nodeId),
      )
      .slice(0, standbys);
  }

  /** Names a node that has come among the standbys, if it is one: what it is sent first says so. */
  #name(newcomer: NodeId): void {
    const { head } = this.#record;
    const isReady = ({ nodeId, life }: NodeLife): boolean =>
      nodeId === newcomer || this.#kept.get(nodeId)?.life === life;
    const standbys = this.#standbys(isReady);
    if (isSameLives(standbys, head.standbys)) return;
    this.#record = { ...this.#record, head: { ...head, standbys } };
    this.#commit([], [], head.voters);
    this.#heirsVersion = this.#record.version;
  }

  #refreshStandbys(): void {
    const { standbys, voters } = this.#record.head;
    if (!isSameLives(this.#standbys(), standbys)) this.#commit([], [], voters);
  }

  /**
   * Lets a life of a voter vote. At the foundation, when nobody can have voted yet, that it keeps
   * the record is enough. Later it may have forgotten a vote: then the others have to agree first.
   */
  #admit(nodeId: NodeId, life: bigint): void {
    const { voters } = this.#record.head;
    const voter = voters.find((one) => one.nodeId === nodeId);
    if (voter === undefined || voter.life === life) return;
    if (!this.#isFounded) {
      this.#commit([], [], withLife(voters, nodeId, life));
      return;
    }
    if (this.#admitting.get(nodeId)?.life === life) return;
    this.#admitting.set(nodeId, { life, version: this.#record.version + 1 });
    this.#commit([], [], withLife(voters, nodeId, undefined));
  }

  /**
   * The first owner waits for every voter that is there: one that was left out could not be
   * admitted any more if the owner were lost right after.
   */
  #found(): void {
    if (this.#isFounded) return;
    const { votesNeeded, voters } = this.#record.head;
    const lives = new Map(voters.map(({ nodeId, life }) => [nodeId, life]));
    const missing = this.#wire
      .connected()
      .filter(({ nodeId, incarnation }) => lives.has(nodeId) && lives.get(nodeId) !== incarnation);
    const admitted = voters.filter(({ life }) => life !== undefined);
    this.#isFounded = missing.length === 0 && admitted.length >= votesNeeded;
  }

  #settle(): void {
    this.#found();
    for (const [nodeId, { life, version }] of [...this.#admitting]) {
      if (!this.#isSafe(version)) continue;
      this.#admitting.delete(nodeId);
      this.#commit([], [], withLife(this.#record.head.voters, nodeId, life));
      this.onAdmitted();
    }
    // In order: what was asked first is answered first.
    for (;;) {
      const next = this.#waiting[0];
      if (next === undefined || !this.#isSafe(next.version)) return;
      this.#waiting.shift();
      next.done();
    }
  }

  /** A standby that does not know yet that it is one would leave a lost supervisor to others. */
  #isSafe(version: number): boolean {
    if (this.#policy === undefined) return true;
    const { votesNeeded, voters } = this.#record.head;
    if (!this.#isFounded && votesNeeded > 0) return false;
    const newest = Math.max(version, this.#heirsVersion);
    const chosen = this.#chosen().map(({ nodeId, incarnation: life }) => ({ nodeId, life }));
    const isReady = ({ nodeId, life }: NodeLife): boolean =>
      this.#keeps(nodeId, life, newest) && this.#isStandby(nodeId, life);
    if (votesNeeded === 0) return chosen.every(isReady);
    const keep = voters.filter(({ nodeId, life }) => {
      if (life === undefined) return false;
      return nodeId === this.#self.nodeId || this.#keeps(nodeId, life, version);
    });
    return keep.length >= votesNeeded && (chosen.length === 0 || chosen.some(isReady));
  }

  #isStandby(nodeId: NodeId, life: bigint): boolean {
    const { standbys } = this.#record.head;
    return standbys.some((one) => one.nodeId === nodeId && one.life === life);
  }

  #keeps(nodeId: NodeId, life: bigint, version: number): boolean {
    const kept = this.#kept.get(nodeId);
    return kept?.life === life && kept.version >= version;
  }
}

function isSameLives(left: readonly NodeLife[], right: readonly NodeLife[]): boolean {
  if (left.length !== right.length) return false;
  return left.every(({ nodeId, life }, at) => {
    const other = right[at];
    return other?.nodeId === nodeId && other.life === life;
  });
}

function withLife(
  voters: readonly Voter[],
  nodeId: NodeId,
  life: bigint | undefined,
): readonly Voter[] {
  return voters.map((voter) => (voter.nodeId === nodeId ? { nodeId, life } : voter));
}
