import type { NodeId } from '../base/node-id.js';
import type { Codec } from './codec.js';
import type { Frame } from './frame.js';
import type { Delivery } from '../runtime/router.js';

/** What the floors above a link need of it: a codec, and a way to every member. */
export interface Wire {
  readonly codec: Codec;
  /**
   * `down` when there is no link to the node; `full` when the frame is a message and the link has
   * no room: then it was not sent. Throws a FrameError on a frame that cannot be, and then nothing
   * was sent.
   */
  send(nodeId: NodeId, frame: Frame): Delivery;
  /**
   * As `send`, for what a member must hear whatever happens to its links: without one the frame
   * waits until the node is back, and is dropped when it is lost.
   */
  sendOrKeep(nodeId: NodeId, frame: Frame): Delivery;
}
