import { type FenceOwner, compareFenceOwners } from '../base/fence.js';
import type { NodeId } from '../base/node-id.js';
import { Alarms } from '../cluster/alarms.js';
import { CLUSTER } from '../cluster/cluster.js';
import type { ClusterNode } from '../cluster/cluster-node.js';
import { malformedFrame } from '../cluster/frame-error.js';
import type { FencedStart } from '../cluster/spawn-gate.js';
import type { Timer } from '../platform/platform.js';
import type { Runtime } from '../runtime/runtime.js';
import type { ServiceKey } from '../runtime/service.js';
import { ChildGate, HostClaim } from './host-claim.js';
import { renewalMs } from './lease.js';
import { LeaseDesk } from './lease-desk.js';
import { type LeaseMessage, readLeaseMessage } from './lease-message.js';

/**
 * Whether the children on this node may act: one claim for all that it runs for one supervisor.
 *
 * Exclusive children may while this node has a lease, which it renews with the owner. All others
 * may until this node has stood still for longer than it takes others to give it up: then what it
 * runs may run elsewhere by now, and waits for the owner's word. What a node runs is reported to
 * the owner before it is asked about, so whatever is not wanted ends before the rest goes on.
 */
export class HostLeases {
  readonly desk = new LeaseDesk();
  /** Tells an owner elsewhere all that this node runs for the supervisor. */
  report: (supervisorId: string, owner: NodeId) => void = () => undefined;
  readonly #runtime: Runtime;
  readonly #claims = new Map<string, HostClaim>();
  readonly #renewals: Alarms<string>;
  #node: ClusterNode | undefined;
  #beat: Timer | undefined;
  #beatMs = 0;
  #claimants = 0;

