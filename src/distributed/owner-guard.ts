import type { FenceOwner } from '../base/fence.js';
import type { NodeId } from '../base/node-id.js';
import type { ClusterNode } from '../cluster/cluster-node.js';
import type { NodeIdentity } from '../cluster/handshake-message.js';
import type { Runtime } from '../runtime/runtime.js';
import { HeldStarts } from './held-starts.js';
import { HOST_LEASES } from './host-leases.js';
import type { LeaseTerms } from './lease.js';
import type { LeaseGiver } from './lease-desk.js';
import { OwnerDoubt } from './owner-doubt.js';
import { OwnerLeases } from './owner-leases.js';
import { REPLICAS } from './replicas.js';
import type { Replication } from './replication.js';

/** A supervisor of this node. */
export interface GuardedSupervisor {
  readonly id: string;
  readonly owner: FenceOwner;
  /** For exclusive children. */
  readonly lease: LeaseTerms | undefined;
  /** When this node was elected, by its own clock; absent for the first owner. */
  readonly claimedMs: number | undefined;
}

/**
 * Sees to it that a supervisor of this node does nothing that another owner of it might do, too:
 * neither lets hosts go on with its children, nor starts any.
 */
export class OwnerGuard implements LeaseGiver {
  readonly owner: FenceOwner;
  /** Where starts wait; absent where they need not. */
  readonly starts: HeldStarts | undefined;
  /** Called when what had to wait may go on. */
  available: () => void = () => undefined;
  readonly #runtime: Runtime;
  readonly #supervisor: GuardedSupervisor;
  readonly #leases: OwnerLeases | undefined;
  readonly #doubt: OwnerDoubt;
  readonly #unlisten: () => void;
  #replication: Replication | undefined;
  #unrecorded: (() => void)[] = [];

  constructor(runtime: Runtime, cluster: ClusterNode, supervisor: GuardedSupervisor) {
    const { id, owner, lease: terms, claimedMs } = supervisor;
    this.#runtime = runtime;
    this.#supervisor = supervisor;
    this.owner = owner;
    const settle = (): void => {
      this.available();
      runtime.use(HOST_LEASES).desk.settle(id);
    };
    this.#doubt = new OwnerDoubt(cluster, runtime.platform.timers, settle);
    if (terms !== undefined) {
      const inherited = claimedMs === undefined ? {} : { inheritedMs: claimedMs };
      const start = { self: cluster.self.nodeId, terms, ...inherited };
      const leases = new OwnerLeases(runtime, start, settle);
      this.#leases = leases;
      const { timers } = runtime.platform;
      const whenRecorded = (done: () => void): void => this.#whenRecorded(done);
      this.starts = new HeldStarts({ timers, leases, whenRecorded });
    }
    const back = ({ nodeId }: NodeIdentity): void => {
      this.#doubt.up(nodeId);
      this.#leases?.askVoters();
    };
    this.#unlisten = cluster.listen({
      up: back,
      reconciled: back,
      down: ({ nodeId }, reason) => this.#doubt.down(nodeId, reason),
    });
  }

  /** How long the host of an exclusive child may run it. */
  get leaseMs(): number | undefined {
    return this.#supervisor.lease?.leaseMs;
  }

  /** From now on others know of the supervisor, and might have it. */
  begin(replication: Replication): void {
    this.#replication = replication;
    const { id, owner } = this.#supervisor;
    const replicas = this.#runtime.use(REPLICAS);
    this.#leases?.begin({
      electorate: () => replication.record.head,
      bind: (voter, { askedMs, forMs }) => {
        replicas.tell(voter, { kind: 'bind', id, owner, askedMs, forMs });
      },
    });
  }

  /** Whether it may start anything now: enough of its voters are there, and hold to it. */
  get mayAct(): boolean {
    if (!this.#doubt.isSure || this.#replication?.mayAct === false) return false;
    return this.#leases?.isAuthorised ?? true;
  }

  /** Somebody may vote that could not before. */
  admitted(): void {
    this.#leases?.askVoters();
    this.available();
  }

  bound(voter: NodeIdentity, askedMs: number): void {
    this.#leases?.bound(voter, askedMs);
  }

  give(host: NodeId): boolean {
    return this.#leases === undefined ? this.#doubt.isSure : this.#leases.give(host);
  }

  doubt(): void {
    this.#doubt.begin(this.#replication);
  }

  /** An incarnation on this host was given up, and may act for a while yet. */
  givenUp(childId: string, host: NodeId): void {
    this.#leases?.givenUp(childId, host);
  }

  /** What became of the child is known: nothing that an earlier owner started can act. */
  known(childId: string): void {
    this.#leases?.known(childId);
  }

  /** Calls `done` once children may be started. */
  whenAuthorised(done: () => void): void {
    if (this.#leases === undefined) done();
    else this.#leases.whenAuthorised(done);
  }

  /** What was decided up to now is on its way to the others. */
  published(): void {
    for (const done of this.#unrecorded.splice(0)) this.#replication?.whenSafe(done);
  }

  /** Another node goes on with it, or nobody. Whoever is to be the next need not wait for this. */
  close({ isHandedOver }: { readonly isHandedOver: boolean }): void {
    this.#unlisten();
    this.#doubt.close();
    this.starts?.clear();
    if (isHandedOver) this.#leases?.resign();
    else this.#leases?.close();
  }

  #whenRecorded(done: () => void): void {
    // Nobody else can go on with a supervisor that nobody knows of.
    if (this.#replication === undefined) done();
    else this.#unrecorded.push(done);
  }
}
