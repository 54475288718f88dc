import { compareCodeUnits } from '../base/compare.js';
import type { Fence } from '../base/fence.js';
import type { NodeId } from '../base/node-id.js';
import type { NodeIdentity } from './handshake-message.js';
import { type NameClaim, compareRanks, isSameClaim, isSameProcess } from './name-claim.js';
import { type Preference, rankedClaims } from './name-conflict.js';
import {
  type NamesDelta,
  type NamesList,
  type OwnName,
  OwnNames,
  type WhenLost,
} from './own-names.js';

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
  /** A process of this node lost its name: tell it, then end it if `end` says so. */
  | {
      readonly kind: 'lost';
      readonly claim: NameClaim;
      readonly winner: NameClaim;
      readonly end: boolean;
    }
  /** All names of that node are known: so many. */
  | { readonly kind: 'synced'; readonly nodeId: NodeId; readonly count: number }
  /** A change of this node is missing: ask it for its full list. */
  | { readonly kind: 'resync'; readonly nodeId: NodeId };

export type RegisterOutcome =
  | {
      readonly kind: 'registered';
      readonly claim: NameClaim;
      readonly effects: readonly GlobalNamesEffect[];
    }
  | { readonly kind: 'conflict'; readonly existing: NameClaim };

export interface ClaimOptions {
  /** That of `fence` when absent, and 0 without one. */
  readonly term?: number | undefined;
  readonly fence?: Fence | undefined;
  readonly whenLost?: WhenLost | undefined;
}

export interface GlobalNamesOptions {
  readonly self: NodeIdentity;
  /** Of claims that say nothing of their own; `end` by default. */
  readonly whenLost?: WhenLost | undefined;
  /** The same function on every node, and of its two claims alone; the rule stands without it. */
  readonly prefer?: Preference | undefined;
}

/**
 * The names of the whole cluster, as one node knows them. Pure: what is to be done comes out as
 * effects.
 *
 * Each node alone writes its own names, sends the full list when it joins another and a versioned
 * change afterwards, so nothing needs to remember what was deleted: what a node does not say, it
 * does not own. Where two nodes claim one name, {@link compareClaims} picks the same winner
 * everywhere, unless `prefer` picks another, and the loser's own node withdraws the claim.
 */
export class GlobalNames {
  readonly #self: NodeIdentity;
  readonly #whenLost: WhenLost;
  readonly #prefer: Preference;
  /** The winner in front, the others by the rule. */
  readonly #claims = new Map<string, readonly NameClaim[]>();
  readonly #own = new OwnNames();
  readonly #others = new Map<NodeId, OtherNames>();
  readonly #newest = new Map<NodeId, bigint>();
  #stamp = 0;
  #effects: GlobalNamesEffect[] = [];

  constructor(options: GlobalNamesOptions) {
    this.#self = options.self;
    this.#whenLost = options.whenLost ?? 'end';
    this.#prefer = options.prefer ?? ((ruled) => ruled);
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
    return this.#own.list();
  }

  /**
   * Names this node's own process. A name that anyone is known to hold is refused, unless the new
   * claim is of higher rank: then the holder is stale, or was taken over, and loses the name. The
   * holder itself may ask again, and for a higher term.
   */
  register(name: string, refId: string, options: ClaimOptions = {}): RegisterOutcome {
    const existing = this.whereis(name);
    const claim = this.#claimOf(name, refId, options);
    const whenLost = options.whenLost ?? this.#whenLost;
    if (existing !== undefined && compareRanks(claim, existing) >= 0) {
      if (!isSameProcess(claim, existing)) return { kind: 'conflict', existing };
      this.#own.put({ claim: existing, whenLost });
      return { kind: 'registered', claim: existing, effects: [] };
    }
    this.#stamp = claim.stamp;
    const former = this.#own.get(name);
    if (former !== undefined && !isSameProcess(former.claim, claim)) this.#succeed(former, claim);
    this.#own.put({ claim, whenLost });
    this.#put(name, this.#self.nodeId, claim);
    return { kind: 'registered', claim, effects: this.#finish() };
  }

  /** Claims the names of a process of this node anew, under a later fence. */
  refence(refId: string, fence: Fence): readonly GlobalNamesEffect[] {
    for (const name of this.#own.ofProcess(refId)) {
      const own = this.#own.get(name);
      if (own === undefined) continue;
      const claim = { ...own.claim, fence, term: fence.term };
      this.#own.put({ ...own, claim });
      this.#put(name, this.#self.nodeId, claim);
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
    for (const name of this.#own.ofProcess(refId)) this.#withdraw(name);
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
    this.#effects.push({ kind: 'synced', nodeId: from.nodeId, count: claims.size });
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

  #claimOf(name: string, refId: string, { term, fence }: ClaimOptions): NameClaim {
    const { nodeId, incarnation } = this.#self;
    const rank = term ?? fence?.term ?? 0;
    const plain = { name, refId, nodeId, incarnation, term: rank, stamp: this.#stamp + 1 };
    return fence === undefined ? plain : { ...plain, fence };
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
    if (this.#own.get(name) === undefined) return;
    this.#own.remove(name);
    this.#put(name, this.#self.nodeId, undefined);
  }

  /** Of two processes of this node the later one has the higher rank. */
  #succeed(former: OwnName, winner: NameClaim): void {
    const { claim } = former;
    this.#effects.push({ kind: 'conflictResolved', name: claim.name, winner, loser: claim });
    this.#lose(former, winner);
  }

  // A successor with the same id is the same process elsewhere: to end it is its own business.
  #lose({ claim, whenLost }: OwnName, winner: NameClaim): void {
    const end = whenLost === 'end' && winner.refId !== claim.refId;
    this.#effects.push({ kind: 'lost', claim, winner, end });
  }

  /** Replaces what `nodeId` says about `name`, and tells what that changes here. */
  #put(name: string, nodeId: NodeId, claim: NameClaim | undefined): void {
    const before = this.#claims.get(name) ?? [];
    const former = before.find((held) => held.nodeId === nodeId);
    if (former === undefined ? claim === undefined : claim && isSameClaim(claim, former)) return;
    const others = before.filter((held) => held !== former);
    const all = claim === undefined ? others : [...others, claim];
    const after = rankedClaims(all, this.#prefer);
    const [winner] = after;
    if (winner === undefined) this.#claims.delete(name);
    else this.#claims.set(name, after);
    const rival = before[0] === former ? after[1] : before[0];
    if (claim !== undefined && winner !== undefined && rival !== undefined) {
      const loser = winner === claim ? rival : claim;
      this.#effects.push({ kind: 'conflictResolved', name, winner, loser });
    }
    this.#tellOwner(before[0], winner);
    const own = this.#own.get(name);
    if (own === undefined || winner === undefined || winner === own.claim) return;
    this.#lose(own, winner);
    this.#withdraw(name);
  }

  #tellOwner(before: NameClaim | undefined, after: NameClaim | undefined): void {
    const isSame = before !== undefined && after !== undefined && isSameProcess(before, after);
    if (isSame || before === after) return;
    if (before !== undefined) this.#effects.push({ kind: 'unregistered', claim: before });
    if (after !== undefined) this.#effects.push({ kind: 'registered', claim: after });
  }

  #finish(): readonly GlobalNamesEffect[] {
    const delta = this.#own.takeDelta();
    if (delta !== undefined) this.#effects.push({ kind: 'announce', delta });
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

function isBy(from: NodeIdentity, claim: NameClaim): boolean {
  return claim.nodeId === from.nodeId && claim.incarnation === from.incarnation;
}