  constructor(runtime: Runtime) {
    this.#runtime = runtime;
    this.#renewals = new Alarms(runtime.platform.timers, (id) => {
      const claim = this.#claims.get(id);
      if (claim?.lease !== undefined) this.#ask(claim);
      else if (claim !== undefined) this.#trustIfGone(claim);
    });
    runtime.use(CLUSTER).attach((node) => this.#attach(node));
  }

  /** The gate of a child that is about to be started, under the owner who has the supervisor. */
  enter(start: FencedStart, owner: FenceOwner): ChildGate {
    const { ownerId } = start.fence;
    let claim = this.#claims.get(ownerId);
    if (claim === undefined) {
      const { leaseMs } = start;
      claim = new HostClaim(ownerId, owner, leaseMs === undefined ? undefined : { leaseMs });
      if (this.#claims.size === 0) this.#beginBeats();
      this.#claims.set(ownerId, claim);
      if (claim.lease !== undefined) this.#ask(claim);
    }
    claim.size += 1;
    const name = { childId: start.childId, claimant: ++this.#claimants };
    const gate = new ChildGate(claim, name, () => this.#look());
    if (claim.lease !== undefined) this.#fact('leased_child', claim, name);
    return gate;
  }

  /** The child must not act any more, whatever becomes of its process. */
  revoke(gate: ChildGate): void {
    if (gate.isRevoked) return;
    gate.isRevoked = true;
    const { claim, name } = gate;
    if (claim.lease !== undefined) this.#fact('leased_child_over', claim, name);
  }

  /** The child is gone. */
  leave(gate: ChildGate): void {
    this.revoke(gate);
    const { claim } = gate;
    claim.size -= 1;
    if (claim.size > 0) return;
    this.#renewals.cancel(claim.supervisorId);
    this.#claims.delete(claim.supervisorId);
    if (claim.lease !== undefined) this.#fact('lease_closed', claim, {});
    else if (claim.isDoubtful) this.#fact('children_resumed', claim, {});
    if (this.#claims.size === 0) this.#endBeats();
  }

  /** Another node has the supervisor, and knows by now what runs here. */
  claimed(supervisorId: string, owner: FenceOwner): void {
    const claim = this.#claims.get(supervisorId);
    if (claim === undefined) return;
    claim.owner = owner;
    if (claim.lease !== undefined || claim.isDoubtful) this.#ask(claim);
  }

  #attach(node: ClusterNode): void {
    this.#node = node;
    node.onControl(TOPIC, (peer, payload) => {
      const message = readLeaseMessage(payload);
      if (message === undefined) throw malformedFrame('a message about leases that is none');
      if (message.kind === 'give') return this.#given(message);
      const give = (): void => {
        node.sendControl(peer.nodeId, TOPIC, { ...message, kind: 'give' });
      };
      this.desk.ask(peer, message, give);
    });
    // Whoever stood still has to know that before it hears who was lost, or is back.
    const back = ({ nodeId }: { nodeId: NodeId }): void => {
      this.#look();
      for (const claim of this.#ownedBy(nodeId)) {
        if (claim.lease !== undefined || claim.isDoubtful) this.#ask(claim);
        this.#trustIfGone(claim);
      }
    };
    node.listen({
      up: back,
      reconciled: back,
      down: (peer, reason) => {
        this.#look();
        this.desk.forget(peer);
        for (const claim of this.#ownedBy(peer.nodeId)) {
          // It has given this node up, or is another life: it will say so when it is back.
          if (reason !== 'connection_closed') this.#trustIfGone(claim);
          else if (claim.isDoubtful) this.#renewals.set(claim.supervisorId, this.#detectionMs);
        }
      },
      left: () => {
        this.#node = undefined;
        this.desk.clear();
        this.#endBeats();
        for (const { supervisorId } of this.#claims.values()) this.#renewals.cancel(supervisorId);
      },
    });
  }

  #ownedBy(nodeId: NodeId): HostClaim[] {
    return [...this.#claims.values()].filter(({ owner }) => owner.ownerNode === nodeId);
  }

  /** Nobody is left to ask: they go on as orphans do. */
  #trustIfGone(claim: HostClaim): void {
    if (!this.#isOwnerKnown(claim)) this.#resume(claim, () => claim.trust(this.#nowMs));
  }

  /** Does what may end the doubt. */
  #resume(claim: HostClaim, act: () => void): void {
    const wasDoubtful = claim.isDoubtful;
    act();
    const isOver = wasDoubtful && !claim.isDoubtful;
    if (isOver && claim.lease === undefined) this.#fact('children_resumed', claim, {});
  }

  /** A later life of its node has forgotten what it owned. */
  #isOwnerKnown({ owner }: HostClaim): boolean {
    const member = this.#node?.member(owner.ownerNode as NodeId);
    return member?.incarnation === owner.ownerIncarnation;
  }

  #ask(claim: HostClaim): void {
    const { supervisorId, owner, terms } = claim;
    const node = this.#node;
    if (node === undefined) return;
    if (terms !== undefined) this.#renewals.set(supervisorId, renewalMs(terms));
    const askedMs = this.#nowMs;
    const message: LeaseMessage = { kind: 'ask', supervisorId, owner, askedMs };
    const ownerNode = owner.ownerNode as NodeId;
    if (ownerNode === node.self.nodeId) {
      this.desk.ask(node.self, message, () => this.#given(message));
    } else {
      node.sendControl(ownerNode, TOPIC, message);
    }
  }

  #given({ supervisorId, owner, askedMs }: LeaseMessage): void {
    const claim = this.#claims.get(supervisorId);
    if (claim === undefined || compareFenceOwners(claim.owner, owner) !== 0) return;
    const nowMs = this.#look();
    this.#resume(claim, () => claim.granted(askedMs, nowMs));
    if (claim.lease === undefined || !claim.lease.isValid(nowMs)) return;
    this.#fact('lease_opened', claim, { forMs: claim.lease.untilMs - nowMs });
  }

  /** The time, after a look at whether this node stood still before it. */
  #look(): number {
    const nowMs = this.#nowMs;
    if (this.#node === undefined || this.#claims.size === 0) return nowMs;
    // Counted from the latest beat, so a little less than that is enough to be in doubt.
    if (nowMs - this.#beatMs <= this.#detectionMs) return nowMs;
    this.#beatMs = nowMs;
    this.#stoodStill(nowMs);
    return nowMs;
  }

  #stoodStill(nowMs: number): void {
    const why = 'this node stood still: its distributed children wait for their supervisors';
    this.#runtime.platform.log.warn(why, { supervisors: this.#claims.size });
    this.desk.doubt();
    for (const claim of [...this.#claims.values()]) {
      const owner = claim.owner.ownerNode as NodeId;
      const isOwn = owner === this.#node?.self.nodeId;
      // Given up before, and not back since: its children here are orphans already.
      if (claim.lease === undefined && !isOwn && !this.#isOwnerKnown(claim)) continue;
      claim.doubt(nowMs);
      this.#fact(claim.lease === undefined ? 'children_held' : 'lease_closed', claim, {});
      if (!isOwn) this.report(claim.supervisorId, owner);
      this.#ask(claim);
    }
  }

  /** How long others wait for a silent node. */
  get #detectionMs(): number {
    const { heartbeatIntervalMs = 0, heartbeatMissThreshold = 0 } = this.#node?.config ?? {};
    return heartbeatIntervalMs * heartbeatMissThreshold;
  }

  #beginBeats(): void {
    this.#beatMs = this.#nowMs;
    const intervalMs = (this.#node?.config.heartbeatIntervalMs ?? 0) / 2;
    if (intervalMs === 0) return;
    const beat = (): void => {
      this.#look();
      this.#beatMs = this.#nowMs;
      this.#beat = this.#runtime.platform.timers.after(intervalMs, beat);
    };
    this.#beat = this.#runtime.platform.timers.after(intervalMs, beat);
  }

  #endBeats(): void {
    this.#beat?.cancel();
    this.#beat = undefined;
  }

  get #nowMs(): number {
    return this.#runtime.platform.clock.nowMs();
  }

  #fact(topic: string, { supervisorId }: HostClaim, fields: object): void {
    this.#runtime.probe?.({ kind: 'fact', topic, fields: { supervisorId, ...fields } });
  }
}

const TOPIC = 'leases';

export const HOST_LEASES: ServiceKey<HostLeases> = {
  name: 'leases of hosts',
  create: (runtime) => new HostLeases(runtime),
};
