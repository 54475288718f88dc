import type { NodeId } from '../base/node-id.js';
import type { NodeInfo } from '../cluster/node-info.js';

/**
 * What was placed on each node since it last told how many processes it runs. All supervisors of a
 * node share one of these: what one of them places, the others must not overlook.
 */
export class PlacedLoads {
  readonly #placed = new Map<NodeId, PlacedSince>();

  count({ id, lastHeartbeatAt }: NodeInfo): void {
    const since = this.#placed.get(id);
    if (since?.heartbeatAt === lastHeartbeatAt) since.count += 1;
    else this.#placed.set(id, { heartbeatAt: lastHeartbeatAt, count: 1 });
  }

  /** How many processes the node runs, as far as is known here. */
  loadOf({ id, lastHeartbeatAt, processCount }: NodeInfo): number {
    const since = this.#placed.get(id);
    return since?.heartbeatAt === lastHeartbeatAt ? processCount + since.count : processCount;
  }
}

interface PlacedSince {
  readonly heartbeatAt: number;
  count: number;
}
