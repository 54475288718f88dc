import { compareCodeUnits } from '../base/compare.js';
import type { Fence } from '../base/fence.js';
import type { NodeIdentity } from './handshake-message.js';
import type { NodeId } from '../base/node-id.js';
import { compareClaims, isSameClaim, preferredClaim, type NameClaim } from './name-claim.js';

/** All names that one life of a node owns: what the join exchange carries. */
export interface NamesList {
  /** Counts the owner's changes. */
  readonly version: number;
  readonly claims: readonly NameClaim[];
}

/** One change by their owner, with the version that it leads to. */
export interface NamesDelta {
  readonly version: number;
  readonly added: readonly NameClaim[];
  readonly removed: readonly string[];
}

export type GlobalNamesEffect =
  /** Tell every connected node. */
  | { readonly kind: 'announce'; readonly delta: NamesDelta }
  /** `whereis` gives this claim from now on. */
  | { readonly kind: 'registered'; readonly claim: NameClaim }
  /** `whereis` no longer gives it; another claim may follow. */
  | { readonly kind: 'unregistered'; readonly claim: NameClaim }
  /** Two claims met here. Every node that sees both says so, with the same winner. */
  | {
      readonly kind: 'conflictResolved';
      readonly name: string;
      readonly winner: NameClaim;
      readonly loser: NameClaim;
    }
  /** A process of this node lost its name: tell it, and end it if `end` says so. */
  | {
      readonly kind: 'lost';
      readonly claim: NameClaim;
      readonly winner: NameClaim;
      readonly end: boolean;
    }
  /** A change of this node is missing: ask it for its full list. */
  | { readonly kind: 'resync'; readonly nodeId: NodeId };

export type RegisterOutcome =
  | {
      readonly kind: 'registered';
      readonly claim: NameClaim;
      readonly effects: readonly GlobalNamesEffect[];
    }
  | { readonly kind: 'conflict'; readonly existing: NameClaim };

export interface GlobalNamesOptions {
  readonly self: NodeIdentity;
  /** What becomes of a process here that loses its name; a `kept` claim may show again. */
  readonly losers?: 'ended' | 'kept';
}

/**
 * The names of the whole cluster, as one node knows them. Pure: what is to be done comes out as
 * effects.
 *
 * Each node alone writes its own names, sends the full list when it joins another and a versioned
 * change afterwards, so nothing needs to remember what was deleted: what a node does not say, it
 * does not own. Where two nodes claim one name, {@link compareClaims} picks the same winner
 * everywhere, and the loser's own node withdraws the claim.
 */
export class GlobalNames {
  readonly #self: NodeIdentity;
  readonly #endsLosers: boolean;
  readonly #claims = new Map<string, NameClaim[]>();
  readonly #own = new Map<string, NameClaim>();
  readonly #ownByRef = new Map<string, Set<string>>();
  readonly #others = new Map<NodeId, OtherNames>();
  readonly #newest = new Map<NodeId, bigint>();
  #version = 0;
  #stamp = 0;
  #effects: GlobalNamesEffect[] = [];
  #added = new Map<string, NameClaim>();
  #removed = new Set<string>();

  constructor(options: GlobalNamesOptions) {
    this.#self = options.self;
    this.#endsLosers = options.losers !== 'kept';
  }

  whereis(name: string): NameClaim | undefined {
    return this.#claims.get(name)?.[0];
  }

