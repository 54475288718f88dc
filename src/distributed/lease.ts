import type { Voter } from './supervisor-record.js';

/**
 * What a supervisor with exclusive children goes by, in milliseconds of whoever measures them.
 *
 * Clocks run at rates from 1 - drift to 1 + drift of true time. Who holds something for a while
 * counts from when he asked for it; who gave it counts from when he gave it, and waits longer by
 * as much as the fastest clock gains on the slowest. So what was given is over everywhere by the
 * time its giver counts it as over.
 */
export interface LeaseTerms {
  /** How long a host may run its children after it asked for that. */
  readonly leaseMs: number;
  readonly driftMax: number;
}

/** How long the owner has the word after it asked its voters: until then it gives leases. */
export function authorityMs({ leaseMs }: LeaseTerms): number {
  // Shorter than a lease: the next owner can then be found before the children's leases run out.
  return leaseMs / 2;
}

/** How often leases and the owner's authority are renewed. */
export function renewalMs({ leaseMs }: Pick<LeaseTerms, 'leaseMs'>): number {
  return leaseMs / 6;
}

/** How long a giver waits for what he gave for `heldMs` to be over on any clock. */
export function outlastedMs(heldMs: number, driftMax: number): number {
  return (heldMs * (1 + driftMax)) / (1 - driftMax);
}

/** A host's right to run the exclusive children of one supervisor. */
export class HeldLease {
  readonly #terms: Pick<LeaseTerms, 'leaseMs'>;
  #untilMs = -Infinity;
  /** What was asked for before does not count. */
  #sinceMs = -Infinity;

  constructor(terms: Pick<LeaseTerms, 'leaseMs'>) {
    this.#terms = terms;
  }

  /** Until when the children may act; they may not at that very time. */
  get untilMs(): number {
    return this.#untilMs;
  }

  isValid(nowMs: number): boolean {
    return nowMs < this.#untilMs;
  }

  /** The owner gave what was asked for at `askedMs`. Answers may come late and out of order. */
  granted(askedMs: number): void {
    if (askedMs < this.#sinceMs) return;
    this.#untilMs = Math.max(this.#untilMs, askedMs + this.#terms.leaseMs);
  }

  /** The host stood still: whatever it was given before may be over. */
  doubt(nowMs: number): void {
    this.#sinceMs = nowMs;
    this.#untilMs = -Infinity;
  }
}

/** What an owner has given to hosts, and by when all of it is over. */
export class GivenLeases {
  readonly #terms: LeaseTerms;
  readonly #lastMs = new Map<string, number>();
  #inheritedMs = -Infinity;

  constructor(terms: LeaseTerms) {
    this.#terms = terms;
  }

  /** Earlier owners gave leases nobody knows of, none of them after `atMs`. */
  inherit(atMs: number): void {
    this.#inheritedMs = atMs;
  }

  given(host: string, nowMs: number): void {
    this.#lastMs.set(host, nowMs);
  }

  /** When nothing runs on the host any more unless it is given a lease again. */
  overMs(host: string): number {
    const lastMs = Math.max(this.#lastMs.get(host) ?? -Infinity, this.#inheritedMs);
    return lastMs + this.#waitMs;
  }

  /** When nothing that an earlier owner gave is good for anything any more. */
  get inheritanceOverMs(): number {
    return this.#inheritedMs + this.#waitMs;
  }

  get #waitMs(): number {
    return outlastedMs(this.#terms.leaseMs, this.#terms.driftMax);
  }
}

/** Who votes on a supervisor, as its owner's record says. */
export interface Electorate {
  readonly voters: readonly Voter[];
  readonly votesNeeded: number;
}

/**
 * An owner's right to give leases: as long as so many voters as it takes to elect another have
 * promised not to.
 */
export class Authority {
  readonly #terms: LeaseTerms;
  readonly #self: string;
  readonly #promised = new Map<string, { readonly life: bigint; readonly askedMs: number }>();

  constructor(terms: LeaseTerms, self: string) {
    this.#terms = terms;
    this.#self = self;
  }

  /** This life of a voter promised what was asked of it at `askedMs`. */
  promised(voter: string, life: bigint, askedMs: number): void {
    const known = this.#promised.get(voter);
    if (known?.life === life && known.askedMs >= askedMs) return;
    this.#promised.set(voter, { life, askedMs });
  }

  /** Until when no other owner can be elected, by what is known at `nowMs`. */
  untilMs({ voters, votesNeeded }: Electorate, nowMs: number): number {
    const askedMs: number[] = [];
    for (const { nodeId, life } of voters) {
      // A life that may not vote now may have forgotten what it promised, or another one votes.
      if (life === undefined) continue;
      const promise = this.#promised.get(nodeId);
      // The owner itself votes for nobody else while it is the owner.
      if (nodeId === this.#self) askedMs.push(nowMs);
      else if (promise?.life === life) askedMs.push(promise.askedMs);
    }
    askedMs.sort((left, right) => right - left);
    const decisive = askedMs[votesNeeded - 1];
    return decisive === undefined ? -Infinity : decisive + authorityMs(this.#terms);
  }
}

/** A voter's promises to owners: until when it votes for nobody else. */
export class VoterPromises {
  readonly #untilMs = new Map<string, number>();

  /** The later word counts: an owner that gives up its supervisor asks for 0. */
  promise(supervisorId: string, nowMs: number, forMs: number): void {
    this.#untilMs.set(supervisorId, nowMs + forMs);
  }

  /** How long it still has to wait before it may vote; 0 when it may. */
  boundMs(supervisorId: string, nowMs: number): number {
    return Math.max(0, (this.#untilMs.get(supervisorId) ?? -Infinity) - nowMs);
  }

  forget(supervisorId: string): void {
    this.#untilMs.delete(supervisorId);
  }

  clear(): void {
    this.#untilMs.clear();
  }
}
