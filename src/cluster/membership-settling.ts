import { invariant } from '../base/assert.js';
import {
  addressAnswered,
  discover,
  linkEnded,
  redialTimer,
  restoreAddress,
  selfAnswered,
} from './membership-dialling.js';
import type {
  IncomingHandshake,
  NodeIdentity,
  Reject,
  RejectReason,
  Standing,
} from './handshake-message.js';
import type { HandshakeOutcome, PeerClaim } from './handshake.js';
import type { LinkRecord, MembershipState, Peer } from './membership-state.js';

/*
 * Two nodes may dial each other at once, by several addresses, and notice lost links at different
 * times. They settle on one link because one of them decides: the node with the smaller id. It
 * decides when it holds both claims: on a hello (its welcome is the decision), or on the welcome to
 * its own hello (its sync is). The other node takes what it is given: a welcome, or the first sync
 * on a link that it answered.
 */

/** A dialled link opened: says hello on it. */
export function greet(state: MembershipState, link: LinkRecord): void {
  if (link.phase !== 'connecting') return;
  const { target } = link;
  invariant(target !== undefined, 'a dialled link has a target');
  link.phase = 'greeting';
  const peer = target.kind === 'peer' ? target : undefined;
  const isKnown = peer?.incarnation !== undefined;
  if (isKnown && peer.member) link.heldAsMember = state.identityOf(peer);
  const message = link.handshake.hello({
    dials: state.ownDials(peer),
    standing: isKnown ? standingOf(state, peer) : undefined,
  });
  state.emit({ kind: 'send', link: link.number, message });
  if (peer !== undefined) state.refresh(peer);
}

/** Takes a hello, a welcome or a reject. */
export function handshakeReceived(
  state: MembershipState,
  link: LinkRecord,
  message: IncomingHandshake,
  nowMs: number,
): void {
  const outcome = link.handshake.receive(message);
  switch (outcome.kind) {
    case 'claimed':
      return admit(state, link, outcome.claim, nowMs);
    case 'welcomed':
      return beWelcomed(state, link, outcome, nowMs);
    case 'rejected':
      return beRejected(state, link, outcome.reject);
    case 'refused':
      state.emit({ kind: 'send', link: link.number, message: outcome.reply });
      note(state, link, 'here', outcome.reason, `refused ${outcome.peer.nodeId}`);
      return linkEnded(state, link, { reason: 'unwelcome', close: true });
    case 'violated':
      return violated(state, link, outcome.why);
  }
}

/** The peer's part of the join exchange came: it is up, or reconciled. */
export function synced(
  state: MembershipState,
  link: LinkRecord,
  peers: readonly NodeIdentity[],
  nowMs: number,
): void {
  if (link.phase === 'answered') settle(state, link);
  const { peer } = link;
  if (link.phase !== 'syncing' || peer === undefined) {
    return violated(state, link, 'a sync that nobody waits for');
  }
  link.phase = 'synced';
  state.cancel(`handshake:${link.number}`);
  Object.assign(peer, { attempt: 0, refusals: 0, unwelcome: false, left: false });
  restoreAddress(state, peer);
  const identity = state.identityOf(peer);
  state.emit({ kind: 'applySync', link: link.number, ...identity });
  if (peer.member) {
    peer.silent = false;
    heard(state, peer, nowMs);
    state.refresh(peer);
    state.emit({ kind: 'reconciled', link: link.number, ...identity });
  } else {
    const returning = peer.lastUp === peer.incarnation;
    peer.member = true;
    peer.lastUp = peer.incarnation;
    peer.watch = state.detector.watch(nowMs);
    state.refresh(peer);
    state.emit({ kind: 'nodeUp', link: link.number, ...identity, returning });
  }
  discover(state, peers);
}

/** Closes a link on which something came that may not. */
export function violated(state: MembershipState, link: LinkRecord, why: string): void {
  note(state, link, 'here', 'violated', why);
  linkEnded(state, link, { reason: 'violated', close: true });
}

/** A sign of life, wherever it came from. */
export function heard(state: MembershipState, peer: Peer, nowMs: number): void {
  if (peer.watch !== undefined) state.detector.heard(peer.watch, nowMs);
  if (!peer.silent) return;
  peer.silent = false;
  if (peer.current?.phase !== 'synced') return;
  state.refresh(peer);
  state.emit({ kind: 'trusted', ...state.identityOf(peer) });
}

function admit(state: MembershipState, link: LinkRecord, claim: PeerClaim, nowMs: number): void {
  const peer = state.peer(claim.nodeId);
  link.dialNumber = claim.link;
  if (isStale(peer, claim)) return refuse(state, link, peer, 'stale_incarnation');
  const isNewcomer = meet(state, link, peer, claim);
  heard(state, peer, nowMs);
  const decides = decidesAbout(state, peer);
  if (decides && (isDuplicate(peer, claim) || (!isNewcomer && isOvertaken(peer, claim)))) {
    return refuse(state, link, peer, 'duplicate');
  }
  link.mutual = peer.member && claim.standing?.member === true;
  const welcome = link.handshake.welcome({
    dials: state.ownDials(peer),
    standing: standingOf(state, peer),
    peers: state.connectedPeers().filter(({ nodeId }) => nodeId !== peer.nodeId),
  });
  state.emit({ kind: 'send', link: link.number, message: welcome });
  if (decides) return settle(state, link);
  link.phase = 'answered';
  state.refresh(peer);
}

