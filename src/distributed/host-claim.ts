import type { FenceOwner } from '../base/fence.js';
import type { Gate, Waiter } from '../runtime/gate.js';
import { HeldLease, type LeaseTerms } from './lease.js';

/**
 * What this node may do with the children that it runs for one supervisor: anything, unless there
 * is a doubt, or the supervisor wants them to have a lease.
 */
export class HostClaim {
  /** Absent for children that may live twice for a while. */
  readonly lease: HeldLease | undefined;
  /** How many children there are. */
  size = 0;
  owner: FenceOwner;
  #doubtedMs: number | undefined;
  readonly #waiting = new Set<Waiter>();

  constructor(
    readonly supervisorId: string,
    owner: FenceOwner,
    readonly terms: Pick<LeaseTerms, 'leaseMs'> | undefined,
  ) {
    this.owner = owner;
    this.lease = terms && new HeldLease(terms);
  }

  /** Whether it waits for the owner's word. */
  get isDoubtful(): boolean {
    return this.#doubtedMs !== undefined;
  }

  isOpen(nowMs: number): boolean {
    return this.lease === undefined ? !this.isDoubtful : this.lease.isValid(nowMs);
  }

  whenOpen(waiter: Waiter): void {
    this.#waiting.add(waiter);
  }

  /** The owner may have given them up without this node's hearing of it. */
  doubt(nowMs: number): void {
    this.#doubtedMs = nowMs;
    this.lease?.doubt(nowMs);
  }

  /** The owner's answer to what was asked at `askedMs`. */
  granted(askedMs: number, nowMs: number): void {
    this.lease?.granted(askedMs);
    if (this.#doubtedMs !== undefined && askedMs >= this.#doubtedMs) this.#doubtedMs = undefined;
    this.#wake(nowMs);
  }

  /** There is nobody left whose word could be waited for. */
  trust(nowMs: number): void {
    this.#doubtedMs = undefined;
    this.#wake(nowMs);
  }

  #wake(nowMs: number): void {
    if (!this.isOpen(nowMs)) return;
    const waiting = [...this.#waiting];
    this.#waiting.clear();
    for (const waiter of waiting) waiter.wake();
  }
}

/** The gate of one child: shut for good once the child is taken back. */
export class ChildGate implements Gate {
  isRevoked = false;

  constructor(
    readonly claim: HostClaim,
    /** Tells the child's incarnations on this node apart. */
    readonly name: { readonly childId: string; readonly claimant: number },
    private readonly look: () => number,
  ) {}

  isOpen(): boolean {
    return !this.isRevoked && this.claim.isOpen(this.look());
  }

  whenOpen(waiter: Waiter): void {
    if (!this.isRevoked) this.claim.whenOpen(waiter);
  }
}
