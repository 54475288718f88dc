import { unreachable } from '../base/assert.js';
import type { NodeId } from '../base/node-id.js';
import type { Random } from '../platform/platform.js';
import type { NodeIdentity } from './handshake-message.js';
import { Handshake } from './handshake.js';
import type {
  LinkNumber,
  MembershipEffect,
  MembershipEvent,
  MembershipOptions,
  MembershipTimer,
} from './membership-event.js';
import {
  addSeed,
  dial,
  discover,
  keepTrying,
  linkEnded,
  seedsFound,
} from './membership-dialling.js';
import { greet, handshakeReceived, heard, synced, violated } from './membership-settling.js';
import { MembershipState, type Peer } from './membership-state.js';
import type { PeerStatus } from './peer-status.js';

/** One peer as the membership sees it. */
export interface PeerView {
  readonly nodeId: NodeId;
  readonly status: PeerStatus;
  /** The newest life met in a handshake; `undefined` before the first. */
  readonly incarnation: bigint | undefined;
  /**
   * The link to send on. Frames may follow this node's own sync at once: the peer handles that
   * first, as a link keeps the order.
   */
  readonly link: LinkNumber | undefined;
  readonly lastHeardMs: number | undefined;
}

/**
 * Who is in the cluster, in the view of one node. Pure: time and chance are passed in, and what is
 * to be done comes out as effects, in order.
 *
 * - A node is up from the end of its join exchange to its `nodeDown`; both are told exactly once,
 *   in turns, and a life older than one that was met never comes up.
 * - A closed link makes a member suspect and is redialled at once. Refused at every address: down.
 *   Answered by a later life: down, then up as new. Answered by the same life: reconciled, and
 *   still a member, if both sides say that they never gave the other up.
 * - No answer waits for the failure detector, which judges by silence.
 * - Whoever is down is redialled for ever with growing pauses, except those that left.
 * - However many links two nodes dial, they settle on one (see `membership-settling`).
 */
export class Membership {
  readonly #state: MembershipState;

  constructor(options: MembershipOptions, random: Random, nowMs: number) {
    this.#state = new MembershipState(options, random, nowMs);
  }

  /** A number for a link that arrives. Dialled links bring theirs with the `dial` effect. */
  nextLink(): LinkNumber {
    return this.#state.nextLink();
  }

