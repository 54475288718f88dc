import type { NodeId } from '../../src/base/node-id.js';
import { Links as Original } from '../../src/runtime/links.js';

export * from '../../src/runtime/links.js';

/** A node that lets the exit of a lost process cross its link twice. */
export class Links extends Original {
  override takeAllTo(nodeId: NodeId): ReturnType<Original['takeAllTo']> {
    const taken = super.takeAllTo(nodeId);
    return [...taken, ...taken];
  }
}