  /** Every claimed name once, by code unit. */
  names(): string[] {
    return [...this.#claims.keys()].sort(compareCodeUnits);
  }

  get count(): number {
    return this.#claims.size;
  }

  /** What a node that joins is told. */
  ownList(): NamesList {
    const claims = [...this.#own.values()];
    return { version: this.#version, claims: claims.sort(compareByName) };
  }

  /**
   * Names this node's own process. A name that anyone is known to hold is refused, unless `fence`
   * is higher than the holder's: then that one is a stale incarnation, and loses the name.
   */
  register(name: string, refId: string, fence?: Fence): RegisterOutcome {
    const existing = this.whereis(name);
    const { nodeId, incarnation } = this.#self;
    const plain = { name, refId, nodeId, incarnation, stamp: this.#stamp + 1 };
    const claim = fence === undefined ? plain : { ...plain, fence };
    if (existing !== undefined && (this.#own.has(name) || compareClaims(claim, existing) > 0)) {
      return { kind: 'conflict', existing };
    }
    this.#stamp += 1;
    this.#own.set(name, claim);
    namesOf(this.#ownByRef, refId).add(name);
    this.#removed.delete(name);
    this.#added.set(name, claim);
    this.#put(name, nodeId, claim);
    return { kind: 'registered', claim, effects: this.#finish() };
  }

  /** Claims the names of a process of this node anew, under a later fence. */
  refence(refId: string, fence: Fence): readonly GlobalNamesEffect[] {
    const { nodeId } = this.#self;
    for (const name of this.#ownByRef.get(refId) ?? []) {
      const own = this.#own.get(name);
      if (own === undefined) continue;
      const claim = { ...own, fence };
      this.#own.set(name, claim);
      this.#added.set(name, claim);
      this.#put(name, nodeId, claim);
    }
    return this.#finish();
  }

  /** Gives up an own name. Nothing happens to a name that another node owns: ask that node. */
  unregister(name: string): readonly GlobalNamesEffect[] {
    this.#withdraw(name);
    return this.#finish();
  }

  /** Gives up every name of a process of this node. */
  processEnded(refId: string): readonly GlobalNamesEffect[] {
    for (const name of [...(this.#ownByRef.get(refId) ?? [])]) this.#withdraw(name);
    return this.#finish();
  }

  /** Takes a node's full list in place of all that this life of it, or an earlier one, has said. */
  applyList(from: NodeIdentity, list: NamesList): readonly GlobalNamesEffect[] {
    if (this.#isStale(from)) return [];
    const held = this.#others.get(from.nodeId);
    const isSameLife = held?.incarnation === from.incarnation;
    if (held !== undefined && isSameLife && list.version < held.version) return [];
    this.#newest.set(from.nodeId, from.incarnation);
    const claims = new Map<string, NameClaim>();
    for (const claim of list.claims) {
      if (isBy(from, claim)) claims.set(claim.name, claim);
    }
    const { incarnation } = from;
    this.#others.set(from.nodeId, {
      incarnation,
      version: list.version,
      names: new Set(claims.keys()),
    });
    for (const name of held?.names ?? []) {
      if (!claims.has(name)) this.#put(name, from.nodeId, undefined);
    }
    for (const [name, claim] of claims) this.#learn(name, from.nodeId, claim);
    return this.#finish();
  }

  /**
   * Takes a node's change. It counts only on top of the list that was applied, in its turn; one
   * that is too early asks for the list again.
   */
  applyDelta(from: NodeIdentity, delta: NamesDelta): readonly GlobalNamesEffect[] {
    const held = this.#others.get(from.nodeId);
    if (held?.incarnation !== from.incarnation || delta.version <= held.version) return [];
    if (delta.version !== held.version + 1) return [{ kind: 'resync', nodeId: from.nodeId }];
    held.version = delta.version;
    for (const name of delta.removed) {
      if (held.names.delete(name)) this.#put(name, from.nodeId, undefined);
    }
    for (const claim of delta.added) {
      if (!isBy(from, claim)) continue;
      held.names.add(claim.name);
      this.#learn(claim.name, from.nodeId, claim);
    }
    return this.#finish();
  }

  /** Drops what a lost life of a node owned; names of a later life stay. */
  nodeDown({ nodeId, incarnation }: NodeIdentity): readonly GlobalNamesEffect[] {
    const held = this.#others.get(nodeId);
    if (held === undefined || held.incarnation > incarnation) return [];
    this.#others.delete(nodeId);
    for (const name of held.names) this.#put(name, nodeId, undefined);
    return this.#finish();
  }

  #isStale({ nodeId, incarnation }: NodeIdentity): boolean {
    const newest = this.#newest.get(nodeId);
    return nodeId === this.#self.nodeId || (newest !== undefined && incarnation < newest);
  }

  #learn(name: string, nodeId: NodeId, claim: NameClaim): void {
    this.#stamp = Math.max(this.#stamp, claim.stamp);
    this.#put(name, nodeId, claim);
  }

  #withdraw(name: string): void {
    const claim = this.#own.get(name);
    if (claim === undefined) return;
    this.#own.delete(name);
    const names = namesOf(this.#ownByRef, claim.refId);
    names.delete(name);
    if (names.size === 0) this.#ownByRef.delete(claim.refId);
    this.#added.delete(name);
    this.#removed.add(name);
    this.#put(name, this.#self.nodeId, undefined);
  }

  /** Replaces what `nodeId` says about `name`, and tells what that changes here. */
  #put(name: string, nodeId: NodeId, claim: NameClaim | undefined): void {
    const before = this.#claims.get(name) ?? [];
    const others = before.filter((held) => held.nodeId !== nodeId);
    const former = before.find((held) => held.nodeId === nodeId);
    const isRepeated = claim !== undefined && former !== undefined && isSameClaim(claim, former);
    if (isRepeated || (claim === undefined && former === undefined)) return;
    const after = claim === undefined ? others : [...others, claim].sort(compareClaims);
    if (after.length > 0) this.#claims.set(name, after);
    else this.#claims.delete(name);
    const [rival] = others;
    if (claim !== undefined && rival !== undefined) this.#tellConflict(claim, rival);
    this.#tellOwner(before[0], after[0]);
    const own = this.#own.get(name);
    const [winner] = after;
    if (own === undefined || winner === undefined || before[0] !== own || winner === own) return;
    this.#effects.push({ kind: 'lost', claim: own, winner, end: this.#endsLosers });
    if (this.#endsLosers) this.#withdraw(name);
  }

  #tellConflict(claim: NameClaim, rival: NameClaim): void {
    const winner = preferredClaim(claim, rival);
    const loser = winner === claim ? rival : claim;
    this.#effects.push({ kind: 'conflictResolved', name: claim.name, winner, loser });
  }

  #tellOwner(before: NameClaim | undefined, after: NameClaim | undefined): void {
    if (before === after) return;
    if (before !== undefined) this.#effects.push({ kind: 'unregistered', claim: before });
    if (after !== undefined) this.#effects.push({ kind: 'registered', claim: after });
  }

  // One operation is one version, however many names it moved.
  #finish(): readonly GlobalNamesEffect[] {
    if (this.#added.size + this.#removed.size > 0) {
      this.#version += 1;
      const delta = {
        version: this.#version,
        added: [...this.#added.values()],
        removed: [...this.#removed],
      };
      this.#added = new Map();
      this.#removed = new Set();
      this.#effects.push({ kind: 'announce', delta });
    }
    const effects = this.#effects;
    this.#effects = [];
    return effects;
  }
}

interface OtherNames {
  readonly incarnation: bigint;
  version: number;
  readonly names: Set<string>;
}

function namesOf(index: Map<string, Set<string>>, refId: string): Set<string> {
  const known = index.get(refId);
  if (known !== undefined) return known;
  const names = new Set<string>();
  index.set(refId, names);
  return names;
}

function isBy(from: NodeIdentity, claim: NameClaim): boolean {
  return claim.nodeId === from.nodeId && claim.incarnation === from.incarnation;
}

function compareByName(left: NameClaim, right: NameClaim): number {
  return compareCodeUnits(left.name, right.name);
}