  handle(event: MembershipEvent, nowMs: number): readonly MembershipEffect[] {
    if (this.#state.stopped) return [];
    this.#decide(event, nowMs);
    return this.#state.takeEffects();
  }

  /**
   * Counts an ordinary frame as a sign of life; cheap enough to call for each. Only a link in
   * {@link carries} may bring one: on any other it breaks the protocol and the effects close it.
   */
  frameReceived(number: LinkNumber, nowMs: number): readonly MembershipEffect[] {
    const link = this.#state.links.get(number);
    if (link === undefined) return [];
    if (link.phase !== 'synced' || link.peer === undefined) {
      violated(this.#state, link, 'a frame before the end of the join exchange');
      return this.#state.takeEffects();
    }
    heard(this.#state, link.peer, nowMs);
    return this.#state.takeEffects();
  }

  /** Whose ordinary frames cross this link; `undefined` before the join exchange ended. */
  carries(number: LinkNumber): NodeIdentity | undefined {
    const link = this.#state.links.get(number);
    if (link?.phase !== 'synced' || link.peer === undefined) return undefined;
    return this.#state.identityOf(link.peer);
  }

  view(nodeId: NodeId): PeerView | undefined {
    const peer = this.#state.peers.get(nodeId);
    return peer === undefined ? undefined : viewOf(peer);
  }

  /** Every node ever heard of but this one, ordered by id. */
  views(): PeerView[] {
    const peers = [...this.#state.peers.values()];
    return peers.sort((left, right) => (left.nodeId < right.nodeId ? -1 : 1)).map(viewOf);
  }

  /** Whether there is no other member, or a seed that leads to none. */
  seedsMissing(): boolean {
    const { seeds, peers, options } = this.#state;
    const isMember = (nodeId: NodeId): boolean => peers.get(nodeId)?.member === true;
    if (![...peers.keys()].some(isMember)) return true;
    return [...seeds.values()].some(({ answeredBy }) => {
      if (answeredBy === undefined) return true;
      return answeredBy !== options.self.nodeId && !isMember(answeredBy);
    });
  }

  /** Whom this node has a settled link with, ordered by id: what the join exchange tells a peer. */
  connectedPeers(): readonly NodeIdentity[] {
    return this.#state.connectedPeers();
  }

  #decide(event: MembershipEvent, nowMs: number): void {
    const state = this.#state;
    switch (event.kind) {
      case 'started':
        schedulePulse(state, nowMs);
        for (const address of event.seeds) addSeed(state, address);
        return;
      case 'seedAdded':
        return addSeed(state, event.address);
      case 'seedsFound':
        return seedsFound(state, event.addresses);
      case 'discovered':
        return discover(state, event.peers);
      case 'linkAccepted':
        state.addLink(Handshake.accepting(state.options.self), event.link);
        return;
      case 'timerFired':
        return timerFired(state, event.timer, nowMs);
      case 'stopped':
        return stop(state);
      default:
        return this.#decideOnLink(event, nowMs);
    }
  }

  #decideOnLink(event: LinkEvent, nowMs: number): void {
    const state = this.#state;
    const link = state.links.get(event.link);
    // Closed from here, while the event was on its way.
    if (link === undefined) return;
    switch (event.kind) {
      case 'linkOpened':
        return greet(state, link);
      case 'linkClosed':
        return linkEnded(state, link, { reason: event.reason, close: false });
      case 'handshakeReceived':
        return handshakeReceived(state, link, event.message, nowMs);
      case 'syncReceived':
        return synced(state, link, event.peers, nowMs);
      case 'leaveReceived':
        return leave(state, link.peer);
      case 'violated':
        return violated(state, link, event.why);
      default:
        return unreachable(event);
    }
  }
}

type LinkEvent = Exclude<
  Extract<MembershipEvent, { readonly link: LinkNumber }>,
  { readonly kind: 'linkAccepted' }
>;

function timerFired(state: MembershipState, timer: MembershipTimer, nowMs: number): void {
  if (!state.timerFired(timer)) return;
  if (timer === 'pulse') return pulse(state, nowMs);
  if (timer.startsWith('handshake:')) {
    const link = state.links.get(Number(timer.slice('handshake:'.length)));
    if (link !== undefined) linkEnded(state, link, { reason: 'unreachable', close: true });
    return;
  }
  const target = state.redials.get(timer);
  if (target !== undefined) dial(state, target);
}

function pulse(state: MembershipState, nowMs: number): void {
  const isBeat = state.detector.wake(nowMs);
  for (const peer of state.peers.values()) judge(state, peer, nowMs);
  if (isBeat) {
    for (const peer of state.peers.values()) {
      if (peer.current?.phase !== 'synced') continue;
      state.emit({ kind: 'sendHeartbeat', link: peer.current.number, nodeId: peer.nodeId });
    }
  }
  schedulePulse(state, nowMs);
}

function judge(state: MembershipState, peer: Peer, nowMs: number): void {
  if (peer.watch === undefined) return;
  const verdict = state.detector.verdict(peer.watch, nowMs);
  if (verdict === 'lost') {
    state.down(peer, 'heartbeat_timeout');
    keepTrying(state, peer);
  } else if (verdict === 'suspect' && peer.status === 'up') {
    peer.silent = true;
    state.refresh(peer);
    state.emit({ kind: 'suspected', because: 'silence', ...state.identityOf(peer) });
  }
}

function schedulePulse(state: MembershipState, nowMs: number): void {
  state.detector.settle(nowMs);
  state.schedule('pulse', Math.max(0, state.detector.dueMs - nowMs));
}

function leave(state: MembershipState, peer: Peer | undefined): void {
  if (peer === undefined) return;
  peer.left = true;
  if (peer.member) {
    state.down(peer, 'graceful_shutdown');
  } else {
    for (const link of [...peer.links]) state.drop(link, { close: true });
  }
  // Should the node join again in the same life, it may number its links from one again.
  peer.ended.clear();
  keepTrying(state, peer);
}

function stop(state: MembershipState): void {
  for (const peer of state.peers.values()) {
    if (peer.current === undefined) continue;
    state.emit({ kind: 'sendLeave', link: peer.current.number, nodeId: peer.nodeId });
  }
  for (const link of [...state.links.values()]) state.drop(link, { close: true });
  state.cancelAll();
  state.stopped = true;
}

function viewOf(peer: Peer): PeerView {
  const { nodeId, status, incarnation, current, watch } = peer;
  return { nodeId, status, incarnation, link: current?.number, lastHeardMs: watch?.heardMs };
}
