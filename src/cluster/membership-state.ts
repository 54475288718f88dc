import { invariant } from '../base/assert.js';
import type { NodeId } from '../base/node-id.js';
import type { Random } from '../platform/platform.js';
import type { Address } from '../platform/transport.js';
import { FailureDetector, type Watch } from './failure-detector.js';
import type { Handshake } from './handshake.js';
import type { NodeIdentity, OwnDials } from './handshake-message.js';
import type {
  LinkNumber,
  MembershipEffect,
  MembershipOptions,
  MembershipTimer,
  NodeDownReason,
} from './membership-event.js';
import { stepsBetween, type PeerStatus } from './peer-status.js';

/** A node known by its id. Never forgotten: its newest incarnation guards against older ones. */
export interface Peer {
  readonly kind: 'peer';
  readonly nodeId: NodeId;
  /** The newest life met in a handshake. */
  incarnation: bigint | undefined;
  /** Made once for each life: every frame asks for it. */
  identity: NodeIdentity | undefined;
  status: PeerStatus;
  /** Between `nodeUp` and `nodeDown` of `incarnation`. */
  member: boolean;
  /** The life that was up last, to tell a newcomer from one that returns. */
  lastUp: bigint | undefined;
  /** The one link that was settled on. */
  current: LinkRecord | undefined;
  /** Every link with this peer, or dialled in the hope to meet it, `current` included. */
  readonly links: Set<LinkRecord>;
  watch: Watch | undefined;
  /** Suspected although its link is open. */
  silent: boolean;
  left: boolean;
  /** Where to dial it, the address that worked last in front. */
  addresses: Address[];
  isSeed: boolean;
  attempt: number;
  refusals: number;
  /** Redial at the longest pause: it said no, and will say so again. */
  unwelcome: boolean;
  /** Dials of its newest life that ended here, until it says that it knows. */
  readonly ended: Set<number>;
}

/** An address to dial whose node is unknown until it answers. */
export interface Seed {
  readonly kind: 'seed';
  readonly address: Address;
  /** A search found it, and may find it no longer. */
  readonly found: boolean;
  attempt: number;
  unwelcome: boolean;
  link: LinkRecord | undefined;
  /** Who answered; from then on the peer is redialled and not the seed. */
  answeredBy: NodeId | undefined;
}

export interface LinkRecord {
  readonly number: LinkNumber;
  readonly handshake: Handshake;
  phase: 'connecting' | 'greeting' | 'listening' | 'answered' | 'syncing' | 'synced';
  /** What a failure of this dial counts against. */
  target: Peer | Seed | undefined;
  /** Who is at the other end; for a dial that was not answered yet, who is hoped for. */
  peer: Peer | undefined;
  /** The dialler's number of it, known to both sides. */
  dialNumber: number;
  /** What this side said in its hello about the membership of the peer's life. */
  heldAsMember: NodeIdentity | undefined;
  /** Both sides said that they hold the other for a member. */
  mutual: boolean;
}

/** All that one node's membership knows, and the effects of the event in hand. */
export class MembershipState {
  readonly peers = new Map<NodeId, Peer>();
  readonly seeds = new Map<Address, Seed>();
  readonly links = new Map<LinkNumber, LinkRecord>();
  readonly redials = new Map<MembershipTimer, Peer | Seed>();
  readonly detector: FailureDetector;
  readonly #timers = new Set<MembershipTimer>();
  #effects: MembershipEffect[] = [];
  #lastLink = 0;
  stopped = false;

  constructor(
    readonly options: MembershipOptions,
    readonly random: Random,
    nowMs: number,
  ) {
    this.detector = new FailureDetector(
      { intervalMs: options.heartbeatIntervalMs, missThreshold: options.heartbeatMissThreshold },
      nowMs,
    );
  }

  nextLink(): LinkNumber {
    this.#lastLink += 1;
    return this.#lastLink;
  }

  emit(effect: MembershipEffect): void {
    this.#effects.push(effect);
  }

  /** What came of the event; the caller owns it. */
  takeEffects(): readonly MembershipEffect[] {
    const effects = this.#effects;
    if (effects.length === 0) return NONE;
    this.#effects = [];
    return effects;
  }

  schedule(timer: MembershipTimer, delayMs: number): void {
    this.#timers.add(timer);
    this.emit({ kind: 'schedule', timer, delayMs });
  }

