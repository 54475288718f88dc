import { NodeId } from '../../src/base/node-id.js';
import type { NodeInfo } from '../../src/cluster/node-info.js';
import { NODES_MAX, type PlacementStep } from '../arbitraries/placement-history.js';

/** The nodes that two supervisors place children on, and what their own node knows of them. */
export class PlacementWorld {
  readonly local = nodeIdOf(LOCAL);
  readonly #loads = Array.from({ length: NODES_MAX }, () => 0);
  readonly #heartbeats = Array.from({ length: NODES_MAX }, () => 1);
  /** Placed on each node since its last heartbeat; on the local one it shows at once. */
  readonly #placed = Array.from({ length: NODES_MAX }, () => 0);
  #present = [...Array(NODES_MAX).keys()];

  /** The candidates, ordered by id. */
  nodes(): NodeInfo[] {
    return this.#present.map((index) => ({
      id: nodeIdOf(index),
      host: 'h',
      port: 1,
      labels: [],
      status: 'connected',
      suspect: false,
      refusedCount: 0,
      behaviorMismatches: [],
      processCount: this.#loads[index] ?? 0,
      lastHeartbeatAt: this.#heartbeats[index] ?? 0,
      uptimeMs: 0,
    }));
  }

  /** What is known of a node's load: all of it, the local node's included. */
  knownLoad(nodeId: NodeId): number {
    const index = indexOf(nodeId);
    return (this.#loads[index] ?? 0) + (this.#placed[index] ?? 0);
  }

  /** Whether the step leaves the candidates as they are. */
  apply(step: Exclude<PlacementStep, { kind: 'place' }>): boolean {
    if (step.kind === 'change') {
      const before = this.#present.join();
      this.#present = [...new Set([LOCAL, ...step.present])].sort();
      return this.#present.join() === before;
    }
    const { node, processCount } = step;
    if (node === LOCAL) return true;
    this.#loads[node] = processCount;
    this.#heartbeats[node] = (this.#heartbeats[node] ?? 0) + 1;
    this.#placed[node] = 0;
    return true;
  }

  placedOn(nodeId: NodeId): void {
    const index = indexOf(nodeId);
    const counts = index === LOCAL ? this.#loads : this.#placed;
    counts[index] = (counts[index] ?? 0) + 1;
  }
}

function nodeIdOf(index: number): NodeId {
  return NodeId.create(`n${index}`, 'h', 1);
}

function indexOf(nodeId: NodeId): number {
  return Number(NodeId.getName(nodeId).slice(1));
}

// In the middle of the order of ids, so that being first is no privilege.
const LOCAL = 2;
