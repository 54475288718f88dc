import type { NodeId } from '../base/node-id.js';
import type { ClusterNode } from '../cluster/cluster-node.js';
import type { NodeDownReason } from '../cluster/membership-event.js';
import type { Timer, Timers } from '../platform/platform.js';
import type { Replication } from './replication.js';

/**
 * Whether a supervisor may have been taken over while its node stood still. It finds out by telling
 * its standbys something: whoever has it by now, or knows who has, says so instead of keeping it.
 */
export class OwnerDoubt {
  readonly #cluster: ClusterNode;
  readonly #timers: Timers;
  /** Standbys that had given this node up, and are about to be back. */
  readonly #returning = new Map<NodeId, Timer>();
  readonly #settled: () => void;
  #replication: Replication | undefined;
  #state: 'sure' | 'doubtful' | 'asking' = 'sure';

  /** `settled` is called when it turns out that the supervisor is still this node's. */
  constructor(cluster: ClusterNode, timers: Timers, settled: () => void) {
    this.#cluster = cluster;
    this.#timers = timers;
    this.#settled = settled;
  }

  get isSure(): boolean {
    return this.#state === 'sure';
  }

  /** This node stood still. `replication` is absent while nobody else knows of the supervisor. */
  begin(replication: Replication | undefined): void {
    if (replication === undefined || replication.record.head.standbys.length === 0) return;
    this.#replication = replication;
    this.#state = 'doubtful';
    this.consider();
  }

  /** A node was lost. */
  down(nodeId: NodeId, reason: NodeDownReason): void {
    if (this.#state !== 'sure' && reason === 'connection_closed') {
      const { heartbeatIntervalMs, heartbeatMissThreshold } = this.#cluster.config;
      const detectionMs = heartbeatIntervalMs * heartbeatMissThreshold;
      this.#returning.get(nodeId)?.cancel();
      this.#returning.set(
        nodeId,
        this.#timers.after(detectionMs, () => this.up(nodeId)),
      );
    }
    this.consider();
  }

  /** A node came, or is back. */
  up(nodeId: NodeId): void {
    this.#returning.get(nodeId)?.cancel();
    this.#returning.delete(nodeId);
    this.consider();
  }

  /** The supervisor is this node's no more. */
  close(): void {
    this.#replication = undefined;
    for (const timer of this.#returning.values()) timer.cancel();
    this.#returning.clear();
  }

  consider(): void {
    const replication = this.#replication;
    if (this.#state !== 'doubtful' || replication === undefined || this.#isBetween) return;
    this.#state = 'asking';
    replication.refresh();
    replication.whenSafe(() => {
      this.#state = this.#isBetween ? 'doubtful' : 'sure';
      if (this.#state === 'sure') this.#settled();
    });
  }

  /** Whether a standby is neither in touch nor given up: it may know better. */
  get #isBetween(): boolean {
    if (this.#returning.size > 0) return true;
    const { standbys } = this.#replication?.record.head ?? { standbys: [] };
    return standbys.some(({ nodeId, life }) => {
      const isMember = this.#cluster.member(nodeId)?.incarnation === life;
      return isMember && !this.#cluster.isConnected(nodeId);
    });
  }
}