  cancel(timer: MembershipTimer): void {
    if (this.#timers.delete(timer)) this.emit({ kind: 'cancel', timer });
  }

  cancelAll(): void {
    for (const timer of [...this.#timers]) this.cancel(timer);
  }

  /** False for a timer that was cancelled while its firing was under way. */
  timerFired(timer: MembershipTimer): boolean {
    return this.#timers.delete(timer);
  }

  isScheduled(timer: MembershipTimer): boolean {
    return this.#timers.has(timer);
  }

  /** The record of `nodeId`, made when there is none. */
  peer(nodeId: NodeId): Peer {
    const known = this.peers.get(nodeId);
    if (known !== undefined) return known;
    const peer: Peer = {
      kind: 'peer',
      nodeId,
      incarnation: undefined,
      identity: undefined,
      status: 'down',
      member: false,
      lastUp: undefined,
      current: undefined,
      links: new Set(),
      watch: undefined,
      silent: false,
      left: false,
      addresses: [this.options.addressOf(nodeId)],
      isSeed: false,
      attempt: 0,
      refusals: 0,
      unwelcome: false,
      ended: new Set(),
    };
    this.peers.set(nodeId, peer);
    return peer;
  }

  addLink(handshake: Handshake, number: LinkNumber, target?: Peer | Seed): LinkRecord {
    const dialled = handshake.role === 'dialler';
    const link: LinkRecord = {
      number,
      handshake,
      phase: dialled ? 'connecting' : 'listening',
      target,
      peer: undefined,
      dialNumber: dialled ? number : 0,
      heldAsMember: undefined,
      mutual: false,
    };
    this.links.set(number, link);
    if (target?.kind === 'peer') this.attach(link, target);
    if (target?.kind === 'seed') target.link = link;
    this.schedule(`handshake:${number}`, this.options.handshakeTimeoutMs);
    return link;
  }

  /** Counts `link` among the links of `peer` from now on. */
  attach(link: LinkRecord, peer: Peer): void {
    if (link.peer === peer) return;
    const former = link.peer;
    former?.links.delete(link);
    link.peer = peer;
    peer.links.add(link);
    if (former !== undefined) this.refresh(former);
  }

  /** Forgets `link`, and closes it if asked to. Its later events will find nothing. */
  drop(link: LinkRecord, options: { close: boolean }): void {
    if (!this.links.delete(link.number)) return;
    this.cancel(`handshake:${link.number}`);
    const { peer, target } = link;
    if (target?.kind === 'seed') target.link = undefined;
    if (peer !== undefined) {
      peer.links.delete(link);
      if (peer.current === link) peer.current = undefined;
      if (link.handshake.role === 'acceptor') peer.ended.add(link.dialNumber);
    }
    if (options.close) this.emit({ kind: 'close', link: link.number });
  }

  /** Ends the membership of a member, and every link with it but `keep`. */
  down(peer: Peer, reason: NodeDownReason, keep?: LinkRecord): void {
    const identity = this.identityOf(peer);
    invariant(peer.member, `only a member goes down: ${peer.nodeId}`);
    for (const link of [...peer.links]) {
      // What a claim on a link says of membership holds as long as the link does.
      if (link !== keep) this.drop(link, { close: true });
    }
    if (peer.watch !== undefined) this.detector.forget(peer.watch);
    Object.assign(peer, { member: false, watch: undefined, silent: false, attempt: 0 });
    this.#step(peer, 'down');
    this.emit({ kind: 'nodeDown', ...identity, reason });
  }

  /** Brings a peer's status in line with its links. */
  refresh(peer: Peer): void {
    this.#step(peer, statusOf(peer));
  }

  identityOf(peer: Peer): NodeIdentity {
    const { nodeId, incarnation, identity } = peer;
    if (identity !== undefined && identity.incarnation === incarnation) return identity;
    invariant(incarnation !== undefined, `a handshake came before: ${nodeId}`);
    return (peer.identity = { nodeId, incarnation });
  }

  /** What a hello or a welcome says of this node's dials; `peer` is absent when it is unknown. */
  ownDials(peer?: Peer): OwnDials {
    const open = [...this.links.values()].filter((link) => {
      if (link.handshake.role === 'acceptor') return false;
      // Whoever was hoped for, until the answer comes it may be anybody.
      const isAnswered = link.phase === 'syncing' || link.phase === 'synced';
      return !isAnswered || peer === undefined || link.peer === peer;
    });
    return { upTo: this.#lastLink, open: open.map((link) => link.number) };
  }

  /** Those with a settled link, ordered by id. */
  connectedPeers(): NodeIdentity[] {
    const connected = [...this.peers.values()].filter((peer) => peer.current !== undefined);
    return connected
      .sort((left, right) => (left.nodeId < right.nodeId ? -1 : 1))
      .map((peer) => this.identityOf(peer));
  }

  #step(peer: Peer, to: PeerStatus): void {
    for (const next of stepsBetween(peer.status, to)) {
      const from = peer.status;
      peer.status = next;
      this.emit({ kind: 'statusChanged', nodeId: peer.nodeId, from, to: next });
    }
  }
}

function statusOf(peer: Peer): PeerStatus {
  if (peer.member) return peer.current?.phase === 'synced' && !peer.silent ? 'up' : 'suspect';
  if (peer.current !== undefined) return 'syncing';
  const phases = [...peer.links].map((link) => link.phase);
  if (phases.some((phase) => phase !== 'connecting')) return 'handshaking';
  return phases.length > 0 ? 'connecting' : 'down';
}

// Most frames change nothing, and each of them asks.
const NONE: readonly MembershipEffect[] = Object.freeze([]);
