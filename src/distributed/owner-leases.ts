import type { NodeId } from '../base/node-id.js';
import type { NodeIdentity } from '../cluster/handshake-message.js';
import type { Timer } from '../platform/platform.js';
import type { Runtime } from '../runtime/runtime.js';
import {
  Authority,
  type Electorate,
  GivenLeases,
  type LeaseTerms,
  authorityMs,
  outlastedMs,
  renewalMs,
} from './lease.js';

/** The voters of a supervisor, and how they are asked to stay with its owner. */
export interface Voting {
  electorate(): Electorate;
  /** Asks a voter to vote for nobody else for so long. */
  bind(voter: NodeId, ask: { readonly askedMs: number; readonly forMs: number }): void;
}

/**
 * The leases that the owner of a supervisor gives to the hosts of its exclusive children, and by
 * what right: enough of its voters have promised to elect nobody else.
 */
export class OwnerLeases {
  readonly terms: LeaseTerms;
  readonly #runtime: Runtime;
  readonly #self: NodeId;
  readonly #authority: Authority;
  readonly #given: GivenLeases;
  /** Children that must not start before: one that may still act was given up. */
  readonly #notBeforeMs = new Map<string, number>();
  readonly #known = new Set<string>();
  readonly #gained: () => void;
  #awaiting: (() => void)[] = [];
  #voting: Voting | undefined;
  #timer: Timer | undefined;
  readonly #isInherited: boolean;
  #wasAuthorised = true;
  #isOver = false;

  /** `inheritedMs`: when this node was elected; absent where it is the first owner. */
  constructor(
    runtime: Runtime,
    { self, terms, inheritedMs }: { self: NodeId; terms: LeaseTerms; inheritedMs?: number },
    gained: () => void,
  ) {
    this.terms = terms;
    this.#runtime = runtime;
    this.#self = self;
    this.#authority = new Authority(terms, self);
    this.#given = new GivenLeases(terms);
    this.#isInherited = inheritedMs !== undefined;
    if (inheritedMs !== undefined) this.#given.inherit(inheritedMs);
    this.#gained = gained;
  }

  /**
   * Whether it may give leases and start children now. Until others know of the supervisor nobody
   * else could.
   */
  get isAuthorised(): boolean {
    if (this.#isOver) return false;
    const voting = this.#voting;
    if (voting === undefined) return !this.#isInherited;
    const nowMs = this.#nowMs;
    return nowMs < this.#authority.untilMs(voting.electorate(), nowMs);
  }

  /** From now on others might be elected: the voters decide. */
  begin(voting: Voting): void {
    this.#voting = voting;
    this.#wasAuthorised = false;
    this.askVoters();
  }

  /** Asks them at once, and again in a while. */
  askVoters(): void {
    const voting = this.#voting;
    if (voting === undefined || this.#isOver) return;
    this.#timer?.cancel();
    this.#timer = this.#runtime.platform.timers.after(renewalMs(this.terms), () =>
      this.askVoters(),
    );
    this.#bind(voting, outlastedMs(authorityMs(this.terms), this.terms.driftMax));
    this.#look();
  }

  /** A voter has promised what it was asked for at `askedMs`. */
  bound({ nodeId, incarnation }: NodeIdentity, askedMs: number): void {
    this.#authority.promised(nodeId, incarnation, askedMs);
    this.#look();
  }

  /** Gives the host a lease, if it may. */
  give(host: NodeId): boolean {
    if (!this.isAuthorised) return false;
    this.#given.given(host, this.#nowMs);
    return true;
  }

  /** An incarnation on this host was given up, and may act until its lease is over. */
  givenUp(childId: string, host: NodeId): void {
    // What runs here ends when it is told to.
    if (host === this.#self) return;
    const overMs = this.#given.overMs(host);
    this.#notBeforeMs.set(childId, Math.max(overMs, this.#notBeforeMs.get(childId) ?? -Infinity));
  }

  /** The child's latest incarnation is known, and none before it can act. */
  known(childId: string): void {
    this.#known.add(childId);
  }

  /** How long a start of the child has to wait so that nothing before it can act. */
  waitMs(childId: string): number {
    const heldMs = this.#notBeforeMs.get(childId) ?? -Infinity;
    const inheritedMs = this.#known.has(childId) ? -Infinity : this.#given.inheritanceOverMs;
    const waitMs = Math.max(heldMs, inheritedMs) - this.#nowMs;
    if (waitMs > 0) return waitMs;
    this.#notBeforeMs.delete(childId);
    return 0;
  }

  /** Calls `done` once it may give leases; at once when it may now. */
  whenAuthorised(done: () => void): void {
    if (this.isAuthorised) done();
    else this.#awaiting.push(done);
  }

  /** Gives it up for another owner, who need not wait for the voters then. */
  resign(): void {
    const voting = this.#voting;
    this.close();
    if (voting !== undefined) this.#bind(voting, 0);
  }

  close(): void {
    this.#isOver = true;
    this.#timer?.cancel();
    this.#awaiting = [];
  }

  #bind({ electorate, bind }: Voting, forMs: number): void {
    const askedMs = this.#nowMs;
    for (const { nodeId } of electorate().voters) {
      if (nodeId !== this.#self) bind(nodeId, { askedMs, forMs });
    }
  }

  #look(): void {
    const before = this.#wasAuthorised;
    this.#wasAuthorised = this.isAuthorised;
    if (before || !this.#wasAuthorised) return;
    for (const done of this.#awaiting.splice(0)) done();
    this.#gained();
  }

  get #nowMs(): number {
    return this.#runtime.platform.clock.nowMs();
  }
}
