import type { NodeId } from '../base/node-id.js';
import type { Codec } from './codec.js';
import type { Frame } from './frame.js';
import type { Delivery } from '../runtime/router.js';

/** What the floors above a link need of it: a codec, and a way to every member. */
export interface Wire {
  readonly codec: Codec;
  /** `down` when there is no link to the node, `full` when the link took it and wants a pause. */
  send(nodeId: NodeId, frame: Frame): Delivery;
}