function beWelcomed(
  state: MembershipState,
  link: LinkRecord,
  { claim, peers }: Extract<HandshakeOutcome, { kind: 'welcomed' }>,
  nowMs: number,
): void {
  const peer = state.peer(claim.nodeId);
  addressAnswered(state, link, peer);
  if (isStale(peer, claim)) return refuse(state, link, peer, 'stale_incarnation');
  const held = link.heldAsMember;
  const holdsIt = held?.nodeId === claim.nodeId && held.incarnation === claim.incarnation;
  link.mutual = holdsIt && claim.standing?.member === true;
  meet(state, link, peer, claim);
  heard(state, peer, nowMs);
  if (decidesAbout(state, peer) && isDuplicate(peer, claim)) {
    refuse(state, link, peer, 'duplicate');
  } else {
    settle(state, link);
  }
  discover(state, peers);
}

function beRejected(state: MembershipState, link: LinkRecord, reject: Reject): void {
  note(state, link, 'there', reject.reason, reject.detail, reject);
  const { target } = link;
  if (link.handshake.role === 'acceptor' || target === undefined) {
    return linkEnded(state, link, { reason: 'closed-there', close: true });
  }
  if (reject.reason === 'self') {
    selfAnswered(state, link, target);
    return linkEnded(state, link, { reason: 'mistaken', close: true });
  }
  if (reject.reason !== 'duplicate' || reject.nodeId === state.options.self.nodeId) {
    return linkEnded(state, link, { reason: 'unwelcome', close: true });
  }
  // A seed that is met twice is told so; from now on the peer is dialled, and not the address.
  addressAnswered(state, link, state.peer(reject.nodeId));
  linkEnded(state, link, { reason: 'duplicate', close: true });
}

// One link from here on: all others with this peer are closed, and none of them counts as a loss.
function settle(state: MembershipState, link: LinkRecord): void {
  const { peer } = link;
  invariant(peer !== undefined, 'a link is settled after its handshake');
  if (peer.member && !link.mutual) state.down(peer, 'connection_closed', link);
  const isReplacing = peer.current !== undefined;
  for (const other of [...peer.links]) {
    if (other !== link) state.drop(other, { close: true });
  }
  state.cancel(redialTimer(peer));
  peer.current = link;
  peer.refusals = 0;
  link.phase = 'syncing';
  state.refresh(peer);
  const identity = state.identityOf(peer);
  if (isReplacing && peer.member) {
    state.emit({ kind: 'suspected', because: 'link_closed', ...identity });
  }
  state.emit({ kind: 'sendSync', link: link.number, ...identity });
}

/** Takes note of who is at the other end of `link`. True when it is a later life than before. */
function meet(state: MembershipState, link: LinkRecord, peer: Peer, claim: PeerClaim): boolean {
  state.attach(link, peer);
  const { incarnation, dials } = claim;
  const former = peer.incarnation;
  if (former === incarnation) {
    for (const dial of peer.ended) {
      // It knows now, and has no use for being told.
      if (dial <= dials.upTo && !dials.open.includes(dial)) peer.ended.delete(dial);
    }
    return false;
  }
  if (peer.member) state.down(peer, 'connection_closed', link);
  for (const other of [...peer.links]) {
    const isOfFormer = other.phase !== 'connecting' && other.phase !== 'greeting';
    if (other !== link && isOfFormer) state.drop(other, { close: true });
  }
  peer.incarnation = incarnation;
  peer.left = false;
  peer.ended.clear();
  return former !== undefined;
}

function refuse(
  state: MembershipState,
  link: LinkRecord,
  peer: Peer,
  reason: 'duplicate' | 'stale_incarnation',
): void {
  const detail =
    reason === 'duplicate'
      ? 'another link between the two nodes is in use'
      : `a later life of ${peer.nodeId} was met before`;
  state.emit({ kind: 'send', link: link.number, message: link.handshake.reject(reason, detail) });
  note(state, link, 'here', reason, detail, peer);
  const failure = reason === 'duplicate' ? 'duplicate' : 'unwelcome';
  linkEnded(state, link, { reason: failure, close: true });
}

// The other side has not given up the link that is in use, as far as it knows.
function isDuplicate(peer: Peer, claim: PeerClaim): boolean {
  return peer.current !== undefined && !hasEnded(peer.current, claim);
}

// An own hello is on its way and wins, unless the other side has already seen its link end.
function isOvertaken(peer: Peer, claim: PeerClaim): boolean {
  return [...peer.links].some((own) => own.phase === 'greeting' && !hasEnded(own, claim));
}

// Whether the other side says so; it was said before the claim came, and an end is for good.
function hasEnded(link: LinkRecord, { dials, standing }: PeerClaim): boolean {
  const { dialNumber } = link;
  return link.handshake.role === 'dialler'
    ? standing?.ended.includes(dialNumber) === true
    : dialNumber <= dials.upTo && !dials.open.includes(dialNumber);
}

function standingOf(state: MembershipState, peer: Peer): Standing {
  return { ...state.identityOf(peer), member: peer.member, ended: [...peer.ended] };
}

function decidesAbout(state: MembershipState, peer: Peer): boolean {
  return state.options.self.nodeId < peer.nodeId;
}

function isStale(peer: Peer, { incarnation }: NodeIdentity): boolean {
  return peer.incarnation !== undefined && incarnation < peer.incarnation;
}

function note(
  state: MembershipState,
  link: LinkRecord,
  by: 'here' | 'there',
  reason: RejectReason | 'violated',
  detail: string,
  who?: { readonly nodeId: NodeIdentity['nodeId'] },
): void {
  const nodeId = who?.nodeId ?? link.peer?.nodeId;
  const named = nodeId === undefined ? {} : { nodeId };
  state.emit({ kind: 'linkRefused', link: link.number, by, reason, detail, ...named });
}
