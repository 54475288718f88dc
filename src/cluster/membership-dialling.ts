import type { Address, CloseReason } from '../platform/transport.js';
import { backoffDelayMs } from './backoff.js';
import { Handshake } from './handshake.js';
import type { NodeIdentity } from './handshake-message.js';
import type { MembershipTimer } from './membership-event.js';
import type { LinkRecord, MembershipState, Peer, Seed } from './membership-state.js';

/** Dials a seed, unless it is known who answers there. */
export function addSeed(
  state: MembershipState,
  address: Address,
  { found }: { found: boolean } = { found: false },
): void {
  if (state.seeds.has(address)) return;
  const seed: Seed = {
    kind: 'seed',
    address,
    found,
    attempt: 0,
    unwelcome: false,
    link: undefined,
    answeredBy: undefined,
  };
  state.seeds.set(address, seed);
  dial(state, seed);
}

/** Dials what a search has found, and forgets what it finds no longer and never led anywhere. */
export function seedsFound(state: MembershipState, addresses: readonly Address[]): void {
  for (const seed of [...state.seeds.values()]) {
    const isNeeded = !seed.found || seed.answeredBy !== undefined || isUnderWay(seed);
    if (isNeeded || addresses.includes(seed.address)) continue;
    state.seeds.delete(seed.address);
    state.cancel(redialTimer(seed));
    state.redials.delete(redialTimer(seed));
  }
  for (const address of addresses) addSeed(state, address, { found: true });
}

/** Dials whom others are connected to and this node is not. */
export function discover(state: MembershipState, peers: readonly NodeIdentity[]): void {
  for (const { nodeId, incarnation } of peers) {
    if (nodeId === state.options.self.nodeId) continue;
    const peer = state.peer(nodeId);
    const isNewer = peer.incarnation === undefined || incarnation > peer.incarnation;
    // The others may not have heard yet that this life has left.
    if (peer.left && !isNewer) continue;
    if (isNewer) peer.left = false;
    if (peer.links.size > 0) continue;
    restoreAddress(state, peer);
    state.cancel(redialTimer(peer));
    dial(state, peer);
  }
}

/** Dials a target that no link leads to yet. */
export function dial(state: MembershipState, target: Peer | Seed): void {
  if (isUnderWay(target)) return;
  const address = target.kind === 'seed' ? target.address : nextAddress(target);
  if (address === undefined) return;
  const { self } = state.options;
  const number = state.nextLink();
  const { attempt } = target;
  const hope = target.kind === 'peer' ? { nodeId: target.nodeId } : {};
  state.emit({ kind: 'dial', link: number, address, attempt, ...hope });
  state.addLink(Handshake.dialling(self, { address, link: number }), number, target);
  if (target.kind === 'peer') state.refresh(target);
}

/** A link ended that `state` still knows: a member without its link is dialled at once. */
export function linkEnded(
  state: MembershipState,
  link: LinkRecord,
  end: { reason: DialFailure; close: boolean },
): void {
  const { peer, target } = link;
  const wasCurrent = peer?.current === link;
  state.drop(link, end);
  if (peer !== undefined && wasCurrent && peer.member) {
    peer.attempt = 0;
    peer.refusals = 0;
    state.refresh(peer);
    state.emit({ kind: 'suspected', because: 'link_closed', ...state.identityOf(peer) });
    // Bytes that broke the protocol once will do so again: no hurry.
    if (end.reason !== 'violated') dial(state, peer);
    keepTrying(state, peer);
  } else if (target !== undefined) {
    dialFailed(state, target, end.reason);
  } else if (peer !== undefined) {
    keepTrying(state, peer);
  }
}

/**
 * Why a dial came to nothing. Beside what the transport says: `duplicate`, another link is to be
 * used; `unwelcome`, the node there said no and will say so again; `mistaken`, another node is
 * there.
 */
export type DialFailure = CloseReason | 'duplicate' | 'unwelcome' | 'mistaken';

