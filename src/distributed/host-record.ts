import type { FenceOwner } from '../base/fence.js';
import type { Codec } from '../cluster/codec.js';
import type { SupervisionKernel } from '../otp/supervision/kernel.js';
import type { Runtime } from '../runtime/runtime.js';
import type { ChildHandle, PlacedSpec } from './distributed-child.js';
import type { DistributedSupervisorRef } from './distributed-event.js';
import type { OwnerGuard } from './owner-guard.js';
import { type CountedHead, RecordKeeper, type SettledHead } from './record-keeper.js';
import { REPLICAS } from './replicas.js';
import type { OwnHead, Replication } from './replication.js';
import type { TakeoverPolicy } from './takeover-policy.js';

/** The supervisor that the others are told of. */
export interface RecordedSupervisor {
  readonly ref: DistributedSupervisorRef;
  readonly owner: FenceOwner;
  readonly settled: SettledHead;
  readonly takeover: TakeoverPolicy | undefined;
  readonly kernel: SupervisionKernel<PlacedSpec, ChildHandle>;
  readonly guard: OwnerGuard;
  counted(): CountedHead;
  /** Another node has a better claim. */
  superseded(by: FenceOwner): void;
}

/** What a supervisor of this node tells the others of itself, from the moment that it is up. */
export class HostRecord {
  readonly #runtime: Runtime;
  readonly #supervisor: RecordedSupervisor;
  readonly #keeper: RecordKeeper;
  #replication: Replication | undefined;

  constructor(runtime: Runtime, codec: Codec, supervisor: RecordedSupervisor) {
    this.#runtime = runtime;
    this.#supervisor = supervisor;
    this.#keeper = new RecordKeeper(supervisor.kernel, codec, supervisor.settled);
  }

  /** `undefined` until the others are told anything. */
  get replication(): Replication | undefined {
    return this.#replication;
  }

  /** Every initial child runs: from now on others may go on with the supervisor. */
  found(): Replication {
    const { owner, takeover: policy, ref } = this.#supervisor;
    const self = { nodeId: ref.nodeId, incarnation: owner.ownerIncarnation };
    const children = this.#keeper.children();
    const start = { self, owner, policy, head: this.#head(), children };
    return this.takeUp(this.#runtime.use(REPLICAS).replicate(start));
  }

  /** Goes on with what was begun for this node. */
  takeUp(replication: Replication): Replication {
    const { ref, owner, guard } = this.#supervisor;
    this.#replication = replication;
    const superseded = (by: FenceOwner): void => this.#supervisor.superseded(by);
    const bound: OwnerGuard['bound'] = (voter, askedMs) => guard.bound(voter, askedMs);
    this.#runtime.use(REPLICAS).own(ref.id, { owner, replication, superseded, bound });
    replication.onAdmitted = () => guard.admitted();
    guard.begin(replication);
    return replication;
  }

  /** Tells the others what has changed. */
  publish(): void {
    if (this.#replication === undefined) return;
    const changes = this.#keeper.changes();
    if (changes !== undefined) {
      this.#replication.change(this.#head(), changes.removed, changes.changed);
    }
    this.#supervisor.guard.published();
  }

  /** Tells the others of every child. */
  publishAll(): void {
    this.#replication?.change(this.#head(), [], [...this.#keeper.children().values()]);
  }

  #head(): OwnHead {
    const { clock } = this.#runtime.platform;
    return this.#keeper.head(this.#supervisor.counted(), clock.nowMs());
  }
}
