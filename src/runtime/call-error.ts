import { FaultlineError } from '../base/errors.js';
import type { NodeId } from '../base/node-id.js';

/** No reply came in time. The server may still have done, or may yet do, what was asked. */
export class CallTimeoutError extends FaultlineError {
  static readonly code = 'ERR_CALL_TIMEOUT';
  override readonly name = 'CallTimeoutError';
  readonly code = CallTimeoutError.code;

  constructor(
    readonly serverId: string,
    readonly timeoutMs: number,
  ) {
    super(
      `No reply from ${serverId} within ${timeoutMs} ms; ` +
        'raise { timeout } or check that it is not blocked',
    );
  }
}

/** There is no such process, or it ended before it answered. */
export class ServerNotRunningError extends FaultlineError {
  static readonly code = 'ERR_SERVER_NOT_RUNNING';
  override readonly name = 'ServerNotRunningError';
  readonly code = ServerNotRunningError.code;

  constructor(readonly serverId: string) {
    super(`Expected ${serverId} to be running, but it has stopped or never started`);
  }
}

/** The node of the process is not connected, or was lost before the answer came. */
export class NodeNotReachableError extends FaultlineError {
  static readonly code = 'ERR_NODE_NOT_REACHABLE';
  override readonly name = 'NodeNotReachableError';
  readonly code = NodeNotReachableError.code;

  constructor(readonly nodeId: NodeId) {
    super(`Expected node ${nodeId} to be connected, but it is not; wait for onNodeUp, then retry`);
  }
}

/** The link to the node has not got rid of what it took before: this message was not sent. */
export class LinkFullError extends FaultlineError {
  static readonly code = 'ERR_LINK_FULL';
  override readonly name = 'LinkFullError';
  readonly code = LinkFullError.code;

  constructor(readonly nodeId: NodeId) {
    super(
      `The link to ${nodeId} has no room: it reads more slowly than this node sends; slow down`,
    );
  }
}

/** The receiver's mailbox is at its bound. */
export class MailboxFullError extends FaultlineError {
  static readonly code = 'ERR_MAILBOX_FULL';
  override readonly name = 'MailboxFullError';
  readonly code = MailboxFullError.code;

  constructor() {
    super('The mailbox of the receiver is full; slow down, or raise its { max }');
  }
}