/** A dial came to nothing. */
export function dialFailed(state: MembershipState, target: Peer | Seed, reason: DialFailure): void {
  target.attempt += 1;
  target.unwelcome = reason === 'unwelcome';
  const absent = reason === 'refused' || reason === 'mistaken';
  if (target.kind === 'peer' && target.member && absent && target.links.size === 0) {
    if (reason === 'refused') target.refusals += 1;
    if (target.refusals < target.addresses.length) {
      dial(state, target);
      return;
    }
    state.down(target, 'connection_refused');
  } else if (isCutOff(target, reason)) {
    dial(state, target);
  }
  keepTrying(state, target);
}

// A system that ends a process may close its links before its port. Who dials in between is let in
// and cut off as the port goes, so the next dial is told whether anybody is there.
function isCutOff(target: Peer | Seed, reason: DialFailure): boolean {
  const isEnd = reason === 'lost' || reason === 'closed-there';
  return isEnd && target.kind === 'peer' && target.member && target.attempt === 1;
}

/** Sees to it that a target without a link is dialled again, in a while. */
export function keepTrying(state: MembershipState, target: Peer | Seed): void {
  if (target.kind === 'peer') state.refresh(target);
  const timer = redialTimer(target);
  if (isUnderWay(target) || state.isScheduled(timer) || isGivenUp(target)) return;
  const { reconnectBaseDelayMs: baseDelayMs, reconnectMaxDelayMs: maxDelayMs } = state.options;
  const hasLeft = target.kind === 'peer' && target.left;
  const attempt = target.unwelcome || hasLeft ? Infinity : Math.max(0, target.attempt - 1);
  state.redials.set(timer, target);
  state.schedule(timer, backoffDelayMs({ baseDelayMs, maxDelayMs }, attempt, state.random));
}

/** An address answers, with `peer` at it: it is dialled there first from now on. */
export function addressAnswered(state: MembershipState, link: LinkRecord, peer: Peer): void {
  const { target } = link;
  if (target?.kind === 'seed') {
    target.answeredBy = peer.nodeId;
    target.link = undefined;
    peer.isSeed = true;
    state.cancel(redialTimer(target));
    preferAddress(peer, target.address);
  } else if (target !== undefined && target !== peer) {
    mistaken(state, link, target, peer);
  }
  link.target = peer;
  state.attach(link, peer);
}

/** This very node answers at the address of `link`: nobody else is to be found there. */
export function selfAnswered(state: MembershipState, link: LinkRecord, target: Peer | Seed): void {
  if (target.kind === 'seed') {
    target.answeredBy = state.options.self.nodeId;
    state.cancel(redialTimer(target));
  } else {
    forgetAddress(target, link.handshake.address);
  }
}

/** Makes sure that a peer which was met can be dialled where its id says. */
export function restoreAddress(state: MembershipState, peer: Peer): void {
  const address = state.options.addressOf(peer.nodeId);
  if (!peer.addresses.includes(address)) peer.addresses.push(address);
}

export function redialTimer(target: Peer | Seed): MembershipTimer {
  return target.kind === 'peer' ? `redial:${target.nodeId}` : `redial:seed:${target.address}`;
}

// Where another node answers, the one that was hoped for is not; dialling on would only make
// duplicates of the link with the other.
function mistaken(state: MembershipState, link: LinkRecord, hoped: Peer, met: Peer): void {
  const { address } = link.handshake;
  forgetAddress(hoped, address);
  if (address !== undefined) {
    preferAddress(met, address);
    if (state.seeds.has(address)) met.isSeed = true;
  }
  state.attach(link, met);
  link.target = met;
  dialFailed(state, hoped, 'mistaken');
}

function forgetAddress(peer: Peer, address: Address | undefined): void {
  peer.addresses = peer.addresses.filter((known) => known !== address);
}

function preferAddress(peer: Peer, address: Address): void {
  peer.addresses = [address, ...peer.addresses.filter((known) => known !== address)];
}

function nextAddress(peer: Peer): Address | undefined {
  return peer.addresses[peer.attempt % peer.addresses.length];
}

function isUnderWay(target: Peer | Seed): boolean {
  return target.kind === 'peer' ? target.links.size > 0 : target.link !== undefined;
}

function isGivenUp(target: Peer | Seed): boolean {
  if (target.kind === 'seed') return target.answeredBy !== undefined;
  return target.addresses.length === 0 || (target.left && !target.isSeed);
}
