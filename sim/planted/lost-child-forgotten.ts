import type { NodeId } from '../../src/base/node-id.js';
import { type Incarnation, Incarnations as Original } from '../../src/distributed/incarnations.js';

export * from '../../src/distributed/incarnations.js';

/** A supervisor that overlooks the first of the children on a node. */
export class Incarnations extends Original {
  override on(nodeId: NodeId): Incarnation[] {
    return super.on(nodeId).slice(1);
  }
}
